"""Gates advise freely and refuse only the useless."""

from dataclasses import replace

import numpy as np
import pytest

from faces.engine import Quality
from faces.errors import LowQuality
from faces.finding.quality import advice, pose, refuse_the_useless

GOOD = Quality(sharpness=300, brightness=130, face_px=400, roll=2, yaw=0.02, cut_off=0, others=0)


def test_a_good_photo_needs_no_advice() -> None:
    assert advice(GOOD) == ()
    refuse_the_useless(GOOD)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"face_px": 90}, "move_closer"),
        ({"brightness": 40}, "more_light"),
        ({"brightness": 230}, "less_light"),
        ({"sharpness": 30}, "hold_still"),
        ({"yaw": -0.4}, "look_straight"),
        ({"roll": 25}, "look_straight"),
        ({"cut_off": 0.2}, "whole_face"),
        ({"others": 1}, "one_person_only"),
    ],
)
def test_what_could_be_better_is_advised_and_not_refused(change: dict[str, float], code: str) -> None:
    quality = replace(GOOD, **change)
    assert advice(quality) == (code,)
    refuse_the_useless(quality)


@pytest.mark.parametrize(
    "change", [{"face_px": 20}, {"brightness": 3}, {"brightness": 254}, {"sharpness": 2}, {"cut_off": 0.6}]
)
def test_what_is_surely_useless_is_refused_with_its_advice(change: dict[str, float]) -> None:
    quality = replace(GOOD, **change, advice=("new_photo",))
    with pytest.raises(LowQuality) as refused:
        refuse_the_useless(quality)
    assert refused.value.advice == ("new_photo",)


def test_a_dark_photo_is_not_taken_for_a_blurred_one() -> None:
    # A quarter of the light leaves a sixteenth of the contrast's square.
    dark = replace(GOOD, brightness=130 / 4, sharpness=100 / 16)
    assert advice(dark) == ("more_light",)


def test_roll_and_yaw_come_from_eyes_and_nose() -> None:
    straight = np.array([(86, 21), (64, 22), (12, 21), (33, 22), (49, 62)], float)
    roll, yaw = pose(straight)
    assert abs(roll) < 1
    assert abs(yaw) < 0.03
    leaning = straight @ np.array([[0.866, 0.5], [-0.5, 0.866]])
    assert pose(leaning)[0] == pytest.approx(30, abs=1)
    assert pose(leaning)[1] == pytest.approx(yaw, abs=0.01)
    turned = straight + np.array([(0, 0)] * 4 + [(20, 0)])
    assert pose(turned)[1] > 0.3


def test_quality_goes_into_json_as_plain_numbers() -> None:
    assert replace(GOOD, advice=("more_light",)).as_dict() == {
        "sharpness": 300,
        "brightness": 130,
        "face_px": 400,
        "roll": 2,
        "yaw": 0.02,
        "cut_off": 0,
        "others": 0,
        "advice": ["more_light"],
    }
