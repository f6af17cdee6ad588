"""Which face is meant."""

import pytest

from faces.engine import Purpose
from faces.errors import MultipleFaces
from faces.finding.boxes import Box, nearest_face
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


def test_a_face_in_the_second_row_is_too_near_for_an_enrolment_but_not_for_a_check_in() -> None:
    boxes = [face(100), face(69)]
    with pytest.raises(MultipleFaces):
        nearest_face(boxes, Purpose.ENROL)
    assert nearest_face(boxes, Purpose.CHECK_IN) == (face(100), 1)


@pytest.mark.parametrize("purpose", Purpose)
def test_people_in_the_background_are_counted(purpose: Purpose) -> None:
    assert nearest_face([face(30), face(100), face(58)], purpose) == (face(100), 2)


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
