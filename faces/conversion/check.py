"""Does a converted network do what dlib does with the same file: both look at the same chips.

This finds mistakes of the conversion, and of ONNX Runtime on this very machine. That the file is the right one is found
by its hash, since chips can't tell: a weight that a damaged bit has changed may matter to no chip but to some face. In
production there are no photos of faces, so the chips are noise; the tests find the same on real ones.
"""

from pathlib import Path

import cv2
import dlib
import numpy as np
from numpy.typing import NDArray

from faces.conversion.dlib_network import SIDE
from faces.model_files.card import UnusableNetwork
from faces.model_files.onnx_session import open_session

SEED = 20_260_101
GRAINS = (1, 5, 30)  # pixels across a grain of each chip's noise
MOST_APART = 1e-4  # Euclidean; rounding makes 1e-6 or so

Chips = NDArray[np.uint8]
Embeddings = NDArray[np.float32]


def noise_chips() -> Chips:
    """Make the chips, the same ones every time: coloured noise, from fine to as coarse as features of a face."""
    drawn = np.random.Generator(np.random.PCG64(SEED))
    chips = []
    for grain in GRAINS:
        cells = drawn.integers(0, 256, (SIDE // grain, SIDE // grain, 3), dtype=np.uint8)
        chips.append(cv2.resize(cells, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC))
    return np.stack(chips).astype(np.uint8)


def embed_by_dlib(model: Path, chips: Chips) -> Embeddings:
    """Let dlib's own code run its own file; (n, 128). Raises RuntimeError where dlib can't read it."""
    network = dlib.face_recognition_model_v1(str(model))
    return np.array([network.compute_face_descriptor(chip) for chip in chips], np.float32)


def refuse_unless_equal(converted: bytes, chips: Chips, expected: Embeddings) -> float:
    """Return the largest distance between the converted network's embeddings and the expected ones.

    Raises UnusableNetwork where any is above `MOST_APART`, or the file is no network.
    """
    embeddings = open_session(converted).run(chips)
    if embeddings.shape != expected.shape:
        raise UnusableNetwork(f"the converted network gives {embeddings.shape} numbers, dlib's {expected.shape}")
    apart = float(np.linalg.norm(embeddings.astype(np.float64) - expected, axis=1).max())
    if not apart <= MOST_APART:
        raise UnusableNetwork(f"the converted network is not dlib's: its embeddings are off by {apart:.1g}")
    return apart
