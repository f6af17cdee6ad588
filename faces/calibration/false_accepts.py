"""From the distances between different people to the threshold for a wanted share of false accepts.

The evidence is people, not photos: a resampling of whole people (bootstrap) gives the interval, and how many pairs of
people there are says which shares can be claimed at all.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from faces.calibration.pairs import Numbers, Trials

RESAMPLES = 200
SEED = 20_260_301
EXPECTED_PAIRS = 3.0
"""Least number of pairs of people within a threshold for its rate to be claimed: of fewer than about three expected,
none may be seen by chance once in twenty times (e^-3 = 0.05)."""
TAIL = 20.0  # so many times the wanted share of the nearest trials is kept when people are drawn again


@dataclass(frozen=True, slots=True)
class Limit:
    """The threshold for one wanted rate of false accepts.

    wanted: share of different people accepted, 0 to 1. distance: accept up to it. low, high: where it lies in 95 of 100
    drawings of as many people. pairs: of different people that it rests on, each in both orders. is_claimed: whether
    these are enough for the rate; if not, the distance is an estimate by the normal distribution and no more.
    """

    wanted: float
    distance: float
    low: float
    high: float
    pairs: int
    is_claimed: bool


class Strangers:
    """All comparisons of different people, in order of distance."""

    def __init__(self, trials: Trials) -> None:
        other = trials.is_other
        self.distances: Numbers = trials.distances[other]
        rows, columns = np.nonzero(other)
        order = np.argsort(self.distances, kind="stable")
        self.distances = self.distances[order]
        self._enrolled, self._shown = trials.enrolled[rows[order]], trials.shown[columns[order]]
        self._shares = trials.photo_shares[columns[order]]
        self._people = int(max(trials.shown.max(initial=-1), trials.enrolled.max(initial=-1))) + 1
        self._has_template = np.zeros(self._people)
        self._has_template[trials.enrolled] = 1
        self.pairs = round(self._whole(np.ones(self._people)))

    def share_within(self, distance: float) -> float:
        """Return the share of strangers within a distance, each person counted the same."""
        inside = int(np.searchsorted(self.distances, distance, side="right"))
        whole = self._whole(np.ones(self._people))
        return float(self._shares[:inside].sum() / whole) if whole else 0.0

    def normal(self) -> NormalDist:
        """Return the normal distribution with the mean and deviation of all these distances."""
        return self._normal(np.ones(self._people))

    def can_claim(self, wanted: float) -> bool:
        """Return whether there are pairs enough to speak of such a rate."""
        return self.pairs * wanted >= EXPECTED_PAIRS

    def limit(self, wanted: float) -> Limit:
        """Return the threshold for a wanted rate; raises ValueError where there are no two people."""
        if not self.pairs:
            raise ValueError("nobody to compare with anybody")
        is_claimed = self.can_claim(wanted)
        at = self._counted if is_claimed else self._estimated
        draw = np.random.default_rng(SEED)
        again = [
            at(np.asarray(draw.multinomial(self._people, np.full(self._people, 1 / self._people)), np.float64), wanted)
            for _ in range(RESAMPLES)
        ]
        low, high = np.nanquantile(again, [0.025, 0.975])
        distance = at(np.ones(self._people), wanted)
        return Limit(wanted, distance, min(float(low), distance), max(float(high), distance), self.pairs, is_claimed)

    def _counted(self, weights: Numbers, wanted: float) -> float:
        """Return the largest distance at which no more than the wanted share is within."""
        tail = self._tail(wanted)
        within = np.cumsum(weights[self._enrolled[tail]] * weights[self._shown[tail]] * self._shares[tail])
        inside = int(np.searchsorted(within, wanted * self._whole(weights), side="right"))
        if inside == 0:
            return math.nextafter(float(self.distances[0]), 0)
        return float(self.distances[inside - 1])

    def _estimated(self, weights: Numbers, wanted: float) -> float:
        """Return what the normal distribution says, but no more than the threshold of the least rate to be claimed."""
        estimate = float(self._normal(weights).inv_cdf(wanted))
        least = EXPECTED_PAIRS / self.pairs
        return estimate if least >= 1 else min(estimate, self._counted(weights, least))

    def _tail(self, wanted: float) -> slice:
        return slice(0, max(1000, int(len(self.distances) * min(1.0, TAIL * wanted))))

    def _whole(self, weights: Numbers) -> float:
        """Return the weight of all trials together: each person's template against everybody else."""
        return float((self._has_template * weights * (weights.sum() - weights)).sum())

    def _normal(self, weights: Numbers) -> NormalDist:
        each: NDArray[np.float64] = weights[self._enrolled] * weights[self._shown] * self._shares
        whole = each.sum()
        if not whole:  # one person drawn again and again
            return NormalDist(math.nan, 1.0)
        mean = float((each * self.distances).sum() / whole)
        spread = math.sqrt(float((each * (self.distances - mean) ** 2).sum() / whole))
        return NormalDist(mean, max(spread, 1e-6))
