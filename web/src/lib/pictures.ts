// Frames and pictures made small before they go through a hall's network.

const LONGEST = 960; // pixels; the service looks at no more
const QUALITY = 0.88;

type Source = HTMLVideoElement | ImageBitmap;

function sizeOf(source: Source): [number, number] {
  return source instanceof ImageBitmap ? [source.width, source.height] : [source.videoWidth, source.videoHeight];
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
export async function smallPicture(file: File): Promise<Blob> {
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    return await asJpeg(drawn(bitmap));
  } catch {
    return file;
  }
}

/** Return the mean brightness of a frame, 0 to 255, and its sharpness: the mean difference of neighbours. */
export function lightOf(canvas: HTMLCanvasElement): { brightness: number; sharpness: number } {
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return { brightness: 128, sharpness: 255 };
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  let sum = 0;
  let edges = 0;
  let before = 0;
  const pixels = data.length / 4;
  for (let at = 0; at < data.length; at += 4) {
    const grey = (data[at]! * 3 + data[at + 1]! * 6 + data[at + 2]!) / 10;
    sum += grey;
    edges += Math.abs(grey - before);
    before = grey;
  }
  return { brightness: sum / pixels, sharpness: edges / pixels };
}
