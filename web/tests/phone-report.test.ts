import { expect, test, vi } from "vitest";
import { reportOf, tryOut } from "../src/lib/phone-report";

test("a test that throws has failed, and says how", async () => {
  expect(await tryOut(() => Promise.reject(new TypeError("no such thing")))).toEqual({ verdict: "bad", facts: "TypeError: no such thing" });
  expect(await tryOut(() => { throw new Error("at once"); })).toEqual({ verdict: "bad", facts: "Error: at once" });
});

test("a test that never ends has failed after a while", async () => {
  vi.useFakeTimers();
  const outcome = tryOut(() => new Promise(() => undefined));
  await vi.advanceTimersByTimeAsync(20_000);
  expect((await outcome).verdict).toBe("bad");
  vi.useRealTimers();
});

test("a report has one line for each outcome, and the facts of it", () => {
  expect(reportOf([["wasm", { verdict: "good", facts: "" }], ["back", { verdict: "bad", facts: "camera_refused" }]], ["browser: some"])).toBe("browser: some\nwasm: good\nback: bad (camera_refused)");
});
