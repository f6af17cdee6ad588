"""The engine of dlib's face recognition network, from the model files that come with face_recognition_models.

The files are loaded by path: importing face_recognition or its models package would switch Pillow to accepting
truncated images for the whole process, and needs pkg_resources.
"""

import importlib.util
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import cv2
import dlib
import numpy as np

from faces import quality as gates
from faces.boxes import Box, nearest_face
from faces.engine import Embedding, Look, Purpose
from faces.errors import NoFace
from faces.photo import Photo, PhotoLimits, Pixels, open_photo

CHIP_PADDING = 0.25
DARK_PICTURE = 40.0  # mean grey level under which the advice for "no face" begins with light


@dataclass(frozen=True, slots=True)
class Step:
    """One try at finding faces: the longer side to search at, and the least one to decode, in pixels."""

    search: int
    decode: int


# Each size finds faces from about an eighth of its longer side. A selfie is found in the first step; an enrolment
# starts with the second, at which somebody further back is seen too.
STEPS = {
    Purpose.ENROL: (Step(640, 960), Step(1280, 1920)),
    Purpose.CHECK_IN: (Step(320, 960), Step(640, 960), Step(1280, 1920)),
}
MOST_ENLARGED = 3.0


class DlibEngine:
    """Finds faces by HOG, aligns them by five points, and embeds them by dlib's ResNet: 128 numbers.

    Safe to call from several threads: each has a detector of its own (a shared one crashes), and the network, which
    holds the interpreter's lock anyway, runs for one at a time.
    """

    name = "dlib-resnet-v1"

    def __init__(self, limits: PhotoLimits | None = None, models: Path | None = None) -> None:
        cv2.setNumThreads(1)  # a worker has one core, and a pool of threads wouldn't survive the fork
        folder = models or find_models()
        self._limits = limits or PhotoLimits()
        self._points = dlib.shape_predictor(str(folder / "shape_predictor_5_face_landmarks.dat"))
        self._network = dlib.face_recognition_model_v1(str(folder / "dlib_face_recognition_resnet_model_v1.dat"))
        self._network_lock = threading.Lock()
        self._of_thread = threading.local()

    def ready(self) -> bool:
        """Say yes: once loaded, it is."""
        return True

    def warm(self) -> Self:
        """Do everything once on an empty picture, so that the first photo takes no longer than the next."""
        empty = np.zeros((320, 320, 3), np.uint8)
        self._search(empty, 320)
        self._points(empty, dlib.rectangle(100, 100, 220, 220))
        self._embed(np.zeros((gates.CHIP, gates.CHIP, 3), np.uint8))
        return self

    def look(self, photo: bytes, purpose: Purpose) -> Look:
        """Find, align and embed the one face in an encoded photo; raises a PhotoRefused or a FaceRefused."""
        opened = open_photo(photo, self._limits)
        pixels, boxes = self._find(opened, purpose)
        box, others = nearest_face(boxes, purpose)
        shape = self._points(pixels, _rectangle(box))
        chip: Pixels = dlib.get_face_chip(pixels, shape, size=gates.CHIP, padding=CHIP_PADDING)
        points = np.array([(part.x, part.y) for part in shape.parts()], np.float64)
        height, width = pixels.shape[:2]
        scale = opened.long_side / max(height, width)
        quality = gates.measure(chip, points, box, (width, height), scale, others)
        gates.refuse_the_useless(quality)
        return Look(self._embed(chip), quality, self.name)

    def _find(self, photo: Photo, purpose: Purpose) -> tuple[Pixels, list[Box]]:
        """Decode and search in growing sizes; gives the pixels together with at least one face in them."""
        pixels = photo.decode(STEPS[purpose][0].decode)
        for step in STEPS[purpose]:
            if max(pixels.shape) < min(step.decode, photo.long_side):
                pixels = photo.decode(step.decode)
            boxes = self._search(pixels, step.search)
            if boxes:
                return pixels, boxes
        if cv2.mean(pixels)[1] < DARK_PICTURE:
            raise NoFace(advice=("more_light", "whole_face"))
        raise NoFace

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
            self._of_thread.detector = dlib.get_frontal_face_detector()
        return self._of_thread.detector

    def _embed(self, chip: Pixels) -> Embedding:
        with self._network_lock:
            return np.asarray(self._network.compute_face_descriptor(chip), np.float32)


def find_models() -> Path:
    """Find the folder of face_recognition_models without importing it; raises FileNotFoundError."""
    spec = importlib.util.find_spec("face_recognition_models")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the package face_recognition_models is not installed")
    return Path(spec.origin).parent / "models"


def _rectangle(box: Box) -> Any:
    left, top = round(box.left), round(box.top)
    return dlib.rectangle(left, top, round(box.left + box.side), round(box.top + box.side))
