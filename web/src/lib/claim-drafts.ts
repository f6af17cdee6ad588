// What was typed into a claim and not saved yet. It stays in this tab alone, over a reload and a lost network, and goes when the claim is saved.
import type { Given } from "./claim-form";

const PREFIX = "claim-draft:";

export interface Draft {
  given: Given;
  evidence: string[];
}

function keyOf(person: string, claim: string): string {
  return `${PREFIX}${person}:${claim}`;
}

/** claim: its id, or `new`. A browser without storage keeps nothing. */
export function keepDraft(person: string, claim: string, draft: Draft): void {
  try {
    sessionStorage.setItem(keyOf(person, claim), JSON.stringify(draft));
  } catch {
    // no storage, or it is full: what was typed is still on the page
  }
}

export function findDraft(person: string, claim: string): Draft | null {
  try {
    const draft = JSON.parse(sessionStorage.getItem(keyOf(person, claim)) ?? "null") as Draft | null;
    return draft && typeof draft.given === "object" && Array.isArray(draft.evidence) ? draft : null;
  } catch {
    return null;
  }
}

export function forgetDraft(person: string, claim: string): void {
  try {
    sessionStorage.removeItem(keyOf(person, claim));
  } catch {
    // as above
  }
}

/** Forget all drafts of this tab, whoever typed them: somebody signs out. */
export function forgetDrafts(): void {
  try {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
  } catch {
    // as above
  }
}
