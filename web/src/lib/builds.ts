// The service worker, and pages of a build that is gone.

/** Register the service worker once the page is idle: it makes the shell open without a network. */
export function watchBuild(): void {
  addEventListener("vite:preloadError", (event) => {
    event.preventDefault();
    location.reload(); // the files of an older build are gone: the new page names the new ones
  });
  if (!("serviceWorker" in navigator)) return;
  const register = (): void => void navigator.serviceWorker.register("/sw.js").catch(() => undefined);
  const idle = window.requestIdleCallback as typeof window.requestIdleCallback | undefined;
  addEventListener("load", () => (idle ? idle(register, { timeout: 10_000 }) : setTimeout(register, 3000)));
}
