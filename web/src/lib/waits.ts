// What the app waits for: after a second the page says so, after eight the person can stop waiting.
import { ref } from "vue";

export type Slowness = "" | "slow" | "very_slow";

/** How long the oldest request has been waiting. */
export const slowness = ref<Slowness>("");

const SLOW = 1000; // milliseconds
const VERY_SLOW = 8000;
const stops = new Map<object, { since: number; stop: () => void }>();
let timer: ReturnType<typeof setTimeout> | undefined;

function look(): void {
  clearTimeout(timer);
  const oldest = Math.min(...[...stops.values()].map((each) => each.since));
  const waited = stops.size ? performance.now() - oldest : 0;
  slowness.value = waited >= VERY_SLOW ? "very_slow" : waited >= SLOW ? "slow" : "";
  if (stops.size && waited < VERY_SLOW) timer = setTimeout(look, (waited < SLOW ? SLOW : VERY_SLOW) - waited + 5);
}

/** Begin to wait. stop: ends it where the person wants so. Return a function to call when it is over. */
export function beginWait(stop: () => void): () => void {
  const mine = {};
  stops.set(mine, { since: performance.now(), stop });
  look();
  return () => {
    stops.delete(mine);
    look();
  };
}

/** End all waiting, as the person wants it. */
export function stopWaiting(): void {
  [...stops.values()].forEach((each) => each.stop());
}
