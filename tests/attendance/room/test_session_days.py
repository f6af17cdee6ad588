"""The sessions of a day, over all projects of a caller, by the clock of each venue."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from models.people import Role
from models.projects import Project, ProjectStatus
from models.projects import Session as VenueSession
from tests.api import Api
from tests.attendance.check_in.checking_in import DOUBTFUL, code_of
from tests.attendance.conftest import Scene
from tests.attendance.projects.lists import pages, statements
from tests.fakes import face

DAY = date(2026, 11, 24)


def of_day(who: Api, on: date | str = DAY, **query: Any) -> list[dict[str, Any]]:
    reply = who.get("/sessions", query_string={"on": str(on), **query})
    assert reply.status_code == 200, reply.json
    return list(reply.json["items"])


def planned(scene: Scene, zone: str, start: str, hours: float = 3, project: Project | None = None) -> VenueSession:
    """A session at a local time of the venue, given as UTC with the offset that the zone has then."""
    starts_at = datetime.fromisoformat(start).astimezone(UTC)
    return scene.make.session(
        project or scene.project, zone=zone, starts_at=starts_at, ends_at=starts_at + timedelta(hours=hours)
    )


def test_a_session_of_today_shows_where_what_and_how_many(scene: Scene) -> None:
    session = scene.make.session(scene.project)
    for name in ("li", "wang", "zhao"):
        scene.learner(name, is_enrolled=name != "zhao")
    for name, off in (("li", 0.0), ("wang", DOUBTFUL)):
        me = scene.api.as_(scene.people[name])
        scene.check_in(me, face(name, off=off), ticket=scene.ticket(me, session))
    local = datetime.fromisoformat(str(session.starts_at)).astimezone(ZoneInfo(session.zone)).date()
    (found,) = [each for each in of_day(scene.staff, local) if each["id"] == str(session.id)]
    assert (found["title"], found["venue"], found["zone"]) == (session.title, session.venue, session.zone)
    assert (found["project"]["name"], found["project_status"]) == (scene.project.name, "running")
    assert (found["state"], found["open"]) == ("open", ["in"])
    assert found["numbers"] == {"expected": 3, "came": 1, "late": 0, "left": 0, "needs_review": 1}
    board = scene.staff.get(f"/sessions/{session.id}/board").json
    assert {name: board[name] for name in found["numbers"]} == found["numbers"]


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        ("Asia/Shanghai", "2026-11-24T00:30:00+08:00"),
        ("Asia/Urumqi", "2026-11-24T23:30:00+06:00"),
        ("Pacific/Kiritimati", "2026-11-24T08:00:00+14:00"),
        ("Pacific/Pago_Pago", "2026-11-24T20:00:00-11:00"),
        ("Etc/GMT+12", "2026-11-24T23:00:00-12:00"),
    ],
)
def test_the_day_is_that_of_the_venues_own_clock(scene: Scene, zone: str, start: str) -> None:
    session = planned(scene, zone, start, hours=0.25)
    assert [each["id"] for each in of_day(scene.staff)] == [str(session.id)]
    for other in (DAY - timedelta(days=1), DAY + timedelta(days=1)):
        assert of_day(scene.staff, other) == []


def test_a_session_over_midnight_is_one_of_both_days_and_one_until_midnight_is_not(scene: Scene) -> None:
    night = planned(scene, "Asia/Shanghai", "2026-11-24T22:00:00+08:00", hours=4)
    planned(scene, "Asia/Shanghai", "2026-11-24T21:00:00+08:00", hours=3)
    assert [each["id"] for each in of_day(scene.staff, "2026-11-25")] == [str(night.id)]
    assert len(of_day(scene.staff)) == 2


def test_a_day_of_25_hours_has_its_last_hour(scene: Scene) -> None:
    last = planned(scene, "Europe/Berlin", "2026-10-25T23:30:00+01:00", hours=0.25)
    assert [each["id"] for each in of_day(scene.staff, "2026-10-25")] == [str(last.id)]
    assert of_day(scene.staff, "2026-10-26") == []


def test_the_state_follows_the_session(scene: Scene) -> None:
    def state() -> tuple[str, list[str]]:
        zone = scene.session.zone
        local = scene.session.starts_at.astimezone(ZoneInfo(zone)).date()
        (found,) = of_day(scene.staff, local)
        return found["state"], found["open"]

    scene.clock.turn(minutes=-30)
    assert state() == ("to_come", [])
    scene.clock.turn(minutes=30)
    assert state() == ("open", ["in"])
    scene.clock.turn(hours=1)
    assert state() == ("running", [])
    scene.clock.turn(hours=2)
    assert state() == ("open", ["out"])
    scene.clock.turn(hours=1)
    assert state() == ("over", [])
    scene.clock.turn(hours=-2)
    assert scene.staff.post(f"/sessions/{scene.session.id}/closing", {"reason": "提前结束"}).status_code == 200
    assert state() == ("closed", [])
    why = {"reason": "讲者因故不能到场"}
    assert scene.staff.post(f"/sessions/{scene.session.id}/cancellation", why).status_code == 200
    assert state() == ("cancelled", [])


def test_each_caller_finds_what_they_organize_review_or_own_and_no_draft_of_others(scene: Scene) -> None:
    elsewhere = scene.make.unit(name="二院")
    draft = scene.make.project(unit=scene.unit, organizer=scene.organizer, status=ProjectStatus.DRAFT)
    theirs = scene.make.project(unit=elsewhere, organizer=scene.make.organizer(elsewhere))
    at = "2026-11-24T08:00:00+08:00"
    mine, drafted, other = (
        str(planned(scene, "Asia/Shanghai", at, project=each).id) for each in (scene.project, draft, theirs)
    )
    found = {
        name: {each["id"] for each in of_day(scene.api.as_(person))}
        for name, person in {
            "organizer": scene.organizer,
            "admin": scene.make.staff(Role.UNIT_ADMIN, scene.unit),
            "authority": scene.make.staff(Role.AUTHORITY, scene.make.province),
            "elsewhere": scene.make.staff(Role.UNIT_ADMIN, elsewhere, Role.ORGANIZER),
        }.items()
    }
    assert found == {
        "organizer": {mine, drafted}, "admin": {mine}, "authority": {mine, other}, "elsewhere": {other},
    }  # fmt: skip
    assert code_of(scene.learner("li").get("/sessions")) == (403, "forbidden")


def test_the_day_is_searched_and_comes_in_pages(scene: Scene) -> None:
    for number in range(5):
        session = planned(scene, "Asia/Shanghai", f"2026-11-24T{8 + number // 2:02}:00:00+08:00")
        session.title, session.venue = f"第{number}场", "百%厅" if number == 3 else "大厅"
    scene.db.commit()
    whole = of_day(scene.staff)
    assert len(whole) == 5
    for limit in (1, 2, 5):
        assert [each for page in pages(scene.staff, f"/sessions?on={DAY}", limit) for each in page] == whole
    assert [each["title"] for each in of_day(scene.staff, q="百%")] == ["第3场"]
    assert [each["title"] for each in of_day(scene.staff, q="第2")] == ["第2场"]
    assert len(of_day(scene.staff, q=scene.project.name[:3])) == 5
    for bad in ("2026-13-01", "yesterday", "0001-01-01", "9999-12-31"):
        assert scene.staff.get("/sessions", query_string={"on": bad}).status_code == 422, bad


def test_a_full_day_takes_as_many_statements(scene: Scene) -> None:
    planned(scene, "Asia/Shanghai", "2026-11-24T08:00:00+08:00")
    scene.make.session(scene.project, capacity=3, zone="Asia/Shanghai", starts_at=datetime(2026, 11, 24, 2, tzinfo=UTC))
    with statements(scene.api) as one:
        of_day(scene.staff)
    for number in range(8):
        project = scene.make.project(unit=scene.unit, organizer=scene.organizer)
        planned(scene, "Asia/Shanghai", f"2026-11-24T{8 + number:02}:00:00+08:00", project=project)
    with statements(scene.api) as many:
        assert len(of_day(scene.staff)) == 10
    assert len(one) == len(many)


def test_without_a_day_it_is_today(scene: Scene) -> None:
    reply = scene.staff.get("/sessions").json
    assert reply["on"] == str(scene.clock.now().astimezone(ZoneInfo("Asia/Shanghai")).date())
    assert datetime.fromisoformat(reply["now"]) == scene.clock.now()
