// Check-in photos that the network did not take yet. They are kept on this phone, encrypted with a key that no script can
// read out, and sent later with the same idempotency key: the server takes each of them once. Nothing here is called taken
// before the server has said so.
import type { Schemas } from "../api/client";
import { databaseOf } from "./database";

const FRESH_HOURS = 24; // the server takes a late photo for no longer, so it is deleted then

export interface Kept {
  key: string;
  person: string;
  ticket: string;
  capturedAt: string;
  title: string;
  photos: Blob[];
}

interface Row {
  key: string;
  person: string;
  capturedAt: string;
  title: string;
  nonce: Uint8Array<ArrayBuffer>;
  sealed: ArrayBuffer;
}

export type Taken = Schemas["CheckInOut"];

const within = databaseOf<"rows" | "keys">("kept-check-ins", (database) => {
  database.createObjectStore("rows", { keyPath: "key" });
  database.createObjectStore("keys");
});

async function sealingKey(): Promise<CryptoKey> {
  const there = await within<CryptoKey | undefined>("keys", "readonly", (of) => of.get("photos"));
  if (there) return there;
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  await within("keys", "readwrite", (of) => of.put(made, "photos"));
  return made;
}

/** Write the ticket and the photos as one block of bytes: their lengths first. */
async function packed(kept: Kept): Promise<ArrayBuffer> {
  const head = JSON.stringify({ ticket: kept.ticket, sizes: kept.photos.map((photo) => photo.size) });
  const length = new Uint32Array([new TextEncoder().encode(head).length]);
  return new Blob([length, head, ...kept.photos]).arrayBuffer();
}

function unpacked(bytes: ArrayBuffer): { ticket: string; photos: Blob[] } {
  const length = new Uint32Array(bytes.slice(0, 4))[0] ?? 0;
  const head = JSON.parse(new TextDecoder().decode(bytes.slice(4, 4 + length))) as { ticket: string; sizes: number[] };
  let from = 4 + length;
  const photos = head.sizes.map((size) => {
    const photo = new Blob([bytes.slice(from, from + size)], { type: "image/jpeg" });
    from += size;
    return photo;
  });
  return { ticket: head.ticket, photos };
}

/** Keep a photo until the server has answered for it. */
export async function keep(kept: Kept): Promise<void> {
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, await sealingKey(), await packed(kept));
  const row: Row = { key: kept.key, person: kept.person, capturedAt: kept.capturedAt, title: kept.title, nonce, sealed };
  await within("rows", "readwrite", (of) => of.put(row));
}

export async function forget(key: string): Promise<void> {
  await within("rows", "readwrite", (of) => of.delete(key));
}

/** Return whose photos wait on this phone. */
export async function ownersOfKept(): Promise<string[]> {
  return (await allRows()).map((row) => row.person);
}

/** Return what this person has waiting on this phone, oldest first. A photo that can't be opened any more is deleted. */
export async function listKept(person: string): Promise<Kept[]> {
  const found: Kept[] = [];
  for (const row of await allRows()) {
    if (row.person !== person) continue;
    const inside = await opened(row).catch(() => null); // the browser lost its key
    if (inside) found.push({ key: row.key, person, capturedAt: row.capturedAt, title: row.title, ...inside });
    else await forget(row.key);
  }
  return found;
}

/** Delete what the server would take no more, and return how many these were. now: by the server's clock; a phone's may be days off. */
export async function forgetAged(now: number): Promise<number> {
  const oldest = now - FRESH_HOURS * 3600_000;
  const aged = (await allRows()).filter((row) => Date.parse(row.capturedAt) < oldest);
  for (const row of aged) await forget(row.key);
  return aged.length;
}

async function allRows(): Promise<Row[]> {
  const rows = await within<Row[]>("rows", "readonly", (of) => of.getAll() as IDBRequest<Row[]>);
  return rows.sort((a, b) => a.capturedAt.localeCompare(b.capturedAt));
}

async function opened(row: Row): Promise<{ ticket: string; photos: Blob[] }> {
  return unpacked(await crypto.subtle.decrypt({ name: "AES-GCM", iv: row.nonce }, await sealingKey(), row.sealed));
}
