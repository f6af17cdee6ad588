"""From a scanned venue code to a ticket."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from attendance.projects.states import FROZEN, NOT_ANNOUNCED
from models.attendance import CheckIn, CheckInAttempt
from models.projects import Project, ProjectStatus, QrMode
from tests.attendance.check_in.checking_in import code_of
from tests.attendance.conftest import Scene
from tests.databases import table_of
from tests.fakes import face

AT_THE_VENUE = {"latitude": 30.25, "longitude": 120.17, "accuracy": 20}
ELSEWHERE = {"latitude": 30.30, "longitude": 120.17, "accuracy": 20}


def attempts(scene: Scene) -> list[CheckInAttempt]:
    scene.db.rollback()
    return list(scene.db.scalars(select(CheckInAttempt).order_by(CheckInAttempt.id)))


def test_a_scan_gives_a_ticket_for_two_minutes_and_writes_nothing(scene: Scene) -> None:
    reply = scene.ask(scene.learner("li"), device_id="phone-1")
    assert reply.status_code == 201
    assert reply.json["challenge"] == {"kind": "none", "steps": []}
    assert reply.json["direction"] == "in"
    assert reply.json["session"]["id"] == str(scene.session.id)
    ends = datetime.fromisoformat(reply.json["expires_at"])
    assert ends - scene.clock.now() == timedelta(minutes=2)
    assert attempts(scene) == []
    assert scene.db.scalar(select(func.count()).select_from(CheckIn)) == 0


def test_without_a_sign_in_there_is_no_ticket(scene: Scene) -> None:
    assert scene.api.post("/check-in-tickets", {"qr": scene.shown()}).status_code == 401


def test_a_foreign_code_is_422(scene: Scene) -> None:
    me = scene.learner("li")
    foreign = ("https://example.org/s/abc?c=000000", "https://cme.test/s/nosuch22?c=12345678")
    for text in ("", "hello", *foreign, "x" * 500, "\t"):
        reply = me.post("/check-in-tickets", {"qr": text})
        assert code_of(reply) == (422, "qr_invalid"), text
        assert "qr" in reply.json["errors"]
    assert attempts(scene) == []


def test_a_code_expires_after_its_step_and_one_more(scene: Scene) -> None:
    me = scene.learner("li")
    code = scene.shown()
    scene.clock.turn(seconds=30)
    reply = me.post("/check-in-tickets", {"qr": code})
    assert code_of(reply) == (410, "qr_expired")
    (kept,) = attempts(scene)
    assert (kept.result, kept.person_id, kept.ticket_id) == ("qr_expired", scene.people["li"].id, None)


@pytest.mark.parametrize("status", sorted(NOT_ANNOUNCED))
def test_nobody_checks_in_before_the_project_is_announced(scene: Scene, status: ProjectStatus) -> None:
    me = scene.learner("li")
    ticket = scene.ticket(me)
    scene.db.execute(table_of(Project).update().values(status=status))
    assert code_of(scene.ask(me)) == (409, "project_not_announced")
    assert code_of(scene.check_in(me, face("li"), ticket=ticket)) == (409, "project_not_announced")
    stranger = scene.learner("wang", is_expected=False)
    assert code_of(scene.ask(stranger)) == (403, "not_on_roster")
    scene.db.execute(table_of(Project).update().values(status=ProjectStatus.ANNOUNCED))
    assert scene.check_in(me, face("li")).status_code == 201


@pytest.mark.parametrize("status", sorted(FROZEN))
def test_no_ticket_is_good_once_attendance_stands_still(scene: Scene, status: ProjectStatus) -> None:
    me = scene.learner("li")
    ticket = scene.ticket(me)
    scene.db.execute(table_of(Project).update().values(status=status))
    assert code_of(scene.ask(me)) == (409, "session_not_open")
    assert code_of(scene.check_in(me, face("li"), ticket=ticket)) == (409, "session_not_open")


def test_guessing_codes_is_slowed_down_and_scanning_goes_on_after_a_minute(scene: Scene) -> None:
    me = scene.learner("li")
    good = scene.shown()
    wrong = good[:-8] + f"{(int(good[-8:]) + 1) % 10**8:08d}"
    for _ in range(5):
        assert me.post("/check-in-tickets", {"qr": wrong}).json["code"] == "qr_invalid"
    held = me.post("/check-in-tickets", {"qr": good})
    assert code_of(held) == (429, "too_many_attempts")
    assert 0 < int(held.headers["Retry-After"]) <= 60
    assert scene.ask(scene.learner("wang")).status_code == 201
    scene.clock.turn(seconds=60)
    assert scene.ask(me).status_code == 201


def test_a_code_of_a_clock_that_is_ahead_is_no_guess_and_good_seconds_later(scene: Scene) -> None:
    me = scene.learner("li")
    scene.clock.turn(seconds=15)
    ahead = scene.shown()
    scene.clock.turn(seconds=-15)
    for _ in range(6):
        early = me.post("/check-in-tickets", {"qr": ahead})
        assert code_of(early) == (409, "qr_not_yet")
        assert 0 < int(early.headers["Retry-After"]) <= 15
    scene.clock.turn(seconds=int(early.headers["Retry-After"]))
    assert me.post("/check-in-tickets", {"qr": ahead}).status_code == 201


def test_refusals_of_one_person_are_kept_thirty_times_a_minute_at_most(scene: Scene) -> None:
    me = scene.learner("li", is_expected=False)
    replies = [scene.ask(me).status_code for _ in range(32)]
    assert replies == [403] * 30 + [429] * 2
    assert len(attempts(scene)) == 30


def test_ten_tickets_a_minute_are_nobodys_attack(scene: Scene) -> None:
    me = scene.learner("li")
    assert {scene.ask(me).status_code for _ in range(40)} == {201}


def test_who_is_not_on_the_roster_gets_no_ticket(scene: Scene) -> None:
    reply = scene.ask(scene.learner("li", is_expected=False))
    assert code_of(reply) == (403, "not_on_roster")
    assert [each.result for each in attempts(scene)] == ["not_on_roster"]


def test_without_an_enrolled_face_there_is_no_ticket(scene: Scene) -> None:
    reply = scene.ask(scene.learner("li", is_enrolled=False))
    assert code_of(reply) == (409, "face_not_enrolled")


def test_withdrawn_consent_gives_no_ticket(scene: Scene) -> None:
    me = scene.learner("li")
    assert me.delete("/me/face-consent").status_code == 204
    assert scene.ask(me).json["code"] == "face_not_enrolled"


@pytest.mark.parametrize(("hours", "direction"), [(1, None), (0, "out"), (10, None)])
def test_outside_the_windows_there_is_no_ticket(scene: Scene, hours: int, direction: str | None) -> None:
    me = scene.learner("li")
    scene.clock.turn(hours=hours)
    me = scene.api.as_(scene.people["li"])
    scene.staff = scene.api.as_(scene.organizer)
    reply = scene.ask(me, **({"direction": direction} if direction else {}))
    assert code_of(reply) == (409, "session_not_open")
    assert [each.result for each in attempts(scene)] == ["session_not_open"]


@pytest.mark.parametrize(
    ("location", "place", "code"),
    [(ELSEWHERE, "outside_beyond_1km", "outside_geofence"), (None, "unknown", "location_needed")],
)
def test_away_from_the_venue_there_is_no_ticket(
    scene: Scene, location: dict[str, float] | None, place: str, code: str
) -> None:
    fenced = scene.make.session(scene.project, qr_mode=QrMode.PRINTED, latitude=30.25, longitude=120.17, radius_m=300)
    me = scene.learner("li")
    reply = scene.ask(me, fenced, **({"location": location} if location else {}))
    assert code_of(reply) == (403, code)
    (kept,) = attempts(scene)
    assert kept.place == place
    assert scene.ask(me, fenced, location=AT_THE_VENUE).status_code == 201


def test_a_printed_code_never_rotates(scene: Scene) -> None:
    fenced = scene.make.session(scene.project, qr_mode=QrMode.PRINTED, latitude=30.25, longitude=120.17, radius_m=300)
    reply = scene.staff.get(f"/sessions/{fenced.id}/qr")
    assert reply.json["expires_at"] is None
    assert reply.json["rotates_every"] is None
    scene.clock.turn(minutes=5)
    assert scene.shown(fenced) == reply.json["url"]


BODIES: list[Any] = [
    {"qr": 7},
    {"qr": "x" * 501},
    {"qr": "x\x00"},
    {"qr": "x", "surprise": 1},
    {"qr": "x", "direction": "up"},
    {"qr": "x", "device_id": ""},
    {"qr": "x", "device_id": "d" * 65},
    {"qr": "x", "location": {"latitude": 91, "longitude": 0}},
    {"qr": "x", "location": {"latitude": float("nan"), "longitude": 0}},
    {"qr": "x", "location": {"latitude": 1, "longitude": float("inf")}},
    {"qr": "x", "location": {"latitude": 1}},
    {"qr": "x", "location": {"latitude": 1, "longitude": 1, "accuracy": -1}},
    [],
    "text",
]


def test_a_body_that_is_none_is_422(scene: Scene) -> None:
    me = scene.learner("li")
    for body in BODIES:
        reply = me.post("/check-in-tickets", body)
        assert code_of(reply) == (422, "invalid_input"), body


def test_a_body_without_code_and_cookie_is_422(scene: Scene) -> None:
    reply = scene.learner("li").post("/check-in-tickets", {})
    assert code_of(reply) == (422, "qr_invalid")


def test_no_coordinate_is_ever_stored(scene: Scene) -> None:
    fenced = scene.make.session(scene.project, qr_mode=QrMode.PRINTED, latitude=30.25, longitude=120.17, radius_m=300)
    me = scene.learner("li")
    scene.ask(me, fenced, location={"latitude": 31.987654, "longitude": 121.123456})
    (kept,) = attempts(scene)
    stored = {column.name: getattr(kept, column.name) for column in CheckInAttempt.__table__.columns}
    assert not any("31.98" in str(value) or "121.12" in str(value) for value in stored.values())
