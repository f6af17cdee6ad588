// Advice that can be read: it changes only when the new one has lasted for a moment.
import type { Advice } from "./judging";

const LASTED = 350; // milliseconds that an advice is seen before it is shown
const SHOWN = 900; // milliseconds that an advice is shown at least

/** What is shown, and since when; what is seen now, and since when. */
export interface Steady {
  shown: Advice | null;
  shownAt: number;
  seen: Advice | null;
  seenAt: number;
}

export const NOTHING: Steady = { shown: null, shownAt: -Infinity, seen: null, seenAt: -Infinity };

/** Return what is shown after a frame. */
export function steadied(before: Steady, seen: Advice | null, now: number): Steady {
  const seenAt = seen === before.seen ? before.seenAt : now;
  const isNew = seen !== before.shown && now - seenAt >= LASTED && now - before.shownAt >= SHOWN;
  const isFirst = before.shown === null && seen !== null && now - seenAt >= LASTED;
  return isNew || isFirst ? { shown: seen, shownAt: now, seen, seenAt } : { ...before, seen, seenAt };
}

/** Return for how many milliseconds each frame has been good. */
export function goodFor({ seen, seenAt }: Steady, now: number): number {
  return seen === "good" ? now - seenAt : 0;
}
