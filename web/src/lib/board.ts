// The live board of a session: it follows a stream of events, asks again where there is none, and says how old its numbers are.
import { computed, onBeforeUnmount, ref, shallowRef } from "vue";
import { api, openEvents, type Schemas } from "../api/client";
import { problemOf, Refused, type Problem } from "../api/problems";
import { readEvents } from "./events";
import { problemFrom } from "./loading";

export type Board = Schemas["BoardOut"];

const OPENS_WITHIN = 8_000; // milliseconds until a new stream says something: a proxy may hold it back
const SILENT_FOR = 40_000; // the server says something every fifteen seconds
const ASK_EVERY = 5_000;
const AGAIN_AFTER = 1_000;
const LONGEST_WAIT = 30_000;
const ASKS_BEFORE_STREAM = 6;
const FRESH = 20; // seconds
const FINAL = new Set(["forbidden", "not_found", "token_invalid", "sign_in_idle"]);

/** Follow the board of a session until the page goes. `age` is how many seconds ago the server last said something. */
export function useBoard(session: string) {
  const path = `/api/v1/sessions/${session}/board`;
  const data = shallowRef<Board | null>(null);
  const problem = shallowRef<Problem | null>(null);
  const isStreaming = ref(false);
  const heardAt = ref(0);
  const now = ref(Date.now());
  let tag = "";
  let isGone = false;
  let hasStarted = false;
  let stopped = new AbortController();
  let wake = (): void => undefined;

  function heard(): void {
    heardAt.value = now.value = Date.now();
    problem.value = null;
  }

  /** Ask once. Raises Refused. */
  async function look(): Promise<void> {
    const headers = tag ? { "If-None-Match": `"${tag}"` } : undefined;
    const { data: found, error, response } = await api.GET("/api/v1/sessions/{session_id}/board", { params: { path: { session_id: session } }, headers });
    if (response.status !== 304) {
      if (!response.ok) throw new Refused(problemOf(error, response.status));
      data.value = found as Board;
      tag = (response.headers.get("ETag") ?? "").replace(/^W\/|"/g, "");
    }
    heard();
  }

  async function reload(): Promise<void> {
    try {
      await look();
    } catch (thrown) {
      problem.value = problemFrom(thrown);
    }
    wake();
  }

  /** Follow one stream to its end. Raises Refused where there is none, or where it fell silent. */
  async function follow(): Promise<void> {
    const mine = (stopped = new AbortController());
    let silent = setTimeout(() => mine.abort(), OPENS_WITHIN);
    try {
      await readEvents(
        await openEvents(`${path}/events`, tag, mine.signal),
        (event) => {
          data.value = JSON.parse(event.data) as Board;
          tag = event.id;
        },
        () => {
          clearTimeout(silent);
          silent = setTimeout(() => mine.abort(), SILENT_FOR);
          isStreaming.value = true;
          heard();
        },
      );
    } finally {
      clearTimeout(silent);
      isStreaming.value = false;
    }
  }

  /** Follow one stream. Return whether it said something and then came to its end. */
  async function hasFollowed(): Promise<boolean> {
    const before = heardAt.value;
    try {
      await follow();
      return heardAt.value > before;
    } catch {
      return false; // the board is asked instead, which tells what is wrong
    }
  }

  async function keep(): Promise<void> {
    let wait = ASK_EVERY;
    for (let turn = 0; !isGone; turn++) {
      if (document.hidden) {
        await pause(LONGEST_WAIT);
        turn = -1;
        continue;
      }
      if (turn % ASKS_BEFORE_STREAM === 0 && (await hasFollowed())) {
        turn = -1; // the server ends each stream after some minutes
        await pause(AGAIN_AFTER);
        continue;
      }
      if (isGone || document.hidden) continue;
      try {
        await look();
        wait = ASK_EVERY;
      } catch (thrown) {
        problem.value = problemFrom(thrown);
        if (FINAL.has(problem.value.code)) return;
        wait = Math.min(wait * 2, LONGEST_WAIT);
      }
      await pause(wait);
    }
  }

  function pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  function looked(): void {
    if (document.hidden) stopped.abort();
    else wake();
  }

  const online = (): void => wake();
  const ticking = setInterval(() => (now.value = Date.now()), 1000);
  document.addEventListener("visibilitychange", looked);
  addEventListener("online", online);
  onBeforeUnmount(() => {
    isGone = true;
    clearInterval(ticking);
    document.removeEventListener("visibilitychange", looked);
    removeEventListener("online", online);
    stopped.abort();
    wake();
  });

  /** Begin to follow, once it is known that the person may. */
  function start(): void {
    if (hasStarted || isGone) return;
    hasStarted = true;
    void keep();
  }

  const age = computed(() => Math.max(0, Math.round((now.value - heardAt.value) / 1000)));
  const isLive = computed(() => isStreaming.value && age.value < FRESH);
  return { data, problem, reload, age, isLive, start };
}
