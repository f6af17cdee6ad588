// The API, typed by its document: a change there that breaks a page breaks the build.
import createClient from "openapi-fetch";
import { problemOf, Refused } from "./problems";
import type { components, paths } from "./schema";
import { askOtp } from "../lib/otp";
import { answered, keyFor, newKey } from "../lib/keys";
import { ask, currentToken, forgetTokens, renewAfter, signedInAs } from "./session";

export type Schemas = components["schemas"];

const REPEATS_SAFELY = /^(GET|HEAD|DELETE|PATCH) |^PUT (?!.*\/me\/(password|second-factor)$)/;

/** Send a request that must not be done twice with an idempotency key: the same one again where the answer to an equal request was lost. */
async function once(request: Request, send: () => Promise<Response>): Promise<Response> {
  if (REPEATS_SAFELY.test(`${request.method} ${request.url}`) || request.headers.has("Idempotency-Key")) return send();
  const content = `${signedInAs()} ${request.method} ${request.url} ${await request.clone().text()}`;
  request.headers.set("Idempotency-Key", keyFor(content));
  const answer = await send();
  if (answer.status < 500) answered(content);
  return answer;
}

const SENDS_FILES = 300_000; // milliseconds: a phone on a bad network sends five megabytes in minutes

/** Send a request with the token of the person who is signed in; again with a new token, or a code, where it is asked for. */
async function withToken(request: Request, patience?: number): Promise<Response> {
  return once(request, () => bearingToken(request, patience));
}

async function bearingToken(request: Request, patience?: number): Promise<Response> {
  const copy = (): Request => request.clone();
  let token = await currentToken();
  let answer = await ask(bearing(copy(), token), {}, patience);
  if (answer.status !== 401 || !token) return answer;
  let told = await codeOf(answer);
  if (told === "token_invalid" && (await renewAfter(token))) {
    token = await currentToken();
    answer = await ask(bearing(copy(), token), {}, patience);
    told = answer.status === 401 ? await codeOf(answer) : "";
  }
  while (told === "otp_required" || told === "otp_wrong") {
    const otp = await askOtp(told === "otp_wrong");
    if (!otp) return answer;
    const again = bearing(copy(), token);
    again.headers.set("X-OTP", otp);
    answer = await ask(again, {}, patience);
    told = answer.status === 401 ? await codeOf(answer) : "";
  }
  if (told === "token_invalid" || told === "sign_in_idle") forgetTokens();
  return answer;
}

function bearing(request: Request, token: string): Request {
  if (token) request.headers.set("Authorization", `Bearer ${token}`);
  return request;
}

async function codeOf(answer: Response): Promise<string> {
  const body = (await answer.clone().json().catch(() => null)) as { code?: string } | null;
  return body?.code ?? "";
}

export const api = createClient<paths>({ baseUrl: "", fetch: (request) => withToken(request) });

/** For calls before a sign-in, whose 401 is an answer of its own. */
export const openApi = createClient<paths>({ baseUrl: "", fetch: (request) => once(request, () => ask(request)) });

/** Return what an answer holds. Raises Refused with what the API says went wrong. */
export async function got<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw new Refused(problemOf(error, response.status));
  return data as T;
}

/** Send a form with files, as multipart/form-data, and return the answer with its status. */
export async function sendForm<T>(path: string, form: FormData, key = newKey(), patience = SENDS_FILES): Promise<{ body: T; status: number }> {
  const headers = new Headers({ "Idempotency-Key": key });
  const answer = await withToken(new Request(path, { method: "POST", body: form, headers }), patience);
  const body: unknown = await answer.json().catch(() => null);
  if (!answer.ok) throw new Refused(problemOf(body, answer.status));
  return { body: body as T, status: answer.status };
}

/** Set what a form with files holds. Setting it twice does no harm, so it needs no key. */
export async function putForm(path: string, form: FormData): Promise<void> {
  const answer = await withToken(new Request(path, { method: "PUT", body: form }));
  if (!answer.ok) throw new Refused(problemOf(await answer.json().catch(() => null), answer.status));
}

/** Ask for a file and return it with the name that the server gave it. */
export async function fetchFile(path: string): Promise<{ blob: Blob; name: string }> {
  const answer = await withToken(new Request(path));
  if (!answer.ok) throw new Refused(problemOf(await answer.json().catch(() => null), answer.status));
  const said = answer.headers.get("Content-Disposition") ?? "";
  const coded = /filename\*=UTF-8''([^;]+)/i.exec(said)?.[1];
  const name = coded ? decodeURIComponent(coded) : (/filename="?([^";]+)/.exec(said)?.[1] ?? "file");
  return { blob: await answer.blob(), name };
}

/** Open a stream of events with the token of the person. seen: the id of the last event that is known. Raises Refused. */
export async function openEvents(path: string, seen: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  const headers = new Headers({ Accept: "text/event-stream" });
  if (seen) headers.set("Last-Event-ID", seen);
  const answer = await withToken(new Request(path, { headers, signal }));
  if (!answer.ok || !answer.body) throw new Refused(problemOf(await answer.json().catch(() => null), answer.status));
  return answer.body;
}
