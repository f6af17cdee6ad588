"""The networks of @vladmandic/human as ONNX: how each is fed, what is wanted of it, and what it must answer.

What they must answer was told by TensorFlow.js itself, once, on pictures of noise (tests/faces/tfjs); a few dozen of
those numbers are kept beside this file. As with dlib's network, hashes find damage, and the pictures find what hashes
can't: mistakes of the conversion, and of ONNX Runtime on this very machine.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faces.conversion.cache import CachedFile, load_or_make
from faces.conversion.onnx_file import Shape
from faces.conversion.tfjs import read_model
from faces.conversion.tfjs_to_onnx import Feeding, to_onnx
from faces.model_files.card import UnusableNetwork
from faces.model_files.human_models import BLAZEFACE, FACEMESH, FACERES, FOLDER, VERSION, Original, read_original
from faces.model_files.onnx_session import open_session

CONVERSION = 1  # raise it with every change of what is written
REFERENCE = Path(__file__).with_name(f"human-{VERSION}.json")
GRAINS = (1, 8, 32)  # pixels across a grain of each picture's noise
SAMPLES = 12  # numbers kept of each output on each picture

Pictures = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class WantedNetwork:
    """What is made of an original. outputs: their names there, each with its shape.

    most_apart: how far an output may lie from TensorFlow.js's; pixels of the input, or as the network counts.
    """

    original: Original
    feeding: Feeding
    outputs: Mapping[str, Shape]
    most_apart: float

    @property
    def name(self) -> str:
        """The original's name."""
        return self.original.name


# Scores and boxes of the fine grid, and of the coarse one.
DETECTOR = WantedNetwork(
    BLAZEFACE,
    Feeding(256, (127.5, 127.5, 127.5), 1 / 127.5),
    {"Identity": (1, 512, 1), "Identity_2": (1, 512, 16), "Identity_1": (1, 384, 1), "Identity_3": (1, 384, 16)},
    1e-3,
)
# 468 points x, y, z, and how surely it is a face.
MESH = WantedNetwork(
    FACEMESH, Feeding(192, (0.0, 0.0, 0.0), 1 / 255), {"Identity_2": ("n", 1404), "Identity_1": ("n", 1)}, 1e-3
)
EMBEDDING = WantedNetwork(
    FACERES, Feeding(224, (103.939, 116.779, 123.68), 1.0, bgr=True), {"global_pooling/Mean": ("n", 1024)}, 1e-4
)
ALL = (DETECTOR, MESH, EMBEDDING)


def load_human(wanted: WantedNetwork, folder: Path, models: Path = FOLDER) -> bytes:
    """Return the converted network, making it first if need be.

    folder: where it is kept, made if missing. models: where the originals lie. Raises UnusableNetwork where that isn't
    the known network, or the result isn't equal to it; OSError where a file can't be read or written.
    """
    kept = CachedFile(f"human-{wanted.name}-", f"{wanted.original.weights_sha256[:12]}-{CONVERSION}")
    return load_or_make(folder, kept, lambda: convert_human(wanted, models))


def convert_human(wanted: WantedNetwork, models: Path) -> bytes:
    """Convert one network, and check the result against what TensorFlow.js told; raises UnusableNetwork or OSError."""
    model = read_model(*read_original(wanted.original, models))
    converted = to_onnx(model, f"human-{wanted.name}", wanted.feeding, wanted.outputs)
    refuse_unless_equal(converted, wanted)
    return converted


def refuse_unless_equal(converted: bytes, wanted: WantedNetwork) -> float:
    """Return the largest difference from what TensorFlow.js told; raises UnusableNetwork where it is too large."""
    session = open_session(converted)
    apart = 0.0
    for told, picture in zip(_reference()[wanted.name], noise_pictures(wanted.feeding.side), strict=True):
        for expected, numbers in zip(told, session.run_all(picture[None]), strict=True):
            apart = max(apart, float(np.abs(samples(numbers) - np.array(expected)).max()))
    if not apart <= wanted.most_apart:
        raise UnusableNetwork(f"the converted {wanted.name} is not TensorFlow.js's: it is off by {apart:.1g}")
    return apart


def noise_pictures(side: int) -> list[Pictures]:
    """Make the pictures, (side, side, 3): integers alone, so that every machine and version makes the same."""
    pictures = []
    for grain in GRAINS:
        cells = -(-side // grain)
        mixed = np.arange(cells * cells * 3, dtype=np.uint32) + np.uint32(grain << 20)
        for factor in (0x7FEB352D, 0x846CA68B):
            mixed = (mixed ^ (mixed >> np.uint32(15))) * np.uint32(factor)
        colours = (mixed >> np.uint32(24)).astype(np.uint8).reshape(cells, cells, 3)
        pictures.append(colours.repeat(grain, axis=0).repeat(grain, axis=1)[:side, :side])
    return pictures


def samples(numbers: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Take a few numbers of an output, from the first to the last."""
    places = np.linspace(0, numbers.size - 1, min(SAMPLES, numbers.size)).astype(int)
    return np.asarray(numbers.ravel()[places], np.float64)


@cache
def _reference() -> dict[str, list[list[list[float]]]]:
    """Return by network, picture and output what TensorFlow.js told."""
    told: dict[str, list[list[list[float]]]] = json.loads(REFERENCE.read_text(encoding="utf-8"))
    return told
