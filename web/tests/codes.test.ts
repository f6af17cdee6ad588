import { expect, test } from "vitest";
import { codeAt, pathOfCode, typedForm } from "../src/lib/venue-codes";

const at = (seconds: number): string => new Date(1_800_000_000_000 + seconds * 1000).toISOString();
const code = (number: number) => ({ url: `https://cme.example/s/abcd2345?c=1000000${number}`, shown_from: at(number * 15), shown_until: at(number * 15 + 15) });
const codes = [0, 1, 2, 3, 4].map(code);

test("a screen shows the code of the moment, for as long as it has one", () => {
  const shown = [0, 14.9, 15, 59, 74.9, 75].map((seconds) => codeAt(codes, 1_800_000_000_000 + seconds * 1000)?.url.slice(-1));
  expect(shown).toEqual(["0", "0", "1", "3", "4", undefined]);
});

test("a screen whose clock stood still before the first code shows none", () => {
  expect(codeAt(codes, 1_800_000_000_000 - 1)).toBeNull();
});

test("a printed code is always right", () => {
  const printed = { url: "https://cme.example/s/abcd2345?c=abcdefghjk", shown_from: null, shown_until: null };
  expect(codeAt([printed], 0)).toBe(printed);
});

test("what a screen shows to be typed opens the same session as its QR code", () => {
  expect(pathOfCode(typedForm(codes[2]!.url))).toBe("/s/abcd2345?c=10000002");
});

test("only our own codes are taken", () => {
  expect(pathOfCode("https://cme.example/s/abcd2345?c=10000002")).toBe("/s/abcd2345?c=10000002");
  expect(pathOfCode("  ABCD2345-10000002 ")).toBe("/s/abcd2345?c=10000002");
  for (const other of ["", "https://evil.example/", "javascript:alert(1)", "/s/abcd2345?c=1#x", "/s/../api/v1/me?c=10000002", "weixin://dl/business"]) {
    expect(pathOfCode(other)).toBeNull();
  }
});
