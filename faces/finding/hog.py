"""dlib's HOG detector with its five points: upright faces from 80 pixels on, at growing sizes."""

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
from faces.finding.finder import Found
from faces.model_files.dlib_models import FIVE_POINTS, find_models
from faces.photos.photo import Photo, Pixels


@dataclass(frozen=True, slots=True)
class Step:
    """One try at finding faces: the longer side to search at, and the least one to decode, in pixels."""

    search: int
    decode: int


# Each size finds faces from about an eighth of its longer side. A selfie is found in the first step; an enrolment
# starts with the second, at which somebody further back is seen too.
STEPS = {
    Purpose.ENROL: (Step(640, 960), Step(1280, 1920)),
    Purpose.CHECK_IN: (Step(320, 320), Step(640, 960), Step(1280, 1920)),
}
MOST_ENLARGED = 3.0
FAINT, CLEAR = 0.2, 0.8  # scores, which are the detector's margins


class HogFinder:
    """A Finder of upright faces. Each thread has a detector of its own, since a shared one crashes."""

    def __init__(self, models: Path | None = None) -> None:
        """models: where dlib's files lie."""
        self._points = dlib.shape_predictor(str((models or find_models()) / FIVE_POINTS))
        # Unpacking one takes a millisecond, where making it takes 300 with the interpreter's lock held.
        self._detector_packed = pickle.dumps(dlib.get_frontal_face_detector())
        self._of_thread = threading.local()

    def find(self, photo: Photo, purpose: Purpose) -> Found:
        """Search in growing sizes until there is a face; raises PhotoBroken."""
        pixels = photo.decode(STEPS[purpose][0].decode)
        for step in STEPS[purpose]:
            if max(pixels.shape) < min(step.decode, photo.long_side):
                pixels = photo.decode(step.decode)
            boxes = self._search(pixels, step.search)
            if boxes:
                return Found(pixels, without_texture(boxes))
        return Found(pixels, [])

    def align(self, pixels: Pixels, box: Box) -> AlignedFace:
        """Find the five points, and let dlib cut its own chip."""
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
        small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=way)
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
    """Drop faint finds beside a clear one: curtains and sleeves, or one face found twice."""
    if max(box.score for box in boxes) < CLEAR:
        return boxes
    return [box for box in boxes if box.score >= FAINT]
