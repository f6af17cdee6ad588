"""The numbers that tell a covered face: faceres's embedding, and gradients of the chip.

The gradients are a histogram of oriented gradients (HOG) of the lower half of dlib's chip for the mouth, and of the
band round the eyes for the eyes.
"""

import functools
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from faces.engine import Embedding
from faces.photos.photo import Pixels

SIDE = 96  # pixels to which the chip is shrunk
CELL, BINS = 8, 9  # pixels of a cell; directions of its histogram, over half a turn
CLIPPED = 0.2  # largest share of one number in its block
LOWER_HALF = slice(48, 96)  # rows; the mouth is at 0.70 of the chip
EYE_BAND = slice(22, 38)  # rows; the eyes are at 0.31
FACERES_NUMBERS = 1024
MOUTH_NUMBERS, EYES_NUMBERS = FACERES_NUMBERS + 648, FACERES_NUMBERS + 396

Numbers = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """The numbers of one face. mouth: (1672,), eyes: (1420,); the first 1,024 of both are faceres's."""

    mouth: Numbers
    eyes: Numbers


def features(chip: Pixels, faceres: Embedding) -> Features:
    """Return the features of a face. chip: (150, 150, 3) RGB; faceres: (1024,), not normalised."""
    grey = cv2.resize(cv2.cvtColor(chip, cv2.COLOR_RGB2GRAY), (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    # The blocks of the lower half lie side by side; those of the eye band overlap by half.
    lower = _gradients(grey[LOWER_HALF], step=2)
    band = _gradients(grey[EYE_BAND], step=1)
    return Features(np.concatenate([faceres, lower]), np.concatenate([faceres, band]))


def _gradients(grey: NDArray[Any], step: int) -> Numbers:
    """Return the histograms of a strip in blocks of two by two cells, `step` cells from block to block."""
    even = grey.astype(np.float32)
    across, down = cv2.Sobel(even, cv2.CV_32F, 1, 0, ksize=1), cv2.Sobel(even, cv2.CV_32F, 0, 1, ksize=1)
    length, angle = cv2.cartToPolar(across, down)
    angle *= np.float32(BINS / np.pi)
    low = angle.astype(np.int32)
    share = (angle - low) * length
    rows, columns = (size // CELL for size in grey.shape)
    places = _places(rows, columns)
    both = np.concatenate([places + low % BINS, places + (low + 1) % BINS], axis=None)
    counts = np.bincount(both, np.concatenate([length - share, share], axis=None), rows * columns * BINS)
    cells = np.asarray(counts, np.float64).reshape(rows, columns, BINS)
    corners = [cells[y : rows - 1 + y : step, x : columns - 1 + x : step] for y in (0, 1) for x in (0, 1)]
    blocks = np.concatenate(corners, axis=2).reshape(-1, 4 * BINS)
    blocks = np.minimum(_of_length_one(blocks), CLIPPED)
    return _of_length_one(blocks).astype(np.float32).ravel()


@functools.cache
def _places(rows: int, columns: int) -> NDArray[np.int32]:
    """Return the first bin of the cell of each pixel."""
    cells = np.arange(rows * columns, dtype=np.int32).reshape(rows, columns)
    return np.asarray(cells.repeat(CELL, axis=0).repeat(CELL, axis=1) * BINS, np.int32)


def _of_length_one(blocks: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(blocks / np.sqrt((blocks**2).sum(axis=1, keepdims=True) + 1.0), np.float64)
