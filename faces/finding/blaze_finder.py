"""A finder by BlazeFace. It sees the whole photo at 256 pixels, for enrolment and check-in alike."""

import math
from pathlib import Path

import numpy as np

from faces.engine import Purpose
from faces.finding.alignment import CHIP_PADDING, AlignedFace, Marks, Points, align
from faces.finding.blaze import SIDE, SURE, BlazeFace
from faces.finding.boxes import Box
from faces.finding.finder import Found
from faces.finding.mesh import FaceMesh
from faces.finding.quality import pose
from faces.model_files.human_models import FOLDER
from faces.photos.photo import Photo, Pixels

# Eyes, tip of the nose, mouth, in shares of the face without padding; measured. The ears move too much when a head
# turns.
FACE_POINTS = np.array([[0.2132, 0.2145], [0.7674, 0.2175], [0.4922, 0.5330], [0.4897, 0.8228]])
MARKS = Marks(
    (FACE_POINTS + CHIP_PADDING) / (1 + 2 * CHIP_PADDING),
    left=slice(0, 1),
    right=slice(1, 2),
    nose=2,
    swing=1.63,  # the slope on 230 photos, correlation 0.87
)
SURELY_FACE = 0.9  # of the mesh's flag; above it the box is a face
MOST_DOUBTFUL = 3  # boxes with a score between PERHAPS and SURE that the mesh checks
# Side in pixels of the network's input. Smaller faces are searched again in a cut of the photo. Down to 27 pixels the
# points are as good as those of large faces; at 22 pixels three times as many people aren't recognised.
SMALL = 32.0
# BlazeFace may take a face on its side or upside down for an upright one, with wrong points. Its score is then lower
# than that of an upright face. A face with a score below this is searched again in all four directions.
UPRIGHT = 0.85
LEANING = 45.0  # degrees
# Side of that cut in sides of the box. In a smaller cut, upside-down faces score as high as upright ones.
ROUND_THE_BOX = 4.0
MISFIT_COUNTS = 2.0
# Five of six upright faces with a low score reach this value, and one of 28 faces whose direction was wrong.
LIKELY = 0.65
UPSIDE_DOWN = 2  # right angles


class BlazeFinder:
    """A Finder for faces that may be turned or small."""

    def __init__(self, folder: Path, models: Path = FOLDER) -> None:
        """folder: where converted files are stored. Raises UnusableNetwork or OSError."""
        self._faces, self._mesh = BlazeFace(folder, models), FaceMesh(folder, models)

    def find(self, photo: Photo, purpose: Purpose) -> Found:
        """Find all faces; where there is none, search the photo upside down. Raises PhotoBroken."""
        pixels = photo.decode(SIDE)
        boxes = self._find_turned(pixels, 0) or self._find_turned(pixels, UPSIDE_DOWN)
        doubtful = [box for box in boxes if box.score < SURE][:MOST_DOUBTFUL]
        confirmed = [box for box in doubtful if self._mesh.fit(pixels, box).flag > SURELY_FACE]
        return Found(pixels, [*(box for box in boxes if box.score >= SURE), *confirmed])

    def align(self, pixels: Pixels, box: Box) -> AlignedFace:
        """Align a face by eyes, nose and mouth."""
        box = self._seen_again(pixels, box)
        return align(pixels, _points(box), MARKS)

    def warm(self) -> None:
        """Run both networks once on an empty picture."""
        empty = np.zeros((SIDE, SIDE, 3), np.uint8)
        self._faces.find(empty)
        self._mesh.fit(empty, Box(60, 60, 120, SURE, ((100, 100), (150, 100), (125, 120), (125, 140))))

    def _seen_again(self, pixels: Pixels, box: Box) -> Box:
        """Search again where one search is not enough for a face; returns the best box."""
        roll, _ = pose(_points(box), MARKS)
        if box.score < UPRIGHT or abs(roll) > LEANING:
            if self._likelihood(pixels, box) > LIKELY:
                return box
            sides = [self._seen_closer(pixels, box, quarters) for quarters in range(4)]
            return max(filter(None, sides), key=lambda each: self._likelihood(pixels, each), default=box)
        if box.side * SIDE < SMALL * max(pixels.shape[:2]):
            return self._seen_closer(pixels, box, 0) or box
        return box

    def _likelihood(self, pixels: Pixels, box: Box) -> float:
        """Return how likely the points show the face's true direction.

        None of 255 upright photos scored higher when turned.
        """
        fit = self._mesh.fit(pixels, box)
        return box.score * fit.flag - MISFIT_COUNTS * fit.misfit

    def _find_turned(self, pixels: Pixels, quarters: int) -> list[Box]:
        """Find faces in a picture turned counter-clockwise by right angles; return boxes in the unturned picture."""
        turned = np.rot90(pixels, quarters)
        height, width = turned.shape[:2]
        return [box.turned(quarters, width, height) for box in self._faces.find(turned)]

    def _seen_closer(self, pixels: Pixels, box: Box, quarters: int) -> Box | None:
        """Search a cut round a face, turned by right angles; returns the face at the same position, or None."""
        (x, y), half = box.middle, ROUND_THE_BOX * box.side / 2
        left, top = max(0, int(x - half)), max(0, int(y - half))
        again = self._find_turned(pixels[top : int(y + half) + 1, left : int(x + half) + 1], quarters)
        moved = [each.moved(1.0, left, top) for each in again]
        nearest = min(moved, key=lambda each: math.dist(each.middle, box.middle), default=None)
        return nearest if nearest and math.dist(nearest.middle, box.middle) < box.side / 2 else None


def _points(box: Box) -> Points:
    return np.array(box.points[: len(MARKS.positions)], np.float64)
