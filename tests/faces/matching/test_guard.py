"""A guard holds beside the measure: the worse answer counts, whatever population the mean is of."""

from dataclasses import replace
from uuid import UUID, uuid4

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faces.engine import Embedding, Look
from faces.errors import NotOnePerson
from faces.matching.duplicates import DuplicateBand, search
from faces.matching.index import FaceIndex
from faces.matching.measure import Descriptors
from faces.matching.policy import Band, Policy, PolicySet, decide, load_policies, read_policy
from faces.matching.policy_json import write_policy
from faces.matching.template import Template, make_template
from faces.matching.verify import verify
from tests.faces.samples import QUALITY

PACKAGED = load_policies()
BOTH, ALONE = PACKAGED.policies
DLIB, FACERES = BOTH.measure.models
ORDER = [Band.ACCEPT, Band.REVIEW, Band.REJECT]


def numbers(person: int, off: float = 0.0, network: str = DLIB, length: float = 1.0) -> Embedding:
    """A made-up person's numbers round the packaged mean, `off` away from their usual ones by plain distance."""
    share = next(each for each in BOTH.measure.shares if each.model == network)
    assert share.centre is not None
    drawn = np.random.default_rng((person, len(share.centre)))
    usual, way = drawn.normal(size=(2, len(share.centre)))
    usual, way = usual / np.linalg.norm(usual), way / np.linalg.norm(way)
    return np.asarray(share.centre + length * usual + off * way, np.float32)


def look(person: int, off: float = 0.0, length: float = 1.0) -> Look:
    far = numbers(person, off, FACERES, length)
    return Look(numbers(person, off, DLIB, length), QUALITY, DLIB, {FACERES: far})


@given(st.floats(0, 2), st.floats(0, 2), st.integers(1, 5), st.sampled_from([BOTH, ALONE]))
def test_the_worse_band_of_measure_and_guard_counts(distance: float, plain: float, photos: int, policy: Policy) -> None:
    assert policy.guard is not None
    decision = decide(distance, photos, policy, plain)
    assert decision.guard is not None
    by_measure = decide(distance, photos, replace(policy, guard=None)).band
    assert decision.band == ORDER[max(ORDER.index(by_measure), ORDER.index(decision.guard.band))]
    limits = policy.guard.thresholds(photos)
    assert decision.guard.band is (
        Band.ACCEPT if plain <= limits.accept_at else Band.REVIEW if plain <= limits.review_to else Band.REJECT
    )
    assert (decision.guard.distance, decision.guard.accept_at) == (plain, limits.accept_at)


def test_a_plain_distance_that_is_no_number_is_rejected_and_a_missing_one_is_a_fault() -> None:
    assert decide(0.0, 1, BOTH, float("nan")).band is Band.REJECT
    with pytest.raises(ValueError, match="plain"):
        decide(0.0, 1, BOTH)


@pytest.mark.parametrize(
    ("photos", "off", "band"),
    [
        (1, 0.51, Band.ACCEPT), (1, 0.53, Band.REVIEW), (1, 0.59, Band.REVIEW), (1, 0.61, Band.REJECT),
        (2, 0.50, Band.ACCEPT), (2, 0.51, Band.REVIEW), (2, 0.59, Band.REJECT),
        (3, 0.48, Band.ACCEPT), (3, 0.50, Band.REVIEW), (3, 0.56, Band.REVIEW), (3, 0.58, Band.REJECT),
    ],
)  # fmt: skip
@pytest.mark.parametrize("policy", [BOTH, ALONE], ids=["both networks", "the first alone"])
def test_people_far_from_the_mean_are_held_to_plain_distances(
    policy: Policy, photos: int, off: float, band: Band
) -> None:
    # Whoever lies far from the mean is near to everybody of their own kind by angles: here the measure accepts all.
    stored = make_template([look(1, length=3.0)] * photos, policy)
    decision = verify([look(1, off, length=3.0)], stored, policy)
    assert decision.distance < decision.accept_at
    assert decision.band is band
    assert decision.guard is not None
    assert decision.guard.distance == pytest.approx(off, abs=1e-5)


def test_the_guard_judges_the_mean_of_the_looks_in_any_order() -> None:
    stored = make_template([look(1)], BOTH)
    shown = [look(1, 0.2), look(1, 0.4), look(1, 0.6)]
    decisions = {verify(order, stored, BOTH) for order in (shown, shown[::-1])}
    (decision,) = decisions
    assert decision.guard is not None
    assert decision.guard.distance == pytest.approx(0.4, abs=1e-5)


def test_two_photos_beyond_the_plain_limit_are_two_people_whatever_the_angle_says() -> None:
    make_template([look(1, length=3.0), look(1, 0.59, length=3.0)], BOTH)
    with pytest.raises(NotOnePerson):
        make_template([look(1, length=3.0), look(1, 0.61, length=3.0)], BOTH)
    make_template([look(1, length=3.0), look(1, 0.61, length=3.0)], replace(BOTH, guard=None))


def stored(*faces: Template) -> tuple[FaceIndex, dict[UUID, Descriptors]]:
    view = BOTH.measure.shares[0]
    index, held = FaceIndex(b"key", view.metric), {uuid4(): face.descriptors for face in faces}
    index.add(list(held), np.stack([view.view(face[DLIB]) for face in held.values()]).astype(np.float32))
    return index, held


@pytest.mark.parametrize(
    ("off", "band"),
    [
        (0.48, DuplicateBand.CERTAIN), (0.50, DuplicateBand.HELD), (0.56, DuplicateBand.HELD),
        (0.58, DuplicateBand.NONE),
    ],
)  # fmt: skip
def test_a_duplicate_is_certain_or_held_only_within_the_plain_limits_too(off: float, band: DuplicateBand) -> None:
    index, held = stored(make_template([look(1, length=3.0)], BOTH), make_template([look(2)], BOTH))
    newcomer = make_template([look(1, off, length=3.0)], BOTH)
    finding = search(newcomer, index, PACKAGED, lambda ids: {each: held[each] for each in ids})
    assert (finding.band, finding.match) == (band, next(iter(held)))
    assert finding.guard_distance == pytest.approx(off, abs=1e-5)
    unguarded = PolicySet(tuple(replace(each, guard=None) for each in PACKAGED.policies))
    found = search(newcomer, index, unguarded, lambda ids: {each: held[each] for each in ids})
    assert found.band is DuplicateBand.CERTAIN


def test_each_stored_face_is_judged_by_the_networks_that_it_has() -> None:
    old = make_template([Look(numbers(1), QUALITY, DLIB)], ALONE)
    index, held = stored(old, make_template([look(2)], BOTH))
    for person, networks in ((1, ALONE.measure.models), (2, BOTH.measure.models)):
        finding = search(
            make_template([look(person, 0.1)], BOTH), index, PACKAGED, lambda ids: {k: held[k] for k in ids}
        )
        assert finding.band is DuplicateBand.CERTAIN
        policy = PACKAGED.of_networks(networks)
        assert finding.certain_at == policy.duplicate_limits(1, 2).certain_at


def test_a_guard_survives_json_and_one_out_of_order_is_refused() -> None:
    assert read_policy(write_policy(BOTH)) == BOTH
    for wrong in (
        {"held_to": 0.1},
        {"match": []},
        {"one_person": 0},
        {"match": [{"accept_at": 0.5, "review_to": 0.4}]},
    ):
        content = write_policy(BOTH)
        content["guard"] |= wrong
        with pytest.raises(ValueError, match=r"guard|accept_at"):
            read_policy(content)
