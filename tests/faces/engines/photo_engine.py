"""What the tests of photo engine share with others."""

import functools
import io
from pathlib import Path

import numpy as np
from PIL import Image

from faces.engine import Look


def distance(one: Look, other: Look) -> float:
    return float(np.linalg.norm(one.embedding - other.embedding))


@functools.cache  # many tests turn and shrink the same few photos; none changes them in place
def opened(path: Path, long_side: int = 800) -> Image.Image:
    image = Image.open(io.BytesIO(path.read_bytes())).convert("RGB")
    image.thumbnail((long_side, long_side))
    return image
