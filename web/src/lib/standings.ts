import type { Schemas } from "../api/client";
import { serverNow } from "./times";

/** Return what came of a session so far. Nobody is called absent who can still check in. */
export function standingOf(session: Schemas["MyProject"]["sessions"][number]): string {
  return session.standing === "absent" && serverNow() < Date.parse(session.windows.in_closes_at) && !session.closed_at ? "not_yet" : session.standing;
}
