// Small pictures of a video that are looked at, from canvases that are used again and again.
import { squareOf, type Source } from "../lib/pictures";
import { SIDE, type Face } from "./faces";
import { OVAL, type Light } from "./judging";

const SCENE = 480; // pixels of the square that faces are cut from
const CUT = 100; // pixels of the face that is measured, as in the service

function canvas(side: number): CanvasRenderingContext2D | null {
  const made = document.createElement("canvas");
  made.width = made.height = side;
  const context = made.getContext("2d", { willReadFrequently: true });
  if (context) context.imageSmoothingQuality = "medium";
  return context;
}

export class Frames {
  private readonly scene = canvas(SCENE);
  private readonly small = canvas(SIDE);
  private readonly cut = canvas(CUT);

  /** Take the square of a frame. Return it in SIDE pixels. */
  take(source: Source): ImageData | null {
    if (!this.scene || !this.small) return null;
    const { left, top, side } = squareOf(source);
    this.scene.drawImage(source, left, top, side, side, 0, 0, SCENE, SCENE);
    this.small.drawImage(this.scene.canvas, 0, 0, SIDE, SIDE);
    return this.small.getImageData(0, 0, SIDE, SIDE);
  }

  /** Return the light and the sharpness of a face in the frame that was taken last; without a face, of the middle of the oval. */
  light(face: Face | null): Light {
    if (!this.scene || !this.small || !this.cut) return { face: 128, around: 128, sharpness: Infinity };
    const side = face?.side ?? 1.4 * OVAL.across;
    const left = face?.left ?? OVAL.x - side / 2;
    const top = face?.top ?? OVAL.y - side / 2;
    this.cut.fillRect(0, 0, CUT, CUT);
    this.cut.drawImage(this.scene.canvas, left * SCENE, top * SCENE, side * SCENE, side * SCENE, 0, 0, CUT, CUT);
    const grey = greyOf(this.cut.getImageData(0, 0, CUT, CUT).data);
    const whole = mean(greyOf(this.small.getImageData(0, 0, SIDE, SIDE).data));
    const bright = mean(grey);
    const share = Math.min(0.9, side * side);
    return { face: bright, around: (whole - bright * share) / (1 - share), sharpness: sharpnessOf(grey, CUT) };
  }
}

function greyOf(pixels: Uint8ClampedArray): Float32Array {
  const grey = new Float32Array(pixels.length / 4);
  for (let from = 0, to = 0; from < pixels.length; from += 4, to++) grey[to] = 0.299 * pixels[from]! + 0.587 * pixels[from + 1]! + 0.114 * pixels[from + 2]!;
  return grey;
}

function mean(values: Float32Array): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length;
}

/** Return the variance of the Laplacian of a square picture. */
export function sharpnessOf(grey: Float32Array, side: number): number {
  let sum = 0;
  let squares = 0;
  for (let y = 1; y < side - 1; y++) {
    for (let x = 1; x < side - 1; x++) {
      const at = y * side + x;
      const bend = grey[at - 1]! + grey[at + 1]! + grey[at - side]! + grey[at + side]! - 4 * grey[at]!;
      sum += bend;
      squares += bend * bend;
    }
  }
  const count = (side - 2) ** 2;
  return squares / count - (sum / count) ** 2;
}
