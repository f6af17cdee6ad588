// The texts of the client in two languages. A table has the same keys in both, which the type checks.
import { ref } from "vue";

export type Language = "zh-CN" | "en";
export type Table<K extends string> = { zh: Record<K, string>; en: Record<K, string> };

const KEPT_AT = "language";

function firstLanguage(): Language {
  const kept = safely(() => localStorage.getItem(KEPT_AT));
  if (kept === "zh-CN" || kept === "en") return kept;
  return document.documentElement.lang === "en" ? "en" : "zh-CN";
}

function safely<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null; // some web views have no storage
  }
}

export const language = ref<Language>(firstLanguage());

export function chooseLanguage(wanted: Language): void {
  language.value = wanted;
  document.documentElement.lang = wanted;
  safely(() => localStorage.setItem(KEPT_AT, wanted));
}

export function defineWords<K extends string>(zh: Record<K, string>, en: Record<K, string>): Table<K> {
  return { zh, en };
}

/** Return a function that gives the text of a key in the chosen language, with {names} replaced by values. */
export function useWords<K extends string>(table: Table<K>): (key: K, values?: Record<string, string | number>) => string {
  return (key, values) => fill((language.value === "en" ? table.en : table.zh)[key], values);
}

function fill(text: string, values?: Record<string, string | number>): string {
  return values ? text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole)) : text;
}
