// Frames and pictures made small before they go through a hall's network.

const LONGEST = 960; // pixels; the service looks at no more
const QUALITY = 0.88;

export type Source = HTMLVideoElement | ImageBitmap;

function sizeOf(source: Source): [number, number] {
  return source instanceof ImageBitmap ? [source.width, source.height] : [source.videoWidth, source.videoHeight];
}

/** Return the largest square in the middle of a frame: what a page with an oval shows of it. */
export function squareOf(source: Source): { left: number; top: number; side: number } {
  const [width, height] = sizeOf(source);
  const side = Math.min(width, height);
  return { left: (width - side) / 2, top: (height - side) / 2, side };
}

/** Draw that square: whoever stands beside the person is not in the picture, as the page does not show them. */
export function drawnSquare(source: Source): HTMLCanvasElement {
  const { left, top, side } = squareOf(source);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = Math.max(1, Math.min(LONGEST, Math.round(side)));
  canvas.getContext("2d")?.drawImage(source, left, top, side, side, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** Draw a frame or a picture on a canvas, with its longest side at most `longest` pixels. */
export function drawn(source: Source, longest = LONGEST): HTMLCanvasElement {
  const [width, height] = sizeOf(source);
  const scale = Math.min(1, longest / Math.max(width, height, 1));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  canvas.getContext("2d", { willReadFrequently: true })?.drawImage(source, 0, 0, canvas.width, canvas.height);
  return canvas;
}

export function asJpeg(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the browser made no JPEG"))), "image/jpeg", QUALITY);
  });
}

/** Return a chosen file made small and upright; the file itself where the browser can't read it, for the service may. */
export async function smallPicture(file: File, longest = LONGEST): Promise<Blob> {
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    return await asJpeg(drawn(bitmap, longest));
  } catch {
    return file;
  }
}
