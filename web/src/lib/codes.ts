// Reads QR codes. The reader itself comes while the camera opens: no page waits for it.
import { drawn } from "./pictures";

async function reader(): Promise<typeof import("./zxing")> {
  if (typeof WebAssembly !== "object") throw new Error("no WebAssembly"); // before the reader writes errors of its own
  return import("./zxing");
}

/** Fetch and compile the reader before it is needed. Raises where it can't be fetched, or the browser has no WebAssembly. */
export async function prepareReader(): Promise<void> {
  await (await reader()).prepareReader();
}

/** Return the text of the first QR code of a picture, or null. */
export async function readCode(picture: ImageData | Blob): Promise<string | null> {
  return (await reader()).readCode(picture);
}

const SEEN = 640; // pixels of the copy that is read: enough for a code across the hall, and fast

/** Return the text of the code that a camera sees now, or null: also where the browser can't read codes. */
export async function codeSeenBy(video: HTMLVideoElement | null | undefined): Promise<string | null> {
  if (!video?.videoWidth) return null;
  const canvas = drawn(video, SEEN);
  const frame = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height);
  return frame ? readCode(frame).catch(() => null) : null;
}
