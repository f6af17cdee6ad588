// Which code a venue's screen shows now. It has the next codes in advance, so it survives a minute without network.
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
