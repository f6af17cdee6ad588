"""One tree of errors with stable codes."""

import pickle

import pytest

from faces.errors import EngineBusy, FaceError, FaceRefused, LowQuality, NoFace, PhotoBroken, PhotoRefused, leaves

CODES = {
    "photo_used_before",
    "liveness_failed",
    "liveness_unavailable",
    "photo_too_large",
    "photo_too_many_pixels",
    "photo_unsupported",
    "photo_broken",
    "photo_animated",
    "no_face",
    "face_covered",
    "multiple_faces",
    "low_quality",
    "not_one_person",
    "face_model_unknown",
    "face_queue_full",
    "face_engine_down",
}


def test_the_codes_are_the_published_ones() -> None:
    assert set(leaves()) == CODES


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_error_has_advice_and_can_be_told_which_photo_it_is_about(code: str) -> None:
    error = leaves()[code]()
    assert error.photo is None
    assert error.advice
    placed = error.at(2)
    assert (type(placed), placed.photo, placed.advice) == (type(error), 2, error.advice)


def test_advice_can_be_more_precise_than_usual() -> None:
    assert LowQuality(advice=("move_closer",)).at(1).advice == ("move_closer",)


def test_the_branches_tell_whose_fault_it_is() -> None:
    assert issubclass(PhotoBroken, PhotoRefused)
    assert issubclass(NoFace, FaceRefused)
    assert not issubclass(EngineBusy, PhotoRefused | FaceRefused)


def test_an_error_survives_the_way_between_processes() -> None:
    copied = pickle.loads(pickle.dumps(NoFace(photo=3, advice=("whole_face",))))  # noqa: S301 - our own bytes
    assert isinstance(copied, FaceError)
    assert (copied.code, copied.photo, copied.advice) == ("no_face", 3, ("whole_face",))
