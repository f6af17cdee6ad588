import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { answered, keyFor } from "../src/lib/keys";
import { beginWait, slowness, stopWaiting } from "../src/lib/waits";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("a wait is told after a second, and after eight it can be stopped", async () => {
  let isStopped = false;
  const isOver = beginWait(() => (isStopped = true));
  await vi.advanceTimersByTimeAsync(900);
  expect(slowness.value).toBe("");
  await vi.advanceTimersByTimeAsync(200);
  expect(slowness.value).toBe("slow");
  await vi.advanceTimersByTimeAsync(7000);
  expect(slowness.value).toBe("very_slow");
  stopWaiting();
  expect(isStopped).toBe(true);
  isOver();
  expect(slowness.value).toBe("");
});

test("the oldest wait counts, and many short ones are not slow", async () => {
  for (let turn = 0; turn < 20; turn += 1) {
    const isOver = beginWait(() => undefined);
    await vi.advanceTimersByTimeAsync(500);
    isOver();
  }
  expect(slowness.value).toBe("");
  const first = beginWait(() => undefined);
  await vi.advanceTimersByTimeAsync(1500);
  const second = beginWait(() => undefined);
  expect(slowness.value).toBe("slow");
  first();
  expect(slowness.value).toBe("");
  second();
});

test("an equal request after a lost answer has the same key, and after an answer a new one", async () => {
  const first = keyFor("POST /extension 10");
  expect(keyFor("POST /extension 10")).toBe(first);
  expect(keyFor("POST /extension 20")).not.toBe(first);
  answered("POST /extension 10");
  const second = keyFor("POST /extension 10");
  expect(second).not.toBe(first);
  await vi.advanceTimersByTimeAsync(121_000);
  expect(keyFor("POST /extension 10")).not.toBe(second); // a press minutes later is meant as another one
});
