import "fake-indexeddb/auto";
import { beforeEach, expect, test, vi } from "vitest";
import { forget, keep, listKept, type Kept } from "../src/lib/kept";

vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => undefined });
vi.stubGlobal("document", { documentElement: { lang: "en" }, createElement: () => ({}), visibilityState: "visible", addEventListener: () => undefined });
vi.stubGlobal("addEventListener", () => undefined);
vi.stubGlobal("location", { assign: () => undefined });

const OURS = { "Content-Type": "application/json", "X-Request-Id": "r" };
const json = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status, headers: OURS });
const page = (status: number): Response => new Response("<h1>Wi-Fi</h1>", { status, headers: { "Content-Type": "text/html; charset=utf-8", Date: "Mon, 30 Nov 2036 12:00:00 GMT" } });
const tokens = (sub: string): Response => json({ access_token: `.${btoa(JSON.stringify({ sub }))}.`, expires_in: 900, must_change_password: false, second_factor_due: false });

let answers: (Response | Error)[] = [];
let sent: { key: string | null; ticket: string }[] = [];
vi.stubGlobal("fetch", async (of: Request) => {
  if (!of.url?.endsWith("/check-ins")) return answers.shift() ?? json({});
  sent.push({ key: of.headers.get("Idempotency-Key"), ticket: String((await of.formData()).get("ticket")) });
  const next = answers.shift() ?? new TypeError("no network");
  if (next instanceof Error) throw next;
  return next;
});
const RealRequest = Request;
vi.stubGlobal("Request", class extends RealRequest {
  constructor(of: RequestInfo | URL, more?: RequestInit) {
    super(typeof of === "string" ? new URL(of, "https://cme.example") : of, more);
  }
});

const session = await import("../src/api/session");
const sending = await import("../src/lib/sending");

const photo = (key: string): Omit<Kept, "person"> => ({ key, ticket: `ticket-${key}`, capturedAt: new Date().toISOString(), title: "第一场", photos: [new Blob(["face"])] });
const signIn = async (sub: string): Promise<void> => session.takeTokens(await tokens(sub).json());
const keys = async (person: string): Promise<string[]> => (await listKept(person)).map((each) => each.key);

beforeEach(async () => {
  for (const person of ["wang", "li"]) for (const each of await listKept(person)) await forget(each.key);
  answers = [];
  sent = [];
  sending.news.value = [];
  await signIn("wang");
  await sending.count();
});

for (const [what, answer] of [["the page of a hotel's network", page(200)], ["its sign-in page", page(403)], ["a proxy without its service", page(502)], ["a busy server", json({ code: "busy" }, 503)], ["too many requests", json({ code: "too_many_attempts" }, 429)]] as const) {
  test(`a photo that met ${what} is kept and sent again with its key`, async () => {
    answers = [answer];
    expect(await sending.send(photo("one"))).toEqual({ kept: true });
    expect(session.standing.value).toBe("signed_in");
    expect([await keys("wang"), sending.waiting.value]).toEqual([["one"], 1]);
    answers = [json({ status: "present" }, 201)];
    await sending.sendKept();
    expect(sent.map((each) => each.key)).toEqual(["one", "one"]);
    expect([await keys("wang"), sending.waiting.value]).toEqual([[], 0]);
  });
}

test("what came of a photo that no page waits for is told until it is read", async () => {
  await sending.send(photo("one"));
  answers = [json({ code: "face_mismatch", title: "not this face" }, 422)];
  await sending.sendKept();
  expect(sending.news.value).toMatchObject([{ key: "one", title: "第一场", outcome: { refused: { code: "face_mismatch" } } }]);
});

test("the page that waits for a photo is told, and then nothing else is shown", async () => {
  const told: string[] = [];
  const stop = sending.onOutcome((key) => told.push(key) > 0);
  await sending.send(photo("one"));
  answers = [json({ status: "present" }, 201)];
  await sending.sendKept();
  stop();
  expect([told, sending.news.value]).toEqual([["one"], []]);
});

test("on a shared phone the photo of another account waits for its own", async () => {
  await sending.send(photo("one"));
  await signIn("li");
  await sending.sendKept();
  expect([sent.length, sending.waiting.value, sending.waitingOfOthers.value]).toEqual([1, 0, 1]);
  expect(await keys("wang")).toEqual(["one"]);
});

test("a photo that went with the token of another account is not lost", async () => {
  await sending.send(photo("one"));
  answers = [json({ code: "ticket_not_yours" }, 403)];
  await sending.sendKept();
  expect(await keys("wang")).toEqual(["one"]);
});

test("a sign-in that ended keeps the photo for the next one", async () => {
  await sending.send(photo("one"));
  answers = [json({ code: "token_invalid" }, 401), new Response(null, { status: 204 })];
  await sending.sendKept();
  expect([session.standing.value, sending.waiting.value]).toEqual(["nobody", 1]);
  expect(await keys("wang")).toEqual(["one"]);
});

test("two tabs send a photo once, one after the other", async () => {
  await keep({ ...photo("one"), person: "wang" });
  let chain: Promise<unknown> = Promise.resolve();
  vi.stubGlobal("navigator", { locks: { request: (_: string, work: () => Promise<void>) => (chain = chain.then(work)) } });
  vi.resetModules();
  const other = await import("../src/lib/sending");
  const others = await import("../src/api/session");
  answers = [json({ status: "present" }, 201)];
  others.takeTokens(await tokens("wang").json());
  await Promise.all([sending.sendKept(), other.sendKept()]);
  await vi.waitFor(async () => expect(await keys("wang")).toEqual([]));
  expect(sent).toHaveLength(1);
});

test("a photo over which the server stumbles keeps no other one back", async () => {
  await keep({ ...photo("one"), person: "wang", capturedAt: new Date(Date.now() - 9000).toISOString() });
  await keep({ ...photo("two"), person: "wang" });
  answers = [json({ code: "internal" }, 500), json({ status: "present" }, 201)];
  await sending.sendKept();
  expect([sent.map((each) => each.key), await keys("wang")]).toEqual([["one", "two"], ["one"]]);
});

test("a phone that can store nothing sends from memory while the page is open", async () => {
  const open = vi.spyOn(indexedDB, "open").mockImplementation(() => {
    throw new DOMException("full", "QuotaExceededError");
  });
  expect(await sending.send(photo("one"))).toEqual({ kept: true });
  expect([sending.waiting.value, sending.unstored.value]).toEqual([1, 1]);
  answers = [json({ status: "present" }, 201)];
  await sending.sendKept();
  open.mockRestore();
  expect(sent.map((each) => each.key)).toEqual(["one", "one"]);
  expect([sending.waiting.value, sending.unstored.value]).toEqual([0, 0]);
});
