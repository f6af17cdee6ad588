// Reading for a page: what was read, whether it is still being read, and what went wrong.
import { ref, shallowRef, watch, type Ref, type ShallowRef } from "vue";
import { ownProblem, Refused, type Problem } from "../api/problems";
import { core } from "../words/core";
import { language, useWords } from "../words/words";

export interface Loaded<T> {
  data: ShallowRef<T | null>;
  problem: ShallowRef<Problem | null>;
  busy: Ref<boolean>;
  reload: () => Promise<void>;
}

/** Return the problem of something that was thrown; anything unforeseen is told as such and written to the console. */
export function problemFrom(thrown: unknown): Problem {
  if (thrown instanceof Refused) return thrown.problem;
  console.error(thrown);
  const words = useWords(core);
  return ownProblem("unknown", words("unknownTitle"), words("unknownHint"));
}

/** Read at once and whenever the language changes. What was read stays while it is read anew. */
export function useLoaded<T>(read: () => Promise<T>): Loaded<T> {
  const data = shallowRef<T | null>(null);
  const problem = shallowRef<Problem | null>(null);
  const busy = ref(false);
  let latest = 0;

  async function reload(): Promise<void> {
    const mine = ++latest;
    busy.value = true;
    try {
      const found = await read();
      if (mine !== latest) return;
      data.value = found;
      problem.value = null;
    } catch (thrown) {
      if (mine === latest) problem.value = problemFrom(thrown);
    } finally {
      if (mine === latest) busy.value = false;
    }
  }

  watch(language, () => void reload());
  void reload();
  return { data, problem, busy, reload };
}

interface Page {
  items: unknown[];
  next_cursor: string | null;
}

/** Read a list page by page: `more` adds the next page, `all` those that are left. */
export function useList<P extends Page>(read: (cursor: string | undefined) => Promise<P>) {
  const items = shallowRef<P["items"][number][]>([]) as ShallowRef<P["items"][number][]>;
  const next = ref<string | null>(null);
  let reading = 0; // a page that was asked for before the list was read anew belongs to another list
  const loaded = useLoaded(async () => {
    const mine = ++reading;
    const page = await read(undefined);
    if (mine !== reading) return page;
    items.value = page.items;
    next.value = page.next_cursor;
    return page;
  });

  async function more(): Promise<void> {
    if (!next.value || loaded.busy.value) return;
    const mine = reading;
    loaded.busy.value = true;
    try {
      const page = await read(next.value);
      if (mine !== reading) return;
      items.value = [...items.value, ...page.items];
      next.value = page.next_cursor;
      loaded.problem.value = null;
    } catch (thrown) {
      if (mine === reading) loaded.problem.value = problemFrom(thrown);
    } finally {
      if (mine === reading) loaded.busy.value = false;
    }
  }

  /** Read all pages that are left. Return whether the list is whole now. */
  async function all(): Promise<boolean> {
    while (next.value && !loaded.busy.value) {
      await more();
      if (loaded.problem.value) break;
    }
    return loaded.data.value !== null && next.value === null;
  }

  return { ...loaded, items, next, more, all };
}

/** Do something once at a time: a second press while it runs does nothing. */
export function useAct() {
  const problem = shallowRef<Problem | null>(null);
  const busy = ref(false);

  async function act(work: () => Promise<void>): Promise<boolean> {
    if (busy.value) return false;
    busy.value = true;
    problem.value = null;
    try {
      await work();
      return true;
    } catch (thrown) {
      problem.value = problemFrom(thrown);
      return false;
    } finally {
      busy.value = false;
    }
  }

  return { problem, busy, act };
}
