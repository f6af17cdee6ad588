"""How far apart two faces are: by one network or by several, plainly or seen from the middle of a population.

Descriptors of people of one population lie to one side of the origin, so that strangers among them look alike to plain
distances. Seen from that population's mean they spread out: u = (x - mu) / |x - mu|. A measure that does so belongs to
that mean, and thresholds belong to the measure.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faces.engine import Embedding
from faces.matching.metric import Metric, from_euclidean, to_unit

Descriptors = Mapping[str, Embedding]
"""What networks made of one face, by the name of the model."""


@dataclass(frozen=True, slots=True, eq=False)
class NetworkShare:
    """One network's part in a measure.

    centre: (n,) float32, the population's mean descriptor; None to measure plainly. weight: its share in the sum.
    """

    model: str
    metric: Metric
    centre: Embedding | None = field(default=None, repr=False)
    weight: float = 1.0

    def _key(self) -> tuple[str, Metric, float, bytes | None]:
        return self.model, self.metric, self.weight, None if self.centre is None else self.centre.tobytes()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NetworkShare) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def view(self, rows: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return raw descriptors, (n,) or (m, n), as they are compared: centred, and at length one for angles."""
        wide = rows.astype(np.float64)
        if self.centre is not None:
            wide = wide - self.centre
        return to_unit(wide) if self.metric is Metric.COSINE else wide


@dataclass(frozen=True, slots=True)
class Measure:
    """One part, or several whose cosines are averaged by weight.

    The distance is Euclidean for a single part that says so, and otherwise 1 - the weighted mean of the cosines, 0 to
    2: smaller is more alike.
    """

    parts: tuple[NetworkShare, ...]

    def __post_init__(self) -> None:
        if not self.parts or (len(self.parts) > 1 and any(part.metric is not Metric.COSINE for part in self.parts)):
            raise ValueError("a measure has one part, or several that are all cosines")
        if len(set(self.models)) < len(self.parts) or not all(part.weight > 0 for part in self.parts):
            raise ValueError("a measure has each network once, with a weight above 0")

    @property
    def models(self) -> tuple[str, ...]:
        """The networks it needs of either face."""
        return tuple(part.model for part in self.parts)

    @property
    def metric(self) -> Metric:
        """What its distances are."""
        return self.parts[0].metric

    @property
    def is_centred(self) -> bool:
        """Whether it belongs to a population."""
        return any(part.centre is not None for part in self.parts)

    def distance(self, one: Descriptors, other: Descriptors) -> float:
        """Measure between two faces; not a number where either holds one that is none.

        Raises KeyError where either lacks a network.
        """
        whole = sum(part.weight for part in self.parts)
        apart = 0.0
        for part in self.parts:
            difference = np.linalg.norm(part.view(one[part.model]) - part.view(other[part.model]))
            apart += part.weight / whole * from_euclidean(part.metric, float(difference))
        return apart


def plain(model: str, metric: Metric) -> Measure:
    """Return the measure that a network was trained for."""
    return Measure((NetworkShare(model, metric),))


def to_json(measure: Measure) -> list[dict[str, Any]]:
    """Return plain values; centres as little-endian float32 in base64."""
    return [
        {
            "model": part.model,
            "metric": part.metric.value,
            "weight": part.weight,
            "centre": None if part.centre is None else base64.b64encode(part.centre.astype("<f4").tobytes()).decode(),
        }
        for part in measure.parts
    ]


def from_json(content: list[dict[str, Any]]) -> Measure:
    """Read what `to_json` gave; raises KeyError or ValueError."""
    return Measure(
        tuple(
            NetworkShare(
                model=str(each["model"]),
                metric=Metric(each["metric"]),
                centre=None if each["centre"] is None else _numbers(each["centre"]),
                weight=float(each["weight"]),
            )
            for each in content
        )
    )


def _numbers(text: str) -> Embedding:
    found = np.frombuffer(base64.b64decode(text, validate=True), "<f4").astype(np.float32)
    if not np.isfinite(found).all():
        raise ValueError("a centre holds finite numbers")
    return found
