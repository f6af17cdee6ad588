"""Gates advise freely and refuse only the useless."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from faces.engine import Purpose, Quality
from faces.errors import LowQuality
from faces.finding.quality import advice, detail_of, noise_of, pose, refuse_the_useless

GOOD = Quality(
    sharpness=300,
    brightness=130,
    face_px=400,
    roll=2,
    yaw=0.02,
    cut_off=0,
    others=0,
    filling=0.5,
    noise=0.5,
    detail=1.5,
)


def test_a_good_photo_needs_no_advice() -> None:
    assert advice(GOOD) == ()
    for purpose in Purpose:
        refuse_the_useless(GOOD, purpose)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"face_px": 90}, "move_closer"),
        ({"brightness": 50}, "more_light"),
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
    refuse_the_useless(quality, Purpose.ENROL)


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"filling": 0.85}, ("move_back", "whole_face")),
        ({"filling": 0.6, "cut_off": 0.1}, ("move_back", "whole_face")),
        ({"filling": 0.3, "cut_off": 0.1}, ("whole_face",)),
        ({"filling": 0.9, "face_px": 90}, ("move_back", "whole_face")),
    ],
)
def test_a_face_too_near_is_told_to_move_back(change: dict[str, float], codes: tuple[str, ...]) -> None:
    assert advice(replace(GOOD, **change)) == codes


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"brightness": 38, "sharpness": 100}, "more_light"),
        ({"sharpness": 12}, "hold_still"),
        ({"detail": 0.3}, "hold_still"),
        ({"noise": 5}, "more_light"),
        ({"noise": 2, "brightness": 45}, "more_light"),
    ],
)
def test_what_makes_people_look_alike_is_refused_at_enrolment_alone(change: dict[str, float], code: str) -> None:
    quality = replace(GOOD, **change)
    refuse_the_useless(quality, Purpose.CHECK_IN)
    with pytest.raises(LowQuality) as refused:
        refuse_the_useless(replace(quality, advice=advice(quality)), Purpose.ENROL)
    assert code in refused.value.advice


def test_a_quality_of_an_earlier_version_without_detail_and_noise_is_read() -> None:
    old = Quality(sharpness=300, brightness=130, face_px=400, roll=2, yaw=0.02, cut_off=0, others=0)
    assert advice(old) == ()
    refuse_the_useless(old, Purpose.ENROL)


@pytest.mark.parametrize(
    "change",
    [{"face_px": 20}, {"brightness": 3}, {"brightness": 254}, {"detail": 0.02}, {"noise": 14}, {"cut_off": 0.6}],
)
def test_what_is_surely_useless_is_refused_with_its_advice(change: dict[str, float]) -> None:
    quality = replace(GOOD, **change, advice=("new_photo",))
    for purpose in Purpose:
        with pytest.raises(LowQuality) as refused:
            refuse_the_useless(quality, purpose)
        assert refused.value.advice == ("new_photo",)


def test_a_dark_photo_is_not_taken_for_a_blurred_one() -> None:
    # A quarter of the light leaves a sixteenth of the contrast's square.
    dark = replace(GOOD, brightness=130 / 4, sharpness=100 / 16, detail=1 / 16, noise=0.1)
    assert advice(dark) == ("more_light",)


def test_noise_is_measured_and_does_not_pass_for_detail() -> None:
    coarse = np.random.default_rng(3).normal(0, 20, (112, 112)).astype(np.float32)  # as sampled into a chip
    clean = (128 + 30 * np.sin(np.indices((100, 100)) / 3).sum(axis=0)).astype(np.uint8)
    noisy = np.clip(clean + cv2.resize(coarse, (100, 100)), 0, 255).astype(np.uint8)
    assert noise_of(clean) < 2
    assert 4 < noise_of(noisy) < 11
    assert 0 < detail_of(noisy, noise_of(noisy)) < detail_of(clean, noise_of(clean))
    flat = np.clip(128 + cv2.resize(coarse, (100, 100)), 0, 255).astype(np.uint8)
    assert detail_of(flat, noise_of(flat)) == 0


def test_a_picture_without_detail_in_one_direction_has_none() -> None:
    stripes = (128 + 60 * np.sin(np.indices((100, 100))[1] / 3)).astype(np.uint8)
    crossed = (128 + 30 * np.sin(np.indices((100, 100)) / 3).sum(axis=0)).astype(np.uint8)
    assert detail_of(stripes, 0) < 0.01 < 1 < detail_of(crossed, 0)


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
        "filling": 0.5,
        "noise": 0.5,
        "detail": 1.5,
        "is_doubtful": False,
        "mouth_cover": 0.0,
        "eyes_cover": 0.0,
    }
