/** A column of a table. as: `title` names a row, `number` lines up digits, `pick` chooses rows, `acts` holds buttons (neither is printed), `wide` needs room for a sentence, `minor` is left out on a phone. */
export interface Column<K extends string = string> {
  key: K;
  name: string;
  as?: "title" | "number" | "pick" | "acts" | "wide" | "minor";
}

/** Return the columns of these keys in their order, each named by `name`; `as` says which are more than text. */
export function columnsOf<K extends string>(keys: readonly K[], name: (key: K) => string, as: Partial<Record<K, Column["as"]>> = {}): Column<K>[] {
  return keys.map((key) => ({ key, name: name(key), as: as[key] }));
}
