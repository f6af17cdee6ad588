"""Attendance by instants: wherever the machine thinks it is, and in the night when the venue's clocks change."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from models.projects import Project, ProjectStatus
from tests.api import Api, Reply
from tests.attendance.conftest import machine_zone  # noqa: F401 - a fixture
from tests.factories import Factories
from tests.fakes import FakeClock, face

pytestmark = pytest.mark.usefixtures("machine_zone")

# A session of the night shift that begins ten minutes before the clocks change: when, by the wall and in UTC.
AUTUMN = ("2026-11-01T01:50:00-04:00", "2026-11-01T03:50:00-05:00", "2026-11-01T05:50:00Z", timedelta(hours=3))
SPRING = ("2026-03-08T01:50:00-05:00", "2026-03-08T05:50:00-04:00", "2026-03-08T06:50:00Z", timedelta(hours=3))
ORDINARY = ("2026-11-24T08:30:00+08:00", "2026-11-24T11:30:00+08:00", "2026-11-24T00:30:00Z", timedelta(hours=3))
ZONES = {AUTUMN: "America/New_York", SPRING: "America/New_York", ORDINARY: "Asia/Shanghai"}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def create(organizer: Api, unit_id: str, zone: str, starts_at: str, ends_at: str, day: str) -> Reply:
    """A session of a one-day project, through the front door."""
    project = {"name": "夜班急诊", "starts_on": day, "ends_on": day, "unit_id": unit_id}
    made = organizer.post("/projects", project)
    assert made.status_code == 201
    session = {"title": "夜场", "venue": "一号会议厅", "zone": zone, "starts_at": starts_at, "ends_at": ends_at}
    return organizer.post(f"/projects/{made.json['id']}/sessions", session)


@pytest.mark.parametrize("night", [AUTUMN, SPRING, ORDINARY])
def test_windows_have_their_length_whatever_the_clocks_on_the_wall_do(
    api: Api, make: Factories, clock: FakeClock, night: Any, db: Session
) -> None:
    starts_at, ends_at, start_utc, length = night
    start = at(start_utc)
    clock.set(start - timedelta(hours=2))
    make.face_law()
    unit = make.unit()
    organizer = api.as_(make.organizer(unit))
    made = create(organizer, str(unit.id), ZONES[night], starts_at, ends_at, starts_at[:10])
    assert made.status_code == 201, made.json
    db.execute(update(Project).values(status=ProjectStatus.RUNNING))  # its life is another test's matter
    assert at(made.json["starts_at"]) == start
    assert at(made.json["ends_at"]) == start + length
    learners = []
    for name in ("early", "late", "too late"):
        person = make.person(unit=unit)
        number = {"cme_numbers": [person.cme_number]}
        assert organizer.post(f"/projects/{made.json['project_id']}/roster", number).status_code == 200
        learners.append(api.as_(person))
        assert learners[-1].enrol(face(name)).status_code == 201
    early, late, too_late = learners

    def scan(who: Api) -> Reply:
        shown = organizer.get(f"/sessions/{made.json['id']}/qr").json
        assert clock.now() < at(shown["expires_at"]) <= clock.now() + timedelta(seconds=15)
        return who.post("/check-in-tickets", {"qr": shown["url"]})

    def check_in(who: Api, name: str) -> Any:
        ticket = scan(who)
        assert ticket.status_code == 201, ticket.json
        assert at(ticket.json["expires_at"]) == clock.now() + timedelta(minutes=2)
        done = who.send_photos("/check-ins", [face(name)], ticket=ticket.json["ticket"])
        assert done.status_code == 201
        assert at(done.json["checked_in_at"]) == clock.now()
        return done.json

    clock.set(start - timedelta(minutes=30, seconds=1))
    assert scan(early).json["code"] == "session_not_open"
    clock.set(start - timedelta(minutes=30))
    assert check_in(early, "early")["status"] == "present"
    clock.set(start + timedelta(minutes=19, seconds=59))  # the wall says 01:09 in autumn, 03:09 in spring
    assert check_in(late, "late")["status"] == "late"
    clock.set(start + timedelta(minutes=20))
    assert scan(too_late).json["code"] == "session_not_open"
    clock.set(start + length - timedelta(minutes=20))
    assert check_in(early, "early")["direction"] == "out"
    clock.set(start + length + timedelta(minutes=30))
    assert scan(late).json["code"] == "session_not_open"

    there = organizer.get(f"/sessions/{made.json['id']}/attendance").json["items"]
    times = [at(each["checked_in_at"]) for each in there]
    assert times == sorted(times)
    assert [(each["direction"], each["status"]) for each in there] == [
        ("in", "present"), ("in", "late"), ("out", "present"),
    ]  # fmt: skip
    (mine,) = early.get("/me/attendance").json["items"]
    assert [at(each["checked_in_at"]) for each in mine["sessions"][0]["check_ins"]] == [times[0], times[2]]
    assert mine["sessions"][0]["zone"] == ZONES[night]


@pytest.mark.parametrize(
    ("zone", "starts_at", "local_day"),
    [
        ("Asia/Kolkata", "2026-11-23T19:00:00Z", "2026-11-24"),  # 00:30 there
        ("Asia/Shanghai", "2026-11-23T16:00:00Z", "2026-11-24"),  # midnight there
        ("America/New_York", "2026-11-25T04:59:00Z", "2026-11-24"),  # 23:59 there
        ("UTC", "2026-11-24T00:00:00Z", "2026-11-24"),
    ],
)
def test_a_sessions_day_is_the_day_at_its_venue(
    api: Api, make: Factories, clock: FakeClock, zone: str, starts_at: str, local_day: str
) -> None:
    clock.set(datetime(2026, 11, 20, tzinfo=UTC))
    unit = make.unit()
    organizer = api.as_(make.organizer(unit))
    ends_at = (at(starts_at) + timedelta(hours=3)).isoformat()
    for day, status in (("2026-11-23", 422), ("2026-11-24", 201), ("2026-11-25", 422)):
        made = create(organizer, str(unit.id), zone, starts_at, ends_at, day)
        assert made.status_code == (201 if day == local_day else 422), made.json
        assert made.status_code == status


def test_lists_go_on_where_they_stopped_whatever_the_offset(api: Api, make: Factories, clock: FakeClock) -> None:
    unit = make.unit()
    organizer = api.as_(make.organizer(unit))
    made = organizer.post("/projects", {"name": "全天", "starts_on": "2026-11-24", "ends_on": "2026-11-25"})
    offsets = ["+08:00", "Z", "-05:00", "+05:30", "+14:00", "-12:00"]
    path = f"/projects/{made.json['id']}/sessions"
    for n, offset in enumerate(offsets):
        body = {
            "title": f"第{n}场", "venue": "厅", "zone": "Asia/Shanghai",
            "starts_at": f"2026-11-24T12:00:00{offset}", "ends_at": f"2026-11-24T13:00:00{offset}",
        }  # fmt: skip
        assert organizer.post(path, body).status_code == 201
    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        page = organizer.get(path, query_string={"limit": 2, **({"cursor": cursor} if cursor else {})}).json
        seen += [each["starts_at"] for each in page["items"]]
        cursor = page["next_cursor"]
    assert len(seen) == len(offsets)
    assert [at(each) for each in seen] == sorted(at(each) for each in seen)
