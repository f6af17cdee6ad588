// The API, typed by its document: a change there that breaks a page breaks the build.
import createClient from "openapi-fetch";
import { problemOf, Refused } from "./problems";
import type { components, paths } from "./schema";
import { askOtp } from "../lib/otp";
import { ask, currentToken, forgetTokens, renewAfter } from "./session";

export type Schemas = components["schemas"];

/** Send a request with the token of the person who is signed in; again with a new token, or a code, where it is asked for. */
async function withToken(request: Request): Promise<Response> {
  const copy = (): Request => request.clone();
  let token = await currentToken();
  let answer = await ask(bearing(copy(), token));
  if (answer.status !== 401 || !token) return answer;
  let told = await codeOf(answer);
  if (told === "token_invalid" && (await renewAfter(token))) {
    token = await currentToken();
    answer = await ask(bearing(copy(), token));
    told = answer.status === 401 ? await codeOf(answer) : "";
  }
  while (told === "otp_required" || told === "otp_wrong") {
    const otp = await askOtp(told === "otp_wrong");
    if (!otp) return answer;
    const again = bearing(copy(), token);
    again.headers.set("X-OTP", otp);
    answer = await ask(again);
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

export const api = createClient<paths>({ baseUrl: "", fetch: withToken });

/** For calls before a sign-in, whose 401 is an answer of its own. */
export const openApi = createClient<paths>({ baseUrl: "", fetch: (request) => ask(request) });

/** Return what an answer holds. Raises Refused with what the API says went wrong. */
export async function got<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw new Refused(problemOf(error, response.status));
  return data as T;
}

/** Send a form with files, as multipart/form-data, and return the answer with its status. */
export async function sendForm<T>(path: string, form: FormData, key?: string): Promise<{ body: T; status: number }> {
  const headers = new Headers(key ? { "Idempotency-Key": key } : {});
  const answer = await withToken(new Request(path, { method: "POST", body: form, headers }));
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
