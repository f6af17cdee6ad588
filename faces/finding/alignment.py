"""Cut the square picture that a network needs from a photo, by the points of a face, in one step of sampling.

Finders return different kinds of points. dlib's chip, its aligned picture of 150 pixels, is the common frame: the
position of each kind of point in it is known, and so is the position of the chip in the input of each network. Some
networks need the eyes, the tip of the nose and the corners of the mouth at fixed positions. The positions of these
features in the chip were measured on 248 photos, within 3% of the chip's side. More points for each face changed no
result.
"""

from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from faces.model_files.card import Alignment, Card
from faces.photos.photo import Pixels

CHIP = 150  # pixels of dlib's chip
CHIP_PADDING = 0.25
# In shares of the side of dlib's chip: outer and inner corner of the eye at the picture's right, then of the eye at its
# left, then the base of the nose.
DLIB_POINTS = np.array(
    [[0.73973, 0.30900], [0.59740, 0.31933], [0.24707, 0.30913], [0.38940, 0.31940], [0.49340, 0.58520]]
)
# Measured: middle of the eye at the picture's left, of the other eye, tip of the nose, left and right corner of the
# mouth.
FEATURES = np.array([[0.3201, 0.3110], [0.6688, 0.3117], [0.4936, 0.5102], [0.3359, 0.6977], [0.6498, 0.6981]])

Points = NDArray[np.float64]
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """The kind of points that a finder returns.

    positions: (n, 2), in shares of the side of dlib's chip. left, right: indexes of the points of the eye at an upright
    picture's left, and of the other eye. nose: index of the point that shows a turn of the head. swing: how many times
    farther this point moves at a turn than dlib's base of the nose.
    """

    positions: Points
    left: slice
    right: slice
    nose: int
    swing: float = 1.0


DLIB_MARKS = Marks(DLIB_POINTS, left=slice(2, 4), right=slice(0, 2), nose=4)


@dataclass(frozen=True, slots=True, eq=False)
class AlignedFace:
    """One face, found and aligned.

    pixels: the photo, (height, width, 3) RGB. points: (n, 2) in these pixels, of the kind in `marks`. chip: dlib's
    chip, (150, 150, 3) RGB.
    """

    pixels: Pixels = field(repr=False)
    points: Points = field(repr=False)
    chip: Pixels = field(repr=False)
    marks: Marks = field(default=DLIB_MARKS, repr=False)
    is_mirrored: bool = False

    def mirrored(self) -> "AlignedFace":
        """Return the same face as a network sees it in the mirrored photo.

        Its inputs are mirrored, not its points: aligning the mirrored photo anew told no more copies (96% both).
        """
        return replace(self, chip=np.ascontiguousarray(self.chip[:, ::-1]), is_mirrored=not self.is_mirrored)

    def picture(self, frame: Matrix, side: int) -> Pixels:
        """Return a network's input, (side, side, 3) RGB; frame: from shares of dlib's chip to input pixels."""
        sampled = _sampled(self.pixels, self.points, self.marks, frame, side)
        return np.ascontiguousarray(sampled[:, ::-1]) if self.is_mirrored else sampled


def align(pixels: Pixels, points: Points, marks: Marks) -> AlignedFace:
    """Return the aligned face, with dlib's chip, for points of any kind."""
    chip = _sampled(pixels, points, marks, padded_frame(CHIP, CHIP_PADDING), CHIP)
    return AlignedFace(pixels, points, chip, marks)


def padded_frame(side: int, padding: float) -> Matrix:
    """Return the (2, 3) frame of a picture like dlib's chip, with another side and padding (a share of the face)."""
    # A share s of the chip's side is the share s * (1 + 2 * CHIP_PADDING) - CHIP_PADDING of the face.
    scale = side / (1 + 2 * padding)
    along, shift = scale * (1 + 2 * CHIP_PADDING), scale * (padding - CHIP_PADDING)
    return np.array([[along, 0, shift], [0, along, shift]])


def frame_of(card: Card) -> Matrix:
    """Return the (2, 3) matrix from shares of dlib's chip to pixels of a network's input."""
    if card.alignment is Alignment.DLIB_CHIP:
        return padded_frame(card.side, CHIP_PADDING)
    return similarity(FEATURES, np.array(card.points)) * card.side


def moved(points: Points, matrix: Matrix) -> Points:
    """Return points moved by a (2, 3) matrix."""
    return np.asarray(points @ matrix[:, :2].T + matrix[:, 2], np.float64)


def similarity(points: Points, targets: Points) -> Matrix:
    """Return the (2, 3) matrix of turn, scale and shift that brings points nearest to their targets (least squares)."""
    middle, goal = points.mean(axis=0), targets.mean(axis=0)
    # In the plane, a turn with a scale is the multiplication by one complex number.
    given, wanted = _complex(points - middle), _complex(targets - goal)
    factor = np.vdot(given, wanted) / np.vdot(given, given)
    turned = np.array([[factor.real, -factor.imag], [factor.imag, factor.real]])
    return np.column_stack([turned, goal - turned @ middle])


def warp(pixels: Pixels, matrix: Matrix, side: int) -> Pixels:
    """Sample a (side, side, 3) picture. A source more than twice as large is shrunk first: no pixel is skipped."""
    left, top, right, bottom = _bounds(matrix, side, pixels)
    cut = pixels[top:bottom, left:right]
    matrix = np.column_stack([matrix[:, :2], matrix[:, 2] + matrix[:, :2] @ (left, top)])
    shrink = int(1 / max(float(np.hypot(*matrix[:, 0])), 1e-6) + 1e-6)
    if shrink > 1 and min(cut.shape[:2]) >= shrink:
        height, width = (size // shrink for size in cut.shape[:2])
        cut = cv2.resize(cut[: height * shrink, : width * shrink], (width, height), interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
        middle = (shrink - 1) / 2  # the middle of the pixels that became one
        matrix = np.column_stack([matrix[:, :2] * shrink, matrix[:, 2] + matrix[:, :2] @ (middle, middle)])
    return cv2.warpAffine(cut, matrix, (side, side), flags=cv2.INTER_LINEAR)  # type: ignore[return-value]


def _bounds(matrix: Matrix, side: int, pixels: Pixels) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of the sampled region; the whole picture where the two don't overlap."""
    height, width = pixels.shape[:2]
    corners = np.array([[0, 0], [side, 0], [0, side], [side, side]], np.float64)
    seen = (corners - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T
    step = 1 / max(float(np.hypot(*matrix[:, 0])), 1e-6)  # pixels of the photo for one pixel of the network's input
    left, top = np.clip(np.floor(seen.min(axis=0) - 2 * step) - 1, 0, (width, height)).astype(int)
    right, bottom = np.clip(np.ceil(seen.max(axis=0) + 2 * step) + 2, 0, (width, height)).astype(int)
    if left >= right or top >= bottom:
        return 0, 0, width, height
    return int(left), int(top), int(right), int(bottom)


def _sampled(pixels: Pixels, points: Points, marks: Marks, frame: Matrix, side: int) -> Pixels:
    return warp(pixels, similarity(points, moved(marks.positions, frame)), side)


def _complex(points: Points) -> NDArray[np.complex128]:
    return np.asarray(points[:, 0] + 1j * points[:, 1], np.complex128)
