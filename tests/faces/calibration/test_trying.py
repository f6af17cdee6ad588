"""What a policy's thresholds do to people, counted as its decisions would be."""

from dataclasses import replace

import numpy as np
import pytest

from faces.calibration.calibrating import calibrate
from faces.calibration.pairs import Yardstick, compare_photos
from faces.calibration.trying import try_policy
from faces.engine import Look
from faces.matching.measure import Metric, plain
from faces.matching.policy import Band, DuplicateLimits, Guard, Policy, Thresholds
from faces.matching.template import make_template
from faces.matching.verify import verify
from tests.faces.galleries import FIRST, SECOND, gallery
from tests.faces.samples import QUALITY

BOTH = Yardstick((FIRST, SECOND))
OTHERS = gallery(20, 2, seed=9)


def guard(accept_at: float, review_to: float) -> Guard:
    return Guard(
        plain(FIRST, Metric.EUCLIDEAN), (Thresholds(accept_at, review_to),), review_to, DuplicateLimits(1.0, 2.0)
    )


@pytest.fixture(scope="module")
def policy() -> Policy:
    return calibrate(gallery(40), BOTH, version="v", source="s", guard=guard(3.5, 4.5)).policy


def look(photo: dict[str, np.ndarray]) -> Look:
    more = dict(photo)
    return Look(more.pop(FIRST), QUALITY, FIRST, more)


def test_the_shares_are_those_of_its_decisions(policy: Policy) -> None:
    found = try_policy(OTHERS, policy, 1, splits=1)
    turns = np.random.default_rng((20_260_401, 0))
    shuffled = [[dict(person[place]) for place in turns.permutation(2)] for person in OTHERS]
    stored = [make_template([look(person[0])], replace(policy, guard=None)) for person in shuffled]
    own = [verify([look(person[1])], each, policy).band for person, each in zip(shuffled, stored, strict=True)]
    others = [
        verify([look(photo)], each, policy).band
        for at, each in enumerate(stored)
        for place, person in enumerate(shuffled)
        if place != at
        for photo in person
    ]
    assert found.right_accepted.median == pytest.approx(own.count(Band.ACCEPT) / len(own))
    assert found.right_rejected.median == pytest.approx(own.count(Band.REJECT) / len(own))
    assert found.strangers_accepted.median == pytest.approx(others.count(Band.ACCEPT) / len(others))
    assert found.strangers_reviewed.median == pytest.approx(others.count(Band.REVIEW) / len(others))
    assert 0 < own.count(Band.REJECT) < len(own)  # the made-up guard is felt


def test_a_guard_only_ever_makes_stricter(policy: Policy) -> None:
    guarded = try_policy(OTHERS, policy, 1, splits=5)
    bare = try_policy(OTHERS, replace(policy, guard=None), 1, splits=5)
    assert guarded.right_accepted.median < bare.right_accepted.median
    assert guarded.strangers_accepted.median <= bare.strangers_accepted.median


def test_people_with_too_few_photos_are_told(policy: Policy) -> None:
    with pytest.raises(ValueError, match="too few photos"):
        try_policy(OTHERS, policy, 2)


def test_photos_are_compared_as_the_measure_says_and_own_ones_from_everybody_else(policy: Policy) -> None:
    trials = compare_photos(OTHERS, policy.measure)
    assert trials.distances[2, 7] == pytest.approx(policy.measure.distance(OTHERS[1][0], OTHERS[3][1]), abs=1e-6)
    own = compare_photos(OTHERS, policy.measure, is_own=True).distances[2, 7]
    apart = 0.0
    for name in (FIRST, SECOND):
        means = [np.mean([photo[name] for photo in person], axis=0) for person in OTHERS]
        mu = np.mean([mean for place, mean in enumerate(means) if place not in (1, 3)], axis=0)
        one, other = OTHERS[1][0][name] - mu, OTHERS[3][1][name] - mu
        apart += (1 - one @ other / np.linalg.norm(one) / np.linalg.norm(other)) / 2
    assert own == pytest.approx(apart, abs=1e-5)
