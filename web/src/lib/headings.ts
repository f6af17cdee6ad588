// What a screen reader needs of pages that change without a load: a title for each, and the focus on its heading.
import { onBeforeUnmount, onMounted, watch } from "vue";
import { useRoute } from "vue-router";

/** Name the window after the heading of its page. After a change of the page, move the focus to the new heading. app: the app's name. */
export function useHeadings(app: () => string): void {
  const route = useRoute();
  let shown: Element | null = null;
  let isDue = false;

  function look(): void {
    const heading = document.querySelector<HTMLElement>("#app h1");
    const text = heading?.textContent?.trim();
    const title = text && route.path !== "/" ? `${text} · ${app()}` : app();
    if (document.title !== title) document.title = title;
    if (!heading) return;
    const isLost = shown !== null && shown !== heading && document.activeElement === document.body; // a step of a page took the place of another
    shown = heading;
    if (!isDue && !isLost) return;
    isDue = false;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }

  const observer = new MutationObserver(look);
  const leave = (): void => void (isDue = false); // who has gone on already is not brought back
  watch(() => route.path, (_now, before) => {
    isDue = before !== undefined && shown !== null; // the first page keeps what the browser chose
    look();
  }, { flush: "post" });
  watch(app, look);
  onMounted(() => {
    observer.observe(document.getElementById("app")!, { childList: true, subtree: true, characterData: true });
    addEventListener("keydown", leave);
    addEventListener("pointerdown", leave);
    look();
  });
  onBeforeUnmount(() => {
    observer.disconnect();
    removeEventListener("keydown", leave);
    removeEventListener("pointerdown", leave);
  });
}
