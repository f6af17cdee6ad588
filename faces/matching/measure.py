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
    """One network's share in a measure.

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
    """The distance by one network, or by several whose cosines are averaged by weight.

    The distance is Euclidean if a single network has that metric. Otherwise it is 1 - the weighted mean of the cosines,
    from 0 to 2. A smaller distance means more similar faces.
    """

    shares: tuple[NetworkShare, ...]

    def __post_init__(self) -> None:
        if not self.shares or (
            len(self.shares) > 1 and any(share.metric is not Metric.COSINE for share in self.shares)
        ):
            raise ValueError("a measure has one network, or several that are all cosines")
        if len(set(self.models)) < len(self.shares) or not all(share.weight > 0 for share in self.shares):
            raise ValueError("a measure has each network once, with a weight above 0")

    @property
    def models(self) -> tuple[str, ...]:
        """The names of the networks whose embeddings both faces must have."""
        return tuple(share.model for share in self.shares)

    @property
    def metric(self) -> Metric:
        """The metric of its distances."""
        return self.shares[0].metric

    @property
    def is_centred(self) -> bool:
        """Whether it is centred on the mean of a population."""
        return any(share.centre is not None for share in self.shares)

    def distance(self, one: Descriptors, other: Descriptors) -> float:
        """Return the distance of two faces; NaN if an embedding holds NaN.

        Raises KeyError if a face has no embedding of one of the networks.
        """
        whole = sum(share.weight for share in self.shares)
        apart = 0.0
        for share in self.shares:
            difference = np.linalg.norm(share.view(one[share.model]) - share.view(other[share.model]))
            apart += share.weight / whole * from_euclidean(share.metric, float(difference))
        return apart


def plain(model: str, metric: Metric) -> Measure:
    """Return the measure of one network with the metric that it was trained for."""
    return Measure((NetworkShare(model, metric),))


def to_json(measure: Measure) -> list[dict[str, Any]]:
    """Return a measure as values for JSON, with centres as little-endian float32 in base64."""
    return [
        {
            "model": share.model,
            "metric": share.metric.value,
            "weight": share.weight,
            "centre": None if share.centre is None else base64.b64encode(share.centre.astype("<f4").tobytes()).decode(),
        }
        for share in measure.shares
    ]


def from_json(content: list[dict[str, Any]]) -> Measure:
    """Return the measure from the values of `to_json`. Raises KeyError or ValueError."""
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
