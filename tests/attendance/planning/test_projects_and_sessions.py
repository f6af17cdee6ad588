"""Making projects, sessions and rosters; what the screen shows."""

import io
from datetime import datetime, timedelta
from typing import Any

import cv2
import numpy as np
from PIL import Image
from sqlalchemy import select

from models.edge import AuditEntry
from models.projects import Project, RosterEntry
from models.projects import Session as VenueSession
from tests.api import Api
from tests.attendance.check_in.checking_in import at_once, code_of
from tests.attendance.conftest import Scene
from tests.attendance.planning.projects_and_sessions import FENCE, SESSION

PROJECT = {
    "name": "急诊医学新进展",
    "number": "2026-10-01-001 (国)",
    "starts_on": "2026-11-24",
    "ends_on": "2026-11-26",
}


def project_of(scene: Scene) -> str:
    reply = scene.staff.post("/projects", PROJECT)
    assert reply.status_code == 201
    return str(reply.json["id"])


def test_an_organizer_makes_a_project_of_their_unit(scene: Scene) -> None:
    made = scene.staff.post("/projects", PROJECT)
    assert made.status_code == 201
    assert made.json["unit_id"] == str(scene.unit.id)
    assert {name: made.json[name] for name in PROJECT} == PROJECT
    assert scene.staff.get(f"/projects/{made.json['id']}").json == made.json
    assert made.json in scene.staff.get("/projects").json["items"]
    audited = scene.db.scalars(select(AuditEntry).where(AuditEntry.action == "project.create")).one()
    assert str(audited.subject_id) == made.json["id"]


def test_the_same_key_makes_one_project(scene: Scene) -> None:
    replies = [scene.staff.post("/projects", PROJECT, headers={"Idempotency-Key": "k-1"}) for _ in range(2)]
    assert replies[0].json == replies[1].json
    assert len(scene.db.scalars(select(Project).where(Project.number == PROJECT["number"])).all()) == 1


def test_projects_are_made_and_seen_within_ones_reach(scene: Scene) -> None:
    elsewhere, department = scene.make.unit(), scene.make.unit(parent=scene.unit)
    assert scene.staff.post("/projects", {**PROJECT, "unit_id": str(department.id)}).status_code == 201
    assert code_of(scene.staff.post("/projects", {**PROJECT, "unit_id": str(elsewhere.id)})) == (403, "forbidden")
    nowhere = "01900000-0000-7000-8000-000000000000"
    assert code_of(scene.staff.post("/projects", {**PROJECT, "unit_id": nowhere})) == (404, "not_found")
    assert len(scene.staff.get("/projects").json["items"]) == 2
    assert scene.api.as_(scene.make.organizer(elsewhere)).get("/projects").json["items"] == []
    assert code_of(scene.learner("li").post("/projects", PROJECT)) == (403, "forbidden")


def test_who_organizes_for_two_units_says_which(scene: Scene) -> None:
    scene.make._grant(scene.organizer, "organizer", scene.make.unit())  # a second role
    scene.db.commit()
    assert code_of(scene.staff.post("/projects", PROJECT)) == (422, "unit_needed")
    assert scene.staff.post("/projects", {**PROJECT, "unit_id": str(scene.unit.id)}).status_code == 201


def test_projects_come_newest_first_page_by_page(scene: Scene) -> None:
    for _ in range(3):
        project_of(scene)
    whole = scene.staff.get("/projects").json["items"]
    first = scene.staff.get("/projects?limit=2").json
    rest = scene.staff.get("/projects", query_string={"limit": 2, "cursor": first["next_cursor"]}).json
    assert first["items"] + rest["items"] == whole
    assert [each["id"] for each in whole] == sorted((each["id"] for each in whole), reverse=True)


def test_a_project_that_cannot_be_is_422(scene: Scene) -> None:
    wrong: list[dict[str, Any]] = [
        {"ends_on": "2026-11-23"}, {"starts_on": "0001-01-01"}, {"ends_on": "9999-12-31"}, {"name": ""},
        {"name": "x\x00"}, {"name": None}, {"number": "x" * 61}, {"surprise": 1}, {"starts_on": "tomorrow"},
        {"unit_id": "17"},
    ]  # fmt: skip
    for changed in wrong:
        assert scene.staff.post("/projects", {**PROJECT, **changed}).status_code == 422, changed
    assert len(scene.db.scalars(select(Project)).all()) == 1


def test_a_session_has_the_windows_of_the_field_unless_told_otherwise(scene: Scene) -> None:
    path = f"/projects/{project_of(scene)}/sessions"
    made = scene.staff.post(path, SESSION)
    assert made.status_code == 201
    assert (made.json["liveness"], made.json["qr_mode"], made.json["zone"]) == ("none", "rotating", "Asia/Shanghai")
    start, end = datetime.fromisoformat(SESSION["starts_at"]), datetime.fromisoformat(SESSION["ends_at"])
    windows = {name: datetime.fromisoformat(at) for name, at in made.json["windows"].items()}
    assert windows == {
        "in_opens_at": start - timedelta(minutes=30),
        "late_from": start,
        "in_closes_at": start + timedelta(minutes=20),
        "out_opens_at": end - timedelta(minutes=20),
        "out_closes_at": end + timedelta(minutes=30),
    }
    moved = scene.staff.post(path, {**SESSION, "windows": {"late_from": "2026-11-24T08:40:00+08:00"}})
    assert datetime.fromisoformat(moved.json["windows"]["late_from"]) == start + timedelta(minutes=10)
    assert made.json.items() <= scene.staff.get(f"/sessions/{made.json['id']}").json.items()
    assert [each["id"] for each in scene.staff.get(path).json["items"]] == [made.json["id"], moved.json["id"]]
    assert len(scene.db.scalars(select(AuditEntry).where(AuditEntry.action == "session.create")).all()) == 2


def test_sessions_come_in_order_page_by_page(scene: Scene) -> None:
    path = f"/projects/{project_of(scene)}/sessions"
    for hour in (10, 9, 9, 8):
        times = {"starts_at": f"2026-11-24T{hour:02d}:00:00+08:00", "ends_at": f"2026-11-24T{hour + 1:02d}:00:00+08:00"}
        assert scene.staff.post(path, {**SESSION, **times}).status_code == 201
    whole = scene.staff.get(path).json["items"]
    assert [each["starts_at"] for each in whole] == sorted(each["starts_at"] for each in whole)
    found, cursor = [], None
    for _ in range(4):
        page = scene.staff.get(path, query_string={"limit": 1, **({"cursor": cursor} if cursor else {})}).json
        found += page["items"]
        cursor = page["next_cursor"]
    assert found == whole
    assert cursor is None


def test_a_session_may_cross_midnight_and_belongs_to_the_day_of_its_venue(scene: Scene, machine_zone: str) -> None:
    path = f"/projects/{project_of(scene)}/sessions"
    late = {**SESSION, "starts_at": "2026-11-26T22:00:00+08:00", "ends_at": "2026-11-27T01:00:00+08:00"}
    assert scene.staff.post(path, late).status_code == 201
    early = {**SESSION, "starts_at": "2026-11-24T00:30:00+08:00", "ends_at": "2026-11-24T02:00:00+08:00"}
    assert scene.staff.post(path, early).status_code == 201  # still the 23rd in UTC
    in_new_york = {**early, "zone": "America/New_York"}  # where it is still the 23rd
    assert code_of(scene.staff.post(path, in_new_york)) == (422, "period_invalid")


WRONG_SESSIONS: list[tuple[dict[str, Any], str]] = [
    ({"ends_at": SESSION["starts_at"]}, "period_invalid"),
    ({"starts_at": "2026-11-20T08:30:00+08:00"}, "period_invalid"),
    ({"windows": {"in_opens_at": "2026-11-24T09:30:00+08:00"}}, "period_invalid"),
    ({"zone": "Asia/Nowhere"}, "zone_unknown"),
    ({"zone": "../../etc/passwd"}, "zone_unknown"),
    ({"zone": "zone.tab"}, "zone_unknown"),
    ({"qr_mode": "printed"}, "geofence_required"),
    ({"starts_at": "2026-11-24T08:30:00"}, "invalid_input"),
    ({"starts_at": "0001-01-01T00:00:00Z"}, "invalid_input"),
    ({"ends_at": "9999-12-31T23:59:59Z"}, "invalid_input"),
    ({"starts_at": "0001-01-01T00:00:00+23:59"}, "invalid_input"),
    ({"geofence": {**FENCE, "latitude": 91}}, "invalid_input"),
    ({"geofence": {**FENCE, "radius_m": 0}}, "invalid_input"),
    ({"geofence": {"latitude": 1}}, "invalid_input"),
    ({"liveness": "magic"}, "invalid_input"),
    ({"windows": {"surprise": SESSION["starts_at"]}}, "invalid_input"),
    ({"title": " "}, "invalid_input"),
]


def test_a_session_that_cannot_be_is_422(scene: Scene) -> None:
    path = f"/projects/{project_of(scene)}/sessions"
    for changed, code in WRONG_SESSIONS:
        assert code_of(scene.staff.post(path, {**SESSION, **changed})) == (422, code), changed
    assert len(scene.db.scalars(select(VenueSession)).all()) == 1


def test_a_printed_code_comes_with_a_geofence(scene: Scene) -> None:
    path = f"/projects/{project_of(scene)}/sessions"
    made = scene.staff.post(path, {**SESSION, "qr_mode": "printed", "geofence": FENCE})
    assert made.status_code == 201
    assert made.json["geofence"] == {**FENCE, "is_required": False}


def test_a_roster_takes_people_once_and_names_unknown_numbers(scene: Scene) -> None:
    project, people = project_of(scene), [scene.make.person(unit=scene.unit) for _ in range(3)]
    numbers = [person.cme_number for person in people]
    path = f"/projects/{project}/roster"
    first = scene.staff.post(path, {"cme_numbers": [*numbers[:2], numbers[0], "9999999999"], "role": "learner"})
    assert first.status_code == 200
    assert first.json == {"added": 2, "already": 0, "waiting": 0, "unknown": ["9999999999"]}
    second = scene.staff.post(path, {"cme_numbers": numbers})
    assert second.json == {"added": 1, "already": 2, "waiting": 0, "unknown": []}
    assert len(scene.db.scalars(select(RosterEntry)).all()) == 3
    audited = scene.db.scalars(select(AuditEntry).where(AuditEntry.action == "roster.add")).all()
    assert [len(each.after["people"]) for each in audited] == [2, 1]
    third = scene.staff.post(path, {"cme_numbers": numbers})
    assert third.json == {"added": 0, "already": 3, "waiting": 0, "unknown": []}


def test_a_roster_written_by_several_at_once_has_everybody_once(scene: Scene) -> None:
    numbers = [scene.make.person(unit=scene.unit).cme_number for _ in range(5)]
    path = f"/projects/{scene.project.id}/roster"
    replies = at_once(6, lambda: Api(scene.api.app, scene.staff.token).post(path, {"cme_numbers": numbers}))
    assert {reply.status_code for reply in replies} == {200}
    assert sorted(reply.json["added"] for reply in replies) == [0] * 5 + [5]
    assert len(scene.db.scalars(select(RosterEntry)).all()) == 5


def test_a_roster_of_something_else_is_422(scene: Scene) -> None:
    path = f"/projects/{scene.project.id}/roster"
    wrong: tuple[Any, ...] = ([], ["x"] * 1001, ["x" * 21], [7], "3300000001", [""])
    for numbers in wrong:
        assert code_of(scene.staff.post(path, {"cme_numbers": numbers})) == (422, "invalid_input")


def test_only_an_organizer_of_the_unit_writes(scene: Scene) -> None:
    stranger = scene.api.as_(scene.make.organizer(scene.make.unit()))
    for who in (stranger, scene.learner("li")):
        assert code_of(who.post(f"/projects/{scene.project.id}/sessions", SESSION)) == (403, "forbidden")
        assert code_of(who.post(f"/projects/{scene.project.id}/roster", {"cme_numbers": ["1"]})) == (403, "forbidden")


def test_the_screens_code_says_when_the_next_one_comes(scene: Scene) -> None:
    shown = scene.staff.get(f"/sessions/{scene.session.id}/qr").json
    assert shown["url"].startswith(f"https://cme.test/s/{scene.session.short_code}?c=")
    assert len(shown["url"]) < len("https://cme.test") + 60
    assert shown["rotates_every"] == 15
    left = datetime.fromisoformat(shown["expires_at"]) - scene.clock.now()
    assert timedelta(0) < left <= timedelta(seconds=15)


def test_the_picture_is_the_code_and_is_not_cached(scene: Scene) -> None:
    path = f"/sessions/{scene.session.id}/qr"
    png = scene.staff.get(f"{path}.png")
    assert png.mimetype == "image/png"
    assert "no-store" in png.headers["Cache-Control"]
    pixels = np.asarray(Image.open(io.BytesIO(png.data)).convert("L"))
    assert cv2.QRCodeDetector().detectAndDecode(pixels)[0] == scene.shown()
    svg = scene.staff.get(f"{path}.svg")
    assert svg.mimetype == "image/svg+xml"
    assert b"<svg" in svg.data[:300]
    assert b"<script" not in svg.data
    assert "no-store" in svg.headers["Cache-Control"]
