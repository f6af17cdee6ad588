// One camera at a time, opened anew for each purpose, and closed when its page goes.
export type Facing = "user" | "environment";

export class CameraFault extends Error {
  constructor(readonly code: "camera_refused" | "camera_missing") {
    super(code);
  }
}

/** Open a camera. Raises CameraFault. */
export async function openCamera(facing: Facing): Promise<MediaStream> {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (!devices?.getUserMedia) throw new CameraFault("camera_missing");
  const video = { facingMode: { ideal: facing }, width: { ideal: 1280 }, height: { ideal: 720 } };
  try {
    return await devices.getUserMedia({ video, audio: false });
  } catch (thrown) {
    const name = thrown instanceof DOMException ? thrown.name : "";
    throw new CameraFault(name === "NotAllowedError" || name === "SecurityError" ? "camera_refused" : "camera_missing");
  }
}

export function closeCamera(stream: MediaStream | null): void {
  stream?.getTracks().forEach((track) => track.stop());
}
