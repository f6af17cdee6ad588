"""What attendance machines (考勤机) wrote down: found its session by the venue's time, checked, committed, undone."""

import zoneinfo
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from sqlalchemy import select

from attendance.imports.punches import instant_of
from attendance.imports.rows import PUNCH_COLUMNS
from models.attendance import CheckIn, CheckInStatus
from models.projects import Project, ProjectStatus
from sheets.writing import csv_lines
from tests.attendance.check_in.test_checking_in import code_of
from tests.attendance.conftest import Scene
from tests.attendance.imports.test_roster_import import act, send, shown
from tests.attendance.record.shares import shares
from tests.fakes import face

SHANGHAI = zoneinfo.ZoneInfo("Asia/Shanghai")
Jobs = Callable[[], None]


def local(at: datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def previewed(scene: Scene, run_jobs: Jobs, *rows: tuple[str, ...]) -> dict[str, Any]:
    lines = [tuple(row) + ("",) * (5 - len(row)) for row in rows]
    made = send(scene, "".join(csv_lines(PUNCH_COLUMNS, lines)).encode(), "punch")
    assert made.status_code == 202, made.json
    run_jobs()
    return shown(scene, made.json["id"])


def errors(scene: Scene, ident: str) -> list[tuple[int, str, str]]:
    rows = scene.staff.get(f"/attendance-imports/{ident}/rows?only_bad=1").json["items"]
    return [(row["number"], each["column"], each["code"]) for row in rows for each in row["errors"]]


def number_of(scene: Scene, name: str) -> str:
    return str(scene.people[name].cme_number)


def test_punches_become_check_ins_late_or_not_in_or_out(scene: Scene, run_jobs: Jobs) -> None:
    scene.learner("li", is_enrolled=False)
    scene.learner("wang", is_enrolled=False)
    scene.clock.set(scene.session.ends_at + timedelta(hours=1))
    start, end = scene.session.starts_at, scene.session.ends_at
    found = previewed(
        scene, run_jobs,
        (number_of(scene, "li"), local(start - timedelta(minutes=5)), "", "", "K-7"),
        (number_of(scene, "li"), local(start - timedelta(minutes=4))),
        (number_of(scene, "li"), local(end)),
        (number_of(scene, "wang"), local(start + timedelta(minutes=5)), "签到"),
    )  # fmt: skip
    assert (found["bad"], errors(scene, found["id"])) == (0, [])
    assert scene.db.scalars(select(CheckIn)).all() == []
    assert act(scene, found["id"], run_jobs)["outcomes"] == {"added": 3, "already": 1}
    rows = scene.db.scalars(select(CheckIn).order_by(CheckIn.checked_in_at)).all()
    assert [(row.direction.value, row.status.value, row.method.value) for row in rows] == [
        ("in", "present", "machine"), ("in", "late", "machine"), ("out", "present", "machine"),
    ]  # fmt: skip
    assert rows[0].checked_in_at == start - timedelta(minutes=5)
    assert {share.counted for share in shares(scene.db, scene.project).values()} == {1}


def test_a_machine_never_takes_the_place_of_a_face_and_can_be_undone(scene: Scene, run_jobs: Jobs) -> None:
    first = scene.check_in(scene.learner("li"), face("li")).json
    scene.learner("wang", is_enrolled=False)
    at = local(scene.clock.now())
    ident = previewed(scene, run_jobs, (number_of(scene, "li"), at), (number_of(scene, "wang"), at))["id"]
    assert act(scene, ident, run_jobs)["outcomes"] == {"already": 1, "added": 1}
    undone = act(scene, ident, run_jobs, "undo")
    assert undone["outcomes"] == {"already": 1, "undone": 1}
    counted = {person: share.counted for person, share in shares(scene.db, scene.project).items()}
    assert counted == {scene.people["li"].id: 1, scene.people["wang"].id: 0}
    assert str(scene.db.scalars(select(CheckIn.id).where(CheckIn.status == CheckInStatus.PRESENT)).one()) == first["id"]


def test_each_check_in_of_a_machine_has_a_receipt_that_says_what_it_is_now(scene: Scene, run_jobs: Jobs) -> None:
    me = scene.learner("li")
    ident = previewed(scene, run_jobs, (number_of(scene, "li"), local(scene.clock.now())))["id"]
    act(scene, ident, run_jobs)
    again = scene.check_in(me, face("li"))
    claims = claims_of(scene, again.json["receipt"])
    assert (claims["jti"], claims["status"], claims["person"]) == (
        again.json["id"], "present", str(scene.people["li"].id),
    )  # fmt: skip
    act(scene, ident, run_jobs, "undo")
    assert claims_of(scene, scene.db.scalars(select(CheckIn.receipt)).one())["status"] == "rejected"


def test_after_an_undo_the_right_file_counts(scene: Scene, run_jobs: Jobs) -> None:
    scene.learner("li", is_enrolled=False)
    start = scene.session.starts_at
    scene.clock.set(start + timedelta(hours=1))
    wrong = previewed(scene, run_jobs, (number_of(scene, "li"), local(start + timedelta(minutes=9))))["id"]
    act(scene, wrong, run_jobs)
    act(scene, wrong, run_jobs, "undo")
    right = previewed(scene, run_jobs, *[(number_of(scene, "li"), local(start - timedelta(minutes=9)))] * 2)["id"]
    assert act(scene, right, run_jobs)["outcomes"] == {"added": 1, "already": 1}
    row = scene.db.scalars(select(CheckIn)).one()
    assert (row.status.value, row.checked_in_at) == ("present", start - timedelta(minutes=9))
    assert {share.counted for share in shares(scene.db, scene.project).values()} == {1}
    assert act(scene, right, run_jobs, "undo")["outcomes"] == {"undone": 1, "already": 1}
    assert {share.counted for share in shares(scene.db, scene.project).values()} == {0}


def test_a_project_that_is_not_announced_takes_no_machines_file(scene: Scene, run_jobs: Jobs) -> None:
    scene.learner("li", is_enrolled=False)
    ident = previewed(scene, run_jobs, (number_of(scene, "li"), local(scene.clock.now())))["id"]
    scene.db.execute(Project.__table__.update().values(status=ProjectStatus.DRAFT))
    assert code_of(send(scene, "".join(csv_lines(PUNCH_COLUMNS, [])).encode(), "punch")) == (
        409, "project_not_announced",
    )  # fmt: skip
    act(scene, ident, run_jobs)
    assert scene.db.scalars(select(CheckIn)).all() == []


def claims_of(scene: Scene, receipt: str) -> dict[str, Any]:
    """What a receipt says, checked with the published key."""
    kid = jwt.get_unverified_header(receipt)["kid"]
    keys = scene.api.get("/.well-known/jwks.json").json["keys"]
    key = jwt.PyJWK(next(each for each in keys if each["kid"] == kid))
    return dict(jwt.decode(receipt, key, algorithms=["EdDSA"]))


def test_a_punch_that_fits_nothing_is_named_by_its_cell(scene: Scene, run_jobs: Jobs) -> None:
    scene.learner("li", is_enrolled=False)
    scene.make.session(scene.project)  # at the same time as the first one
    li, now = number_of(scene, "li"), local(scene.clock.now())
    yesterday, soon = local(scene.clock.now() - timedelta(days=1)), local(scene.clock.now() + timedelta(minutes=5))
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
        (3, "时间", "no_session_then"),
        (4, "场次", "session_ambiguous"),
        (5, "继教编号", "person_not_on_roster"),
        (6, "方向", "direction_unknown"),
        (7, "场次", "session_unknown"),
        (8, "继教编号", "missing"),
        (9, "场次", "session_ambiguous"),
    ]


def test_a_punch_of_the_future_is_refused(scene: Scene, run_jobs: Jobs) -> None:
    scene.learner("li", is_enrolled=False)
    soon = local(scene.clock.now() + timedelta(minutes=5))
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
