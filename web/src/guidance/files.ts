// Where the network and its kernels are served.
import simd from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url";
import plain from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url";
import files from "virtual:face-model";
import type { Start } from "./worker";

/** What the worker needs to start; null where the build has no network. */
export const START: Start | null = files && { files, wasm: { simd, plain } };

export function makeWorker(): Worker {
  return new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
}
