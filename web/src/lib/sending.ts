// Sends check-in photos, those that were kept too: at the start, when the network returns, when the page is looked at again.
import { ref, shallowRef, watch } from "vue";
import { sendForm } from "../api/client";
import { mayPass, Refused, type Problem } from "../api/problems";
import { currentToken, signedInAs, standing } from "../api/session";
import { forget, forgetAged, keep, listKept, ownersOfKept, type Kept, type Taken } from "./kept";
import { knowsServerTime, serverNow } from "./times";

/** How many photos wait on this phone, and how many of other people do. */
export const waiting = ref(0);
export const waitingOfOthers = ref(0);

/** How many photos the phone could not store: they wait in this page alone. */
export const unstored = ref(0);

/** How many photos were deleted because the server takes them no more. */
export const aged = ref(0);

export type Outcome = { taken: Taken } | { refused: Problem } | { kept: true };

/** What came of photos that no page waits for any more. */
export const news = shallowRef<{ key: string; title: string; outcome: Outcome }[]>([]);

type Listener = (key: string, outcome: Outcome) => boolean;
const listeners = new Set<Listener>();

/** Be told what came of each photo that was kept; the listener returns whether it shows it. Return a function that ends it. */
export function onOutcome(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const NOW = 20_000; // milliseconds: then a person before the camera is told that the photo is kept
const LATER = 120_000;

async function post(photo: Kept, patience: number): Promise<Taken> {
  const form = new FormData();
  form.append("ticket", photo.ticket);
  form.append("captured_at", photo.capturedAt); // always: a repeated request must be equal to the first
  photo.photos.forEach((picture, number) => form.append("photos", picture, `${number}.jpg`));
  return (await sendForm<Taken>("/api/v1/check-ins", form, photo.key, patience)).body;
}

/** Send a photo now. Where the network fails it is kept, and sent again until the server answers. */
export async function send(photo: Omit<Kept, "person">): Promise<Outcome> {
  const mine = { ...photo, person: signedInAs() };
  try {
    return { taken: await post(mine, NOW) };
  } catch (thrown) {
    if (!(thrown instanceof Refused)) throw thrown;
    if (!mayPass(thrown.problem)) return { refused: thrown.problem };
    try {
      await keep(mine);
    } catch {
      inMemory.push(mine); // the phone is full, or its browser stores nothing
    }
    await count();
    again();
    return { kept: true };
  }
}

const inMemory: Kept[] = [];
let running = false;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Count what waits on this phone. */
export async function count(): Promise<void> {
  const owners = await ownersOfKept().catch(() => []); // a web view without IndexedDB keeps nothing
  const mine = owners.filter((owner) => owner === signedInAs()).length;
  unstored.value = inMemory.length;
  waiting.value = (signedInAs() ? mine : owners.length) + inMemory.length;
  waitingOfOthers.value = signedInAs() ? owners.length - mine : 0;
}

/** Send what the person who is signed in has kept, one after the other, and one tab after the other. */
export async function sendKept(): Promise<void> {
  if (running) return;
  running = true;
  try {
    await signInAgain();
    if (standing.value === "signed_in") await oneTabAtATime(sendAll);
  } finally {
    running = false;
    await count();
  }
}

/** A page that was opened without a network does not know yet who is signed in: what waits is a reason to ask. */
async function signInAgain(): Promise<void> {
  if (standing.value !== "unknown" || !(await ownersOfKept().catch(() => [])).length) return;
  await currentToken().catch(() => again(15));
}

async function oneTabAtATime(work: () => Promise<void>): Promise<void> {
  if (navigator.locks as LockManager | undefined) await navigator.locks.request("kept-check-ins", work);
  else await work();
}

async function sendAll(): Promise<void> {
  if (knowsServerTime()) aged.value += await forgetAged(serverNow()).catch(() => 0);
  const person = signedInAs();
  const stored = await listKept(person).catch(() => []);
  for (const photo of [...stored, ...inMemory.filter((each) => each.person === person)]) {
    if (signedInAs() !== person || !(await sendOne(photo))) break; // the token of somebody else would spoil it
  }
}

async function sendOne(photo: Kept): Promise<boolean> {
  try {
    const taken = await post(photo, LATER);
    await end(photo, { taken });
    return true;
  } catch (thrown) {
    if (!(thrown instanceof Refused)) throw thrown;
    // Its ticket is this person's: another account came in between, and its answer says nothing about the photo.
    if (mayPass(thrown.problem) || thrown.problem.code === "ticket_not_yours") {
      again(Math.max(5, thrown.problem.facts.retry_after ?? 0));
      return thrown.problem.status === 500; // a fault about this photo keeps no other one back
    }
    await end(photo, { refused: thrown.problem });
    return true;
  }
}

async function end(photo: Kept, outcome: Outcome): Promise<void> {
  const place = inMemory.indexOf(photo);
  if (place >= 0) inMemory.splice(place, 1);
  else await forget(photo.key);
  tell({ key: photo.key, title: photo.title, outcome });
  tabs?.postMessage({ key: photo.key, title: photo.title, outcome });
}

/** Tell the page that waits for it; where there is none, the app shows it until it is read. */
function tell(told: { key: string; title: string; outcome: Outcome }): void {
  const isShown = [...listeners].map((listener) => listener(told.key, told.outcome)).some(Boolean);
  if (!isShown) news.value = [...news.value, told];
}

/** A tab that waits hears what another one sent. */
const tabs = typeof BroadcastChannel === "function" ? new BroadcastChannel("kept-check-ins") : null;
if (tabs) {
  tabs.onmessage = ({ data }: MessageEvent<{ key: string; outcome: Outcome }>) => {
    listeners.forEach((listener) => listener(data.key, data.outcome));
    void count();
  };
}

function again(seconds = 5): void {
  clearTimeout(timer);
  timer = setTimeout(() => void sendKept(), seconds * 1000);
}

watch(standing, () => void sendKept(), { immediate: true });
addEventListener("online", () => void sendKept());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") void sendKept();
});
