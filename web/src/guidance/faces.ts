// What BlazeFace's numbers mean. The rules and limits are those of faces/finding/blaze.py; both are tested with the same numbers.

export const SIDE = 256; // pixels of the network's square input
export const PERHAPS = 0.5; // score from which a box may be a face
const GRIDS = [[16, 2], [8, 6]] as const; // cells in each direction, and anchors in each cell
const MOST_SHARED = 0.3; // intersection over union; above it two boxes are the same face
const POINTS = 6; // eye at the picture's left, eye at its right, nose, mouth, two ears
const NUMBERS = 4 + 2 * POINTS;

export type Point = readonly [x: number, y: number];

/** The square round a face, and its points; the unit is that of the picture. */
export interface Face {
  left: number;
  top: number;
  side: number;
  score: number;
  points: Point[];
}

const CENTRES: Point[] = GRIDS.flatMap(([cells, anchors]) => {
  const at = (place: number): number => ((place + 0.5) * SIDE) / cells;
  return Array.from({ length: cells * cells * anchors }, (_, index) => {
    const cell = Math.floor(index / anchors);
    return [at(cell % cells), at(Math.floor(cell / cells))] as const;
  });
});

/** One anchor's box: numbers are its centre, its size and its points. */
interface Found {
  score: number;
  numbers: number[];
}

/**
 * Return the faces, highest score first. scores: of each anchor, before the sigmoid; regressors: 16 numbers of each anchor, in pixels of
 * the input; scale: pixels of the input for one unit of the picture.
 */
export function facesOf(scores: ArrayLike<number>, regressors: ArrayLike<number>, scale: number, least = PERHAPS): Face[] {
  const limit = Math.log(least / (1 - least));
  const found: Found[] = [];
  for (let anchor = 0; anchor < CENTRES.length; anchor++) {
    if (!(scores[anchor]! >= limit)) continue;
    const [x, y] = CENTRES[anchor]!;
    const numbers = Array.from({ length: NUMBERS }, (_, at) => {
      const shift = at === 2 || at === 3 ? 0 : at % 2 ? y : x;
      return regressors[anchor * NUMBERS + at]! + shift;
    });
    found.push({ score: 1 / (1 + Math.exp(-scores[anchor]!)), numbers });
  }
  found.sort((one, other) => other.score - one.score);
  return merged(found).map((each) => faceOf(each, scale));
}

/** Merge the boxes that overlap the one with the highest score into one face: their mean, weighted by the scores. */
function merged(found: Found[]): Found[] {
  const faces: Found[] = [];
  let left = found;
  while (left.length) {
    const best = left[0]!;
    const same = left.filter((each) => each === best || shared(best.numbers, each.numbers) > MOST_SHARED);
    const weight = same.reduce((sum, each) => sum + each.score, 0);
    const mean = best.numbers.map((_, at) => same.reduce((sum, each) => sum + each.numbers[at]! * each.score, 0) / weight);
    faces.push({ score: best.score, numbers: mean });
    left = left.filter((each) => !same.includes(each));
  }
  return faces;
}

/** Return the intersection over union of two boxes. */
function shared(one: number[], other: number[]): number {
  const along = (at: 0 | 1): number => {
    const [a, b] = [one[at + 2]! / 2, other[at + 2]! / 2];
    return Math.max(0, Math.min(one[at]! + a, other[at]! + b) - Math.max(one[at]! - a, other[at]! - b));
  };
  const both = along(0) * along(1);
  const area = (box: number[]): number => Math.max(0, box[2]!) * Math.max(0, box[3]!);
  return both / Math.max(area(one) + area(other) - both, 1e-6);
}

/** Return a square with the middle and the area of the network's box. */
function faceOf({ score, numbers }: Found, scale: number): Face {
  const [x, y, width, height, ...rest] = numbers.map((each) => each / scale) as [number, number, number, number, ...number[]];
  const side = Math.min(width, height) > 0 ? Math.max(Math.sqrt(width * height), 1 / scale) : 1 / scale;
  const points = Array.from({ length: POINTS }, (_, at) => [rest[2 * at]!, rest[2 * at + 1]!] as const);
  return { left: x - side / 2, top: y - side / 2, side, score, points };
}
