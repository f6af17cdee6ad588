"""BlazeFace as a finder: the whole photo at 256 pixels, whatever it is looked at for."""

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

# Eyes, tip of the nose, mouth; the ears move too much with a turn. Measured on the face itself, inside the padding.
FACE_POINTS = np.array([[0.2132, 0.2145], [0.7674, 0.2175], [0.4922, 0.5330], [0.4897, 0.8228]])
MARKS = Marks(
    (FACE_POINTS + CHIP_PADDING) / (1 + 2 * CHIP_PADDING),
    left=slice(0, 1),
    right=slice(1, 2),
    nose=2,
    swing=1.63,  # the slope on 230 photos, correlation 0.87
)
SURELY_FACE = 0.9  # the mesh's flag
MOST_DOUBTFUL = 3  # finds between PERHAPS and SURE that are looked at again
# Smaller faces, in pixels of the network, are looked at again: down to 27 pixels the points are as good as those of
# large faces, at 22 three times as many people aren't recognised.
SMALL = 32.0
# A face that lies on its side or stands on its head BlazeFace may take for an upright one, with points to match, but
# with a lower score than if it were: such a face is looked at again from all four sides.
UPRIGHT = 0.85
LEANING = 45.0  # degrees
ROUND_THE_BOX = 4.0  # what is looked at again; with less, faces on their heads score as high as upright ones
MISFIT_COUNTS = 2.0
# As likely as this lie five in six upright faces of a low score, and one in 28 of those that were taken to be turned.
LIKELY = 0.65
HEADLONG = 2  # right angles


class BlazeFinder:
    """A Finder of faces that may be turned or small."""

    def __init__(self, folder: Path, models: Path = FOLDER) -> None:
        """folder: where converted files are kept. Raises UnusableNetwork or OSError."""
        self._faces, self._mesh = BlazeFace(folder, models), FaceMesh(folder, models)

    def find(self, photo: Photo, purpose: Purpose) -> Found:
        """Find all faces in one look, or in a second one at the photo on its head; raises PhotoBroken."""
        pixels = photo.decode(SIDE)
        boxes = self._find_turned(pixels, 0) or self._find_turned(pixels, HEADLONG)
        doubtful = [box for box in boxes if box.score < SURE][:MOST_DOUBTFUL]
        confirmed = [box for box in doubtful if self._mesh.fit(pixels, box).flag > SURELY_FACE]
        return Found(pixels, [*(box for box in boxes if box.score >= SURE), *confirmed])

    def align(self, pixels: Pixels, box: Box) -> AlignedFace:
        """Align by eyes, nose and mouth."""
        box = self._seen_again(pixels, box)
        return align(pixels, _points(box), MARKS)

    def warm(self) -> None:
        """Run both networks once on an empty picture."""
        empty = np.zeros((SIDE, SIDE, 3), np.uint8)
        self._faces.find(empty)
        self._mesh.fit(empty, Box(60, 60, 120, SURE, ((100, 100), (150, 100), (125, 120), (125, 140))))

    def _seen_again(self, pixels: Pixels, box: Box) -> Box:
        """Look again at a face of which one look doesn't tell enough; gives the best of what was seen."""
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
        """Say how likely a face lies as its points say: of 255 upright photos none scored higher when turned."""
        fit = self._mesh.fit(pixels, box)
        return box.score * fit.flag - MISFIT_COUNTS * fit.misfit

    def _find_turned(self, pixels: Pixels, quarters: int) -> list[Box]:
        """Find faces in a picture turned counter-clockwise by right angles; gives them in the picture as it is."""
        turned = np.rot90(pixels, quarters)
        height, width = turned.shape[:2]
        return [box.turned(quarters, width, height) for box in self._faces.find(turned)]

    def _seen_closer(self, pixels: Pixels, box: Box, quarters: int) -> Box | None:
        """Look at a face and what is round it, turned or not; gives what is found in its place."""
        (x, y), half = box.middle, ROUND_THE_BOX * box.side / 2
        left, top = max(0, int(x - half)), max(0, int(y - half))
        again = self._find_turned(pixels[top : int(y + half) + 1, left : int(x + half) + 1], quarters)
        moved = [each.moved(1.0, left, top) for each in again]
        nearest = min(moved, key=lambda each: math.dist(each.middle, box.middle), default=None)
        return nearest if nearest and math.dist(nearest.middle, box.middle) < box.side / 2 else None


def _points(box: Box) -> Points:
    return np.array(box.points[: len(MARKS.places)], np.float64)
