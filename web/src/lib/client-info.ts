// What this installation offers: read once, also by those who are not signed in.
import { shallowRef, type ShallowRef } from "vue";
import { got, openApi, type Schemas } from "../api/client";

const client = shallowRef<Schemas["ClientOut"] | null>(null);
let asked: Promise<void> | null = null;

/** Return what is offered: null until it is read. The pages that use it work without it. */
export function useClient(): ShallowRef<Schemas["ClientOut"] | null> {
  asked ??= got(openApi.GET("/api/v1/client"))
    .then((found) => void (client.value = found))
    .catch(() => void (asked = null));
  return client;
}
