"""A finder by dlib's HOG detector and its five points. It finds upright faces of 80 pixels and more."""

import functools
import pickle
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import dlib
import numpy as np

from faces.engine import Purpose
from faces.finding.alignment import CHIP, CHIP_PADDING, AlignedFace
from faces.finding.boxes import Box
from faces.finding.finder import FoundFaces
from faces.model_files.dlib_models import FIVE_POINTS, find_models
from faces.photos.photo import Photo, Pixels


@dataclass(frozen=True, slots=True)
class Step:
    """The sizes of one search, in pixels: the longer side to search, and the smallest longer side to decode."""

    search: int
    decode: int


# A search finds faces from about an eighth of the longer side on. A selfie's face is found in the first step. Enrolment
# starts with the second step, which also finds people further back.
STEPS = {
    Purpose.ENROL: (Step(640, 960), Step(1280, 1920)),
    Purpose.CHECK_IN: (Step(320, 320), Step(640, 960), Step(1280, 1920)),
    Purpose.CHALLENGE: (Step(320, 320), Step(640, 960), Step(1280, 1920)),
}
MOST_ENLARGED = 3.0
FAINT, CLEAR = 0.2, 0.8  # scores: the margins of the detector


@functools.cache
def _packed_detector() -> bytes:
    """Return dlib's detector, pickled.

    To unpickle it takes 1 ms. To make a new one takes 300 ms and holds Python's interpreter lock, so it is made once.
    """
    return pickle.dumps(dlib.get_frontal_face_detector())


class HogFinder:
    """A Finder for upright faces. Each thread has its own detector, because a shared one crashes."""

    def __init__(self, models: Path | None = None) -> None:
        """models: the folder of dlib's files."""
        self._points = dlib.shape_predictor(str((models or find_models()) / FIVE_POINTS))
        self._detector_packed = _packed_detector()
        self._of_thread = threading.local()

    def find(self, photo: Photo, purpose: Purpose) -> FoundFaces:
        """Search in growing sizes until a face is found; raises PhotoBroken."""
        pixels = photo.decode(STEPS[purpose][0].decode)
        for step in STEPS[purpose]:
            if max(pixels.shape) < min(step.decode, photo.long_side):
                pixels = photo.decode(step.decode)
            boxes = self._search(pixels, step.search)
            if boxes:
                return FoundFaces(pixels, without_texture(boxes))
        return FoundFaces(pixels, [])

    def align(self, pixels: Pixels, box: Box) -> AlignedFace:
        """Find the five points, and let dlib cut its chip."""
        left, top = round(box.left), round(box.top)
        rectangle = dlib.rectangle(left, top, round(box.left + box.side), round(box.top + box.side))
        shape = self._points(pixels, rectangle)
        chip: Pixels = dlib.get_face_chip(pixels, shape, size=CHIP, padding=CHIP_PADDING)
        return AlignedFace(pixels, np.array([(part.x, part.y) for part in shape.parts()], np.float64), chip)

    def warm(self) -> None:
        """Search and align once on an empty picture."""
        empty = np.zeros((320, 320, 3), np.uint8)
        self._search(empty, 320)
        self.align(empty, Box(100, 100, 120, CLEAR))

    def _search(self, pixels: Pixels, side: int) -> list[Box]:
        scale = min(side / max(pixels.shape[:2]), MOST_ENLARGED)
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        size = [max(1, round(length * scale)) for length in pixels.shape[1::-1]]  # a strip keeps a pixel of width
        small = cv2.resize(pixels, size, interpolation=way)
        found, scores, _ = self._detector().run(small, 0, 0.0)
        return [
            Box(each.left() / scale, each.top() / scale, each.width() / scale, score)
            for each, score in zip(found, scores, strict=True)
        ]

    def _detector(self) -> Any:
        if not hasattr(self._of_thread, "detector"):
            self._of_thread.detector = pickle.loads(self._detector_packed)  # noqa: S301 - packed above
        return self._of_thread.detector


def without_texture(boxes: list[Box]) -> list[Box]:
    """Return the boxes without those of a low score if another one has a high score.

    Boxes of a low score are then curtains or sleeves, or the same face a second time.
    """
    if max(box.score for box in boxes) < CLEAR:
        return boxes
    return [box for box in boxes if box.score >= FAINT]
