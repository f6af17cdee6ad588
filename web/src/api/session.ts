// Who is signed in. The refresh token is in a cookie that no script reads; the access token is in memory alone.
import { ref } from "vue";
import { takeServerTime } from "../lib/times";
import { beginWait } from "../lib/waits";
import { core } from "../words/core";
import { language, useWords } from "../words/words";
import type { components } from "./schema";
import { ownProblem, problemOf, Refused, type Problem } from "./problems";

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

let account = "";

/** Return the id of the account that is signed in, an empty string before it is known. */
export function signedInAs(): string {
  return account;
}

/** Return the account that a token names. It is read, not checked: the server checks it. */
function accountOf(token: string): string {
  try {
    const claims = JSON.parse(atob((token.split(".")[1] ?? "").replace(/-/g, "+").replace(/_/g, "/"))) as { sub?: string };
    return claims.sub ?? "";
  } catch {
    return "";
  }
}

export function takeTokens(tokens: Tokens): void {
  account = accountOf(tokens.access_token);
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
  accessToken = account = "";
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

/** Ask the server anew who is signed in: a page that the browser kept whole may come back after a sign-out. */
export async function askAgain(): Promise<Standing> {
  if (standing.value === "signed_in") await renew();
  return standing.value;
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
  else if (answer.ok) takeNewTokens((await answer.json()) as Tokens);
  else throw new Refused(problemOf(await answer.json().catch(() => null), answer.status));
}

/** Take renewed tokens. Where somebody else signed in meanwhile, in another tab, this page shows what is not theirs: it starts anew. */
function takeNewTokens(tokens: Tokens): void {
  const before = account;
  takeTokens(tokens);
  if (before && account && before !== account) location.assign("/");
}

const PATIENCE = 45_000; // milliseconds until a request counts as lost

/** Ask the server. Raises Refused with `offline`, `too_slow` or `stopped` where no answer came, `not_the_server` where something else answered. */
export async function ask(url: string | Request, options: RequestInit = {}, patience = PATIENCE): Promise<Response> {
  const headers = new Headers(url instanceof Request ? url.headers : options.headers);
  headers.set("Accept-Language", language.value);
  const ending = new AbortController();
  let why: Lost = "offline";
  const end = (reason: Lost): void => {
    why = reason;
    ending.abort();
  };
  const tooSlow = setTimeout(() => end("too_slow"), patience);
  const isOver = beginWait(() => end("stopped"));
  const given = options.signal ?? (url instanceof Request ? url.signal : undefined);
  given?.addEventListener("abort", () => end("stopped"));
  try {
    const answer = await fetch(url, { ...options, headers, credentials: "same-origin", cache: "no-store", signal: ending.signal });
    refuseOthers(answer);
    takeServerTime(answer.headers.get("Date"));
    return await whole(answer);
  } catch (thrown) {
    if (thrown instanceof Refused) throw thrown;
    throw new Refused(lost(why));
  } finally {
    clearTimeout(tooSlow);
    isOver();
  }
}

type Lost = "offline" | "too_slow" | "stopped" | "not_the_server" | "server_away";

function lost(why: Lost, status = 0): Problem {
  const words = useWords(core);
  return { ...ownProblem(why, words(`${why}Title`), words(`${why}Hint`)), status };
}

/** Raise Refused where a page answers in place of the API: that of a hotel's network, or of a proxy whose service is away. */
function refuseOthers(answer: Response): void {
  if (answer.headers.has("X-Request-Id") || !answer.headers.get("Content-Type")?.startsWith("text/html")) return;
  throw new Refused(answer.status >= 500 ? lost("server_away", answer.status) : lost("not_the_server"));
}

/** Return an answer once all of it is here, so that a network that fails in its middle is told as one. Files and streams come as they come. */
async function whole(answer: Response): Promise<Response> {
  if (!answer.headers.get("Content-Type")?.includes("json")) return answer;
  const body = await answer.arrayBuffer();
  return new Response(body.byteLength ? body : null, { status: answer.status, headers: answer.headers });
}
