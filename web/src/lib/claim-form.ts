// What a person types into a claim, and the body that the service takes.
import type { Schemas } from "../api/client";
import { today } from "./times";

export type Claim = Schemas["ClaimOut"];
export type Rule = Schemas["ClaimRuleOut"];
export type Catalogue = Schemas["CatalogueOut"];

export interface Given {
  mode: Schemas["ClaimMode"];
  rule: string;
  rank: number | null;
  credits: string;
  quantity: string;
  starts_on: string;
  ends_on: string;
  activity_name: string;
  activity_no: string;
  activity_date: string;
  delivery_mode: string;
  credit_level: string;
  discipline_l2: string;
  discipline_l3: string;
  issuer: string;
  hours: string;
  remark: string;
  likeness_reason: string;
}

/** Return the fields of a claim, or those of a new one. */
export function givenOf(claim: Claim | null): Given {
  return {
    mode: claim?.mode ?? "wizard",
    rule: claim?.rule ?? "",
    rank: claim?.rank ?? null,
    credits: claim?.claimed_credits ?? "",
    quantity: claim?.quantity ?? "",
    starts_on: claim?.starts_on ?? "",
    ends_on: claim?.ends_on ?? "",
    activity_name: claim?.activity_name ?? "",
    activity_no: claim?.activity_no ?? "",
    activity_date: claim?.activity_date ?? today(),
    delivery_mode: claim?.delivery_mode ?? "",
    credit_level: claim?.credit_level ?? "",
    discipline_l2: claim?.discipline_l2 ?? "",
    discipline_l3: claim?.discipline_l3 ?? "",
    issuer: claim?.issuer ?? "",
    hours: claim?.hours ?? "0.0",
    remark: claim?.remark ?? "",
    likeness_reason: claim?.likeness_reason ?? "",
  };
}

/** Return the body of a claim: only what its rule takes. */
export function bodyOf(given: Given, rule: Rule | null, evidence: string[]) {
  const needs = new Set<string>(rule?.needs ?? []);
  const text = (typed: string): string | null => typed.trim() || null;
  return {
    mode: given.mode,
    rule: given.rule,
    rank: needs.has("rank") ? given.rank : null,
    credits: needs.has("credits") ? text(given.credits) : null,
    quantity: needs.has("quantity") ? text(given.quantity) : null,
    starts_on: rule?.has_period ? text(given.starts_on) : null,
    ends_on: rule?.has_period ? text(given.ends_on) : null,
    activity_name: given.activity_name.trim(),
    activity_no: text(given.activity_no),
    activity_date: given.activity_date,
    delivery_mode: given.delivery_mode,
    credit_level: given.mode === "free" ? text(given.credit_level) : null,
    discipline_l2: given.discipline_l2,
    discipline_l3: text(given.discipline_l3),
    issuer: given.issuer.trim(),
    evidence,
    hours: given.hours.trim() || "0.0",
    remark: text(given.remark),
    likeness_reason: text(given.likeness_reason),
  };
}

/** Return what a claim comes to by its rule, before the service says it; null where it can't be told yet. */
export function creditsOf(given: Given, rule: Rule | null): string | null {
  if (!rule) return null;
  if (rule.needs.includes("rank")) return rule.ranks.find((each) => each.rank === given.rank)?.credits ?? null;
  if (rule.needs.includes("credits")) return given.credits.trim() || null;
  if (rule.quantity?.credits) {
    const amount = (Number(given.quantity) / Number(rule.quantity.per)) * Number(rule.quantity.credits);
    return given.quantity.trim() && Number.isFinite(amount) ? (Math.round((amount + Number.EPSILON) * 100) / 100).toFixed(2) : null;
  }
  return rule.credits;
}

/** Return the fields that are asked for and empty. The service says the same and more; this saves a round through the network. */
export function missingOf(given: Given, rule: Rule | null, evidence: string[]): string[] {
  const asked: (keyof Given)[] = ["activity_date", "activity_name", "delivery_mode", "discipline_l2", "issuer"];
  if (given.mode === "wizard") asked.push("discipline_l3");
  if (rule?.has_period) asked.push("starts_on", "ends_on");
  for (const need of rule?.needs ?? []) if (need !== "hours") asked.push(need);
  const missing: string[] = asked.filter((field) => !String(given[field] ?? "").trim());
  if (!rule) missing.push("rule");
  if (!evidence.length) missing.push("evidence");
  return missing;
}
