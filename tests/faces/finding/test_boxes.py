"""Which face is meant."""

import pytest

from faces.engine import Purpose
from faces.errors import MultipleFaces
from faces.finding.boxes import Box, nearest_face, overlap
from faces.finding.hog import without_texture


def face(side: float, score: float = 1.5, left: float = 0) -> Box:
    return Box(left, 0, side, score)


@pytest.mark.parametrize("purpose", Purpose)
def test_one_face_is_meant(purpose: Purpose) -> None:
    assert nearest_face([face(100)], purpose) == (face(100), 0)


@pytest.mark.parametrize("purpose", Purpose)
def test_two_faces_of_one_size_are_refused_in_either_order(purpose: Purpose) -> None:
    for boxes in ([face(100), face(95, left=200)], [face(95, left=200), face(100)]):
        with pytest.raises(MultipleFaces):
            nearest_face(boxes, purpose)


def test_a_second_face_of_half_the_size_is_refused_at_enrolment_and_of_three_fifths_at_check_in() -> None:
    with pytest.raises(MultipleFaces):
        nearest_face([face(100), face(60, left=200)], Purpose.CHECK_IN)
    assert nearest_face([face(100), face(49, left=200)], Purpose.ENROL) == (face(100), 1)
    boxes = [face(100), face(55, left=200)]
    with pytest.raises(MultipleFaces):
        nearest_face(boxes, Purpose.ENROL)
    assert nearest_face(boxes, Purpose.CHECK_IN) == (face(100), 1)


@pytest.mark.parametrize("purpose", Purpose)
def test_people_in_the_background_are_counted(purpose: Purpose) -> None:
    assert nearest_face([face(30), face(100), face(45)], purpose) == (face(100), 2)


def test_a_faint_find_of_hog_beside_a_clear_face_is_texture() -> None:
    assert without_texture([face(110, score=0.1), face(100, score=1.2)]) == [face(100, score=1.2)]


def test_a_faint_find_of_hog_alone_is_still_a_face() -> None:
    assert without_texture([face(100, score=0.05)]) == [face(100, score=0.05)]


@pytest.mark.parametrize(
    ("box", "share"),
    [(Box(0, 0, 10, 1), 0), (Box(-5, 0, 10, 1), 0.5), (Box(95, 95, 10, 1), 0.75), (Box(200, 0, 10, 1), 1)],
)
def test_the_share_outside_the_picture_is_an_area(box: Box, share: float) -> None:
    assert box.share_outside(100, 100) == pytest.approx(share)


@pytest.mark.parametrize(
    ("other", "share"),
    [(Box(50, 0, 100, 1), 0.5), (Box(25, 25, 50, 1), 1), (Box(100, 0, 50, 1), 0), (Box(90, 90, 20, 1), 0.25)],
)
def test_the_overlap_of_two_boxes_is_a_share_of_the_smaller_one(other: Box, share: float) -> None:
    box = Box(0, 0, 100, 1)
    assert overlap(box, other) == overlap(other, box) == pytest.approx(share)
