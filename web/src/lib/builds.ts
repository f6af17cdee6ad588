// The service worker, and pages whose files can't be fetched: without a network, or since a newer build took their place.
import { shallowRef } from "vue";
import type { RouteLocationNormalized, Router } from "vue-router";
import { beginWait } from "./waits";

/** The page that could not be loaded; null once another one shows. */
export const notLoaded = shallowRef<string | null>(null);

/** Register the service worker once the page is idle: it makes the shell open without a network. */
export function keepShell(): void {
  if (!("serviceWorker" in navigator)) return;
  const register = (): void => void navigator.serviceWorker.register("/sw.js").catch(() => undefined);
  const idle = window.requestIdleCallback as typeof window.requestIdleCallback | undefined;
  addEventListener("load", () => (idle ? idle(register, { timeout: 10_000 }) : setTimeout(register, 3000)));
}

/** Tell of pages that load slowly or not at all. The page before stays as it is. */
export function watchLoading(router: Router): void {
  let isOver = (): void => undefined;
  router.beforeEach(() => {
    isOver();
    isOver = beginWait(() => undefined);
  });
  router.afterEach((_to, _from, failure) => {
    isOver();
    if (!failure) notLoaded.value = null;
  });
  router.onError((fault: unknown, to: RouteLocationNormalized, from: RouteLocationNormalized) => {
    isOver();
    console.warn(fault);
    notLoaded.value = to.fullPath;
    // Where the server answers, its build is a newer one, and the page itself names the new files. The first page of a visit does so already.
    if (from.matched.length) void isThere().then((is) => is && notLoaded.value === to.fullPath && location.assign(to.fullPath));
  });
}

/** Load the page that could not be loaded. */
export async function loadAgain(): Promise<void> {
  const path = notLoaded.value;
  // A browser may keep a failed file in mind, so the page is opened anew and not only its file asked for again.
  if (path && (await isThere())) location.assign(path);
}

/** Return whether the server answers. */
async function isThere(): Promise<boolean> {
  try {
    return (await fetch("/app.webmanifest", { cache: "no-store" })).ok;
  } catch {
    return false;
  }
}
