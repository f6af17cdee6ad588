// What people type or paste, as the service wants it: no blanks, plain letters and digits in place of full-width ones.

const BLANKS = /[\s\u200b-\u200f\u2060\ufeff]+/gu;

/** Return a number, a phone or a code without blanks, and with plain letters and digits. */
export function plain(text: string): string {
  return text.normalize("NFKC").replace(BLANKS, "");
}

/** Return the six digits of a code, also out of a whole message that was pasted; else what was typed, plain. */
export function codeIn(text: string): string {
  const typed = plain(text);
  return /(?<!\d)\d{6}(?!\d)/.exec(typed)?.[0] ?? typed;
}
