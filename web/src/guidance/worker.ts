// Finds faces apart from the page, so that the page stays quick. It gets one frame at a time and answers with what it found.
import { facesOf, SIDE, type Face } from "./faces";
import { Network, startKernels, type Topology, type WasmFiles } from "./network";

export interface Start {
  files: { topology: string; weights: string };
  wasm: WasmFiles;
}

/** A square frame of SIDE pixels: RGBA, as a canvas gives it. */
export interface Frame {
  pixels: ArrayBuffer;
}

/** faces: in shares of the frame's side. ms: how long the network took. */
export type Reply = { ready: true } | { failed: string } | { faces: Face[]; ms: number };

const TOO_NEAR = 0.55; // share of the frame; a larger face gets a wrong box, or none
const EDGE = 0.02;
let network: Network | null = null;

const answer = (reply: Reply): void => self.postMessage(reply);

self.addEventListener("message", (event: MessageEvent<Start | Frame>) => {
  if ("files" in event.data) void start(event.data);
  else look(new Uint8ClampedArray(event.data.pixels));
});

async function start({ files, wasm }: Start): Promise<void> {
  try {
    const [topology, weights] = await Promise.all([fetched(files.topology), fetched(files.weights), startKernels(wasm)]);
    network = new Network((await topology.json()) as Topology, await weights.arrayBuffer());
    found(new Uint8ClampedArray(4 * SIDE * SIDE)); // the first run takes several times as long
    answer({ ready: true });
  } catch (fault) {
    answer({ failed: String(fault) });
  }
}

async function fetched(address: string): Promise<Response> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response;
}

function look(pixels: Uint8ClampedArray): void {
  try {
    const began = performance.now();
    let faces = found(pixels);
    if (mayBeTooNear(faces)) {
      const again = found(withBorder(pixels)).map(outOfBorder);
      if (again.length) faces = again;
    }
    answer({ faces, ms: performance.now() - began });
  } catch (fault) {
    answer({ failed: String(fault) });
  }
}

function found(pixels: Uint8ClampedArray): Face[] {
  const input = new Float32Array(3 * SIDE * SIDE);
  for (let from = 0, to = 0; from < pixels.length; from += 4, to += 3) {
    input[to] = pixels[from]! / 127.5 - 1;
    input[to + 1] = pixels[from + 1]! / 127.5 - 1;
    input[to + 2] = pixels[from + 2]! / 127.5 - 1;
  }
  const outputs = network!.run(input, SIDE);
  const joined = (last: (width: number) => boolean): Float32Array => {
    const parts = outputs.filter((each) => last(each.shape[2]!)).sort((one, other) => other.shape[1]! - one.shape[1]!);
    const all = new Float32Array(parts.reduce((sum, each) => sum + each.values.length, 0));
    parts.reduce((at, each) => (all.set(each.values, at), at + each.values.length), 0);
    return all;
  };
  return facesOf(joined((width) => width === 1), joined((width) => width > 1), SIDE);
}

/** As the service does: a face that fills the picture is seen right only with a border round it. */
function mayBeTooNear(faces: Face[]): boolean {
  const largest = faces.reduce<Face | null>((best, each) => (best && best.side >= each.side ? best : each), null);
  if (!largest) return true;
  const { left, top, side } = largest;
  return side > TOO_NEAR || Math.min(left, top, 1 - left - side, 1 - top - side) < EDGE;
}

/** Return the frame at half its size in the middle of a black one. */
function withBorder(pixels: Uint8ClampedArray): Uint8ClampedArray {
  const bordered = new Uint8ClampedArray(pixels.length);
  const half = SIDE / 2;
  for (let y = 0; y < half; y++) {
    for (let x = 0; x < half; x++) {
      const from = 4 * (2 * y * SIDE + 2 * x);
      const to = 4 * ((y + half / 2) * SIDE + x + half / 2);
      for (let colour = 0; colour < 3; colour++) {
        const at = from + colour;
        bordered[to + colour] = (pixels[at]! + pixels[at + 4]! + pixels[at + 4 * SIDE]! + pixels[at + 4 * SIDE + 4]!) / 4;
      }
    }
  }
  return bordered;
}

function outOfBorder(face: Face): Face {
  const moved = (at: number): number => 2 * at - 0.5;
  return { ...face, left: moved(face.left), top: moved(face.top), side: 2 * face.side, points: face.points.map(([x, y]) => [moved(x), moved(y)] as const) };
}
