import { expect, test } from "vitest";
import { inside, MOST_ZOOM, sideOf } from "../src/lib/crop";

test("a square stays inside of the picture, however far it is dragged", () => {
  expect(inside({ x: -5, y: 9, zoom: 1 }, 400, 200)).toEqual({ x: 0.25, y: 0.5, zoom: 1 });
  expect(inside({ x: 1, y: 1, zoom: 2 }, 400, 200)).toEqual({ x: 0.875, y: 0.75, zoom: 2 });
});

test("the zoom has limits", () => {
  expect(inside({ x: 0.5, y: 0.5, zoom: 0.1 }, 10, 10).zoom).toBe(1);
  expect(inside({ x: 0.5, y: 0.5, zoom: 99 }, 10, 10).zoom).toBe(MOST_ZOOM);
  expect(sideOf(400, 200, 2)).toBe(100);
});
