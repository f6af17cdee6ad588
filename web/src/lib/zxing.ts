// zxing, compiled to WebAssembly, which comes from our own server.
import wasmAt from "zxing-wasm/reader/zxing_reader.wasm?url";
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";

let prepared: Promise<unknown> | null = null;

/** Fetch and compile the reader before it is needed. Raises where the browser has no WebAssembly. */
export function prepareReader(): Promise<unknown> {
  prepared ??= Promise.resolve(
    prepareZXingModule({ overrides: { locateFile: (path: string, prefix: string) => (path.endsWith(".wasm") ? wasmAt : prefix + path) }, fireImmediately: true }),
  ).catch((thrown: unknown) => {
    prepared = null; // it may be had later
    throw thrown;
  });
  return prepared;
}

/** Return the text of the first QR code of a picture, or null. */
export async function readCode(picture: ImageData | Blob): Promise<string | null> {
  await prepareReader();
  const found = await readBarcodes(picture, { formats: ["QRCode"], tryHarder: picture instanceof Blob, maxNumberOfSymbols: 1 });
  return found[0]?.text || null;
}
