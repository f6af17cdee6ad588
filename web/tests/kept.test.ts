import "fake-indexeddb/auto";
import { beforeEach, expect, test } from "vitest";
import { forget, forgetAged, keep, listKept, ownersOfKept, type Kept } from "../src/lib/kept";

function photo(key: string, more: Partial<Kept> = {}): Kept {
  return { key, person: "me", ticket: "ticket-of-" + key, capturedAt: new Date().toISOString(), title: "第一场", photos: [new Blob(["face-" + key])], ...more };
}

beforeEach(async () => {
  for (const person of ["me", "you"]) for (const each of await listKept(person)) await forget(each.key);
});

test("a kept photo comes back whole, with its ticket and its key", async () => {
  await keep(photo("one", { photos: [new Blob(["first"]), new Blob(["second, longer"])] }));
  const [found] = await listKept("me");
  expect(found?.ticket).toBe("ticket-of-one");
  expect(await Promise.all(found!.photos.map((each) => each.text()))).toEqual(["first", "second, longer"]);
});

test("what lies on the phone is encrypted by a key that can't be read out", async () => {
  await keep(photo("one"));
  const database = await new Promise<IDBDatabase>((resolve) => {
    const asked = indexedDB.open("kept-check-ins", 1);
    asked.onsuccess = () => resolve(asked.result);
  });
  const all = (store: string): Promise<unknown[]> => new Promise((resolve) => {
    const asked = database.transaction(store).objectStore(store).getAll();
    asked.onsuccess = () => resolve(asked.result);
  });
  const [row] = (await all("rows")) as { sealed: ArrayBuffer; ticket?: string }[];
  const [key] = (await all("keys")) as CryptoKey[];
  const bytes = new TextDecoder("latin1").decode(row!.sealed);
  expect(bytes).not.toContain("face-one");
  expect(bytes).not.toContain("ticket-of-one");
  expect(row!.ticket).toBeUndefined();
  expect(key!.extractable).toBe(false);
  database.close();
});

test("each person sees their own photos alone, oldest first", async () => {
  await keep(photo("late", { capturedAt: new Date(Date.now() - 1000).toISOString() }));
  await keep(photo("early", { capturedAt: new Date(Date.now() - 9000).toISOString() }));
  await keep(photo("theirs", { person: "you" }));
  expect((await listKept("me")).map((each) => each.key)).toEqual(["early", "late"]);
});

test("a photo that the server would not take any more is deleted, by the server's clock", async () => {
  const now = Date.now() + 9 * 3600_000; // this phone is nine hours behind
  await keep(photo("old", { capturedAt: new Date(now - 25 * 3600_000).toISOString() }));
  await keep(photo("new", { capturedAt: new Date(now - 23 * 3600_000).toISOString() }));
  expect(await forgetAged(now)).toBe(1);
  expect((await listKept("me")).map((each) => each.key)).toEqual(["new"]);
  expect(await forgetAged(now)).toBe(0);
});

test("a photo whose key the browser lost is deleted, and stops no other", async () => {
  await keep(photo("lost"));
  const database = await new Promise<IDBDatabase>((resolve) => {
    const asked = indexedDB.open("kept-check-ins", 1);
    asked.onsuccess = () => resolve(asked.result);
  });
  await new Promise((done) => (database.transaction("keys", "readwrite").objectStore("keys").clear().onsuccess = done));
  database.close();
  await keep(photo("good"));
  expect((await listKept("me")).map((each) => each.key)).toEqual(["good"]);
  expect(await ownersOfKept()).toEqual(["me"]);
});
