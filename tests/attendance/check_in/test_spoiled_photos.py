"""Photos as people spoil them, through the front door and with real faces: at enrolment and at check-in."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bench import spoiling
from faces.engine import Purpose
from faces.engines.choosing import make_engine
from faces.engines.photo_engine import PhotoEngine
from faces.finding.boxes import Box, nearest_face
from faces.model_files.human_models import are_here
from faces.photos.photo import PhotoLimits, Pixels, open_photo
from service.wording.advice import words_of
from tests import photos
from tests.api import Api, Reply
from tests.attendance.conftest import Scene
from tests.faces.conftest import converted_folder  # noqa: F401 - a fixture
from tests.faces.images import encoded

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not are_here(), reason="scripts/fetch-models could not fetch @vladmandic/human"),
]

LONG_SIDE = 640


@pytest.fixture(scope="module")
def real_engine(converted_folder: Path) -> PhotoEngine:  # noqa: F811
    return make_engine("dlib-onnx+faceres", folder=converted_folder)


@pytest.fixture
def engine(real_engine: PhotoEngine) -> PhotoEngine:
    """The real engine in place of the fake one."""
    return real_engine


@pytest.fixture
def me(scene: Scene) -> Api:
    return scene.learner("li", is_enrolled=False)


def first_photos() -> list[Path]:
    return [paths[0] for paths in photos.people().values()]


def seen(engine: PhotoEngine, path: Path) -> tuple[Pixels, Box]:
    """A photo as pixels, and the face's box in them."""
    with Image.open(path) as stored:
        picture = stored.convert("RGB")
    picture.thumbnail((LONG_SIDE, LONG_SIDE))
    photo = open_photo(encoded(picture, "PNG"), PhotoLimits())
    (finder, *_) = engine._finders
    found = finder.find(photo, Purpose.CHECK_IN)
    box, _ = nearest_face(found.boxes, Purpose.CHECK_IN)
    return np.asarray(picture), box.moved(max(picture.size) / max(found.pixels.shape))


def jpeg(pixels: Pixels) -> bytes:
    return encoded(Image.fromarray(pixels), quality=85)


def whole(path: Path) -> bytes:
    """A photo of at most `LONG_SIDE` pixels, not spoiled."""
    with Image.open(path) as stored:
        picture = stored.convert("RGB")
    picture.thumbnail((LONG_SIDE, LONG_SIDE))
    return encoded(picture, quality=90)


def code_of(reply: Reply) -> tuple[int, str]:
    return reply.status_code, reply.json["code"]


SPOILED = {
    "out of focus": (lambda pixels, box: spoiling.out_of_focus(pixels, box, 0.05), "hold_still"),
    "shaken": (lambda pixels, box: spoiling.shaken(pixels, box, 0.25), "hold_still"),
    "in the dark": (lambda pixels, box: spoiling.darkened(pixels, box, 0.15), "more_light"),
    "full of noise": (lambda pixels, box: spoiling.noisy(pixels, box, 45), "more_light"),
    "shaken and full of noise": (
        lambda pixels, box: spoiling.noisy(spoiling.shaken(pixels, box, 0.25), box, 12),
        "hold_still",
    ),
}


@pytest.mark.parametrize("kind", SPOILED)
def test_what_makes_people_look_alike_is_refused_at_enrolment_with_what_to_do(
    me: Api, real_engine: PhotoEngine, kind: str
) -> None:
    spoil, advised = SPOILED[kind]
    for path in first_photos()[:3]:
        reply = me.enrol(jpeg(spoil(*seen(real_engine, path))))
        assert code_of(reply) == (422, "low_quality")
        assert advised in reply.json["advice"]
    assert reply.json["hint"] == words_of(reply.json["advice"])[0]
    assert me.get("/me/face").json["enrolled"] is False


def test_a_shaken_or_noisy_photo_at_check_in_is_never_called_somebody_else_and_costs_no_try(
    scene: Scene, me: Api, real_engine: PhotoEngine
) -> None:
    (mine, other, *_), (stranger, *_) = list(photos.people().values())[:2]
    assert me.enrol(whole(mine)).status_code == 201
    ticket = scene.ticket(me)
    spoiled = [(stranger, SPOILED[kind][0]) for kind in SPOILED if kind != "in the dark"]
    for path, spoil in [*spoiled, (other, SPOILED["out of focus"][0]), (stranger, SPOILED["shaken"][0])]:
        reply = scene.check_in(me, jpeg(spoil(*seen(real_engine, path))), ticket=ticket)
        assert code_of(reply) == (422, "low_quality")
        assert reply.json["advice"]
    assert code_of(scene.check_in(me, whole(stranger), ticket=ticket)) == (403, "face_mismatch")
    assert scene.check_in(me, whole(other), ticket=ticket).status_code == 201


def test_a_sharp_stranger_beside_a_shaken_photo_is_somebody_else(
    scene: Scene, me: Api, real_engine: PhotoEngine
) -> None:
    (mine, *_), (stranger, *_) = list(photos.people().values())[:2]
    assert me.enrol(whole(mine)).status_code == 201
    shaken = jpeg(spoiling.shaken(*seen(real_engine, stranger), 0.15))
    assert code_of(scene.check_in(me, whole(stranger), shaken)) == (403, "face_mismatch")


def test_a_face_too_near_is_one_face_and_told_to_move_back(scene: Scene, real_engine: PhotoEngine) -> None:
    for number, path in enumerate(first_photos()):
        for share in (1.0, 1.15, 1.3):
            me = scene.learner(f"{number} {share}", is_enrolled=False)  # after a withdrawal the next face is held
            reply = me.enrol(jpeg(spoiling.too_near(*seen(real_engine, path), share)))
            if reply.status_code == 201:
                advice = reply.json["quality"][0]["advice"]
                assert me.delete("/me/face-consent").status_code == 204
            else:
                assert code_of(reply) == (422, "low_quality")
                advice = reply.json["advice"]
            assert "move_back" in advice, (path, share)


def test_a_poster_beside_ones_own_face_is_refused_however_large_it_is(me: Api, real_engine: PhotoEngine) -> None:
    heads = [spoiling.head(*seen(real_engine, path)) for path in first_photos()[:3]]
    for own, other in pairwise(heads):
        for ratio in (0.6, 1.0, 1.7):
            reply = me.enrol(jpeg(spoiling.beside_poster(own, other, ratio)))
            assert code_of(reply) == (422, "multiple_faces"), ratio


def test_a_photo_upside_down_without_a_tag_enrols(scene: Scene, me: Api) -> None:
    (mine, other, *_), *_ = photos.people().values()
    with Image.open(mine) as stored:
        upside_down = encoded(stored.convert("RGB").rotate(180), quality=85)
    assert me.enrol(upside_down).status_code == 201
    assert scene.check_in(me, whole(other)).status_code == 201


def test_a_face_too_spoiled_to_be_found_is_told_why(me: Api, real_engine: PhotoEngine) -> None:
    blurred = [spoiling.out_of_focus(*seen(real_engine, path), 0.12) for path in first_photos()]
    replies = [me.enrol(jpeg(each)) for each in blurred]
    assert {reply.json["code"] for reply in replies} <= {"low_quality", "no_face"}
    spoiled = [reply for reply in replies if reply.json["code"] == "low_quality"]
    assert len(spoiled) >= 0.8 * len(replies)
    assert all("hold_still" in reply.json["advice"] for reply in spoiled)
