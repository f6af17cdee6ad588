// What stands in a `details` is read when it is opened, and not before.
import { ref } from "vue";
import { useLoaded } from "./loading";

/** Read once the details are open. `isOpen` tells; `toggled` takes their event. */
export function useLazy<T>(read: () => Promise<T>) {
  const isOpen = ref(false);
  const loaded = useLoaded(async () => (isOpen.value ? read() : null));

  function toggled(event: Event): void {
    isOpen.value = (event.target as HTMLDetailsElement).open;
    if (isOpen.value) void loaded.reload();
  }

  return { isOpen, loaded, toggled };
}
