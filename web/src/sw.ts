// The service worker. It keeps the shell and the built files, so that the app opens without a network. It never answers
// /api, and sends nothing of its own.
export {};
declare const self: ServiceWorkerGlobalScope;
declare const __BUILD__: string; // its name changes with each build

const KEPT = `shell-${__BUILD__}`;
const SHELL = "/";
const NOT_OURS = /^\/(api|s|v|screen|about|dev|licenses\.md|verify-bundles|badge-status|healthz|readyz|metrics|\.well-known)(\/|$)/;
const PATIENCE = 4000; // milliseconds that a page may take before the shell that was kept is shown
const IN_A_HALL = ["/scan", "/check-in"]; // pages that must open though the network is gone: their files are kept at once

self.addEventListener("install", (event) => {
  event.waitUntil(keepShell().then(() => self.skipWaiting()));
});

/** Keep the shell with the files that it names, and those of the pages that a hall needs. */
async function keepShell(): Promise<void> {
  const cache = await caches.open(KEPT);
  const shell = await fetch(new Request(SHELL, { cache: "reload" }));
  if (!isShell(shell)) throw new Error("no shell");
  await cache.put(SHELL, shell.clone());
  const named = [...(await shell.text()).matchAll(/"(\/assets\/[^"]+)"/g)].map((found) => found[1]!);
  await cache.addAll([...new Set(named)]);
  await keepPages(cache).catch(() => undefined); // these may come when they are opened
}

async function keepPages(cache: Cache): Promise<void> {
  const pages = (await (await fetch("/pages.json")).json()) as Record<string, string[]>;
  await cache.addAll([...new Set(IN_A_HALL.flatMap((path) => pages[path] ?? []).map((name) => `/${name}`))]);
}

/** The build before this one stays: a page of it may still be open. */
self.addEventListener("activate", (event) => {
  const clean = async (): Promise<void> => {
    const before = (await caches.keys()).filter((name) => name !== KEPT);
    await Promise.all(before.slice(0, -1).map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(clean());
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin || NOT_OURS.test(url.pathname)) return;
  if (url.pathname.startsWith("/assets/")) event.respondWith(fromKept(event.request));
  else if (event.request.mode === "navigate") event.respondWith(pageOrShell(event));
});

/** Files of a build never change: what is kept is the answer. */
async function fromKept(request: Request): Promise<Response> {
  const kept = await caches.match(request).catch(() => undefined); // a private window may have no storage at all
  if (kept) return kept;
  const fresh = await fetch(request);
  if (fresh.ok && !fresh.headers.get("Content-Type")?.startsWith("text/html")) {
    // A phone without space keeps nothing, and the file is shown all the same.
    const copy = fresh.clone();
    await caches.open(KEPT).then((cache) => cache.put(request, copy)).catch(() => undefined);
  }
  return fresh;
}

/** A page comes from the server; where it does not come, or a proxy says that the service is away, the shell that was kept. */
async function pageOrShell(event: FetchEvent): Promise<Response> {
  const page = fetch(event.request);
  page.catch(() => undefined); // the kept shell may be shown before it fails
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), PATIENCE));
  const fresh = await Promise.race([page, late]).catch(() => null);
  if (fresh && fresh.status < 500) return fresh;
  const kept = await caches.match(SHELL, { cacheName: KEPT }).catch(() => undefined);
  return kept ?? page;
}

/** A hotel's network answers with a page of its own, which must not be kept as ours. */
function isShell(answer: Response): boolean {
  return answer.ok && !answer.redirected && answer.headers.has("X-Request-Id");
}
