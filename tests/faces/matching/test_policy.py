"""Distances fall into bands by numbers that lie in a versioned file."""

import copy
import json
from importlib import resources
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faces.matching.policy import Band, Policy, decide, load_policy, read_policy

POLICY = load_policy()
DISTANCES = st.floats(0, 3)
PHOTOS = st.integers(1, 5)


def content() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        resources.files("faces.matching").joinpath("policies", "dlib-plain.json").read_text()
    )
    return copy.deepcopy(found)


@pytest.mark.parametrize(
    ("photos", "accept_at", "review_to"),
    [(1, 0.42, 0.52), (2, 0.41, 0.505), (3, 0.40, 0.49), (4, 0.40, 0.49), (5, 0.40, 0.49)],
)
def test_the_bands_of_the_plain_policy(photos: int, accept_at: float, review_to: float) -> None:
    for distance, band in [
        (0.0, Band.ACCEPT),
        (accept_at, Band.ACCEPT),
        (accept_at + 1e-9, Band.REVIEW),
        (review_to, Band.REVIEW),
        (review_to + 1e-9, Band.REJECT),
    ]:
        decision = decide(distance, photos, POLICY)
        assert decision.band is band
        assert (decision.distance, decision.accept_at, decision.review_to) == (distance, accept_at, review_to)
        assert (decision.policy_version, decision.engine) == ("dlib-plain-1", "dlib-resnet-v1")


@pytest.mark.parametrize("distance", [float("nan"), float("inf")])
def test_a_distance_that_is_no_number_is_rejected(distance: float) -> None:
    assert decide(distance, 3, POLICY).band is Band.REJECT


@given(DISTANCES, DISTANCES, PHOTOS)
def test_who_is_nearer_never_gets_the_worse_answer(one: float, other: float, photos: int) -> None:
    order = [Band.ACCEPT, Band.REVIEW, Band.REJECT]
    near, far = sorted([one, other])
    assert order.index(decide(near, photos, POLICY).band) <= order.index(decide(far, photos, POLICY).band)


@given(DISTANCES, PHOTOS)
def test_more_photos_never_loosen_the_thresholds(distance: float, photos: int) -> None:
    fewer, more = POLICY.thresholds(photos), POLICY.thresholds(photos + 1)
    assert more.accept_at <= fewer.accept_at
    assert more.review_to <= fewer.review_to


@given(PHOTOS, st.integers(0, 1_000_000))
def test_the_same_photos_are_certain_in_any_gallery(photos: int, gallery: int) -> None:
    limits = POLICY.duplicate_limits(photos, gallery)
    assert 0.05 <= limits.certain_at <= limits.held_to


@given(PHOTOS, st.integers(1, 1_000_000), st.integers(1, 1_000_000))
def test_a_larger_gallery_never_loosens_the_limits(photos: int, one: int, other: int) -> None:
    small, large = sorted([one, other])
    assert POLICY.duplicate_limits(photos, large).certain_at <= POLICY.duplicate_limits(photos, small).certain_at
    assert POLICY.duplicate_limits(photos, large).held_to <= POLICY.duplicate_limits(photos, small).held_to


@given(PHOTOS, st.integers(1, 1_000_000))
def test_honest_people_stopped_stay_under_one_in_a_thousand_and_held_under_one_in_a_hundred(
    photos: int, gallery: int
) -> None:
    limits = POLICY.duplicate_limits(photos, gallery)
    strangers = POLICY.strangers[photos - 1]
    assert gallery * strangers.cdf(limits.certain_at) <= 0.001 * 1.0001
    assert gallery * strangers.cdf(limits.held_to) <= 0.01 * 1.0001


def test_photos_of_one_person_may_lie_further_apart_the_more_there_are() -> None:
    limits = [POLICY.one_person_limit(photos) for photos in (2, 3, 4, 5)]
    assert limits == sorted(limits)
    assert limits[0] > 0.5
    assert limits[-1] < 0.6


def test_a_policy_whose_thresholds_are_out_of_order_is_refused() -> None:
    wrong = content()
    wrong["match"][0]["review_to"] = 0.1
    with pytest.raises(ValueError, match="accept_at"):
        read_policy(wrong)


@pytest.mark.parametrize("missing", sorted(content()))
def test_a_policy_with_something_missing_is_refused(missing: str) -> None:
    wrong = content()
    del wrong[missing]
    with pytest.raises(KeyError, match=missing):
        read_policy(wrong)


def test_another_policy_decides_otherwise() -> None:
    loose = content()
    loose["match"] = [{"accept_at": 0.9, "review_to": 0.9}]
    other: Policy = read_policy(loose)
    assert decide(0.7, 1, POLICY).band is Band.REJECT
    assert decide(0.7, 1, other).band is Band.ACCEPT
