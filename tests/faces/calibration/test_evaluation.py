"""Rates of wrong judgements, measured over random choices of photos and people."""

import numpy as np
import pytest

from faces.calibration.evaluating import draw, evaluate, of_one_person, split
from faces.calibration.pairs import Yardstick
from faces.matching.measure import Metric
from tests.faces.galleries import FIRST, SECOND, gallery

BOTH = Yardstick((FIRST, SECOND))
EASY = gallery(30, 4, noise=0.1)
HARD = gallery(30, 4, noise=1.5)


def test_who_never_looks_like_somebody_else_is_never_judged_wrongly() -> None:
    found = evaluate(EASY, BOTH, 2, splits=10)
    assert (found.people, found.enrolled, found.same, found.different) == (30, 30, 60, 30 * 29 * 4)
    assert found.equal_error.median == 0
    assert all(rate.median == rate.high == 0 for rate in found.false_rejects.values())


def test_harder_faces_are_judged_wrongly_more_often_and_stricter_thresholds_reject_more() -> None:
    found = evaluate(HARD, BOTH, 2, splits=10)
    rejects = found.false_rejects
    assert 0 < found.equal_error.median < 0.5
    assert rejects[0.001].median >= rejects[0.01].median > 0
    assert all(rate.low <= rate.median <= rate.high for rate in rejects.values())
    assert found.thresholds[0.001] <= found.thresholds[0.01]


def test_seen_from_their_middle_and_by_two_networks_people_are_told_apart_better() -> None:
    whole = evaluate(HARD, BOTH, 2, splits=10).equal_error.median
    alone = evaluate(HARD, Yardstick((FIRST,)), 2, splits=10).equal_error.median
    plainly = evaluate(HARD, Yardstick((FIRST,), Metric.EUCLIDEAN, is_centred=False), 2, splits=10).equal_error.median
    assert whole < alone <= plainly


def test_the_same_drawing_is_the_same_and_another_is_another() -> None:
    assert np.array_equal(draw(EASY, BOTH, 2, 1).distances, draw(EASY, BOTH, 2, 1).distances)
    assert not np.array_equal(draw(EASY, BOTH, 2, 1).distances, draw(EASY, BOTH, 2, 2).distances)


def test_no_photo_is_compared_with_a_template_that_holds_it() -> None:
    trials = draw(EASY, BOTH, 3, 0)
    assert of_one_person(trials, 3).sum() == 30
    assert len(split(trials, 3).same) == 30


def test_without_a_photo_to_spare_there_is_nothing_to_measure() -> None:
    with pytest.raises(ValueError, match="too few photos"):
        evaluate(gallery(5, 2), BOTH, 2, splits=2)
