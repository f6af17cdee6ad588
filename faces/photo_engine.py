"""The engine at work: decodes a photo, finds the face by HOG, aligns it by five points, and lets a network embed it."""

import pickle
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import cv2
import dlib
import numpy as np

from faces import quality as gates
from faces.alignment import AlignedFace, align
from faces.boxes import Box, nearest_face
from faces.dlib_models import FIVE_POINTS, find_models
from faces.engine import Look, Purpose, Quality
from faces.errors import NoFace, UnknownModel
from faces.networks import Network
from faces.photo import Photo, PhotoLimits, Pixels, open_photo

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
    Purpose.CHECK_IN: (Step(320, 320), Step(640, 960), Step(1280, 1920)),
}
MOST_ENLARGED = 3.0
# Side of a face's box in decoded pixels. The chip shows it 100 pixels wide, so with these it is never enlarged, and
# what a network's own frame needs is there too.
ENOUGH_PX = 112.0


class PhotoEngine:
    """A FaceEngine in this process. Safe to call from several threads: each has a detector of its own, since a shared
    one crashes.
    """

    def __init__(
        self, networks: Sequence[Network], limits: PhotoLimits | None = None, models: Path | None = None
    ) -> None:
        """networks: the first one is the engine's own, the others are there for templates made by them."""
        cv2.setNumThreads(1)  # a worker has one core, and a pool of threads wouldn't survive the fork
        self.name = networks[0].model
        self._networks = {network.model: network for network in reversed(networks)}
        self._limits = limits or PhotoLimits()
        self._points = dlib.shape_predictor(str((models or find_models()) / FIVE_POINTS))
        # Unpacking one takes a millisecond, where making it takes 300 with the interpreter's lock held.
        self._detector_packed = pickle.dumps(dlib.get_frontal_face_detector())
        self._of_thread = threading.local()

    @property
    def networks(self) -> tuple[str, ...]:
        """The models whose numbers a look has."""
        return (self.name,)

    @property
    def models(self) -> frozenset[str]:
        """The models that this engine can look with."""
        return frozenset(self._networks)

    def ready(self) -> bool:
        """Say yes: once loaded, it is."""
        return True

    def warm(self) -> Self:
        """Do everything once on an empty picture, so that the first photo takes no longer than the next."""
        empty = np.zeros((320, 320, 3), np.uint8)
        self._search(empty, 320)
        face = align(empty, self._points(empty, dlib.rectangle(100, 100, 220, 220)))
        for network in self._networks.values():
            network.embed(face)
        return self

    def look(self, photo: bytes, purpose: Purpose, model: str | None = None) -> Look:
        """Find, align and embed the one face in a photo; raises a PhotoRefused, a FaceRefused or UnknownModel."""
        network = self._networks.get(model or self.name)
        if network is None:
            raise UnknownModel
        face, quality = self._face(open_photo(photo, self._limits), purpose)
        return Look(network.embed(face), quality, network.model)

    def _face(self, photo: Photo, purpose: Purpose) -> tuple[AlignedFace, Quality]:
        """Find and align the face meant, and refuse what surely can't be recognised."""
        pixels, boxes = self._find(photo, purpose)
        box, others = nearest_face(boxes, purpose)
        if box.side < ENOUGH_PX and max(pixels.shape) < photo.long_side:
            pixels, box = _closer(photo, pixels, box)
        face = align(pixels, self._points(pixels, _rectangle(box)))
        height, width = pixels.shape[:2]
        scale = photo.long_side / max(height, width)
        quality = gates.measure(face.chip, face.points, box, (width, height), scale, others)
        gates.refuse_the_useless(quality)
        return face, quality

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
            self._of_thread.detector = pickle.loads(self._detector_packed)  # noqa: S301 - packed above
        return self._of_thread.detector


def _closer(photo: Photo, pixels: Pixels, box: Box) -> tuple[Pixels, Box]:
    """Decode again, so large that the face has enough pixels or all that there are; gives the box in these."""
    before = max(pixels.shape)
    wanted = before * ENOUGH_PX / box.side
    larger = photo.decode(min(photo.long_side, int(wanted) + 1))
    scale = max(larger.shape) / before
    return larger, Box(box.left * scale, box.top * scale, box.side * scale, box.score)


def _rectangle(box: Box) -> Any:
    left, top = round(box.left), round(box.top)
    return dlib.rectangle(left, top, round(box.left + box.side), round(box.top + box.side))
