// A square cut out of a picture: where it lies, as pure numbers.

/** x, y: the middle of the square, as parts of the picture's width and height; zoom: 1 is the largest square that fits. */
export interface Cut {
  x: number;
  y: number;
  zoom: number;
}

export const MOST_ZOOM = 4;

/** Return the side of the square in pixels of the picture. */
export function sideOf(width: number, height: number, zoom: number): number {
  return Math.min(width, height) / zoom;
}

/** Return a cut that lies inside of the picture whole. */
export function inside(cut: Cut, width: number, height: number): Cut {
  const zoom = Math.min(MOST_ZOOM, Math.max(1, cut.zoom));
  const half = sideOf(width, height, zoom) / 2;
  const within = (part: number, whole: number): number => Math.min(1 - half / whole, Math.max(half / whole, part));
  return { x: within(cut.x, width), y: within(cut.y, height), zoom };
}

/** Draw the square on a canvas of `side` pixels. */
export function drawCut(picture: ImageBitmap, cut: Cut, canvas: HTMLCanvasElement, side: number): void {
  const from = sideOf(picture.width, picture.height, cut.zoom);
  canvas.width = canvas.height = side;
  const context = canvas.getContext("2d");
  if (!context) return;
  context.fillStyle = "#fff"; // a picture may have holes
  context.fillRect(0, 0, side, side);
  context.drawImage(picture, cut.x * picture.width - from / 2, cut.y * picture.height - from / 2, from, from, 0, 0, side, side);
}
