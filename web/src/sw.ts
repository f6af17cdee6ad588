// The service worker. It keeps the shell and the files of this build, so that the app opens without a network. It never
// answers /api, and sends nothing of its own.
export {};
declare const self: ServiceWorkerGlobalScope;
declare const __BUILD__: string; // its name changes with each build, so what an older build kept goes

const KEPT = `shell-${__BUILD__}`;
const SHELL = "/";
const NOT_OURS = /^\/(api|s|v|screen|about|dev|verify-bundles|badge-status|healthz|readyz|metrics|\.well-known)(\/|$)/;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((cache) => cache.add(new Request(SHELL, { cache: "reload" }))).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys().then((names) => Promise.all(names.filter((name) => name !== KEPT).map((name) => caches.delete(name)))).then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin || NOT_OURS.test(url.pathname)) return;
  if (url.pathname.startsWith("/assets/")) event.respondWith(fromKept(event.request));
  else if (event.request.mode === "navigate") event.respondWith(pageOrShell(event.request));
});

/** Files of a build never change: what is kept is the answer. */
async function fromKept(request: Request): Promise<Response> {
  const cache = await caches.open(KEPT);
  const kept = await cache.match(request);
  if (kept) return kept;
  const fresh = await fetch(request);
  if (fresh.ok) await cache.put(request, fresh.clone());
  return fresh;
}

/** A page comes from the server; where there is no network, the shell that was kept. */
async function pageOrShell(request: Request): Promise<Response> {
  const cache = await caches.open(KEPT);
  try {
    const fresh = await fetch(request);
    if (fresh.ok && new URL(request.url).pathname === SHELL) await cache.put(SHELL, fresh.clone());
    return fresh;
  } catch (fault) {
    const kept = await cache.match(SHELL);
    if (kept) return kept;
    throw fault;
  }
}
