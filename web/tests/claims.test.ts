import { beforeEach, expect, test, vi } from "vitest";
import { findDraft, forgetDraft, forgetDrafts, keepDraft } from "../src/lib/claim-drafts";
import type { Rule } from "../src/lib/claim-form";

vi.stubGlobal("document", { documentElement: { lang: "zh-CN" }, createElement: () => ({}) });
const { bodyOf, creditsOf, givenOf, missingOf } = await import("../src/lib/claim-form");

const RULE: Rule = {
  code: "GRT-PRV", category: "GRT", class: "II类学分", class_code: "II", name: "科研立项", clause: "省、部级课题", entry: "both", default_entry: "wizard", needs: ["rank"],
  ranks: [{ rank: 1, name: "第1成员", credits: "8.00" }, { rank: 2, name: "第2成员", credits: "7.00" }],
  credits: null, quantity: null, hours_per_credit: null, limits: { at_once: null, year: null, group: null, group_year: null }, evidence: ["立项批文"],
  is_daily_once: false, has_period: false, completes_year: false, source: "N06",
};
const BOOK: Rule = { ...RULE, code: "BOOK", needs: ["quantity"], ranks: [], quantity: { unit: "characters", per: "1000", credits: "1.00", most: "10000000", is_whole: true, default: null } };
const whole = { ...givenOf(null), rule: "GRT-PRV", rank: 2, activity_name: "示例课题", delivery_mode: "论文著作", discipline_l2: "急诊学", discipline_l3: "急诊", issuer: "示例医院" };

test("the body has only what the rule of the claim takes", () => {
  const body = bodyOf({ ...whole, credits: "9.00", quantity: "3", starts_on: "2026-01-01", credit_level: "国家级" }, RULE, ["one"]);
  expect(body).toMatchObject({ rank: 2, credits: null, quantity: null, starts_on: null, credit_level: null, evidence: ["one"], activity_no: null });
});

test("what is asked for and empty is named", () => {
  expect(missingOf(whole, RULE, ["one"])).toEqual([]);
  expect(missingOf({ ...whole, rank: null, activity_name: "  " }, RULE, [])).toEqual(["activity_name", "rank", "evidence"]);
  expect(missingOf({ ...whole, discipline_l3: "" }, RULE, ["one"])).toEqual(["discipline_l3"]);
  expect(missingOf({ ...whole, mode: "free", discipline_l3: "" }, RULE, ["one"])).toEqual([]);
  expect(missingOf({ ...whole, rule: "" }, null, ["one"])).toEqual(["rule"]);
  expect(missingOf(whole, { ...RULE, has_period: true }, ["one"])).toEqual(["starts_on", "ends_on"]);
});

test("what a claim comes to is told by its rule", () => {
  expect(creditsOf(whole, RULE)).toBe("7.00");
  expect(creditsOf({ ...whole, rank: null }, RULE)).toBeNull();
  expect(creditsOf({ ...whole, quantity: "12345" }, BOOK)).toBe("12.35");
  expect(creditsOf({ ...whole, quantity: "many" }, BOOK)).toBeNull();
  expect(creditsOf(whole, null)).toBeNull();
});

const store = new Map<string, string>();
const fake = { getItem: (key: string) => store.get(key) ?? null, setItem: (key: string, text: string) => void store.set(key, text), removeItem: (key: string) => void store.delete(key) };

beforeEach(() => {
  store.clear();
  // Object.keys of a storage are its keys
  globalThis.sessionStorage = new Proxy(fake, { ownKeys: () => [...store.keys()], getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }) }) as unknown as Storage;
});

test("what was typed comes back to the same person and claim alone", () => {
  keepDraft("li", "new", { given: whole, evidence: ["one"] });
  expect(findDraft("li", "new")?.given.activity_name).toBe("示例课题");
  expect(findDraft("wang", "new")).toBeNull();
  expect(findDraft("li", "another")).toBeNull();
  forgetDraft("li", "new");
  expect(findDraft("li", "new")).toBeNull();
});

test("who signs out leaves nothing behind", () => {
  keepDraft("li", "new", { given: whole, evidence: [] });
  store.set("language", "en");
  forgetDrafts();
  expect([...store.keys()]).toEqual(["language"]);
});

test("a damaged draft is none", () => {
  store.set("claim-draft:li:new", "{");
  expect(findDraft("li", "new")).toBeNull();
  store.set("claim-draft:li:new", '{"given":1}');
  expect(findDraft("li", "new")).toBeNull();
});
