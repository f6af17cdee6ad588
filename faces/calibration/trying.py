"""How a policy judges people: tried on their photos, right ones and strangers, with its measure and its guard.

`evaluating` asks what a measure could do at the best threshold. This asks what the thresholds of a policy do.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faces.calibration.evaluating import SEED, Rate, of_one_person
from faces.calibration.pairs import Numbers, Person, Trials, Yardstick, compare, compare_by
from faces.matching.policy import Policy

SPLITS = 60

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class BandShares:
    """The shares of right people and of strangers in each band, for templates of so many photos.

    enrolled: templates. same, different: comparisons of one split.
    """

    photos: int
    people: int
    enrolled: int
    same: int
    different: int
    right_accepted: Rate
    right_rejected: Rate
    strangers_accepted: Rate
    strangers_reviewed: Rate


@dataclass(frozen=True, slots=True, eq=False)
class _Split:
    """One drawing of photos. All are (templates, photos): in which band each comparison is, and its weight."""

    accepted: Flags
    reviewed: Flags
    same: Numbers
    other: Numbers
    enrolled: NDArray[np.intp]
    shown: NDArray[np.intp]

    def share(self, hits: Flags, weights: Numbers, people: Numbers) -> float:
        """Return the weighted share of hits; NaN if nothing is left. people: the weight of each person."""
        rows, columns = people[self.enrolled], people[self.shown]
        if weights is self.same:
            columns = np.ones(len(columns))  # the person counts once, not squared
        whole = rows @ weights @ columns
        return float(rows @ (weights * hits) @ columns / whole) if whole else float("nan")


def try_policy(
    people: Sequence[Person], policy: Policy, photos: int, *, splits: int = SPLITS, is_own: bool = False
) -> BandShares:
    """Try a policy on people: the median over random choices of photos, the interval over resampled people too.

    is_own: the policy's means are of these people, so that each pair is centred on the others (see `pairs`). Raises
    ValueError where nobody has one photo more than the template takes, or nobody else is there.
    """
    drawn = [_draw(people, policy, photos, number, is_own) for number in range(splits)]
    ones = np.ones(len(people))
    again = np.random.default_rng(SEED).multinomial(len(people), ones / len(people), splits).astype(np.float64)

    def rate(hits: Callable[[_Split], Flags], weights: Callable[[_Split], Numbers]) -> Rate:
        once = [each.share(hits(each), weights(each), ones) for each in drawn]
        resampled = [each.share(hits(each), weights(each), drawing) for each, drawing in zip(drawn, again, strict=True)]
        low, high = np.nanquantile(resampled, [0.025, 0.975])
        return Rate(float(np.median(once)), float(low), float(high))

    first = drawn[0]
    return BandShares(
        photos=photos,
        people=len(people),
        enrolled=len(first.enrolled),
        same=int((first.same > 0).sum()),
        different=int((first.other > 0).sum()),
        right_accepted=rate(lambda each: each.accepted, lambda each: each.same),
        right_rejected=rate(lambda each: ~(each.accepted | each.reviewed), lambda each: each.same),
        strangers_accepted=rate(lambda each: each.accepted, lambda each: each.other),
        strangers_reviewed=rate(lambda each: each.reviewed, lambda each: each.other),
    )


def _draw(people: Sequence[Person], policy: Policy, photos: int, number: int, is_own: bool) -> _Split:
    turns = np.random.default_rng((SEED, number))
    shuffled = [[person[place] for place in turns.permutation(len(person))] for person in people]
    trials = compare(shuffled, Yardstick.of(policy.measure), photos) if is_own else None
    trials = trials or compare_by(shuffled, policy.measure, photos)
    accepted, reviewed = _bands(shuffled, trials, policy, photos)
    same = of_one_person(trials, photos)
    if not same.any() or not trials.is_other.any():
        raise ValueError("too few photos: nobody has one more than the template takes, or nobody else is there")
    left = np.maximum(same.sum(axis=1, keepdims=True), 1)
    other = trials.is_other * trials.photo_shares[None, :]
    return _Split(accepted, reviewed, same / left, other, trials.enrolled, trials.shown)


def _bands(people: Sequence[Person], trials: Trials, policy: Policy, photos: int) -> tuple[Flags, Flags]:
    """Return which comparisons are accepted, and which are reviewed; as `decide` does for each."""
    limits = policy.thresholds(photos)
    accepted = trials.distances <= limits.accept_at
    within = trials.distances <= limits.review_to
    if policy.guard is not None:
        plain, guarded = compare_by(people, policy.guard.measure, photos).distances, policy.guard.thresholds(photos)
        accepted &= plain <= guarded.accept_at
        within &= plain <= guarded.review_to
    return accepted, within & ~accepted
