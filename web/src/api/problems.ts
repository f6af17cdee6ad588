// What went wrong, as the API tells it (RFC 9457), or as the client knows it: offline, too_slow, camera_refused and the like.
import type { components } from "./schema";

export type ApiProblem = components["schemas"]["Problem"];

export interface Problem {
  code: string;
  title: string;
  hint: string;
  fields: { field: string; text: string }[];
  facts: Partial<ApiProblem>;
  status: number;
}

/** An answer that is no success. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.code);
  }
}

export function problemOf(body: unknown, status: number): Problem {
  const told = (body && typeof body === "object" ? body : {}) as Partial<ApiProblem>;
  const fields = Object.entries(told.errors ?? {}).flatMap(([field, faults]) =>
    faults.map((fault) => ({ field, text: fault.message ?? fault.code ?? "" })),
  );
  return {
    code: told.code ?? "unknown",
    title: told.title ?? `HTTP ${status}`,
    hint: told.hint ?? told.detail ?? "",
    fields,
    facts: told,
    status,
  };
}

export function ownProblem(code: string, title: string, hint: string): Problem {
  return { code, title, hint, fields: [], facts: {}, status: 0 };
}

const LOST = new Set(["offline", "too_slow", "stopped", "not_the_server", "server_away"]);

/** Return whether no answer of the service came: nobody knows whether it did what was asked. */
export function isLost(problem: Problem): boolean {
  return LOST.has(problem.code);
}

const MAY_PASS = new Set([401, 408, 425, 429]);

/** Return whether the same thing can be sent again later: after a bad network, a server without time, a sign-in that ended. */
export function mayPass(problem: Problem): boolean {
  return isLost(problem) || problem.status >= 500 || MAY_PASS.has(problem.status);
}
