"""Where the phone is: refused only when surely outside, and never stored finer than that (PRIVACY L-22)."""

from typing import Any

import pytest
from sqlalchemy import select

from models.attendance import CheckInAttempt
from models.projects import QrMode
from models.projects import Session as VenueSession
from models.scans import LocationConsent
from tests.attendance.check_in.checking_in import code_of
from tests.attendance.conftest import Scene

pytestmark = pytest.mark.either_database

INSIDE = {"latitude": 30.25, "longitude": 120.17, "accuracy": 20}
VAGUE = {"latitude": 30.29, "longitude": 120.17, "accuracy": 5000}
NEAR = {"latitude": 30.256, "longitude": 120.17, "accuracy": 20}
FAR = {"latitude": 31.25, "longitude": 120.17, "accuracy": 20}


def fenced(scene: Scene, **more: Any) -> VenueSession:
    return scene.make.session(scene.project, latitude=30.25, longitude=120.17, radius_m=300, **more)


@pytest.mark.parametrize(("location", "place"), [(INSIDE, "passed"), (VAGUE, "unverified"), (None, "unverified")])
def test_a_rotating_code_with_a_geofence_refuses_nobody_who_may_be_there(
    scene: Scene, location: dict[str, float] | None, place: str
) -> None:
    reply = scene.ask(scene.learner("li"), fenced(scene), **({"location": location} if location else {}))
    assert (reply.status_code, reply.json["place"]) == (201, place)


def test_without_a_geofence_no_place_is_asked(scene: Scene) -> None:
    assert scene.ask(scene.learner("li"), location=FAR).json["place"] == "not_asked"


@pytest.mark.parametrize(("location", "why", "words"), [(NEAR, "near", "一公里以内"), (FAR, "far", "一公里以上")])
def test_whoever_is_surely_outside_is_refused_with_the_coarse_distance(
    scene: Scene, location: dict[str, float], why: str, words: str
) -> None:
    reply = scene.ask(scene.learner("li"), fenced(scene), location=location)
    assert code_of(reply) == (403, "outside_geofence")
    assert reply.json["why"] == why
    assert words in reply.json["hint"]


@pytest.mark.parametrize(
    ("location", "why", "words"), [(None, "missing", "没有收到手机定位"), (VAGUE, "too_vague", "误差太大")]
)
@pytest.mark.parametrize("how", [{"qr_mode": QrMode.PRINTED}, {"is_location_required": True}])
def test_a_printed_code_and_a_session_that_insists_need_a_location_that_tells(
    scene: Scene, how: dict[str, Any], location: dict[str, float] | None, why: str, words: str
) -> None:
    reply = scene.ask(scene.learner("li"), fenced(scene, **how), **({"location": location} if location else {}))
    assert code_of(reply) == (403, "location_needed")
    assert reply.json["why"] == why
    assert words in reply.json["hint"]
    assert scene.ask(scene.api.as_(scene.people["li"]), fenced(scene, **how), location=INSIDE).status_code == 201


def test_an_organizer_says_whether_a_session_insists_on_a_location(scene: Scene) -> None:
    path = f"/sessions/{scene.session.id}"
    fence = {"latitude": 30.25, "longitude": 120.17, "radius_m": 300}
    made = scene.staff.patch(path, {"geofence": {**fence, "is_required": True}})
    assert made.json["geofence"] == {**fence, "is_required": True}
    assert scene.ask(scene.learner("li")).json["code"] == "location_needed"
    again = scene.staff.patch(path, {"title": "下午"})
    assert again.json["geofence"]["is_required"] is True
    assert scene.staff.patch(path, {"geofence": None}).json["geofence"] is None
    assert scene.ask(scene.api.as_(scene.people["li"])).status_code == 201


def test_the_first_location_records_the_consent_to_the_current_text_once(scene: Scene) -> None:
    me, session = scene.learner("li"), fenced(scene)
    text = scene.api.get("/api/v1/location-consent").json
    assert me.get("/me/location-consent").json == {"is_given": False, "version": None, "text": None, "given_at": None}
    scene.ask(me, session)
    assert me.get("/me/location-consent").json["is_given"] is False
    for _ in range(2):
        scene.ask(me, session, location=INSIDE)
    given = me.get("/me/location-consent").json
    assert (given["is_given"], given["version"], given["text"]) == (True, text["version"], text["text"])
    assert "坐标" in text["text"]
    scene.db.rollback()
    assert len(scene.db.scalars(select(LocationConsent)).all()) == 1


def test_a_consent_is_taken_back_and_the_next_location_is_another_one(scene: Scene) -> None:
    me, session = scene.learner("li"), fenced(scene)
    scene.ask(me, session, location=INSIDE)
    for _ in range(2):
        assert me.delete("/me/location-consent").status_code == 204
    assert me.get("/me/location-consent").json["is_given"] is False
    scene.clock.turn(minutes=1)
    scene.ask(me, session, location=INSIDE)
    assert me.get("/me/location-consent").json["is_given"] is True
    scene.db.rollback()
    rows = scene.db.scalars(select(LocationConsent).order_by(LocationConsent.id)).all()
    assert [each.withdrawn_at is None for each in rows] == [False, True]


def test_only_the_verdict_is_stored(scene: Scene) -> None:
    me, session = scene.learner("li"), fenced(scene)
    scene.ask(me, session, location=NEAR)
    scene.db.rollback()
    (kept,) = scene.db.scalars(select(CheckInAttempt))
    assert kept.place == "outside_within_1km"
    stored = [str(getattr(kept, column.name)) for column in CheckInAttempt.__table__.columns]
    assert not any("30.25" in value or "120.17" in value for value in stored)
