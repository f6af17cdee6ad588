// The photos of an enrolment, of oneself or of somebody who stands before an admin: each is checked at once, so that a
// bad one is told while the person still looks at the camera, and after the last one they are sent together.
import { computed, onBeforeUnmount, shallowRef, type ComputedRef, type ShallowRef } from "vue";
import { sendForm, type Schemas } from "../api/client";
import { isLost, ownProblem, Refused } from "../api/problems";
import { enrolWords } from "../words/enrol";
import { useWords } from "../words/words";
import { newKey } from "./keys";

type Consent = Schemas["ConsentOut"];
export type Enrolled = { body: Schemas["FaceHeld"]; isHeld: boolean };

/** path: where the face is enrolled; more: what is sent with the photos beside the version of the consent. */
export function useEnrolling(path: string, consent: ComputedRef<Consent | null>, more: () => Record<string, string>): {
  photos: ShallowRef<Blob[]>;
  seen: ShallowRef<string[]>;
  count: ComputedRef<number>;
  pose: ComputedRef<Consent["poses"][number]>;
  take: (photo: Blob) => Promise<Enrolled | null>;
  enrol: () => Promise<Enrolled>;
} {
  const t = useWords(enrolWords);
  const photos = shallowRef<Blob[]>([]);
  const seen = shallowRef<string[]>([]); // what each photo looks like, for who is on it
  const count = computed(() => consent.value?.photos_needed ?? 3);
  const pose = computed(() => consent.value?.poses[photos.value.length] ?? "straight");
  let key = newKey();

  function formOf(sent: Blob[]): FormData {
    const form = new FormData();
    sent.forEach((photo, number) => form.append("photos", photo, `${number}.jpg`));
    form.append("consent_version", consent.value!.version);
    return form;
  }

  /** Check a photo. Return what came of the enrolment if it was the last one. Raises Refused. */
  async function take(photo: Blob): Promise<Enrolled | null> {
    if (photos.value.length >= count.value) return enrol(); // their answer was lost: they are sent again as they were
    const { body } = await sendForm<Schemas["PhotoChecksOut"]>(`${path}/photo-checks`, formOf([photo]));
    const judged = body.photos[0];
    if (judged && !judged.usable) throw new Refused(ownProblem(judged.code ?? "low_quality", t("again"), judged.advice.map((each) => each.text).join(" ")));
    photos.value = [...photos.value, photo];
    seen.value = [...seen.value, URL.createObjectURL(photo)];
    return photos.value.length >= count.value ? enrol() : null;
  }

  /** Send the photos; after a lost answer they stay, and the next try is the same request. Raises Refused. */
  async function enrol(): Promise<Enrolled> {
    const form = formOf(photos.value);
    for (const [name, value] of Object.entries(more())) form.append(name, value);
    try {
      const { body, status } = await sendForm<Schemas["FaceHeld"]>(path, form, key);
      clear();
      return { body, isHeld: status === 202 };
    } catch (thrown) {
      if (!(thrown instanceof Refused) || !isLost(thrown.problem)) clear();
      throw thrown;
    }
  }

  function clear(): void {
    seen.value.forEach((url) => URL.revokeObjectURL(url));
    photos.value = [];
    seen.value = [];
    key = newKey();
  }

  onBeforeUnmount(clear);
  return { photos, seen, count, pose, take, enrol };
}
