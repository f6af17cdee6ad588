"""The measure of a face that covers are drawn by: eye distances, and dlib's 68 points."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import dlib
import numpy as np
from numpy.typing import NDArray

from faces.finding.boxes import Box
from faces.model_files.dlib_models import find_models
from faces.photos.photo import Pixels

POINTS_68 = "shape_predictor_68_face_landmarks.dat"
CHIN = 8
BROWS, BRIDGE, NOSE_TIP, NOSE_BASE = slice(17, 27), 27, 30, 33
LEFT_EYE, RIGHT_EYE, MOUTH = slice(36, 42), slice(42, 48), slice(48, 60)

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class FaceFrame:
    """The frame of one face. points: (68, 2) in pixels of the photo, as dlib numbers them."""

    points: Points = field(repr=False)

    @property
    def eyes(self) -> tuple[Points, Points]:
        """The middle of the eye at the picture's left, and of the other eye."""
        return self.points[LEFT_EYE].mean(axis=0), self.points[RIGHT_EYE].mean(axis=0)

    @property
    def distance(self) -> float:
        """The distance between the eyes in pixels."""
        left, right = self.eyes
        return max(float(np.hypot(*(right - left))), 1.0)

    def at(self, shares: Sequence[tuple[float, float]] | Points) -> Points:
        """Return pixels for positions in eye distances: right of and below the middle between the eyes."""
        (left, right), given = self.eyes, np.asarray(shares, np.float64)
        across = right - left
        down = np.array([-across[1], across[0]])
        return np.asarray((left + right) / 2 + given[:, :1] * across + given[:, 1:] * down, np.float64)

    def shares(self, points: Points) -> Points:
        """Return positions in eye distances for pixels; the opposite of `at`."""
        left, right = self.eyes
        across = (right - left) / self.distance**2
        moved = np.asarray(points, np.float64) - (left + right) / 2
        return np.column_stack([moved @ across, moved @ np.array([-across[1], across[0]])])

    def jaw(self, first: int, last: int, spread: float = 1.0) -> Points:
        """Return the points of the jaw from one number to another, moved away from the base of the nose."""
        middle = self.points[NOSE_BASE]
        return np.asarray(middle + (self.points[first : last + 1] - middle) * spread, np.float64)


class FrameFinder:
    """Finds the 68 points of a face in a box."""

    def __init__(self) -> None:
        self._points = dlib.shape_predictor(str(find_models() / POINTS_68))

    def find(self, pixels: Pixels, box: Box) -> FaceFrame:
        """Return the frame of the face in a box."""
        left, top = round(box.left), round(box.top)
        rectangle = dlib.rectangle(left, top, round(box.left + box.side), round(box.top + box.side))
        found = self._points(np.ascontiguousarray(pixels), rectangle).parts()
        return FaceFrame(np.array([(part.x, part.y) for part in found], np.float64))
