"""How far apart two embeddings are: each network was trained for one way of measuring."""

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class Metric(StrEnum):
    """euclidean: the length of the difference. cosine: 1 - cos of the angle, 0 to 2; lengths don't count."""

    EUCLIDEAN = "euclidean"
    COSINE = "cosine"

    def distance(self, one: NDArray[np.floating], other: NDArray[np.floating]) -> float:
        """Measure between two embeddings of the same size; not a number where either holds one that is none."""
        first, second = one.astype(np.float64), other.astype(np.float64)
        if self is Metric.EUCLIDEAN:
            return float(np.linalg.norm(first - second))
        return from_euclidean(self, float(np.linalg.norm(to_unit(first) - to_unit(second))))


def to_unit(rows: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return rows of length one, in the same directions; a row of zeros becomes a row of no numbers."""
    wide = rows.astype(np.float64)
    with np.errstate(invalid="ignore"):
        return np.asarray(wide / np.linalg.norm(wide, axis=-1, keepdims=True))


def from_euclidean(metric: Metric, apart: float) -> float:
    """Turn a Euclidean distance into one of this metric; for cosine it must be between rows of length one."""
    return apart if metric is Metric.EUCLIDEAN else apart**2 / 2
