import { expect, test, vi } from "vitest";
import { eventsIn, readEvents, type ServerEvent } from "../src/lib/events";
import { attemptOfCode } from "../src/lib/venue-codes";

vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => undefined });
vi.stubGlobal("document", { documentElement: { lang: "en" }, createElement: () => ({}) });
const { atVenue, venueClock } = await import("../src/lib/times");

function streamOf(...pieces: string[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start(controller) {
      pieces.forEach((each) => controller.enqueue(encoder.encode(each)));
      controller.close();
    },
  });
}

test("events are read whole, also where a piece ends in the middle of one", async () => {
  const seen: ServerEvent[] = [];
  let pieces = 0;
  await readEvents(streamOf("retry: 2000\n\nid: a1\nda", 'ta: {"came":1}\n\n:\n\nid: a2\ndata: {"came":2}\n\n', "id: a3\ndata: cut"), (each) => seen.push(each), () => pieces++);
  expect(seen).toEqual([{ id: "a1", data: '{"came":1}' }, { id: "a2", data: '{"came":2}' }]);
  expect(pieces).toBe(3); // a comment is a sign of life too
});

test("lines of one event are joined, and other line ends are taken", () => {
  expect(eventsIn("data: one\r\ndata: two\r\n\r\nrest")).toEqual({ events: [{ id: "", data: "one\ntwo" }], rest: "rest" });
});

test("a time goes through the clock of the venue and back", () => {
  for (const zone of ["Asia/Shanghai", "America/New_York", "Asia/Kolkata", "UTC"]) {
    for (const at of ["2026-11-30T01:00:00.000Z", "2026-07-01T16:30:00.000Z", "2026-12-31T23:45:00.000Z"]) {
      expect(atVenue(venueClock(at, zone), zone)).toBe(at);
    }
  }
  expect(venueClock("2026-11-30T01:00:00Z", "Asia/Shanghai")).toBe("2026-11-30T09:00");
});

test("a case code names its attempt, and nothing else does", () => {
  const id = "01930000-0000-7000-8000-00000000a001";
  expect(attemptOfCode(`https://cme.example/room/attempts/${id} `)).toBe(id);
  expect(attemptOfCode(`https://cme.example/room/${id}`)).toBeNull();
  expect(attemptOfCode("https://cme.example/s/abcd12?c=abcdefgh12")).toBeNull();
});
