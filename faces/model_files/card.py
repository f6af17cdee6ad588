"""What a network file doesn't say of itself: a card, the JSON that lies beside `NETWORK.onnx` as `NETWORK.json`.

    {"model": "name-and-version", "sha256": "of the .onnx file", "side": 128, "colours": "bgr",
     "mean": [0, 0, 0], "scale": 1.0, "normalise": true,
     "alignment": {"kind": "five_points", "points": [[0.31, 0.46], ...]},
     "policy": {...}}

policy is what files in `faces/matching/policies` hold, without `engine`: thresholds belong to a network, so they travel
with it.
Light on purpose: web workers read cards too, to know the policy.
"""

import json
import math
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from faces.matching.policy import Policy, read_policy

LARGEST_SIDE = 1024


class UnusableNetwork(RuntimeError):
    """A network that can't be used as it is; the text tells the operator why."""


class Alignment(StrEnum):
    """How a network's input is aligned.

    dlib_chip: the frame of dlib's own network; at 150 pixels it is exactly the chip that dlib cuts. five_points: eyes,
    tip of the nose and corners of the mouth at fixed positions, as for networks of the ArcFace kind.
    """

    DLIB_CHIP = "dlib_chip"
    FIVE_POINTS = "five_points"


Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Card:
    """How a network is fed, and how its numbers are judged.

    side: pixels of its square input, (1, 3, side, side) float32. colours: "rgb" or "bgr". mean, scale: the input is
    (value - mean) * scale, values 0 to 255, mean in the order of `colours`. points: five (x, y) as shares of the side,
    eye and mouth corner at the picture's left first; empty for dlib_chip. normalise: bring embeddings to length one.
    """

    model: str
    sha256: str
    side: int
    colours: str
    mean: tuple[float, float, float]
    scale: float
    alignment: Alignment
    points: Points
    normalise: bool
    policy: Policy


def read_card(network: Path) -> Card:
    """Read the card of a network file; raises UnusableNetwork."""
    path = network.with_suffix(".json")
    try:
        return _card(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise UnusableNetwork(f"{path.name}, which describes the network {network.name}: {error.strerror}") from error
    except KeyError as missing:
        raise UnusableNetwork(f"{path.name} lacks {missing}") from missing
    except (ValueError, TypeError, AttributeError) as wrong:
        raise UnusableNetwork(f"{path.name} makes no sense: {wrong}") from wrong


def _card(content: dict[str, Any]) -> Card:
    red, green, blue = (float(each) for each in content["mean"])
    aligned = content["alignment"]
    card = Card(
        model=str(content["model"]),
        sha256=str(content["sha256"]).lower(),
        side=int(content["side"]),
        colours=content["colours"],
        mean=(red, green, blue),
        scale=float(content["scale"]),
        alignment=Alignment(aligned["kind"]),
        points=tuple((float(x), float(y)) for x, y in aligned.get("points", ())),
        normalise=bool(content["normalise"]),
        policy=read_policy({**content["policy"], "engine": content["model"]}),
    )
    _check(card)
    return card


def _check(card: Card) -> None:
    if not 0 < len(card.model) <= 100 or not card.model.isprintable():
        raise ValueError("model needs a name of up to 100 characters")
    if card.colours not in ("rgb", "bgr"):
        raise ValueError("colours are rgb or bgr")
    if not 1 <= card.side <= LARGEST_SIDE:
        raise ValueError(f"side is 1 to {LARGEST_SIDE} pixels")
    if not all(map(math.isfinite, (*card.mean, card.scale))) or card.scale == 0:
        raise ValueError("mean and scale are finite numbers, scale not 0")
    wanted = 5 if card.alignment is Alignment.FIVE_POINTS else 0
    if len(card.points) != wanted or not all(0 <= share <= 1 for point in card.points for share in point):
        raise ValueError(f"{card.alignment.value} has {wanted} points, each two shares of the side")
