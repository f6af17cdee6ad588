"""How often faces are judged wrongly, measured on folders of people: false rejects at given false accepts.

Which photos are enrolled is drawn again and again; for the interval people are drawn again too, since the trials of one
person are no independent evidence. Every person counts the same, however many photos there are of them: errors come in
bunches, of people who are hard to recognise, and of pairs who look alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from faces.calibration.pairs import Numbers, Person, Trials, Yardstick, compare

FAR = (0.01, 0.001)
SPLITS = 200
SEED = 20_260_401


@dataclass(frozen=True, slots=True)
class Rate:
    """A share, the median over all splits, and where it lies in 95 of 100 drawings of as many people."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.median:.1%} ({self.low:.1%} to {self.high:.1%})"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was measured. same, different: comparisons of one split, of one person and of two.

    thresholds: by the wanted share of false accepts, the median over all splits.
    """

    photos: int
    people: int
    enrolled: int
    same: int
    different: int
    equal_error: Rate
    false_rejects: Mapping[float, Rate]
    thresholds: Mapping[float, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """One drawing of photos: the distances of all comparisons, and who takes part in each."""

    same: Numbers
    same_person: NDArray[np.intp]
    same_shares: Numbers
    other: Numbers
    other_enrolled: NDArray[np.intp]
    other_shown: NDArray[np.intp]
    other_shares: Numbers

    def threshold(self, far: float, people: Numbers) -> float:
        """Return the largest distance within which at most this share of strangers lies. people: their weights."""
        weights = self.other_shares * people[self.other_enrolled] * people[self.other_shown]
        let_in = np.cumsum(weights)
        inside = int(np.searchsorted(let_in, far * let_in[-1], side="right"))
        return float(self.other[inside - 1]) if inside else float(self.other[0]) - 1e-9

    def rejects(self, threshold: float, people: Numbers) -> float:
        """Return the share of right people beyond a threshold."""
        weights = self.same_shares * people[self.same_person]
        return float(weights[self.same > threshold].sum() / weights.sum())

    def equal_error(self, people: Numbers) -> float:
        """Return the rate at the threshold where both errors are equally frequent."""
        weights = self.other_shares * people[self.other_enrolled] * people[self.other_shown]
        let_in = np.concatenate([[0.0], np.cumsum(weights) / weights.sum()])
        own = self.same_shares * people[self.same_person]
        order = np.argsort(self.same)
        rejected = 1 - np.cumsum(own[order]) / own.sum()
        accepted = let_in[np.searchsorted(self.other, self.same[order], side="right")]
        at = int(np.argmax(accepted >= rejected - 1e-12))  # at the last one nobody is rejected, but for rounding
        return float((accepted[at] + rejected[at]) / 2)


def evaluate(
    people: Sequence[Person],
    yardstick: Yardstick,
    photos: int,
    *,
    splits: int = SPLITS,
    far: Sequence[float] = FAR,
) -> Evaluation:
    """Measure templates of so many photos; raises ValueError where nobody has one more, or there is nobody else."""
    drawn = [split(draw(people, yardstick, photos, number), photos) for number in range(splits)]
    ones = np.ones(len(people))
    again = np.random.default_rng(SEED).multinomial(len(people), ones / len(people), splits).astype(np.float64)

    def rate(one: Sequence[float], resampled: Sequence[float]) -> Rate:
        low, high = np.nanquantile(resampled, [0.025, 0.975])
        return Rate(float(np.median(one)), float(low), float(high))

    limits = {share: [each.threshold(share, ones) for each in drawn] for share in far}
    rejects = {
        share: rate(
            [each.rejects(limit, ones) for each, limit in zip(drawn, limits[share], strict=True)],
            [
                each.rejects(each.threshold(share, weights), weights)
                for each, weights in zip(drawn, again, strict=True)
                if weights[each.same_person].any()
            ],
        )
        for share in far
    }
    equal = rate(
        [each.equal_error(ones) for each in drawn],
        [
            each.equal_error(weights)
            for each, weights in zip(drawn, again, strict=True)
            if weights[each.same_person].any()
        ],
    )
    return Evaluation(
        photos=photos,
        people=len(people),
        enrolled=len(np.unique(drawn[0].other_enrolled)),
        same=len(drawn[0].same),
        different=len(drawn[0].other),
        equal_error=equal,
        false_rejects=rejects,
        thresholds={share: float(np.median(found)) for share, found in limits.items()},
    )


def draw(people: Sequence[Person], yardstick: Yardstick, photos: int, number: int) -> Trials:
    """Draw which photos are enrolled, the same ones for the same number, and compare."""
    turns = np.random.default_rng((SEED, number))
    shuffled = [[person[place] for place in turns.permutation(len(person))] for person in people]
    return compare(shuffled, yardstick, photos)


def of_one_person(trials: Trials, photos: int) -> NDArray[np.bool_]:
    """Return a matrix (templates, photos): True if both have the same owner and the photo is not in the template."""
    places = np.arange(len(trials.shown)) - np.searchsorted(trials.shown, trials.shown)  # of a photo among its owner's
    return np.asarray(~trials.is_other & (places >= photos)[None, :])


def split(trials: Trials, photos: int) -> Split:
    """Take apart who is compared with themselves, by photos that are not enrolled, and who with others."""
    is_same = of_one_person(trials, photos)
    if not is_same.any() or not trials.is_other.any():
        raise ValueError("too few photos: nobody has one more than the template takes, or nobody else is there")
    rows, columns = np.nonzero(is_same)
    left = np.bincount(trials.shown, minlength=int(trials.shown.max()) + 1) - photos
    other = trials.distances[trials.is_other]
    others, shown = np.nonzero(trials.is_other)
    order = np.argsort(other, kind="stable")
    others, shown = others[order], shown[order]
    return Split(
        same=trials.distances[rows, columns],
        same_person=trials.enrolled[rows],
        same_shares=1 / left[trials.enrolled[rows]],
        other=other[order],
        other_enrolled=trials.enrolled[others],
        other_shown=trials.shown[shown],
        other_shares=trials.photo_shares[shown],
    )
