"""Distances by several networks, seen from the middle of a population."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faces.calibration.pairs import Yardstick, compare_by
from faces.calibration.population import centre
from faces.matching.measure import Measure, NetworkShare, from_json, plain, to_json
from faces.matching.metric import Metric
from tests.faces.galleries import FIRST, SECOND, gallery, person

SEEDS = st.integers(0, 10_000)
PEOPLE = gallery(30)
BOTH = Measure(tuple(NetworkShare(name, Metric.COSINE, centre(PEOPLE, name)) for name in (FIRST, SECOND)))


def test_one_network_measured_plainly_is_the_plain_distance() -> None:
    one, other = person(1)[0], person(2)[0]
    for metric in Metric:
        assert plain(FIRST, metric).distance(one, other) == metric.distance(one[FIRST], other[FIRST])


@given(SEEDS, SEEDS)
def test_a_distance_is_the_same_both_ways_and_zero_to_oneself(one: int, other: int) -> None:
    first, second = person(one)[0], person(other)[0]
    assert BOTH.distance(first, second) == pytest.approx(BOTH.distance(second, first))
    assert BOTH.distance(first, first) == pytest.approx(0, abs=1e-9)
    assert 0 <= BOTH.distance(first, second) <= 2 + 1e-9


@given(SEEDS, SEEDS, st.floats(0.1, 10))
def test_two_networks_count_by_their_weights(one: int, other: int, weight: float) -> None:
    first, second = person(one)[0], person(other)[0]
    shares = BOTH.shares
    weighted = Measure((shares[0], NetworkShare(SECOND, Metric.COSINE, shares[1].centre, weight)))
    alone = [Measure((share,)).distance(first, second) for share in shares]
    assert weighted.distance(first, second) == pytest.approx((alone[0] + weight * alone[1]) / (1 + weight))


def test_seen_from_their_middle_strangers_spread_out() -> None:
    pairs = [(PEOPLE[one][0], PEOPLE[other][0]) for one in range(20) for other in range(one)]
    centred = np.mean([BOTH.distance(*pair) for pair in pairs])
    plainly = np.mean([plain(FIRST, Metric.COSINE).distance(*pair) for pair in pairs])
    assert centred == pytest.approx(1, abs=0.1)
    assert plainly < 0.3


def test_a_face_without_numbers_of_a_network_is_not_measured_by_it() -> None:
    with pytest.raises(KeyError):
        BOTH.distance(person(1)[0], person(2, networks=(FIRST,))[0])


def test_what_is_no_number_is_at_no_distance() -> None:
    broken = {**person(1)[0], SECOND: np.full(64, np.nan, np.float32)}
    assert np.isnan(BOTH.distance(broken, person(2)[0]))


def test_a_measure_survives_json_to_the_last_bit() -> None:
    assert from_json(to_json(BOTH)) == BOTH
    assert from_json(to_json(plain(FIRST, Metric.EUCLIDEAN))) == plain(FIRST, Metric.EUCLIDEAN)


def test_measures_of_two_populations_are_two() -> None:
    other = Measure(
        tuple(NetworkShare(name, Metric.COSINE, centre(gallery(30, seed=9), name)) for name in (FIRST, SECOND))
    )
    assert other != BOTH


@pytest.mark.parametrize(
    "shares",
    [
        (),
        (NetworkShare(FIRST, Metric.COSINE), NetworkShare(FIRST, Metric.COSINE)),
        (NetworkShare(FIRST, Metric.COSINE), NetworkShare(SECOND, Metric.EUCLIDEAN)),
        (NetworkShare(FIRST, Metric.COSINE, weight=0.0),),
    ],
)
def test_shares_that_make_no_measure_are_refused(shares: tuple[NetworkShare, ...]) -> None:
    with pytest.raises(ValueError, match="a measure has"):
        Measure(shares)


def test_many_pairs_at_once_are_measured_as_each_alone() -> None:
    trials = compare_by(PEOPLE, BOTH, 2)
    template = {name: np.mean([photo[name] for photo in PEOPLE[3][:2]], axis=0) for name in (FIRST, SECOND)}
    assert trials.distances[3, 10] == pytest.approx(BOTH.distance(PEOPLE[3][1], template), abs=1e-6)
    assert Yardstick((FIRST, SECOND)).shares.tolist() == [0.5, 0.5]
