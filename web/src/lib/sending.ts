// Sends check-in photos, those that were kept too: at the start, when the network returns, when the page is looked at again.
import { ref } from "vue";
import { sendForm } from "../api/client";
import { Refused, type Problem } from "../api/problems";
import { forget, keep, listKept, type Kept, type Taken } from "./kept";

/** How many photos wait on this phone. */
export const waiting = ref(0);

export type Outcome = { taken: Taken } | { refused: Problem } | { kept: true };

type Listener = (key: string, outcome: Outcome) => void;
const listeners = new Set<Listener>();

/** Be told what came of each photo that was kept. Return a function that ends it. */
export function onOutcome(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Answers after which the same photo can be sent again: the network, or a server that has no time now. */
function isPassing(problem: Problem): boolean {
  return problem.code === "offline" || problem.status === 502 || problem.status === 503 || problem.status === 504 || problem.code === "token_invalid";
}

async function post(photo: Kept): Promise<Taken> {
  const form = new FormData();
  form.append("ticket", photo.ticket);
  form.append("captured_at", photo.capturedAt); // always: a repeated request must be equal to the first
  photo.photos.forEach((picture, number) => form.append("photos", picture, `${number}.jpg`));
  return (await sendForm<Taken>("/api/v1/check-ins", form, photo.key)).body;
}

/** Send a photo now. Where the network fails it is kept, and sent again until the server answers. */
export async function send(photo: Kept): Promise<Outcome> {
  try {
    return { taken: await post(photo) };
  } catch (thrown) {
    if (!(thrown instanceof Refused)) throw thrown;
    if (!isPassing(thrown.problem)) return { refused: thrown.problem };
    await keep(photo);
    waiting.value += 1;
    again();
    return { kept: true };
  }
}

let person = "";
let running = false;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Send what this person has kept, one after the other. */
export async function sendKept(of = person): Promise<void> {
  person = of;
  if (running || !person) return;
  running = true;
  try {
    const all = await listKept(person);
    waiting.value = all.length;
    for (const photo of all) if (!(await sendOne(photo))) break;
  } catch {
    // A web view without IndexedDB keeps nothing, so nothing waits there.
  } finally {
    running = false;
  }
}

async function sendOne(photo: Kept): Promise<boolean> {
  try {
    const taken = await post(photo);
    await end(photo.key, { taken });
    return true;
  } catch (thrown) {
    if (!(thrown instanceof Refused)) throw thrown;
    if (isPassing(thrown.problem)) {
      again(Math.max(5, thrown.problem.facts.retry_after ?? 0));
      return false;
    }
    await end(photo.key, { refused: thrown.problem });
    return true;
  }
}

async function end(key: string, outcome: Outcome): Promise<void> {
  await forget(key);
  waiting.value = Math.max(0, waiting.value - 1);
  listeners.forEach((listener) => listener(key, outcome));
}

function again(seconds = 5): void {
  clearTimeout(timer);
  timer = setTimeout(() => void sendKept(), seconds * 1000);
}

addEventListener("online", () => void sendKept());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") void sendKept();
});
