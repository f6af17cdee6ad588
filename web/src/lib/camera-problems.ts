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

/** WeChat's web view may have no camera where the phone's browser has one. */
const IS_WECHAT = /MicroMessenger/i.test(navigator.userAgent);

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
  const tell = (code: keyof typeof TEXTS): void => {
    const [title, hint] = TEXTS[code];
    cameraProblem.value = ownProblem(code, t(title), t(IS_WECHAT && code !== "camera_slow" ? "cameraWeChatHint" : hint));
  };
  return {
    cameraProblem,
    fault: tell,
    slow: () => tell("camera_slow"),
    shows: () => void (cameraProblem.value = null),
    mayShow: () => cameraProblem.value === null || cameraProblem.value.code === "camera_slow",
  };
}
