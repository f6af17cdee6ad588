// Dates and times as people read them. Times of a session are shown in the zone of its venue.
import { language } from "../words/words";

function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(language.value, options);
}

export function timeOf(at: string, zone?: string): string {
  return format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone }).format(new Date(at));
}

export function dayAndTimeOf(at: string, zone?: string): string {
  return format({ month: "numeric", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone }).format(new Date(at));
}

/** A date without a time, as in 2026-11-30, needs no zone. */
export function dayOf(date: string): string {
  return format({ year: "numeric", month: "numeric", day: "numeric", timeZone: "UTC" }).format(new Date(`${date.slice(0, 10)}T00:00:00Z`));
}

let ahead = 0;
let isTold = false;

/** Take the server's time from an answer: countdowns go by it, not by the phone's clock. */
export function takeServerTime(now: string | null): void {
  const at = now ? Date.parse(now) : NaN;
  if (Number.isNaN(at)) return;
  ahead = at - Date.now();
  isTold = true;
}

/** Return whether the server has told its time: before, the phone's clock may be hours off. */
export function knowsServerTime(): boolean {
  return isTold;
}

export function serverNow(): number {
  return Date.now() + ahead;
}

const HOME = "Asia/Shanghai"; // of the province: its days are those of rules and sessions, whatever the device believes

/** Return the date of today in the province, by the server's time, as in 2026-11-30. */
export function today(): string {
  return venueClock(new Date(serverNow()).toISOString(), HOME).slice(0, 10);
}

/** Return this year and those before it, newest first. */
export function recentYears(count = 12): number[] {
  const year = Number(today().slice(0, 4));
  return Array.from({ length: count }, (_, before) => year - before);
}

function partsOf(at: Date, zone: string): Record<string, string> {
  const options = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone } as const;
  return Object.fromEntries(new Intl.DateTimeFormat("en-GB", options).formatToParts(at).map((each) => [each.type, each.value]));
}

/** Return an instant as the clock of a venue shows it, for a field of date and time: 2026-11-30T09:00. */
export function venueClock(at: string, zone: string): string {
  const { year, month, day, hour, minute } = partsOf(new Date(at), zone);
  return `${year}-${month}-${day}T${hour}:${minute}`;
}

/** Return the instant at which the clock of a venue shows this. Of an hour that the clock skips or repeats, one that is near. */
export function atVenue(local: string, zone: string): string {
  const wanted = Date.parse(`${local}:00Z`);
  let at = wanted;
  for (let turn = 0; turn < 2; turn++) at += wanted - Date.parse(`${venueClock(new Date(at).toISOString(), zone)}:00Z`);
  return new Date(at).toISOString();
}
