// Reads QR codes by zxing, compiled to WebAssembly, which comes from our own server. It is loaded when a page needs it.
import { drawn } from "./pictures";
import wasmAt from "zxing-wasm/reader/zxing_reader.wasm?url";
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";

let prepared: Promise<unknown> | null = null;

/** Fetch and compile the reader before it is needed. Raises where the browser has no WebAssembly. */
export function prepareReader(): Promise<unknown> {
  prepared ??= Promise.resolve(
    prepareZXingModule({ overrides: { locateFile: (path: string, prefix: string) => (path.endsWith(".wasm") ? wasmAt : prefix + path) }, fireImmediately: true }),
  );
  return prepared;
}

/** Return the text of the first QR code of a picture, or null. */
export async function readCode(picture: ImageData | Blob): Promise<string | null> {
  await prepareReader();
  const found = await readBarcodes(picture, { formats: ["QRCode"], tryHarder: picture instanceof Blob, maxNumberOfSymbols: 1 });
  return found[0]?.text || null;
}

const SEEN = 640; // pixels of the copy that is read: enough for a code across the hall, and fast

/** Return the text of the code that a camera sees now, or null: also where the browser can't read codes. */
export async function codeSeenBy(video: HTMLVideoElement | null | undefined): Promise<string | null> {
  if (!video?.videoWidth) return null;
  const canvas = drawn(video, SEEN);
  const frame = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height);
  return frame ? readCode(frame).catch(() => null) : null;
}
