import { describe, expect, it } from "vitest";
import { facesOf, type Face } from "../src/guidance/faces";
import { judge, judgeLight, poseOf, type Advice, type Light, type Look } from "../src/guidance/judging";
import { goodFor, NOTHING, steadied } from "../src/guidance/steady";
import numbers from "./data/blazeface.json";

interface Case {
  name: string;
  scale: number;
  anchors: { index: number; score: number; numbers: number[] }[];
  faces: Face[];
}

// tests/faces/finding/test_blaze.py asserts the same of the service.
const cases = numbers as unknown as Case[];

describe("the numbers of the network", () => {
  it.each(cases)("are read as the service reads them: $name", ({ scale, anchors, faces }) => {
    const scores = new Float32Array(896).fill(-20);
    const regressors = new Float32Array(896 * 16);
    for (const { index, score, numbers } of anchors) {
      scores[index] = score;
      regressors.set(numbers, index * 16);
    }
    const found = facesOf(scores, regressors, scale);
    expect(found.length).toBe(faces.length);
    found.forEach((face, at) => {
      const wanted = faces[at]!;
      for (const key of ["left", "top", "side"] as const) expect(face[key]).toBeCloseTo(wanted[key], 2);
      expect(face.score).toBeCloseTo(wanted.score, 4);
      face.points.forEach(([x, y], point) => {
        expect(x).toBeCloseTo(wanted.points[point]![0], 2);
        expect(y).toBeCloseTo(wanted.points[point]![1], 2);
      });
    });
  });

  it("that are not numbers are no face", () => {
    expect(facesOf(new Float32Array(896).fill(NaN), new Float32Array(896 * 16), 1)).toEqual([]);
  });
});

const LIGHT: Light = { face: 130, around: 120, sharpness: 200 };

/** A face with its middle at x, y; turn: how far the nose is off the middle, in sides. */
function face(x = 0.5, y = 0.5, side = 0.42, turn = 0, lean = 0): Face {
  const at = (px: number, py: number) => [x + (px - 0.5) * side, y + (py - 0.5) * side] as const;
  return { left: x - side / 2, top: y - side / 2, side, score: 0.9, points: [at(0.21, 0.21), at(0.77, 0.21 + lean), at(0.49 + turn, 0.53), at(0.49, 0.82), at(0, 0.3), at(1, 0.3)] };
}

const advice = (faces: Face[], light: Partial<Light> = {}, pose: Parameters<typeof judge>[1] = "straight", wasGood = false): Advice =>
  judge({ faces, light: { ...LIGHT, ...light } } satisfies Look, pose, wasGood);

describe("advice", () => {
  it.each<[string, Advice, Face[], Partial<Light>?]>([
    ["a face in the oval is good", "good", [face()]],
    ["no face", "noFace", []],
    ["no face in the dark", "dark", [], { face: 10, around: 12 }],
    ["a second face half as large", "several", [face(), face(0.85, 0.5, 0.22)]],
    ["somebody far behind does not count", "good", [face(), face(0.85, 0.3, 0.12)]],
    ["too near", "farther", [face(0.5, 0.5, 0.7)]],
    ["too far", "closer", [face(0.5, 0.5, 0.2)]],
    ["at the right of the frame, which is the person's left", "right", [face(0.7)]],
    ["at the left of the frame", "left", [face(0.3)]],
    ["too low", "up", [face(0.5, 0.68)]],
    ["too high", "down", [face(0.5, 0.3)]],
    ["in the dark", "dark", [face()], { face: 40 }],
    ["in glaring light", "bright", [face()], { face: 230, around: 230 }],
    ["light behind the person", "backlit", [face()], { face: 80, around: 200 }],
    ["a head that leans", "upright", [face(0.5, 0.5, 0.42, 0, 0.25)]],
    ["a head that is turned", "straight", [face(0.5, 0.5, 0.42, 0.25)]],
    ["blurred", "blurred", [face()], { sharpness: 8 }],
    ["a dark picture is not called blurred for its little contrast", "good", [face()], { face: 70, sharpness: 15 }],
  ])("%s", (_, wanted, faces, light) => expect(advice(faces, light)).toBe(wanted));

  it("asks for the turn of a pose to the person's own side", () => {
    expect(advice([face()], {}, "a_little_left")).toBe("turnLeft");
    expect(advice([face()], {}, "a_little_right")).toBe("turnRight");
    expect(advice([face(0.5, 0.5, 0.42, 0.1)], {}, "a_little_left")).toBe("good"); // the nose to the frame's right: their left
    expect(advice([face(0.5, 0.5, 0.42, -0.1)], {}, "a_little_left")).toBe("turnLeft");
    expect(advice([face(0.5, 0.5, 0.42, 0.35)], {}, "a_little_left")).toBe("turnLess");
  });

  it("does not flicker at a limit: what was good may be a little worse", () => {
    const atTheLimit = face(0.5, 0.5, 0.26);
    expect(advice([atTheLimit])).toBe("closer");
    expect(advice([atTheLimit], {}, "straight", true)).toBe("good");
  });

  it("yaw has the sign of the person's own left", () => {
    expect(poseOf(face(0.5, 0.5, 0.4, 0.1)).yaw).toBeGreaterThan(0.05);
    expect(Math.abs(poseOf(face()).roll)).toBeLessThan(1);
  });

  it("without a network light and sharpness alone are told", () => {
    expect(judgeLight(LIGHT)).toBeNull();
    expect(judgeLight({ ...LIGHT, face: 30 })).toBe("dark");
    expect(judgeLight({ ...LIGHT, sharpness: 3 })).toBe("blurred");
  });
});

describe("what is shown", () => {
  /** Return what is shown after each frame; a frame every 100 ms. */
  function shown(seen: Advice[]): (Advice | null)[] {
    let state = NOTHING;
    return seen.map((each, frame) => (state = steadied(state, each, frame * 100)).shown);
  }

  it("is nothing until an advice has lasted", () => {
    expect(shown(["noFace", "noFace", "closer", "closer", "closer"])).toEqual([null, null, null, null, null]);
    expect(shown(["closer", "closer", "closer", "closer", "closer"]).at(-1)).toBe("closer");
  });

  it("stays when one frame differs", () => {
    const frames: Advice[] = [...Array<Advice>(20).fill("good"), "noFace", ...Array<Advice>(5).fill("good")];
    expect(new Set(shown(frames).slice(4))).toEqual(new Set(["good"]));
  });

  it("changes no faster than it can be read", () => {
    const frames: Advice[] = [...Array<Advice>(5).fill("closer"), ...Array<Advice>(10).fill("good")];
    const told = shown(frames);
    expect(told[8]).toBe("closer");
    expect(told.at(-1)).toBe("good");
  });

  it("a photo is taken only after the picture was good without a break", () => {
    let state = NOTHING;
    for (const [at, seen] of (["good", "good", "several", "good", "good"] as const).entries()) state = steadied(state, seen, at * 200);
    expect(goodFor(state, 800)).toBe(200);
  });
});
