// Looks at a camera's frames several times a second, one at a time, and tells what each shows.
import { Frames } from "./frames";
import { largestOf, type Look } from "./judging";
import type { Frame, Reply, Start } from "./worker";

const EVERY = 150; // milliseconds from one frame to the next: between six and seven a second
const WITHOUT_FACES = 250; // the same, where there is no network
const TOO_SLOW = 1500; // milliseconds for one frame
const SLOW_ONES = 2; // so many slow frames one after the other, and the phone is not fit for it
const LOST_AFTER = 6000; // milliseconds without any answer

/** A worker, as far as it is used here. */
export type Finder = Pick<Worker, "postMessage" | "terminate" | "onmessage" | "onerror">;

export interface Watched {
  video: () => HTMLVideoElement | null | undefined;
  isPaused: () => boolean;
  /** A look with faces, or one without a network: of the light alone. */
  sees: (look: Look | { light: Look["light"] }) => void;
}

interface Connection {
  saveData?: boolean;
  effectiveType?: string;
}

/** Return whether half a megabyte for the network is too much to ask: the person saves data, or the network is slow. */
export function savesData(connection = (navigator as { connection?: Connection }).connection): boolean {
  return !!connection && (connection.saveData === true || /2g/.test(connection.effectiveType ?? ""));
}

/** What takes the frames and measures their light. */
export type Taker = Pick<Frames, "take" | "light">;

/** Watch until the function that is returned is called. Where the worker fails or is too slow, only light is watched. */
export function watch({ video, isPaused, sees }: Watched, start: Start | null, makeWorker: () => Finder, frames: Taker = new Frames()): () => void {
  let finder: Finder | null = null;
  let isReady = false;
  let slow = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lost: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;

  function giveUp(): void {
    clearTimeout(lost);
    finder?.terminate();
    finder = null;
    later(WITHOUT_FACES);
  }

  function later(pause: number): void {
    clearTimeout(timer);
    if (!isOver) timer = setTimeout(look, pause);
  }

  let asked = 0;
  function look(): void {
    const seen = video();
    if (isPaused() || document.hidden || !seen?.videoWidth) return later(WITHOUT_FACES);
    const small = frames.take(seen);
    if (!small) return;
    if (!finder || !isReady) {
      sees({ light: frames.light(null) });
      return later(WITHOUT_FACES);
    }
    asked = performance.now();
    clearTimeout(lost);
    lost = setTimeout(giveUp, LOST_AFTER);
    const frame: Frame = { pixels: small.data.buffer as ArrayBuffer };
    finder.postMessage(frame, [frame.pixels]);
  }

  function hear(reply: Reply): void {
    clearTimeout(lost);
    if ("failed" in reply) return giveUp();
    if ("ready" in reply) {
      isReady = true;
      return later(0);
    }
    if (!isPaused()) sees({ faces: reply.faces, light: frames.light(largestOf(reply.faces)) });
    const took = performance.now() - asked;
    slow = took > TOO_SLOW ? slow + 1 : 0;
    if (slow >= SLOW_ONES) giveUp();
    else later(Math.max(0, EVERY - took));
  }

  if (start && typeof WebAssembly === "object" && typeof Worker === "function" && !savesData()) {
    try {
      finder = makeWorker();
      finder.onmessage = (event: MessageEvent<Reply>) => hear(event.data);
      finder.onerror = giveUp;
      finder.postMessage(start);
    } catch {
      finder = null; // a web view without workers of modules
    }
  }
  later(0);
  return () => {
    isOver = true;
    clearTimeout(timer);
    clearTimeout(lost);
    finder?.terminate();
  };
}
