"""Brushes: they lay cloth, skin, glass and lines over a photo, lit as the photo is, and grey where it is grey."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from faces.covers.frame import Points
from faces.photos.photo import Pixels

Random = np.random.Generator
Layer = NDArray[np.float32]
Colour = Sequence[float]
NO_COLOUR = 4.0  # mean difference of the channels; below it a photo is grey
SHADES = 6  # of hair
SUB_PIXEL = 4  # bits of a position behind the point, as OpenCV's drawing functions take them


@dataclass(frozen=True, slots=True)
class Coat:
    """How a layer is laid. soft: width of its edge in pixels. light: share of the photo's own light that it takes."""

    soft: float = 1.0
    opacity: float = 1.0
    light: float = 0.8
    grain: float = 2.0


def is_grey(pixels: Pixels) -> bool:
    """Return whether a photo has no colours."""
    some = pixels[::4, ::4].astype(np.int16)
    return float((some.max(axis=2) - some.min(axis=2)).mean()) < NO_COLOUR


def paint(pixels: Pixels, shape: Points, layer: Layer | Colour, coat: Coat, random: Random) -> Pixels:
    """Return the photo with a layer over a polygon. layer: a colour, or (height, width, 3) as large as the photo."""
    region = _region(pixels, shape, coat.soft)
    if region is None:
        return pixels
    rows, columns = region
    part = pixels[rows, columns].astype(np.float32)
    alpha = _coverage(part.shape, shape - (columns.start, rows.start), coat.soft)[..., None] * coat.opacity
    cloth = np.asarray(layer, np.float32)
    cloth = cloth[rows, columns] if cloth.ndim == 3 else np.broadcast_to(cloth, part.shape)
    cloth = cloth * _light(part, alpha[..., 0] > coat.opacity / 2, coat.light)
    if coat.grain:
        cloth = cloth + random.normal(0, coat.grain, part.shape[:2]).astype(np.float32)[..., None]
    if is_grey(pixels):
        cloth = np.repeat(cloth @ np.array([[0.299], [0.587], [0.114]], np.float32), 3, axis=2)
    out = pixels.copy()
    out[rows, columns] = np.clip(part * (1 - alpha) + cloth * alpha, 0, 255).astype(np.uint8)
    return out


def draw_line(pixels: Pixels, points: Points, colour: Colour, width: float) -> Pixels:
    """Return the photo with a line of a width in pixels through the points."""
    out = np.ascontiguousarray(pixels.copy())
    shade = [sum(colour) / 3] * 3 if is_grey(pixels) else list(colour)
    moved = np.round(np.asarray(points) * 2**SUB_PIXEL).astype(np.int32)
    cv2.polylines(out, [moved], False, shade, max(1, round(width)), cv2.LINE_AA, SUB_PIXEL)
    return out


def smooth(points: Points, steps: int = 8) -> Points:
    """Return a closed polygon with round corners: a Catmull-Rom curve through the points."""
    given = np.asarray(points, np.float64)
    before, after, later = np.roll(given, 1, axis=0), np.roll(given, -1, axis=0), np.roll(given, -2, axis=0)
    along = np.linspace(0, 1, steps, endpoint=False)[None, :, None]
    one, two, three, four = (each[:, None] for each in (before, given, after, later))
    curve = (
        2 * two
        + (three - one) * along
        + (2 * one - 5 * two + 4 * three - four) * along**2
        + (3 * two - one - 3 * three + four) * along**3
    )
    return np.asarray((curve / 2).reshape(-1, 2), np.float64)


def ellipse(middle: Points, across: Points, down: Points, power: float = 2.0) -> Points:
    """Return an ellipse by its middle and its half axes; above a power of 2 it becomes a box with round corners."""
    turn = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    x, y = (np.sign(each) * np.abs(each) ** (2 / power) for each in (np.cos(turn), np.sin(turn)))
    return np.asarray(middle + x[:, None] * across + y[:, None] * down, np.float64)


def cloth(shape: tuple[int, ...], colour: Colour, random: Random, unit: float, pattern: str) -> Layer:
    """Return cloth as large as a photo. unit: pixels of an eye distance. pattern: a name among `PATTERNS`."""
    height, width = shape[:2]
    made: Layer = np.broadcast_to(np.asarray(colour, np.float32), (height, width, 3)).copy()
    size, turn = unit * random.uniform(0.06, 0.3), random.uniform(0, np.pi)
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    along = columns * np.cos(turn) + rows * np.sin(turn)
    across = rows * np.cos(turn) - columns * np.sin(turn)
    other = random.uniform(20, 235, 3).astype(np.float32)
    if pattern == "stripes":
        made[(along // size) % 2 < 1] = other
    elif pattern == "checks":
        made[((along // size) + (across // size)) % 2 < 1] = other
    elif pattern == "dots":
        made[(along % (2 * size) - size) ** 2 + (across % (2 * size) - size) ** 2 < (0.5 * size) ** 2] = other
    elif pattern == "flowers":
        made[_clouds(shape, size, random) > random.uniform(0.2, 1.0)] = other
        made[_clouds(shape, size, random) > 1.0] = random.uniform(20, 235, 3)
    elif pattern == "knitted":
        made *= (1 + 0.18 * np.sin(2 * np.pi * along / (size / 3)) * np.sin(2 * np.pi * across / (size / 2)))[..., None]
    elif pattern == "pleats":
        made *= (1 + 0.13 * np.sign(np.sin(2 * np.pi * rows / (unit * random.uniform(0.2, 0.4)))) ** 2)[..., None]
        made *= (1 - 0.2 * np.exp(-(((rows % (unit * 0.3)) / (unit * 0.03)) ** 2)))[..., None]
    folds = _clouds(shape, unit * random.uniform(0.15, 0.6), random)
    return np.asarray(made * (1 + random.uniform(0.02, 0.1) * folds)[..., None], np.float32)


PATTERNS = ("plain", "plain", "pleats", "stripes", "checks", "dots", "flowers", "knitted")


def strokes(pixels: Pixels, hairs: Points, colour: Colour, width: float, random: Random) -> Pixels:
    """Return the photo with many hairs, some lighter and some darker than the colour. hairs: (n, points, 2)."""
    out = np.ascontiguousarray(pixels.copy())
    moved = np.round(hairs * 2**SUB_PIXEL).astype(np.int32)
    for group in np.array_split(moved, SHADES):
        shade = np.clip(np.asarray(colour) * random.uniform(0.6, 1.5), 0, 255)
        shade = np.repeat(shade.mean(), 3) if is_grey(pixels) else shade
        cv2.polylines(out, list(group), False, shade.tolist(), max(1, round(width)), cv2.LINE_AA, SUB_PIXEL)
    return out


def _region(pixels: Pixels, shape: Points, soft: float) -> tuple[slice, slice] | None:
    height, width = pixels.shape[:2]
    edge = 3 * soft + 3
    left, top = np.clip(np.floor(shape.min(axis=0) - edge), 0, (width, height)).astype(int)
    right, bottom = np.clip(np.ceil(shape.max(axis=0) + edge), 0, (width, height)).astype(int)
    return None if right - left < 2 or bottom - top < 2 else (slice(top, bottom), slice(left, right))


def _coverage(shape: tuple[int, ...], polygon: Points, soft: float) -> Layer:
    covered = np.zeros(shape[:2], np.uint8)
    cv2.fillPoly(covered, [np.round(polygon * 2**SUB_PIXEL).astype(np.int32)], 255, cv2.LINE_AA, SUB_PIXEL)
    return np.asarray(cv2.GaussianBlur(covered.astype(np.float32) / 255, (0, 0), max(soft, 0.3)), np.float32)


def _light(part: Layer, inside: NDArray[np.bool_], share: float) -> Layer:
    """Return the light on the region, (height, width, 1): soft shadows as in the photo, and its exposure."""
    lit = cv2.GaussianBlur(part.mean(axis=2), (0, 0), max(part.shape) / 8)
    mean = max(float(lit[inside].mean()) if inside.any() else 128.0, 15.0)
    exposure = np.clip(mean / 130, 0.4, 1.2)
    return np.asarray((1 + share * (np.clip(lit / mean, 0.5, 1.5) - 1)) * exposure, np.float32)[..., None]


def _clouds(shape: tuple[int, ...], size: float, random: Random) -> Layer:
    """Return soft noise of standard deviation one; size: pixels of a cloud."""
    height, width = (max(2, int(each / max(size, 1.0)) + 2) for each in shape[:2])
    small = random.normal(0, 1, (height, width)).astype(np.float32)
    return np.asarray(cv2.resize(small, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC), np.float32)
