"""Judge whether the mouth or the eyes of a face are covered, by the packaged weights.

`packaged/covers.npz` holds the weights. `packaged/covers.json` tells their version, what they were trained on and how
the thresholds were set. `scripts/train-covers` writes both.
"""

import hashlib
import io
import json
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faces.covers.features import EYES_NUMBERS, MOUTH_NUMBERS, Features, features
from faces.engine import Embedding
from faces.model_files.card import UnusableNetwork
from faces.photos.photo import Pixels

WEIGHTS, CARD = "covers.npz", "covers.json"

Numbers = NDArray[np.float32]
Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """A weight for each feature, and the bias. A score above zero is a covered part."""

    weights: Numbers
    bias: float

    def scores(self, rows: Numbers) -> Scores:
        """Return the score of each row; rows: (n, features) or (features,)."""
        return np.asarray(rows.astype(np.float64) @ self.weights + self.bias, np.float64)

    def with_threshold(self, threshold: float) -> "Weights":
        """Return the weights whose score is zero where the score of these is the threshold."""
        return Weights(self.weights, self.bias - threshold)


@dataclass(frozen=True, slots=True)
class Covers:
    """How likely mouth and eyes are covered, 0 to 1; `COVERED` and more counts as covered."""

    mouth: float
    eyes: float


@dataclass(frozen=True, slots=True, eq=False)
class CoverJudge:
    """Judges aligned faces. version: of the packaged weights."""

    version: str
    mouth: Weights
    eyes: Weights

    def judge(self, chip: Pixels, faceres: Embedding) -> Covers:
        """Return what is covered. chip: (150, 150, 3) RGB; faceres: its 1,024 numbers, not normalised."""
        return self.judge_features(features(chip, faceres))

    def judge_features(self, found: Features) -> Covers:
        """Return what is covered, for features that are known already."""
        return Covers(_likelihood(self.mouth, found.mouth), _likelihood(self.eyes, found.eyes))


def load_judge() -> CoverJudge:
    """Load the packaged weights; raises UnusableNetwork where the two files don't belong together."""
    card, content = read_card(), _packaged(WEIGHTS).read_bytes()
    if hashlib.sha256(content).hexdigest() != card["sha256"]:
        raise UnusableNetwork(f"{WEIGHTS} is not the file that {CARD} describes")
    with np.load(io.BytesIO(content), allow_pickle=False) as rows:
        mouth, eyes = (
            Weights(rows[part].astype(np.float32), float(card["parts"][part]["bias"])) for part in ("mouth", "eyes")
        )
    if mouth.weights.shape != (MOUTH_NUMBERS,) or eyes.weights.shape != (EYES_NUMBERS,):
        raise UnusableNetwork(f"{WEIGHTS} has weights for other features")
    return CoverJudge(str(card["version"]), mouth, eyes)


def read_card() -> dict[str, Any]:
    """Return what is known of the packaged weights: version, sources, thresholds."""
    card: dict[str, Any] = json.loads(_packaged(CARD).read_text(encoding="utf-8"))
    return card


def _packaged(name: str) -> Any:
    return resources.files("faces.covers").joinpath("packaged", name)


def _likelihood(weights: Weights, row: Numbers) -> float:
    return round(float(1 / (1 + np.exp(-np.clip(weights.scores(row), -30, 30)))), 3)
