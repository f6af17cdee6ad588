"""Looking at photos before enrolling, without keeping anything."""

from collections.abc import Sequence
from io import BytesIO

import pytest

from accounts.enrolment.look_limits import MOST
from models.consent import Consent
from models.edge import AuditEntry
from models.faces import FaceCase, FaceCounter, FaceKey, FacePhoto, FaceTemplate, UsedPicture
from tests.accounts.enrolment.photo_checks import count
from tests.api import Api, Reply
from tests.attendance.conftest import Scene, scene  # noqa: F401 - a fixture
from tests.factories import Factories
from tests.fakes import FakeClock, FakeEngine, face, picture, refused


@pytest.fixture(autouse=True)
def _law(request: pytest.FixtureRequest, make: Factories) -> None:
    if "scene" not in request.fixturenames:
        make.face_law()


def check(who: Api, *photos: bytes, version: str = "test-1", **more: dict[str, str]) -> Reply:
    return who.send_photos("/me/face/photo-checks", photos, consent_version=version, **more)


def codes(reply: Reply) -> list[list[str]]:
    return [[each["code"] for each in photo["advice"]] for photo in reply.json["photos"]]


def test_good_photos_of_one_person_are_usable(api: Api, make: Factories) -> None:
    reply = check(api.as_(make.person()), picture("li", 1), picture("li", 2))
    assert reply.status_code == 200
    assert reply.json == {
        "photos": [{"usable": True, "code": None, "advice": []}] * 2,
        "distinct": 2,
        "one_person": True,
    }


@pytest.mark.parametrize(
    "code",
    ["no_face", "multiple_faces", "low_quality", "photo_broken", "photo_unsupported", "photo_too_large"],
)
def test_a_photo_that_would_be_refused_is_told_with_advice(api: Api, make: Factories, code: str) -> None:
    reply = check(api.as_(make.person()), picture("li", 1), refused(code), picture("li", 2))
    assert reply.status_code == 200
    assert [photo["usable"] for photo in reply.json["photos"]] == [True, False, True]
    assert [photo["code"] for photo in reply.json["photos"]] == [None, code, None]
    assert codes(reply)[1]
    assert (reply.json["distinct"], reply.json["one_person"]) == (2, True)


@pytest.mark.parametrize(
    ("photos", "distinct", "one_person"),
    [
        ([picture("li", 1)], 1, None),
        ([picture("li", 1)] * 3, 1, None),
        ([picture("li", 1), picture("li", 1, tags=1), picture("li", 2)], 2, True),
        ([picture("li", 1), picture("li", 1, mirrored=True)], 1, None),
        ([refused("no_face")], 0, None),
        ([picture("li", 1), refused("no_face")], 1, None),
        ([picture("li", 1), picture("wang", 1)], 2, False),
        ([picture("li", 1), picture("li", 2), picture("wang", 1)], 3, False),
    ],
)
def test_the_photos_are_judged_together(
    api: Api, make: Factories, photos: Sequence[bytes], distinct: int, one_person: bool | None
) -> None:
    reply = check(api.as_(make.person()), *photos)
    assert (reply.status_code, reply.json["distinct"], reply.json["one_person"]) == (200, distinct, one_person)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Only you may be in the picture."), ("zh-CN", "画面中只能有您一个人。")]
)
def test_the_advice_is_in_the_callers_language(api: Api, make: Factories, language: str, words: str) -> None:
    me = api.as_(make.person())
    sent = {"photos": [(BytesIO(refused("multiple_faces")), "1.jpg")], "consent_version": "test-1"}
    reply = me.call(
        "POST", "/me/face/photo-checks", data=sent, headers={"Accept-Language": language},
        content_type="multipart/form-data",
    )  # fmt: skip
    assert reply.json["photos"][0]["advice"] == [{"code": "one_person_only", "text": words}]


def test_nothing_is_kept_and_the_picture_stays_usable(scene: Scene) -> None:  # noqa: F811
    me = scene.learner("li", is_enrolled=False)
    before = [count(scene.db, table) for table in KEPT]
    assert check(me, picture("li", 1), picture("li", 2), picture("li", 3)).status_code == 200
    assert [count(scene.db, table) for table in KEPT] == before
    assert me.get("/me/face").json["enrolled"] is False
    assert me.enrol(picture("li", 1)).status_code == 201
    assert scene.check_in(me, picture("li", 2)).json["status"] == "present"


KEPT = (FaceTemplate, FaceKey, FacePhoto, FaceCase, FaceCounter, UsedPicture, Consent, AuditEntry)


def test_consent_and_everything_else_is_as_at_an_enrolment(api: Api, make: Factories, engine: FakeEngine) -> None:
    me = api.as_(make.person())
    assert check(me, picture("li", 1), version="test-0").json["code"] == "consent_required"
    assert check(me).status_code == 422
    assert check(me, *[picture("li", 1)] * 6).status_code == 422
    assert engine.looks == 0
    assert check(me, refused("face_queue_full")).json["code"] == "face_queue_full"
    assert me.enrol(picture("li", 1)).status_code == 201
    assert check(me, picture("li", 2)).json["code"] == "face_already_enrolled"


def test_calls_are_limited_for_each_person(api: Api, make: Factories, clock: FakeClock, engine: FakeEngine) -> None:
    me, other = api.as_(make.person()), api.as_(make.person())
    for _ in range(MOST):
        assert check(me, picture("li", 1)).status_code == 200
    looks = engine.looks
    reply = check(me, picture("li", 1))
    assert (reply.status_code, reply.json["code"]) == (429, "too_many_attempts")
    assert int(reply.headers["Retry-After"]) > 0
    assert engine.looks == looks
    assert check(other, picture("wang", 1)).status_code == 200
    clock.turn(minutes=11)
    assert check(me, picture("li", 1)).status_code == 200


@pytest.mark.parametrize("bad", [refused("no_face"), refused("low_quality"), refused("photo_broken")])
def test_enrolments_refused_for_their_photos_and_photo_checks_are_limited_together(
    api: Api, make: Factories, clock: FakeClock, engine: FakeEngine, bad: bytes
) -> None:
    me, other = api.as_(make.person()), api.as_(make.person())
    for turn in range(MOST):
        reply = me.enrol(bad) if turn % 2 else check(me, bad)
        assert reply.status_code == (422 if turn % 2 else 200)
    looks = engine.looks
    for reply in (me.enrol(face("li")), check(me, face("li"))):
        assert (reply.status_code, reply.json["code"]) == (429, "too_many_attempts")
        assert int(reply.headers["Retry-After"]) > 0
    assert engine.looks == looks
    assert other.enrol(face("wang")).status_code == 201
    clock.turn(minutes=11)
    assert me.enrol(face("li")).status_code == 201


def test_too_few_photos_are_counted_and_an_engine_that_is_busy_is_not(
    api: Api, make: Factories, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = api.app.extensions["components"].enrolment_desk
    monkeypatch.setattr(desk, "photos_needed", 2)
    me = api.as_(make.person())
    for _ in range(MOST + 1):
        assert me.enrol(refused("face_queue_full")).json["code"] == "face_queue_full"
    for _ in range(MOST):
        assert me.enrol(picture("li", 1)).json["code"] == "too_few_photos"
    assert me.enrol(picture("li", 1), picture("li", 2)).json["code"] == "too_many_attempts"
