// Reads codes from a camera, one look after the other, until somebody says that it is enough.
import { computed, onBeforeUnmount, onMounted, ref, type ComputedRef } from "vue";
import { ownProblem, type Problem } from "../api/problems";
import { codeSeenBy, prepareReader } from "./codes";

const LOOK_EVERY = 150; // milliseconds between two looks

/**
 * video: what the camera shows; take: is given each code that is seen, and returns whether to stop looking; t: the page's
 * words. noReader: an old web view has no WebAssembly, and a network may not bring the reader, which then comes with it.
 */
export function useLooking(
  video: () => HTMLVideoElement | null | undefined,
  take: (code: string) => Promise<boolean>,
  t: (word: "noReader" | "noReaderHint") => string,
): { noReader: ComputedRef<Problem | null>; look: () => Promise<void> } {
  const isWithoutReader = ref(false);
  const noReader = computed(() => (isWithoutReader.value ? ownProblem("reader_missing", t("noReader"), t("noReaderHint")) : null));
  let isLooking = false;
  let isGone = false;

  async function prepare(): Promise<void> {
    isWithoutReader.value = await prepareReader().then(
      () => false,
      () => true,
    );
  }

  /** Begin to look. Another camera that begins while this one looks is looked at by the same loop. */
  async function look(): Promise<void> {
    if (isLooking) return;
    isLooking = true;
    while (!isGone) {
      const code = await codeSeenBy(video());
      if (code && !isGone && (await take(code).catch(goOn))) break;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
    }
    isLooking = false;
  }

  function goOn(fault: unknown): boolean {
    console.error(fault); // one code that failed is not the end of a kiosk's evening
    return false;
  }

  onMounted(() => {
    void prepare();
    addEventListener("online", prepare);
  });
  onBeforeUnmount(() => {
    isGone = true;
    removeEventListener("online", prepare);
  });
  return { noReader, look };
}
