// The API, typed by its document: a change there that breaks a page breaks the build.
import createClient from "openapi-fetch";
import { problemOf, Refused } from "./problems";
import type { components, paths } from "./schema";
import { ask, currentToken, renewAfter } from "./session";

export type Schemas = components["schemas"];

/** Send a request with the token of the person who is signed in; once more with a new one if it was refused. */
async function withToken(request: Request): Promise<Response> {
  const again = request.clone();
  const token = await currentToken();
  if (token) request.headers.set("Authorization", `Bearer ${token}`);
  const answer = await ask(request);
  if (answer.status !== 401 || !token || !(await renewAfter(token))) return answer;
  again.headers.set("Authorization", `Bearer ${await currentToken()}`);
  return ask(again);
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

/** Ask for a file and return it with the name that the server gave it. */
export async function fetchFile(path: string): Promise<{ blob: Blob; name: string }> {
  const answer = await withToken(new Request(path));
  if (!answer.ok) throw new Refused(problemOf(await answer.json().catch(() => null), answer.status));
  const said = answer.headers.get("Content-Disposition") ?? "";
  const coded = /filename\*=UTF-8''([^;]+)/i.exec(said)?.[1];
  const name = coded ? decodeURIComponent(coded) : (/filename="?([^";]+)/.exec(said)?.[1] ?? "file");
  return { blob: await answer.blob(), name };
}
