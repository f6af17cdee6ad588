// Filters that live in the address: a link, a reload and the way back keep them.
import { reactive, watch, type Reactive } from "vue";
import { useRoute, useRouter, type LocationQuery } from "vue-router";

/** first: what holds where the address says nothing. takes: whether a text of the address can be meant. */
export interface Filter {
  first: string;
  takes: (text: string) => boolean;
}

/** A date as in 2026-11-30; `first` may be empty, and so may what is chosen then. */
export function dateFilter(first = ""): Filter {
  return { first, takes: (text) => (/^2\d{3}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))) || (text === "" && first === "") };
}

export function choiceFilter(choices: readonly string[], first: string): Filter {
  return { first, takes: (text) => choices.includes(text) };
}

export function textFilter(longest = 100): Filter {
  return { first: "", takes: (text) => text.length <= longest };
}

/** Return what the filters of a query say; what can't be meant is as if it were not there. */
export function readFilters<K extends string>(fields: Record<K, Filter>, query: LocationQuery): Record<K, string> {
  const found = {} as Record<K, string>;
  for (const key of Object.keys(fields) as K[]) {
    const told = query[key];
    found[key] = typeof told === "string" && fields[key].takes(told) ? told : fields[key].first;
  }
  return found;
}

/** Return the filters that are chosen as a query of the API, for a file with the same rows. */
export function chosenOf(filter: Record<string, string>): URLSearchParams {
  return new URLSearchParams(Object.entries(filter).filter(([, text]) => text));
}

/** Return the filters of a page, bound to its address: what is chosen goes there, and what stands there is chosen. */
export function useFilters<K extends string>(fields: Record<K, Filter>): Reactive<Record<K, string>> {
  const route = useRoute();
  const router = useRouter();
  const path = route.path;
  const filter = reactive(readFilters(fields, route.query));
  const keys = Object.keys(fields) as K[];
  watch(() => ({ ...filter }) as Record<K, string>, (chosen) => {
    const query: LocationQuery = { ...route.query };
    for (const key of keys) {
      if (!fields[key].takes(chosen[key]) || chosen[key] === fields[key].first) delete query[key];
      else query[key] = chosen[key];
    }
    if (JSON.stringify(query) !== JSON.stringify(route.query)) void router.replace({ query });
  });
  watch(() => route.query, (query) => {
    if (route.path === path) Object.assign(filter, readFilters(fields, query));
  });
  return filter;
}
