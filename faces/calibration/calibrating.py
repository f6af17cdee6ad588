"""From a gallery to a policy: a measure centred on its own people, and thresholds from the false accepts wanted.

Every number is computed from comparisons of different people, always one photo against somebody else's template, as a
check-in of the wrong person would be. No single person's descriptor goes into what comes out: only means of many.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist

from faces.calibration.false_accepts import Limit, Strangers
from faces.calibration.pairs import Person, Yardstick, compare
from faces.calibration.population import DuplicatePair, centre, each_once
from faces.matching.measure import Measure, Metric, NetworkShare
from faces.matching.policy import Guard, Policy, Thresholds

LEAST_PEOPLE = 20
"""A mean of ten to twenty people is usable (measured, see docs/decisions/0012); fewer are refused."""
LEAST_TEMPLATES = 12  # with so many photos, for thresholds of their own
MOST_PHOTOS = 3  # templates of more photos take the thresholds of three
SAME_PHOTO, SAME_PHOTO_ALONE = {Metric.EUCLIDEAN: 0.05, Metric.COSINE: 0.02}, 0.045
SAME_PHOTO_TOGETHER = 0.06
"""Distances below which two photos are copies of one picture: by plain distance or angle, by one centred network, by
several. Measured by `python -m bench.copies`: centred on 12, 20 or 30 people, the nearest of 568 pairs of other
pictures of one person lay at 0.080 (two networks) and 0.051 (dlib's alone). The plain distance tells few copies: it
stays low, because the search for duplicates calls certain whatever is nearer."""


class TooFewPeople(ValueError):
    """Too few people to compute anything from. people: how many there are, beside how many there must be."""

    def __init__(self, people: int) -> None:
        super().__init__(f"{people} people, and {LEAST_PEOPLE} are needed")
        self.people = people


@dataclass(frozen=True, slots=True)
class WantedShares:
    """The shares of strangers who may pass, and who may at least reach review; 1:N as in policies.

    one_person: share of strangers' pairs of photos that may pass as one person at enrolment, with two photos, with
    three, with more. With more photos every pair must pass, so that each single one is judged more mildly; with these
    shares at most 0.5% of enrolments of two people pass (measured, see docs/decisions/0033).
    """

    accepted: float = 0.001
    reviewed: float = 0.01
    wrongly_certain: float = 0.001
    wrongly_held: float = 0.005
    one_person: tuple[float, ...] = (0.005, 0.015, 0.02)


@dataclass(frozen=True, slots=True)
class PhotoLimits:
    """The two limits for templates of so many photos."""

    photos: int
    accept: Limit
    review: Limit


@dataclass(frozen=True, slots=True)
class Calibration:
    """A policy and what it rests on.

    people: who counted. alike: places in the list that was given which look like one person, left out but for the
    first of each.
    """

    policy: Policy
    limits: tuple[PhotoLimits, ...]
    people: int
    duplicates: tuple[DuplicatePair, ...]

    @property
    def is_claimed(self) -> bool:
        """Whether there were pairs enough for every rate wanted."""
        return all(each.accept.is_claimed and each.review.is_claimed for each in self.limits)


def calibrate(
    people: Sequence[Person],
    yardstick: Yardstick,
    *,
    version: str,
    source: str,
    wanted: WantedShares | None = None,
    guard: Guard | None = None,
) -> Calibration:
    """Compute a policy from the raw descriptors of people's photos, in whatever order.

    guard: the plain thresholds that the policy keeps beside its own; they come with the engine and aren't computed.
    Raises TooFewPeople where fewer than twenty different people are left.
    """
    wanted = wanted or WantedShares()
    population = each_once(people, yardstick)
    counted = [people[place] for place in population.kept]
    if len(counted) < LEAST_PEOPLE:
        raise TooFewPeople(len(counted))
    pairs = Strangers(compare(counted, yardstick, 1))
    limits = tuple(_limits(counted, yardstick, wanted, pairs))
    measure = _measure(counted, yardstick)
    policy = Policy(
        version=version,
        engine=yardstick.models[0],
        source=source,
        match=tuple(Thresholds(each.accept.distance, each.review.distance) for each in limits),
        one_person=tuple(pairs.limit(far).distance for far in wanted.one_person),
        strangers=tuple(_template_pairs(counted, yardstick, len(limits))),
        wrongly_certain=wanted.wrongly_certain,
        wrongly_held=wanted.wrongly_held,
        same_photo=same_photo(yardstick),
        measure=measure,
        guard=guard,
    )
    return Calibration(policy, limits, len(counted), population.duplicates)


def same_photo(yardstick: Yardstick) -> float:
    """Return the distance below which two photos are copies of one picture, by this yardstick."""
    if not yardstick.is_centred:
        return SAME_PHOTO[yardstick.metric]
    return SAME_PHOTO_ALONE if len(yardstick.models) == 1 else SAME_PHOTO_TOGETHER


def _measure(people: Sequence[Person], yardstick: Yardstick) -> Measure:
    return Measure(
        tuple(
            NetworkShare(model, yardstick.metric, centre(people, model) if yardstick.is_centred else None, float(share))
            for model, share in zip(yardstick.models, yardstick.shares, strict=True)
        )
    )


def _limits(
    people: Sequence[Person], yardstick: Yardstick, wanted: WantedShares, strangers: Strangers
) -> Iterable[PhotoLimits]:
    """Return the limits for one photo, for two, for three; strangers: compared with templates of one photo.

    A mean of more photos lies nearer to everybody. Where too few people have as many, the thresholds of fewer photos
    serve at half the rates for each photo more: from one photo to three, false accepts double at a fixed threshold.
    More photos never loosen a threshold, whatever chance made of few people.
    """
    halved = 1.0
    strictest = (math.inf, math.inf)
    for photos in range(1, MOST_PHOTOS + 1):
        if photos > 1:
            if sum(len(person) >= photos for person in people) >= LEAST_TEMPLATES:
                strangers, halved = Strangers(compare(people, yardstick, photos)), 1.0
            else:
                halved /= 2
        accept, review = strangers.limit(wanted.accepted * halved), strangers.limit(wanted.reviewed * halved)
        strictest = (min(strictest[0], accept.distance), min(strictest[1], review.distance))
        accept, review = replace(accept, distance=strictest[0]), replace(review, distance=strictest[1])
        yield PhotoLimits(photos, accept, review)


def _template_pairs(people: Sequence[Person], yardstick: Yardstick, most: int) -> Iterable[NormalDist]:
    """Return how templates of one photo, of two, of three lie from other people's whole templates."""
    found: NormalDist | None = None
    for photos in range(1, most + 1):
        if found is None or sum(len(person) >= photos for person in people) >= LEAST_TEMPLATES:
            found = Strangers(compare(people, yardstick, photos, whole=True)).normal()
        yield found


def describe(calibration: Calibration) -> list[Mapping[str, float | int | bool]]:
    """Return the table of rates as plain values: one row for each number of photos and each band."""
    return [
        {
            "photos": each.photos,
            "wanted": limit.wanted,
            "distance": round(limit.distance, 4),
            "low": round(limit.low, 4),
            "high": round(limit.high, 4),
            "pairs": limit.pairs,
            "is_claimed": limit.is_claimed,
        }
        for each in calibration.limits
        for limit in (each.accept, each.review)
    ]
