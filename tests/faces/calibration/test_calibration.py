"""Thresholds from the false accepts wanted, computed from the gallery's own people."""

import base64
import math
from itertools import permutations
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faces.calibration.calibrating import TooFewPeople, WantedShares, calibrate, describe
from faces.calibration.false_accepts import EXPECTED_PAIRS, Strangers
from faces.calibration.pairs import Person, Yardstick, compare, compare_by
from faces.calibration.population import each_once, find_duplicate_pairs
from faces.engine import Look
from faces.matching.measure import Metric, plain
from faces.matching.policy import Band, Policy, PolicySet, decide, read_policy
from faces.matching.policy_json import write_policy
from faces.matching.template import make_template
from faces.matching.verify import verify
from tests.faces.galleries import FIRST, SECOND, gallery, person
from tests.faces.samples import QUALITY

BOTH, ALONE = Yardstick((FIRST, SECOND)), Yardstick((FIRST,))
PEOPLE = gallery(80)


def computed(people: list[Person] = PEOPLE, yardstick: Yardstick = BOTH) -> Policy:
    return calibrate(people, yardstick, version="made-up-1", source="made up").policy


def look(photo: dict[str, np.ndarray]) -> Look:
    more = dict(photo)
    return Look(more.pop(FIRST), QUALITY, FIRST, more)


def test_each_pair_is_centred_on_everybody_else() -> None:
    people = gallery(12, 2)
    trials = compare(people, BOTH, 1)
    for one, other in [(0, 5), (7, 3)]:
        apart = 0.0
        for name in (FIRST, SECOND):
            rest = [np.mean([photo[name] for photo in each], axis=0) for each in people]
            mu = np.mean([row for place, row in enumerate(rest) if place not in (one, other)], axis=0)
            first, second = people[one][0][name] - mu, people[other][1][name] - mu
            apart += (1 - first @ second / np.linalg.norm(first) / np.linalg.norm(second)) / 2
        assert trials.distances[one, 2 * other + 1] == pytest.approx(apart, abs=1e-6)


def test_plain_distances_are_the_plain_metrics() -> None:
    people = gallery(6, 2)
    trials = compare(people, Yardstick((FIRST,), Metric.EUCLIDEAN, is_centred=False), 1)
    expected = plain(FIRST, Metric.EUCLIDEAN).distance(people[1][0], people[4][1])
    assert trials.distances[1, 9] == pytest.approx(expected, rel=1e-5)


def test_the_threshold_lets_in_as_many_strangers_as_wanted_and_no_more() -> None:
    strangers = Strangers(compare(PEOPLE, BOTH, 1))
    for wanted in (0.001, 0.01, 0.02, 0.2):
        limit = strangers.limit(wanted)
        assert limit.is_claimed
        assert strangers.share_within(limit.distance) <= wanted < strangers.share_within(limit.distance + 0.02)
        assert limit.low <= limit.distance <= limit.high


def test_people_count_the_same_however_many_photos_they_have() -> None:
    one, many = gallery(25, 1), gallery(25, 1)
    many[0] = [many[0][0]] * 12
    for wanted in (0.02, 0.1):
        assert Strangers(compare(many, BOTH, 1)).limit(wanted).distance == pytest.approx(
            Strangers(compare(one, BOTH, 1)).limit(wanted).distance, abs=1e-6
        )


def test_what_the_pairs_cannot_carry_is_not_claimed() -> None:
    twenty = calibrate(gallery(20), BOTH, version="v", source="s")
    assert not twenty.is_claimed
    assert [line["is_claimed"] for line in describe(twenty)] == [False, True] * 3  # 0.1%, and 1% of 380 pairs
    strangers = Strangers(compare(gallery(20), BOTH, 1))
    assert strangers.pairs == 380
    estimate = strangers.limit(0.001)
    assert estimate.distance <= strangers.limit(EXPECTED_PAIRS / 380).distance
    assert estimate.distance <= strangers.normal().inv_cdf(0.001)
    assert calibrate(PEOPLE, BOTH, version="v", source="s").is_claimed  # 6,320 pairs carry one in a thousand


def test_fewer_than_twenty_different_people_are_refused() -> None:
    with pytest.raises(TooFewPeople, match="19 people"):
        computed(gallery(19))
    twice = [*gallery(15), *(person(number, noise=0.1) for number in range(15))]
    with pytest.raises(TooFewPeople):
        computed([*gallery(15, noise=0.1), *twice[15:]])


@settings(deadline=None, max_examples=25)
@given(st.integers(10_000, 20_000), st.sampled_from([0.001, 0.01, 0.02]))
def test_one_more_stranger_never_moves_a_threshold_beyond_its_interval(stranger: int, wanted: float) -> None:
    people = PEOPLE[:60]
    before = Strangers(compare(people, BOTH, 1)).limit(wanted)
    after = Strangers(compare([*people, person(stranger)], BOTH, 1)).limit(wanted)
    assert before.low <= after.distance <= before.high


def test_a_template_of_more_photos_has_the_stricter_threshold() -> None:
    policy = computed()
    assert [each.accept_at for each in policy.match] == sorted((each.accept_at for each in policy.match), reverse=True)
    few = computed([each[:1] for each in PEOPLE])  # nobody has two: half the rate for each photo more
    assert few.match[0].accept_at > few.match[1].accept_at > few.match[2].accept_at


def test_the_people_of_the_gallery_check_in_and_strangers_do_not() -> None:
    policy = computed()
    others = gallery(40, 4, seed=5)
    enrolled = [make_template([look(dict(photo)) for photo in each[:3]], policy) for each in others]
    own = [verify([look(dict(each[3]))], stored, policy).band for each, stored in zip(others, enrolled, strict=True)]
    assert own.count(Band.ACCEPT) == 40
    strangers = [verify([look(dict(others[0][3]))], stored, policy).band for stored in enrolled[1:]]
    assert strangers.count(Band.REJECT) >= 38


def test_a_decision_never_depends_on_the_order_of_photos() -> None:
    policy = computed()
    photos = [look(dict(photo)) for photo in person(77_000, 4)]
    shown = [look(dict(photo)) for photo in person(77_000, 3)]
    templates = [make_template(order, policy) for order in permutations(photos)]
    assert len({verify(order, stored, policy) for stored in templates for order in permutations(shown)}) == 1


def test_thresholds_set_from_half_of_the_people_hold_for_the_other_half() -> None:
    half, other = gallery(100), gallery(100, seed=3)
    policy = calibrate(half, BOTH, version="v", source="s", wanted=WantedShares(accepted=0.01, reviewed=0.02)).policy
    seen = Strangers(compare_by(other, policy.measure, 3))
    assert seen.share_within(policy.thresholds(3).accept_at) < 0.02
    assert seen.share_within(policy.thresholds(3).review_to) < 0.04


def test_one_person_under_fifty_numbers_is_noticed_and_counts_once() -> None:
    fifty = [[photo] for photo in person(123_456, 50)]
    poisoned = [*PEOPLE, *fifty]
    population = each_once(poisoned, BOTH)
    assert set(range(80)) <= set(population.kept)
    assert len(population.kept) <= 82  # the odd photo may pass for somebody else
    assert len({place for pair in population.duplicates for place in (pair.one, pair.other)}) >= 49
    clean, attacked = computed(), computed(poisoned)
    for before, after in zip(clean.match, attacked.match, strict=True):
        assert after.accept_at == pytest.approx(before.accept_at, abs=0.03)
    assert not find_duplicate_pairs(PEOPLE, BOTH)


def test_a_policy_survives_json_and_judges_the_same() -> None:
    policy = computed()
    assert read_policy(write_policy(policy)) == policy
    assert decide(policy.match[0].accept_at, 1, policy).band is Band.ACCEPT
    assert decide(policy.match[0].accept_at, 1, policy).engine == f"{FIRST}+{SECOND}"


def test_no_persons_own_numbers_are_in_a_policy() -> None:
    kept = write_policy(computed())
    for part in kept["measure"]:
        centre = np.frombuffer(base64.b64decode(part["centre"]), "<f4")
        nearest = min(np.linalg.norm(centre - photo[part["model"]]) for each in PEOPLE for photo in each)
        assert nearest > 1


def test_each_face_is_judged_by_the_policy_for_what_it_has() -> None:
    both, alone = computed(), computed(yardstick=ALONE)
    policies = PolicySet((both, alone))
    whole, half = person(1)[0], person(1, networks=(FIRST,))[0]
    assert policies.choose([whole, whole]) is both
    assert policies.choose([whole, half]) is alone
    with pytest.raises(KeyError):
        policies.choose([{SECOND: whole[SECOND]}])
    with pytest.raises(ValueError, match="ends with"):
        PolicySet((both,))


def test_certainty_about_duplicates_falls_with_the_gallery() -> None:
    policy = computed()
    assert policy.duplicate_limits(3, 600_000).certain_at < policy.duplicate_limits(3, 80).certain_at
    assert isinstance(policy.strangers[2], NormalDist)
    assert math.isfinite(policy.duplicate_limits(3, 600_000).certain_at)
