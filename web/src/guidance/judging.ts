// From what a frame shows to one advice. Lengths are shares of the side of the square that the page shows.
import type { Face } from "./faces";

export type Pose = "straight" | "a_little_left" | "a_little_right";

export type Advice =
  | "noFace" | "several" | "farther" | "closer" | "left" | "right" | "up" | "down"
  | "dark" | "bright" | "backlit" | "upright" | "straight" | "turnLeft" | "turnRight" | "turnLess" | "blurred" | "good";

/** Light and sharpness of the face, 0 to 255 and the variance of the Laplacian, and the light around it. */
export interface Light {
  face: number;
  around: number;
  sharpness: number;
}

export interface Look {
  faces: Face[];
  light: Light;
}

/** The middle and the half axes of the oval that the page draws. */
export const OVAL = { x: 0.5, y: 0.48, across: 0.27, down: 0.36 };

// Where the service has a limit of its own, this one is a little stricter: faces/finding/quality.py, faces/finding/boxes.py.
const RIVAL = 0.5; // of the largest face's side; a smaller face is somebody behind
const SIDES = { least: 0.27, most: 0.6 };
const OFF = { x: 0.12, y: 0.14 }; // how far the face's middle may be from the oval's
const DARK = 55;
const BRIGHT = 212;
const BACKLIT = { face: 100, more: 90 }; // the face is darker than this, and what is around it by so much lighter
const LEANING = 18; // degrees
const TURNED = 0.22; // see yawOf
const ASKED = { least: 0.06, most: 0.3 }; // a little to one side
const SOFT = 20; // sharpness in even light
const EVEN_LIGHT = 128;
const NOSE_SWINGS = 1.63; // the nose moves so many times farther than what the service's limits were made for

/** What a look wins by having been good before: limits that are not met at one moment and met at the next would flicker. */
const SLACK = 1.12;

/** Return roll in degrees, and yaw in eye distances: above 0 the head is turned to the person's own left. */
export function poseOf({ points }: Face): { roll: number; yaw: number } {
  const [left, right, nose] = points as [Face["points"][0], Face["points"][0], Face["points"][0]];
  const [x, y] = [right[0] - left[0], right[1] - left[1]];
  const square = x * x + y * y || 1e-9;
  const middle = [(left[0] + right[0]) / 2, (left[1] + right[1]) / 2] as const;
  const yaw = ((nose[0] - middle[0]) * x + (nose[1] - middle[1]) * y) / square / NOSE_SWINGS;
  return { roll: (Math.atan2(y, x) * 180) / Math.PI, yaw };
}

export function largestOf(faces: Face[]): Face | null {
  return faces.reduce<Face | null>((best, each) => (best && best.side >= each.side ? best : each), null);
}

/** Return what would make a look better, most useful first of all that applies. wasGood: whether the look before was. */
export function judge({ faces, light }: Look, pose: Pose, wasGood = false): Advice {
  const slack = wasGood ? SLACK : 1;
  const face = largestOf(faces);
  if (!face) return light.face < DARK / 2 && light.around < DARK ? "dark" : "noFace";
  if (faces.some((each) => each !== face && each.side >= RIVAL * face.side)) return "several";
  return placing(face, slack) ?? lighting(light, slack) ?? turning(face, pose, slack) ?? (inEvenLight(light) * slack < SOFT ? "blurred" : "good");
}

/** Return what can be said where no network finds faces: light and sharpness alone. */
export function judgeLight(light: Light, wasGood = false): Advice | null {
  const slack = wasGood ? SLACK : 1;
  return lighting(light, slack) ?? (inEvenLight(light) * slack < SOFT ? "blurred" : null);
}

/** Left and right are the person's own: their left is at the right of a frame that is not mirrored. */
function placing(face: Face, slack: number): Advice | null {
  if (face.side > SIDES.most * slack) return "farther";
  if (face.side * slack < SIDES.least) return "closer";
  const x = face.left + face.side / 2 - OVAL.x;
  const y = face.top + face.side / 2 - OVAL.y;
  const [across, down] = [Math.abs(x) / (OFF.x * slack), Math.abs(y) / (OFF.y * slack)];
  if (Math.max(across, down) <= 1) return null;
  if (across >= down) return x > 0 ? "right" : "left";
  return y > 0 ? "up" : "down";
}

function lighting(light: Light, slack: number): Advice | null {
  if (light.face * slack < BACKLIT.face && light.around > light.face + BACKLIT.more * slack) return "backlit";
  if (light.face * slack < DARK) return "dark";
  return light.face > BRIGHT * slack ? "bright" : null;
}

function turning(face: Face, pose: Pose, slack: number): Advice | null {
  const { roll, yaw } = poseOf(face);
  if (Math.abs(roll) > LEANING * slack) return "upright";
  if (pose === "straight") return Math.abs(yaw) > TURNED * slack ? "straight" : null;
  const asked = pose === "a_little_left" ? yaw : -yaw;
  if (asked * slack < ASKED.least) return pose === "a_little_left" ? "turnLeft" : "turnRight";
  return asked > ASKED.most * slack ? "turnLess" : null;
}

/** A dark picture has less contrast, so it seems less sharp. */
function inEvenLight({ face, sharpness }: Light): number {
  return sharpness * Math.max(1, EVEN_LIGHT / Math.max(face, 1)) ** 2;
}
