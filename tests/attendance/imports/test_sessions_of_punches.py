"""Which session a punch belongs to, by the venue's time; one that fits none, or two, is told by its cell."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from attendance.imports.punches import instant_of
from models.attendance import CheckIn
from models.projects import Project
from models.projects import Session as VenueSession
from tests.attendance.conftest import Scene
from tests.attendance.imports.punch_import import Jobs, errors, local, number_of, previewed, zone_of
from tests.attendance.imports.roster_import import act
from tests.databases import table_of


def test_a_punch_that_fits_nothing_is_named_by_its_cell(scene: Scene, run_jobs: Jobs) -> None:
    scene.learner("li", is_enrolled=False)
    scene.make.session(scene.project)  # at the same time as the first one
    li, now = number_of(scene, "li"), local(scene, scene.clock.now())
    yesterday, soon = (
        local(scene, scene.clock.now() - timedelta(days=1)),
        local(scene, scene.clock.now() + timedelta(minutes=5)),
    )
    found = previewed(
        scene, run_jobs,
        (li, "half past eight"),
        (li, yesterday),
        (li, now),
        ("9999999999", now),
        (li, now, "sideways"),
        (li, now, "", "晚上"),
        ("", now),
        (li, soon, "", "上午场"),
    )  # fmt: skip
    assert errors(scene, found["id"]) == [
        (2, "时间", "time_unreadable"),
        (6, "方向", "direction_unknown"),
        (7, "场次", "session_unknown"),
        (8, "继教编号", "missing"),
    ]


def test_a_punch_that_fits_two_sessions_is_left_out_and_blocks_nothing(scene: Scene, run_jobs: Jobs) -> None:
    scene.learner("li", is_enrolled=False)
    beside = scene.make.session(scene.project)  # at the same time as the first one, but open for longer
    opens = scene.session.in_opens_at - timedelta(minutes=5)
    scene.db.execute(table_of(VenueSession).update().where(VenueSession.id == beside.id).values(in_opens_at=opens))
    li = number_of(scene, "li")
    found = previewed(scene, run_jobs, (li, local(scene, scene.clock.now())), (li, local(scene, opens)))
    assert (found["bad"], found["outcomes"]) == (0, {"left_out": 1})
    assert act(scene, found["id"], run_jobs)["outcomes"] == {"added": 1, "left_out": 1}
    rows = scene.staff.get(f"/attendance-imports/{found['id']}/rows").json["items"]
    assert [[(each["column"], each["code"]) for each in row["findings"]] for row in rows] == [
        [("场次", "session_ambiguous")], [],
    ]  # fmt: skip
    assert scene.db.scalars(select(CheckIn.session_id)).all() == [beside.id]


@pytest.mark.parametrize(
    ("needs_out", "said", "made"),
    [
        (False, "", [("second", "in")]),
        (False, "签退", [("first", "out")]),
        (True, "", []),
        (True, "签到", [("second", "in")]),
    ],
)
def test_between_two_sessions_a_punch_is_coming_in_where_no_check_out_is_asked(
    scene: Scene, run_jobs: Jobs, needs_out: bool, said: str, made: list[tuple[str, str]]
) -> None:
    scene.learner("li", is_enrolled=False)
    scene.db.execute(table_of(Project).update().values(needs_check_out=needs_out))
    days = scene.session.starts_at.astimezone(zone_of(scene)).replace(hour=8, minute=0, second=0, microsecond=0)
    eight = days - timedelta(days=1)
    names = {}
    for name, hours in {"first": (0, 2), "second": (2, 4)}.items():
        starts_at, ends_at = (eight + timedelta(hours=each) for each in hours)
        names[scene.make.session(scene.project, starts_at=starts_at, ends_at=ends_at).id] = name
    at = local(scene, eight + timedelta(hours=1, minutes=50))
    ident = previewed(scene, run_jobs, (number_of(scene, "li"), at, said))["id"]
    assert act(scene, ident, run_jobs)["outcomes"] == {"added" if made else "left_out": 1}
    found = scene.db.execute(select(CheckIn.session_id, CheckIn.direction)).all()
    assert [(names[session_id], direction.value) for session_id, direction in found] == made


def test_a_punch_of_the_future_is_refused(scene: Scene, run_jobs: Jobs) -> None:
    scene.learner("li", is_enrolled=False)
    soon = local(scene, scene.clock.now() + timedelta(minutes=5))
    found = previewed(scene, run_jobs, (number_of(scene, "li"), soon))
    assert errors(scene, found["id"]) == [(2, "时间", "time_in_future")]


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24 08:30:00", "2026-11-24 08:30", "2026/11/24 8:30", "20261124083000", "46350.354166667",
        "2026年11月24日 8:30", "２０２６-11-24 08:30", "2026.11.24  8:30",
    ],
)  # fmt: skip
def test_the_time_on_the_machine_is_the_venues(text: str, machine_zone: str) -> None:
    assert instant_of(text, "Asia/Shanghai") == datetime(2026, 11, 24, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "08:30", "0001-01-01 00:00:00", "9999-12-31 23:59:59", "2026-13-01 08:00"])
def test_what_is_no_time_is_none(text: str) -> None:
    assert instant_of(text, "Asia/Shanghai") is None
