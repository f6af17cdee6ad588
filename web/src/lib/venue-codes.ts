// The codes of a venue: which one its screen shows now, and what a scanned or typed text says.
/** A code and when it is shown. A screen has the next codes in advance, so it survives a minute without network. */
export interface ScreenCode {
  url: string;
  shown_from: string | null;
  shown_until: string | null;
}

/** Return the code for a time in milliseconds; a printed code has no times and is always right. Null if all are over. */
export function codeAt(codes: ScreenCode[], now: number): ScreenCode | null {
  return (
    codes.find((each) => each.shown_until === null || ((each.shown_from === null || Date.parse(each.shown_from) <= now) && now < Date.parse(each.shown_until))) ?? null
  );
}

/** Return what somebody can type in place of scanning: the session's short name and the code. */
export function typedForm(url: string): string {
  const found = /\/s\/([^?]+)\?c=(.+)$/.exec(url);
  return found ? `${found[1]} ${found[2]}` : "";
}

const SCANNED = /^(?:https?:\/\/[^/?#]+)?(\/s\/[0-9a-z]{4,12}\?c=[0-9a-z]{8,20})$/;
const TYPED = /^([0-9a-z]{4,12})[\s-]+([0-9a-z]{8,20})$/i;

/** Return the path of a venue's code from the text of a QR code, or from what somebody typed off the screen; else null. */
export function pathOfCode(text: string): string | null {
  const scanned = SCANNED.exec(text.trim());
  if (scanned) return scanned[1]!;
  const typed = TYPED.exec(text.trim());
  return typed ? `/s/${typed[1]!.toLowerCase()}?c=${typed[2]!.toLowerCase()}` : null;
}

const CASE = /^(?:https?:\/\/[^/?#]+)?\/room\/attempts\/([0-9a-f-]{36})$/;

/** Return the attempt that a case code is about, from the text of a QR code; else null. */
export function attemptOfCode(text: string): string | null {
  return CASE.exec(text.trim())?.[1] ?? null;
}
