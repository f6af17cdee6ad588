import { expect, test, vi } from "vitest";
import { ownProblem, Refused } from "../src/api/problems";
import { makeSaver, type Answer } from "../src/lib/answers";

const offline = new Refused(ownProblem("offline", "", ""));

function later<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (fault: unknown) => void } {
  let resolve!: (value: T) => void;
  let reject!: (fault: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

test("answers to one question are sent in order, and the last choice wins", async () => {
  const sent: Answer[] = [];
  const first = later<void>();
  const saver = makeSaver(async (_, answer) => {
    sent.push(answer);
    if (sent.length === 1) await first.promise;
  }, () => undefined);
  saver.save("q", { options: ["a"] });
  saver.save("q", { options: ["b"] });
  saver.save("q", { options: ["c"] });
  expect(sent).toEqual([{ options: ["a"] }]); // the next waits for the answer to the first
  first.resolve();
  await saver.settle();
  expect(sent).toEqual([{ options: ["a"] }, { options: ["c"] }]);
  expect(saver.states.q).toBe("saved");
});

test("an answer that the network lost is sent again, and is not called saved before", async () => {
  vi.useFakeTimers();
  let tries = 0;
  const saver = makeSaver(async () => {
    tries += 1;
    if (tries === 1) throw offline;
  }, () => undefined, 4);
  saver.save("q", { text: "5" });
  await vi.advanceTimersByTimeAsync(0);
  expect(saver.states.q).toBe("not_saved");
  await vi.advanceTimersByTimeAsync(4000);
  expect([tries, saver.states.q]).toEqual([2, "saved"]);
  vi.useRealTimers();
});

test("an answer that the server refuses is told and not sent again", async () => {
  const told: string[] = [];
  let tries = 0;
  const saver = makeSaver(async () => {
    tries += 1;
    throw new Refused({ ...ownProblem("exam_over", "", ""), status: 409 });
  }, (problem) => told.push(problem.code));
  saver.save("q", { text: "5" });
  expect(await saver.settle()).toBe(true);
  expect([tries, told, saver.states.q]).toEqual([1, ["exam_over"], "not_saved"]);
});

test("handing in waits for what is still being saved", async () => {
  const first = later<void>();
  const saver = makeSaver(() => first.promise, () => undefined);
  saver.save("q", { options: ["a"] });
  let isSettled = false;
  const settled = saver.settle().then((all) => (isSettled = all));
  await Promise.resolve();
  expect(isSettled).toBe(false);
  first.resolve();
  await settled;
  expect(isSettled).toBe(true);
});
