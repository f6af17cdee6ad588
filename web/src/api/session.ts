// Who is signed in. The refresh token is in a cookie that no script reads; the access token is in memory alone.
import { ref } from "vue";
import { takeServerTime } from "../lib/times";
import { core } from "../words/core";
import { language, useWords } from "../words/words";
import type { components } from "./schema";
import { ownProblem, problemOf, Refused } from "./problems";

type Tokens = components["schemas"]["Tokens"];

/**
 * What this browser may do: nothing yet known, nobody, only the change of the password, only a second factor, only one's
 * own credits and certificates (people of other provinces), all.
 */
export type Standing = "unknown" | "nobody" | "password" | "second_factor" | "own_credits" | "signed_in";

export const standing = ref<Standing>("unknown");
let accessToken = "";
let endsAt = 0;

const MARGIN = 30_000; // milliseconds before its end when a token is renewed

export function takeTokens(tokens: Tokens): void {
  accessToken = tokens.access_token;
  endsAt = Date.now() + tokens.expires_in * 1000;
  standing.value = standingOf(tokens);
}

function standingOf(tokens: Tokens): Standing {
  if (tokens.must_change_password) return "password";
  if (tokens.second_factor_due) return "second_factor";
  return tokens.own_credits_only ? "own_credits" : "signed_in";
}

export function forgetTokens(): void {
  accessToken = "";
  endsAt = 0;
  standing.value = "nobody";
}

/** Return a token that is good for another half minute, or an empty string if nobody is signed in. */
export async function currentToken(): Promise<string> {
  if (accessToken && Date.now() < endsAt - MARGIN) return accessToken;
  if (standing.value === "nobody") return "";
  await renew();
  return accessToken;
}

/** Renew a token that the server refused. Return whether somebody is still signed in. */
export async function renewAfter(refused: string): Promise<boolean> {
  if (accessToken === refused) await renew();
  return accessToken !== "";
}

let underWay: Promise<void> | null = null;

/** Exchange the cookie for new tokens, one tab after the other. A dead network ends no sign-in. */
function renew(): Promise<void> {
  underWay ??= oneAtATime(exchange).finally(() => {
    underWay = null;
  });
  return underWay;
}

async function oneAtATime(work: () => Promise<void>): Promise<void> {
  if (navigator.locks as LockManager | undefined) await navigator.locks.request("refresh", work);
  else await work();
}

async function exchange(): Promise<void> {
  const answer = await ask("/api/v1/auth/refresh", { method: "POST" });
  if (answer.status === 204 || answer.status === 401 || answer.status === 403) forgetTokens();
  else if (answer.ok) takeTokens((await answer.json()) as Tokens);
  else throw new Refused(problemOf(await answer.json().catch(() => null), answer.status));
}

/** Ask the server. Raises Refused with `offline` where it can't be reached. */
export async function ask(url: string | Request, options: RequestInit = {}): Promise<Response> {
  const headers = new Headers(url instanceof Request ? url.headers : options.headers);
  headers.set("Accept-Language", language.value);
  try {
    const answer = await fetch(url, { ...options, headers, credentials: "same-origin", cache: "no-store" });
    takeServerTime(answer.headers.get("Date"));
    return answer;
  } catch {
    const words = useWords(core);
    throw new Refused(ownProblem("offline", words("offlineTitle"), words("offlineHint")));
  }
}
