"""A finder by BlazeFace. It sees the whole photo at 256 pixels, for enrolment and check-in alike."""

import math
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np

from faces.engine import Purpose
from faces.finding.alignment import CHIP_PADDING, AlignedFace, Marks, Points, align
from faces.finding.blaze import SIDE, SURE, BlazeFace
from faces.finding.boxes import Box, overlap
from faces.finding.finder import FoundFaces
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
FAINT = 0.3  # score; what may be a blurred face
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
# A face that fills the picture gets a box too small, or several of them. Such a photo is searched again with a black
# border of half its longer side, where the face is as small as the network knows faces. The signs are: no face; a box
# at the picture's edge, or larger than a selfie's; boxes that overlap; a low score, as parts of a face have it. 4% of
# good photos show one.
NEAR_SHARE = 0.55  # of the picture's shorter side
AT_THE_EDGE = 0.02  # of the picture's shorter side
OVERLAPPING = 0.05  # of the smaller box
PART_OF_A_FACE = 0.75  # score; below it a box may be an eye or a mouth
SAME_FACE = 0.3  # of the smaller box; then the box of the second search replaces the one of the first


class BlazeFinder:
    """A Finder for faces that may be turned or small."""

    def __init__(self, folder: Path, models: Path = FOLDER) -> None:
        """folder: where converted files are stored. Raises UnusableNetwork or OSError."""
        self._faces, self._mesh = BlazeFace(folder, models), FaceMesh(folder, models)

    @property
    def mesh(self) -> FaceMesh:
        """The loaded mesh, for what else reads it."""
        return self._mesh

    def find(self, photo: Photo, purpose: Purpose) -> FoundFaces:
        """Find all faces, in a photo that is upside down too. Raises PhotoBroken."""
        pixels = photo.decode(SIDE)
        boxes = self._find_near_and_far(pixels, 0) or self._find_near_and_far(pixels, UPSIDE_DOWN)
        if len(boxes) > 1 and max(box.score for box in boxes) < UPRIGHT:
            # Perhaps one face that is turned: parts of it look like upright faces.
            turned = [boxes, *(self._find_near_and_far(pixels, quarters) for quarters in range(4))]
            boxes = max(filter(None, turned), key=lambda each: max(box.score for box in each))
        return FoundFaces(pixels, boxes, None if boxes else self._find_faint(pixels))

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

    def _find_near_and_far(self, pixels: Pixels, quarters: int) -> list[Box]:
        """Find faces in a turned picture, and again with a border round it where one may be too near."""
        boxes = self._find_confirmed(pixels, quarters)
        height, width = pixels.shape[:2]
        if not may_be_too_near(boxes, width, height):
            return boxes
        border = max(height, width) // 2
        found = self._find_confirmed(_with_border(pixels, border), quarters)
        moved = [box.moved(1.0, -border, -border) for box in found]
        again = [box for box in moved if 0 <= box.middle[0] < width and 0 <= box.middle[1] < height]
        return [*again, *(box for box in boxes if all(overlap(box, each) <= SAME_FACE for each in again))]

    def _find_faint(self, pixels: Pixels) -> Box | None:
        """Return the most likely face of a low score, also of a face that is too near; None if there is none."""
        border = max(pixels.shape[:2]) // 2
        bordered = [box.moved(1.0, -border, -border) for box in self._faces.find(_with_border(pixels, border), FAINT)]
        return max([*self._faces.find(pixels, FAINT), *bordered], key=lambda box: box.score, default=None)

    def _find_confirmed(self, pixels: Pixels, quarters: int) -> list[Box]:
        """Find faces in a turned picture; the mesh must agree to those with a low score."""
        boxes = self._find_turned(pixels, quarters)
        doubtful = [box for box in boxes if box.score < SURE][:MOST_DOUBTFUL]
        confirmed = [box for box in doubtful if self._mesh.fit(pixels, box).flag > SURELY_FACE]
        return [*(box for box in boxes if box.score >= SURE), *confirmed]

    def _find_turned(self, pixels: Pixels, quarters: int) -> list[Box]:
        """Find faces in a picture turned counter-clockwise by right angles; return boxes in the unturned picture."""
        turned = np.rot90(pixels, quarters)
        height, width = turned.shape[:2]
        return [box.turned(quarters, width, height) for box in self._faces.find(turned)]

    def _seen_closer(self, pixels: Pixels, box: Box, quarters: int) -> Box | None:
        """Search a cut round a face, turned by right angles; returns the face at the same position, or None."""
        height, width = pixels.shape[:2]
        if box.side > NEAR_SHARE * min(width, height):
            border = max(height, width) // 2
            whole = self._seen_closer(_with_border(pixels, border), box.moved(1.0, border, border), quarters)
            return whole.moved(1.0, -border, -border) if whole else None
        (x, y), half = box.middle, ROUND_THE_BOX * box.side / 2
        left, top = max(0, int(x - half)), max(0, int(y - half))
        again = self._find_turned(pixels[top : int(y + half) + 1, left : int(x + half) + 1], quarters)
        moved = [each.moved(1.0, left, top) for each in again]
        nearest = min(moved, key=lambda each: math.dist(each.middle, box.middle), default=None)
        return nearest if nearest and math.dist(nearest.middle, box.middle) < box.side / 2 else None


def may_be_too_near(boxes: list[Box], width: int, height: int) -> bool:
    """Return whether the boxes show signs of a face that is too near for one search of this picture."""
    if not boxes:
        return True
    largest, side = max(boxes, key=lambda box: box.side), min(width, height)
    edges = largest.left, largest.top, width - largest.left - largest.side, height - largest.top - largest.side
    if largest.side > NEAR_SHARE * side or min(edges) < AT_THE_EDGE * side or largest.score < PART_OF_A_FACE:
        return True
    return any(overlap(one, other) > OVERLAPPING for one, other in combinations(boxes, 2))


def _with_border(pixels: Pixels, border: int) -> Pixels:
    """Return the picture with a black border on all sides."""
    return cv2.copyMakeBorder(pixels, border, border, border, border, cv2.BORDER_CONSTANT)  # type: ignore[return-value]


def _points(box: Box) -> Points:
    return np.array(box.points[: len(MARKS.positions)], np.float64)
