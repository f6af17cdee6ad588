"""1:1 decisions, on made-up numbers for the rule and on real faces for the truth."""

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from faces.engine import Purpose
from faces.matching.policy import Band, Policy
from faces.matching.template import OtherEngineError, make_template
from faces.matching.verify import verify
from tests.faces.conftest import LookAt
from tests.faces.samples import look, template
from tests.photos import people


def test_the_usual_look_is_accepted_and_a_stranger_rejected(policy: Policy) -> None:
    assert verify([look(policy, 1)], template(policy, 1), policy).band is Band.ACCEPT
    assert verify([look(policy, 2)], template(policy, 1), policy).band is Band.REJECT


def test_between_the_thresholds_the_staff_decides(policy: Policy) -> None:
    assert verify([look(policy, 1, off=0.45)], template(policy, 1), policy).band is Band.REVIEW


def test_the_distance_is_the_mean_over_the_looks(policy: Policy) -> None:
    looks = [look(policy, 1, off=0.2, way=2), look(policy, 1, off=0.5, way=3)]
    assert verify(looks, template(policy, 1), policy).distance == pytest.approx(0.35, abs=1e-5)


def test_the_order_of_the_looks_does_not_matter(policy: Policy) -> None:
    looks = [look(policy, 1, off=off, way=way) for way, off in enumerate((0.1, 0.31, 0.37, 0.44, 0.52))]
    assert len({verify(order, template(policy, 1), policy) for order in permutations(looks)}) == 1


def test_one_right_look_does_not_carry_somebody_elses(policy: Policy) -> None:
    assert verify([look(policy, 1), look(policy, 2)], template(policy, 1), policy).band is Band.REJECT


def test_the_number_of_enrolment_photos_chooses_the_thresholds(policy: Policy) -> None:
    shown = [look(policy, 1, off=0.41)]
    assert verify(shown, template(policy, 1, photos=1), policy).band is Band.ACCEPT
    assert verify(shown, template(policy, 1, photos=3), policy).band is Band.REVIEW


def test_numbers_of_another_engine_are_not_compared(policy: Policy) -> None:
    foreign = replace(look(policy, 1), engine="another")
    with pytest.raises(OtherEngineError):
        verify([look(policy, 1), foreign], template(policy, 1), policy)
    with pytest.raises(OtherEngineError):
        verify([look(policy, 1)], replace(template(policy, 1), engine="another"), policy)


def test_no_look_is_no_decision(policy: Policy) -> None:
    with pytest.raises(ValueError, match="no looks"):
        verify([], template(policy, 1), policy)


def test_a_look_of_no_numbers_is_rejected(policy: Policy) -> None:
    broken = replace(look(policy, 1), embedding=np.full(128, np.nan, np.float32))
    assert verify([broken, look(policy, 1)], template(policy, 1), policy).band is Band.REJECT


def test_real_people_check_in_with_another_photo_and_nobody_else_does(seen: LookAt, policy: Policy) -> None:
    enrolled = {
        name: make_template([seen(photo) for photo in [photos[0], *photos[2:4]]], policy)
        for name, photos in people().items()
    }
    for name, photos in people().items():
        shown = [seen(photos[1], Purpose.CHECK_IN)]
        for other, stored in enrolled.items():
            band = verify(shown, stored, policy).band
            assert band in ((Band.ACCEPT, Band.REVIEW) if other == name else (Band.REJECT,)), (name, other)


def test_three_photos_at_enrolment_make_the_real_check_in_clear(seen: LookAt, policy: Policy) -> None:
    for photos in people().values():
        if len(photos) >= 4:
            stored = make_template([seen(photo) for photo in [photos[0], *photos[2:4]]], policy)
            assert verify([seen(photos[1], Purpose.CHECK_IN)], stored, policy).band is Band.ACCEPT
