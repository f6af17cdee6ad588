import { expect, test } from "vitest";
import type { LocationQuery } from "vue-router";
import { choiceFilter, dateFilter, readFilters, textFilter } from "../src/lib/filters";

const FIELDS = { from: dateFilter("2026-01-01"), until: dateFilter(), status: choiceFilter(["all", "approved"], "all"), q: textFilter(10) };

test("a filter says what the address says", () => {
  expect(readFilters(FIELDS, { from: "2025-03-01", until: "2025-04-01", status: "approved", q: "心电图" })).toEqual({ from: "2025-03-01", until: "2025-04-01", status: "approved", q: "心电图" });
});

test("an address without filters leaves what holds at first", () => {
  expect(readFilters(FIELDS, {})).toEqual({ from: "2026-01-01", until: "", status: "all", q: "" });
});

test.each([
  { from: "0002-01-01" }, { from: "2026-13-01" }, { from: "2026-1-1" }, { from: "" }, { from: "x" }, { from: ["2025-01-01", "2025-02-01"] }, { from: null },
  { status: "nonsense" }, { status: "<script>" }, { q: "far too long to be meant" }, { until: "tomorrow" },
])("what can't be meant is as if it were not there: %o", (query) => {
  const told = query as unknown as LocationQuery;
  expect(readFilters(FIELDS, told)).toEqual(readFilters(FIELDS, {}));
});
