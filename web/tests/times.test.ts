import { afterEach, beforeEach, expect, test, vi } from "vitest";

vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => undefined });
vi.stubGlobal("document", { documentElement: { lang: "zh-CN" }, createElement: () => ({}) });
const { recentYears, takeServerTime, today } = await import("../src/lib/times");

beforeEach(() => void vi.useFakeTimers({ now: new Date("2026-12-31T15:59:00Z") }));
afterEach(() => {
  takeServerTime(new Date(Date.now()).toISOString());
  vi.useRealTimers();
});

test("a day begins at midnight in the province, wherever the device believes to be", () => {
  expect(today()).toBe("2026-12-31");
  vi.setSystemTime(new Date("2026-12-31T16:00:00Z"));
  expect(today()).toBe("2027-01-01");
  expect(recentYears(2)).toEqual([2027, 2026]);
});

test("the day is the server's where the device's clock is wrong", () => {
  takeServerTime("2027-01-03T01:00:00Z");
  expect(today()).toBe("2027-01-03");
});
