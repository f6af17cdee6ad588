"""What sessions side by side, posters and cancelled sessions are worth in grid, preview and settlement, by HTTP."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from foundation.clock import day_at_home
from models.projects import ProjectStatus
from tests.api import Api
from tests.attendance.settlement.settling import Closing, close
from tests.factories import Factories
from tests.fakes import FakeClock

Jobs = Callable[[], None]


@pytest.fixture
def closing(api: Api, make: Factories, clock: FakeClock, db: Session) -> Closing:
    """A project that runs for two days up to today, with no session yet."""
    today = day_at_home(clock.now())
    made = close(api, make, clock, db, status=ProjectStatus.RUNNING, starts_on=today - timedelta(days=2), ends_on=today)
    db.delete(made.session)
    db.commit()
    return made


def plan(closing: Closing, start: str, end: str, *, days_ago: int = 1, long: int = 0, **more: Any) -> Any:
    day: date = day_at_home(closing.now) - timedelta(days=days_ago)
    return closing.staff.post(
        f"/projects/{closing.project.id}/sessions",
        {"title": f"{start}场", "venue": "一号厅", "starts_at": f"{day}T{start}:00+08:00",
         "ends_at": f"{day + timedelta(days=long)}T{end}:00+08:00", **more},
    )  # fmt: skip


def attend(closing: Closing, name: str, *sessions: str) -> None:
    person = closing.people.get(name) or closing.expect(name, attended=False)
    closing.db.commit()
    for session in sessions:
        said = {"cme_number": person.cme_number, "mark": "present", "reason": "已核对签到表"}
        assert closing.staff.post(f"/sessions/{session}/corrections", said).status_code == 201


def grid(closing: Closing) -> dict[str, tuple[float, int, str]]:
    rows = closing.staff.get(f"/projects/{closing.project.id}/attendance").json["items"]
    return {each["person"]["name"]: (each["counted"], each["required"], each["share"]) for each in rows}


def granted(closing: Closing) -> set[str]:
    return {each["name"] for each in closing.preview()["grants"]}


def test_the_morning_of_two_tracks_and_the_afternoon_are_two_sessions(closing: Closing, run_jobs: Jobs) -> None:
    a = plan(closing, "08:00", "12:00", track="甲").json["id"]
    b = [plan(closing, f"{hour:02}:00", f"{hour + 1:02}:00", track="乙").json["id"] for hour in (8, 9, 10, 11)]
    c = plan(closing, "14:00", "17:00").json["id"]
    for name, sessions in (
        ("甲全", [a, c]), ("乙全", [*b, c]), ("甲", [a]), ("乙末", b[3:]), ("下午", [c]), ("乙末下午", [b[3], c]),
    ):  # fmt: skip
        attend(closing, name, *sessions)
    assert grid(closing) == {
        "甲全": (2, 2, "1.00"), "乙全": (2, 2, "1.00"), "甲": (1, 2, "0.50"), "乙末": (0.25, 2, "0.12"),
        "下午": (1, 2, "0.50"), "乙末下午": (1.25, 2, "0.62"),
    }  # fmt: skip
    assert granted(closing) == {"甲全", "乙全"}
    (skipped,) = (each for each in closing.preview()["skipped"] if each["name"] == "乙末下午")
    assert (skipped["attended"], skipped["required"], skipped["reasons"]) == (1.25, 2, ["attendance_too_low"])
    closing.change(status=ProjectStatus.ENDED)
    settlement = closing.confirm().json["id"]
    lines = closing.unit.get(f"/settlements/{settlement}/lines").json["items"]
    assert {each["name"]: each["attended"] for each in lines} == {name: row[0] for name, row in grid(closing).items()}
    closing.review(settlement)
    run_jobs()
    assert {who for who, credits in closing.live().items() if credits == [Decimal("5.00")]} == {
        closing.people[name].id for name in ("甲全", "乙全")
    }


def test_posters_of_two_days_beside_four_half_days_earn_nothing_alone(closing: Closing) -> None:
    main = [
        plan(closing, start, end, days_ago=days).json["id"]
        for days in (2, 1)
        for start, end in (("08:00", "12:00"), ("14:00", "17:00"))
    ]
    assert plan(closing, "08:00", "17:00", days_ago=2, long=1).json["code"] == "session_too_long"
    posters = plan(closing, "08:00", "17:00", days_ago=2, long=1, counts=False).json["id"]
    attend(closing, "一场", main[0], posters)
    attend(closing, "只看壁报", posters)
    attend(closing, "全程", *main)
    assert grid(closing) == {"一场": (1, 4, "0.25"), "只看壁报": (0, 4, "0.00"), "全程": (4, 4, "1.00")}
    assert granted(closing) == {"全程"}
    changed = closing.staff.patch(f"/sessions/{main[3]}", {"counts": False})
    assert (changed.status_code, grid(closing)["一场"]) == (200, (1, 3, "0.33"))


def test_a_cancelled_session_is_asked_of_nobody_until_the_list_is_confirmed(closing: Closing) -> None:
    closing.change(min_attendance=Decimal("1.00"))
    held, off = (plan(closing, *hours).json["id"] for hours in (("08:00", "12:00"), ("14:00", "17:00")))
    attend(closing, "来了", held)
    assert granted(closing) == set()
    path = f"/sessions/{off}/cancellation"
    assert closing.staff.post(path, {"reason": "讲者航班取消，本场不办"}).status_code == 200
    assert granted(closing) == {"来了"}
    assert closing.staff.delete(path).status_code == 200
    assert granted(closing) == set()
    closing.change(status=ProjectStatus.ENDED)
    assert closing.staff.post(path, {"reason": "讲者航班取消，本场不办"}).status_code == 200
    assert closing.confirm().status_code == 202
    for reply in (closing.staff.delete(path), closing.staff.post(path, {"reason": "另一个原因"})):
        assert (reply.status_code, reply.json["code"]) == (409, "project_closed")


def test_a_project_whose_only_session_is_cancelled_grants_nothing(closing: Closing) -> None:
    only = plan(closing, "08:00", "12:00").json["id"]
    attend(closing, "来了", only)
    assert granted(closing) == {"来了"}
    assert closing.staff.post(f"/sessions/{only}/cancellation", {"reason": "场地停用"}).status_code == 200
    assert (grid(closing), granted(closing)) == ({"来了": (0, 0, "0.00")}, set())


def test_the_sheets_tell_parts_of_sessions(closing: Closing) -> None:
    long, short = (plan(closing, *hours).json["id"] for hours in (("08:00", "12:00"), ("11:00", "12:00")))
    plan(closing, "14:00", "17:00", counts=False)
    attend(closing, "末段", short)
    attend(closing, "全程", long)
    text = closing.staff.get(f"/projects/{closing.project.id}/attendance.csv").text
    title, *lines = [line.split(",") for line in text.splitlines()]
    place = title.index("计入场次")
    assert {line[1]: line[place : place + 2] for line in lines} == {"末段": ["0.25", "1"], "全程": ["1", "1"]}
    assert [name for name in title if name.endswith("（不计）")] == [
        f"14:00场 {day_at_home(closing.now) - timedelta(days=1):%m-%d} 14:00（不计）"
    ]
