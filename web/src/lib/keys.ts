// Idempotency keys: the server does a request with the same key and the same content once, however often it comes.

/** Return a random key for one request, also where the page is not secure and has no randomUUID. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const LASTS = 120_000; // milliseconds: who presses again after a lost answer does it soon
const lost = new Map<string, { key: string; since: number }>();

/** Return the key of a request: that of an equal one whose answer was lost a moment ago, else a new one. */
export function keyFor(request: string): string {
  const before = lost.get(request);
  if (before && Date.now() - before.since < LASTS) return before.key;
  const key = newKey();
  lost.set(request, { key, since: Date.now() });
  return key;
}

/** The request was answered: an equal one is a new one from now on. */
export function answered(request: string): void {
  lost.delete(request);
}
