"""BlazeFace: it finds faces with six points each in a picture of 256 pixels, turned and small faces too.

The network returns a score, a box and the points for each of 896 anchors, in pixels of its input relative to the
anchor.
"""

import math
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from faces.conversion.human import DETECTOR, load_human
from faces.finding.boxes import Box
from faces.model_files.human_models import FOLDER
from faces.model_files.onnx_session import open_session
from faces.photos.photo import Pixels

SIDE = DETECTOR.feeding.side
GRIDS = ((16, 2), (8, 6))  # cells in each direction, and anchors in each cell
SURE, PERHAPS = 0.6, 0.5  # scores: a face; a face if the mesh agrees
MOST_SHARED = 0.3  # intersection over union; above it two boxes are the same face
POINTS = 6  # eye at the picture's left, eye at its right, nose, mouth, two ears, for an upright face

Numbers = NDArray[np.float32]


class BlazeFace:
    """The loaded detector. Several threads may call it at once."""

    def __init__(self, folder: Path, models: Path = FOLDER) -> None:
        """folder: where the converted file is stored. Raises UnusableNetwork or OSError."""
        self._session = open_session(load_human(DETECTOR, folder, models))

    def find(self, pixels: Pixels, least: float = PERHAPS) -> list[Box]:
        """Return the faces in a picture, (height, width, 3) RGB, highest score first; scores: `least` to 1."""
        small, scale = letterboxed(pixels)
        fine_scores, fine, coarse_scores, coarse = self._session.run_all(small[None])
        scores = np.concatenate([fine_scores.ravel(), coarse_scores.ravel()])
        return decoded(scores, np.concatenate([fine[0], coarse[0]]), scale, least)


def decoded(scores: Numbers, regressors: Numbers, scale: float, least: float = PERHAPS) -> list[Box]:
    """Return the faces in the network's numbers for each anchor, highest score first.

    scores: (n,) before the sigmoid; regressors: (n, 16) in pixels of its input. The client reads the same numbers in
    web/src/guidance/faces.ts.
    """
    chosen = np.flatnonzero(scores >= _before_sigmoid(least))
    if not chosen.size:
        return []
    chosen = chosen[np.argsort(-scores[chosen], kind="stable")]
    found = regressors[chosen].reshape(-1, 2 + POINTS, 2)
    found[:, [0, *range(2, 2 + POINTS)]] += ANCHORS[chosen, None]
    sure = 1 / (1 + np.exp(-scores[chosen].astype(np.float64)))
    return [_box(*each, scale) for each in _merged(found, sure)]


def letterboxed(pixels: Pixels) -> tuple[Pixels, float]:
    """Shrink a picture into the top left of the network's square; returns the square and the scale."""
    height, width = pixels.shape[:2]
    scale = SIDE / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    square = np.zeros((SIDE, SIDE, 3), np.uint8)
    square[: size[1], : size[0]] = cv2.resize(pixels, size, interpolation=way)
    return square, scale


def _merged(found: Numbers, scores: NDArray[np.float64]) -> list[tuple[Numbers, float]]:
    """Merge the boxes that overlap the one with the highest score into one face: their mean, weighted by the scores.

    found: (n, 8, 2): centre, size and points, highest score first.
    """
    corners = np.concatenate([found[:, 0] - found[:, 1] / 2, found[:, 0] + found[:, 1] / 2], axis=1)
    merged, left = [], np.arange(len(found))
    while left.size:
        same = _shared(corners[left[0]], corners[left]) > MOST_SHARED
        same[0] = True  # needed where a box has no area
        weights = scores[left[same]]
        merged.append((np.average(found[left[same]], axis=0, weights=weights), float(weights[0])))
        left = left[~same]
    return merged


def _shared(box: Numbers, boxes: Numbers) -> Numbers:
    """Return the intersection over union of one box with each of several; (4,) and (n, 4): left, top, right, bottom."""
    across = np.clip(np.minimum(box[2:], boxes[:, 2:]) - np.maximum(box[:2], boxes[:, :2]), 0, None).prod(axis=1)
    areas = np.clip(boxes[:, 2:] - boxes[:, :2], 0, None).prod(axis=1)
    area = np.clip(box[2:] - box[:2], 0, None).prod()
    return np.asarray(across / np.maximum(area + areas - across, 1e-6), np.float32)


def _box(face: Numbers, score: float, scale: float) -> Box:
    """Return a square with the middle and the area of the network's box, in pixels of the picture."""
    (x, y), (width, height), *points = (face / scale).tolist()
    side = max((width * height) ** 0.5, 1.0) if min(width, height) > 0 else 1.0
    return Box(x - side / 2, y - side / 2, side, score, tuple((left, top) for left, top in points))


def _centres(cells: int, anchors: int) -> Numbers:
    """Return the positions of the anchors of a grid, (n, 2), row by row."""
    along = (np.arange(cells, dtype=np.float32) + 0.5) * (SIDE / cells)
    grid = np.stack(np.meshgrid(along, along), axis=-1)
    return grid.reshape(-1, 2).repeat(anchors, axis=0)


def _before_sigmoid(score: float) -> float:
    return math.log(score / (1 - score))


ANCHORS = np.concatenate([_centres(*grid) for grid in GRIDS])
"""The position of each anchor, (896, 2), in pixels of the network's input."""
