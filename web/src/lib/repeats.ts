// Keys of requests whose answer may be lost: the same request again has the same key, and so gets the same answer.
import { newKey } from "./keys";

/** Return a function that gives a request's body its key: the same one until the body changes. */
export function useRepeats(): (body: unknown) => { "Idempotency-Key": string } {
  let last = "";
  let key = "";
  return (body) => {
    const now = JSON.stringify(body);
    if (now !== last) key = newKey();
    last = now;
    return { "Idempotency-Key": key };
  };
}
