// The person who is signed in: read once after each sign-in.
import { ref, shallowRef, watch } from "vue";
import { api, got, type Schemas } from "../api/client";
import { standing } from "../api/session";

export type Me = Schemas["MeOut"];

export const me = shallowRef<Me | null>(null);

/** Whether the person has tasks at a project or a session without a role: home tells. */
export const isAssigned = ref(false);

const STAFF = new Set(["organizer", "department_admin", "unit_admin", "authority", "system_admin"]);

export function isStaff(): boolean {
  return isAssigned.value || (me.value?.roles.some((role) => STAFF.has(role)) ?? false);
}

const REVIEWERS = new Set(["department_admin", "unit_admin", "authority"]);

export function isReviewer(): boolean {
  return me.value?.roles.some((role) => REVIEWERS.has(role)) ?? false;
}

const OVERSEERS = new Set(["organizer", "unit_admin", "authority"]);

/** Whether a person reads the sessions and results of projects by a role: as `OVERSEERS` of the API. */
export function isOverseer(person: Me): boolean {
  return person.roles.some((role) => OVERSEERS.has(role));
}

/** Whether the person looks after faces: as `FACE_ADMINS` of the API. */
export function isFaceAdmin(): boolean {
  return isReviewer();
}

let asked: Promise<Me> | null = null;

/** Return the person who is signed in. Raises Refused. */
export async function loadMe(): Promise<Me> {
  if (!me.value) {
    asked ??= got(api.GET("/api/v1/me")).finally(() => {
      asked = null;
    });
    me.value = await asked;
  }
  return me.value;
}

watch(standing, (now) => {
  if (now !== "nobody") return;
  me.value = null;
  isAssigned.value = false;
});
