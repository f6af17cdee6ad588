// What a page tells when its camera does not show: the other ways stay open.
import { shallowRef, type ShallowRef } from "vue";
import { ownProblem, type Problem } from "../api/problems";
import { core } from "../words/core";
import { useWords } from "../words/words";
import type { CameraFault } from "./camera";

const TEXTS = {
  camera_refused: ["cameraRefusedTitle", "cameraRefusedHint"],
  camera_missing: ["cameraMissingTitle", "cameraMissingHint"],
  camera_slow: ["cameraSlowTitle", "cameraSlowHint"],
} as const;

/** Return the problem of a page's camera, null while it shows, and what CameraView's events call. */
export function useCameraProblem(): {
  cameraProblem: ShallowRef<Problem | null>;
  fault: (code: CameraFault["code"]) => void;
  slow: () => void;
  shows: () => void;
  mayShow: () => boolean;
} {
  const t = useWords(core);
  const cameraProblem = shallowRef<Problem | null>(null);
  const tell = (code: keyof typeof TEXTS): void => void (cameraProblem.value = ownProblem(code, t(TEXTS[code][0]), t(TEXTS[code][1])));
  return {
    cameraProblem,
    fault: tell,
    slow: () => tell("camera_slow"),
    shows: () => void (cameraProblem.value = null),
    mayShow: () => cameraProblem.value === null || cameraProblem.value.code === "camera_slow",
  };
}
