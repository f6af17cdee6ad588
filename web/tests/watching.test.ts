import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { untilShown } from "../src/guidance/steps";
import { savesData, watch, type Finder, type Taker } from "../src/guidance/watching";
import type { Reply, Start } from "../src/guidance/worker";

const START: Start = { files: { topology: "/t.json", weights: "/w.bin" }, wasm: { simd: "/s.wasm", plain: "/p.wasm" } };
const FRAMES: Taker = { take: () => ({ data: { buffer: new ArrayBuffer(4) } }) as unknown as ImageData, light: () => ({ face: 128, around: 128, sharpness: 99 }) };
const VIDEO = { videoWidth: 1280 } as HTMLVideoElement;

/** A worker that answers when the test says so. */
class Puppet implements Finder {
  onmessage: Finder["onmessage"] = null;
  onerror: Finder["onerror"] = null;
  asked = 0;
  ended = false;
  postMessage(message: unknown): void {
    if (!("files" in (message as object))) this.asked += 1;
  }
  terminate(): void {
    this.ended = true;
  }
  answers(reply: Reply): void {
    (this.onmessage as unknown as (event: { data: Reply }) => void)({ data: reply });
  }
}

const page = { hidden: false };
let paused = false;
let end = (): void => undefined;
beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("document", page);
  vi.stubGlobal("Worker", class {});
  page.hidden = false;
  paused = false;
});
afterEach(() => {
  end();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function begin(): { worker: Puppet; looks: object[] } {
  const worker = new Puppet();
  const looks: object[] = [];
  end = watch({ video: () => VIDEO, isPaused: () => paused, sees: (look) => looks.push(look) }, START, () => worker, FRAMES);
  return { worker, looks };
}

const none: Reply = { faces: [], ms: 30 };

describe("watching a camera", () => {
  it("light alone is told until the network is there", () => {
    const { worker, looks } = begin();
    vi.advanceTimersByTime(1000);
    expect(worker.asked).toBe(0);
    expect(looks.length).toBeGreaterThan(2);
    expect(looks.every((each) => !("faces" in each))).toBe(true);
  });

  it("never more than one frame is away", () => {
    const { worker, looks } = begin();
    worker.answers({ ready: true });
    vi.advanceTimersByTime(2000);
    expect(worker.asked).toBe(1);
    worker.answers(none);
    vi.advanceTimersByTime(10);
    expect(worker.asked).toBe(2);
    expect("faces" in looks.at(-1)!).toBe(true);
  });

  it("a fast phone looks no more than seven times a second", () => {
    const { worker } = begin();
    worker.answers({ ready: true });
    for (let at = 0; at < 1000; at += 10) {
      const before = worker.asked;
      vi.advanceTimersByTime(10);
      if (worker.asked > before) worker.answers(none);
    }
    expect(worker.asked).toBeGreaterThan(4);
    expect(worker.asked).toBeLessThanOrEqual(7);
  });

  it("a phone that is too slow twice goes on with light alone", () => {
    const { worker, looks } = begin();
    worker.answers({ ready: true });
    for (let frame = 0; frame < 2; frame++) {
      vi.advanceTimersByTime(1600);
      worker.answers(none);
    }
    expect(worker.ended).toBe(true);
    const before = looks.length;
    vi.advanceTimersByTime(1000);
    expect(looks.slice(before).length).toBeGreaterThan(1);
    expect(looks.slice(before).every((each) => !("faces" in each))).toBe(true);
  });

  it.each<[string, (worker: Puppet) => void]>([
    ["says that it failed", (worker) => worker.answers({ failed: "no memory" })],
    ["can't be loaded", (worker) => (worker.onerror as () => void)()],
    ["never answers", () => vi.advanceTimersByTime(7000)],
  ])("a worker that %s is ended, and light goes on", (_, fail) => {
    const { worker, looks } = begin();
    worker.answers({ ready: true });
    vi.advanceTimersByTime(10);
    fail(worker);
    expect(worker.ended).toBe(true);
    const before = looks.length;
    vi.advanceTimersByTime(600);
    expect(looks.length).toBeGreaterThan(before);
  });

  it("nothing is looked at while the page is hidden, or a photo is sent", () => {
    const { worker, looks } = begin();
    worker.answers({ ready: true });
    page.hidden = true;
    vi.advanceTimersByTime(2000);
    paused = true;
    page.hidden = false;
    vi.advanceTimersByTime(2000);
    expect([worker.asked, looks.length]).toEqual([0, 0]);
    paused = false;
    vi.advanceTimersByTime(300);
    expect(worker.asked).toBe(1);
  });

  it("ends with its page", () => {
    const { worker, looks } = begin();
    end();
    worker.answers({ ready: true });
    vi.advanceTimersByTime(2000);
    expect([worker.ended, worker.asked, looks.length]).toEqual([true, 0, 0]);
  });

  it("a web view that has no workers of modules has light alone", () => {
    const looks: object[] = [];
    const refuse = (): Finder => {
      throw new TypeError("no modules");
    };
    end = watch({ video: () => VIDEO, isPaused: () => false, sees: (look) => looks.push(look) }, START, refuse, FRAMES);
    vi.advanceTimersByTime(600);
    expect(looks.length).toBeGreaterThan(1);
  });

  it("somebody who saves data loads no network", () => {
    expect(savesData({ saveData: true })).toBe(true);
    expect(savesData({ effectiveType: "slow-2g" })).toBe(true);
    expect(savesData({ effectiveType: "4g", saveData: false })).toBe(false);
    expect(savesData(undefined)).toBe(false);
  });
});

describe("a step of a challenge", () => {
  async function waited(step: Parameters<typeof untilShown>[0], yaw: (at: number) => number | null): Promise<number> {
    const began = performance.now();
    const done = untilShown(step, () => yaw(performance.now() - began)).then(() => performance.now() - began);
    await vi.advanceTimersByTimeAsync(10_000);
    return done;
  }

  it("is taken when the head is turned to the right side", async () => {
    expect(await waited("left", (at) => (at > 2000 ? 0.2 : 0))).toBeLessThan(2300);
    expect(await waited("right", (at) => (at > 2000 ? -0.2 : 0.2))).toBeLessThan(2300);
  });

  it("leaves time to read, and is taken at the end though nothing was seen", async () => {
    expect(await waited("straight", () => 0)).toBeGreaterThanOrEqual(700);
    expect(await waited("left", () => 0)).toBeGreaterThanOrEqual(6000);
  });

  it("takes a fixed time where it can't be seen", async () => {
    const mouth = await waited("open_mouth", () => 0);
    const blind = await waited("left", () => null);
    expect([mouth, blind].every((each) => each >= 1600 && each < 2000)).toBe(true);
  });
});
