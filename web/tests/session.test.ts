import { beforeEach, expect, test, vi } from "vitest";

vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => undefined });
vi.stubGlobal("document", { documentElement: { lang: "en" }, createElement: () => ({}) });

const answers: Response[] = [];
const asked: { url: string; token: string | null }[] = [];
vi.stubGlobal("fetch", async (of: Request | string, options: RequestInit = {}) => {
  const headers = of instanceof Request ? of.headers : new Headers(options.headers);
  asked.push({ url: of instanceof Request ? of.url : of, token: headers.get("Authorization") });
  const next = answers.shift();
  if (!next) throw new TypeError("no network");
  return next;
});

const json = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
const tokens = (name: string, seconds = 900) => json({ access_token: name, refresh_token: null, expires_in: seconds, must_change_password: false, second_factor_due: false, own_credits_only: false });

const session = await import("../src/api/session");

beforeEach(() => {
  answers.length = asked.length = 0;
  session.forgetTokens();
  session.standing.value = "unknown";
});

test("many calls at once renew a token once", async () => {
  answers.push(tokens("one"));
  const all = await Promise.all([1, 2, 3, 4].map(() => session.currentToken()));
  expect(all).toEqual(["one", "one", "one", "one"]);
  expect(asked).toHaveLength(1);
});

test("a token is renewed before it ends", async () => {
  answers.push(tokens("short", 20), tokens("next"));
  await session.currentToken();
  expect(await session.currentToken()).toBe("next");
});

test("a dead network ends no sign-in", async () => {
  await expect(session.currentToken()).rejects.toMatchObject({ problem: { code: "offline" } });
  expect(session.standing.value).toBe("unknown");
  answers.push(tokens("back"));
  expect(await session.currentToken()).toBe("back");
});

test("a server that has no time ends no sign-in either", async () => {
  answers.push(json({ code: "busy" }, 503));
  await expect(session.currentToken()).rejects.toMatchObject({ problem: { code: "busy", status: 503 } });
  expect(session.standing.value).toBe("unknown");
});

test("nobody is signed in where the cookie is gone, and no later call asks again", async () => {
  answers.push(new Response(null, { status: 204 }));
  expect(await session.currentToken()).toBe("");
  expect(session.standing.value).toBe("nobody");
  expect(await session.currentToken()).toBe("");
  expect(asked).toHaveLength(1);
});

test("a refused token is renewed once though two calls were refused", async () => {
  answers.push(tokens("old"));
  await session.currentToken();
  answers.push(tokens("new"));
  expect(await Promise.all([session.renewAfter("old"), session.renewAfter("old")])).toEqual([true, true]);
  expect(await session.currentToken()).toBe("new");
  expect(asked).toHaveLength(2);
});

test("the page of a hotel's network ends no sign-in, and its clock is not believed", async () => {
  const { serverNow } = await import("../src/lib/times");
  answers.push(new Response("<h1>Wi-Fi</h1>", { status: 401, headers: { "Content-Type": "text/html", Date: "Mon, 30 Nov 2037 12:00:00 GMT" } }));
  await expect(session.currentToken()).rejects.toMatchObject({ problem: { code: "not_the_server" } });
  expect(session.standing.value).toBe("unknown");
  expect(Math.abs(serverNow() - Date.now())).toBeLessThan(60_000);
});

test("a proxy whose service is away ends no sign-in", async () => {
  answers.push(new Response("Bad Gateway", { status: 502, headers: { "Content-Type": "text/html" } }));
  await expect(session.currentToken()).rejects.toMatchObject({ problem: { code: "server_away", status: 502 } });
  expect(session.standing.value).toBe("unknown");
});

test("an answer that breaks off in its middle counts as no network", async () => {
  const body = new ReadableStream({ start: (stream) => stream.error(new TypeError("network error")) });
  answers.push(new Response(body, { headers: { "Content-Type": "application/json", "X-Request-Id": "r" } }));
  await expect(session.currentToken()).rejects.toMatchObject({ problem: { code: "offline" } });
});

test("a page starts anew where another tab signed somebody else in", async () => {
  const opened: string[] = [];
  vi.stubGlobal("location", { assign: (path: string) => opened.push(path) });
  const of = (sub: string) => tokens(`.${btoa(JSON.stringify({ sub }))}.`, 20);
  answers.push(of("wang"), of("wang"), of("li"));
  await session.currentToken();
  await session.currentToken();
  expect(opened).toEqual([]);
  await session.currentToken();
  expect(opened).toEqual(["/"]);
});
