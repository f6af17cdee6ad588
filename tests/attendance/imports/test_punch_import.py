"""What attendance machines (考勤机) wrote down: found its session by the venue's time, checked, committed, undone."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import jwt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.attempts import observations
from attendance.imports.rows import PUNCH_COLUMNS
from attendance.sessions.windows import WindowWishes, plan_windows
from foundation.imports import steps
from models.attendance import CheckIn, CheckInStatus
from models.projects import Project, ProjectStatus
from models.projects import Session as VenueSession
from sheets.writing import csv_lines
from tests.attendance.check_in.checking_in import code_of
from tests.attendance.conftest import Scene
from tests.attendance.imports.punch_import import Jobs, errors, local, number_of, previewed
from tests.attendance.imports.roster_import import act, send
from tests.attendance.record.shares import shares
from tests.databases import table_of
from tests.fakes import face


def test_punches_become_check_ins_late_or_not_in_or_out(scene: Scene, run_jobs: Jobs) -> None:
    scene.learner("li", is_enrolled=False)
    scene.learner("wang", is_enrolled=False)
    scene.db.execute(table_of(Project).update().values(needs_check_out=True))
    scene.clock.set(scene.session.ends_at + timedelta(hours=1))
    start, end = scene.session.starts_at, scene.session.ends_at
    found = previewed(
        scene, run_jobs,
        (number_of(scene, "li"), local(scene, start - timedelta(minutes=5)), "", "", "K-7"),
        (number_of(scene, "li"), local(scene, start - timedelta(minutes=4))),
        (number_of(scene, "li"), local(scene, end)),
        (number_of(scene, "wang"), local(scene, start + timedelta(minutes=5)), "签到"),
    )  # fmt: skip
    assert (found["bad"], errors(scene, found["id"])) == (0, [])
    assert scene.db.scalars(select(CheckIn)).all() == []
    assert act(scene, found["id"], run_jobs)["outcomes"] == {"added": 4}
    rows = scene.db.scalars(select(CheckIn).order_by(CheckIn.checked_in_at)).all()
    assert [(row.direction.value, row.status.value, row.method.value) for row in rows] == [
        ("in", "present", "machine"), ("in", "late", "machine"), ("out", "present", "machine"),
    ]  # fmt: skip
    assert rows[0].checked_in_at == start - timedelta(minutes=5)
    scene.db.expire_all()
    assert [share.counted for share in shares(scene.db, scene.project).values()] == [1, 0]


def test_a_machine_never_takes_the_place_of_a_face_and_can_be_undone(scene: Scene, run_jobs: Jobs) -> None:
    first = scene.check_in(scene.learner("li"), face("li")).json
    scene.learner("wang", is_enrolled=False)
    at = local(scene, scene.clock.now())
    ident = previewed(scene, run_jobs, (number_of(scene, "li"), at), (number_of(scene, "wang"), at))["id"]
    assert act(scene, ident, run_jobs)["outcomes"] == {"added": 2}
    undone = act(scene, ident, run_jobs, "undo")
    assert undone["outcomes"] == {"undone": 2}
    counted = {person: share.counted for person, share in shares(scene.db, scene.project).items()}
    assert counted == {scene.people["li"].id: 1, scene.people["wang"].id: 0}
    assert str(scene.db.scalars(select(CheckIn.id).where(CheckIn.status == CheckInStatus.PRESENT)).one()) == first["id"]


def test_each_check_in_of_a_machine_has_a_receipt_and_a_face_takes_its_place(scene: Scene, run_jobs: Jobs) -> None:
    me = scene.learner("li")
    ident = previewed(scene, run_jobs, (number_of(scene, "li"), local(scene, scene.clock.now())))["id"]
    act(scene, ident, run_jobs)
    row = scene.db.scalars(select(CheckIn)).one()
    claims = claims_of(scene, row.receipt)
    assert (claims["jti"], claims["status"], claims["person"]) == (str(row.id), "present", str(row.person_id))
    own = scene.check_in(me, face("li"))
    assert (own.status_code, own.json["id"]) == (201, str(row.id))
    act(scene, ident, run_jobs, "undo")
    assert attendance(scene) == {("li", "in"): ("present", "face", None)}


def test_after_an_undo_the_right_file_counts(scene: Scene, run_jobs: Jobs) -> None:
    scene.learner("li", is_enrolled=False)
    start = scene.session.starts_at
    scene.clock.set(start + timedelta(hours=1))
    wrong = previewed(scene, run_jobs, (number_of(scene, "li"), local(scene, start + timedelta(minutes=9))))["id"]
    act(scene, wrong, run_jobs)
    assert attendance(scene) == {("li", "in"): ("late", "machine", None)}
    act(scene, wrong, run_jobs, "undo")
    assert attendance(scene) == {}
    right = previewed(scene, run_jobs, *[(number_of(scene, "li"), local(scene, start - timedelta(minutes=9)))] * 2)[
        "id"
    ]
    assert act(scene, right, run_jobs)["outcomes"] == {"added": 2}
    row = scene.db.scalars(select(CheckIn)).one()
    assert (row.status.value, row.checked_in_at) == ("present", start - timedelta(minutes=9))
    assert {share.counted for share in shares(scene.db, scene.project).values()} == {1}
    assert act(scene, right, run_jobs, "undo")["outcomes"] == {"undone": 2}
    assert {share.counted for share in shares(scene.db, scene.project).values()} == {0}
    assert scene.staff.delete(f"/projects/{scene.project.id}/roster/{scene.people['li'].id}").status_code == 204


def attendance(scene: Scene) -> dict[tuple[str, str], tuple[str, str, str | None]]:
    """The attendance list: status and method, and the status by a machine that decides."""
    items = scene.staff.get(f"/sessions/{scene.session.id}/attendance?limit=100").json["items"]
    return {
        (each["person"]["name"], each["direction"]): (
            each["status"], each["method"], each["machine"] and each["machine"]["status"],
        )
        for each in items
    }  # fmt: skip


def test_the_earliest_in_and_the_latest_out_count_newest_first_as_well(scene: Scene, run_jobs: Jobs) -> None:
    scene.learner("li", is_enrolled=False)
    scene.db.execute(table_of(Project).update().values(needs_check_out=True))
    start, end = scene.session.starts_at, scene.session.ends_at
    scene.clock.set(end + timedelta(hours=1))
    moments = [start - timedelta(minutes=20), start + timedelta(minutes=15), end - timedelta(minutes=10), end]
    rows = [(number_of(scene, "li"), local(scene, each)) for each in reversed(moments)]
    act(scene, previewed(scene, run_jobs, *rows)["id"], run_jobs)
    found = scene.db.execute(select(CheckIn.direction, CheckIn.status, CheckIn.checked_in_at)).all()
    assert sorted(map(tuple, found)) == [("in", "present", moments[0]), ("out", "present", moments[-1])]


def test_two_files_are_one_record_and_the_undo_of_either_leaves_the_other(scene: Scene, run_jobs: Jobs) -> None:
    scene.learner("li", is_enrolled=False)
    start = scene.session.starts_at
    scene.clock.set(start + timedelta(hours=1))
    late, early = (
        previewed(scene, run_jobs, (number_of(scene, "li"), local(scene, start + timedelta(minutes=each))))["id"]
        for each in (9, -9)
    )
    for ident in (late, early):
        act(scene, ident, run_jobs)
    assert attendance(scene) == {("li", "in"): ("present", "machine", None)}
    act(scene, early, run_jobs, "undo")
    assert attendance(scene) == {("li", "in"): ("late", "machine", None)}
    act(scene, late, run_jobs, "undo")
    assert attendance(scene) == {}


def test_an_earlier_punch_decides_late_beside_a_face_until_its_file_is_undone(scene: Scene, run_jobs: Jobs) -> None:
    me = scene.learner("li")
    start = scene.session.starts_at
    scene.clock.set(start + timedelta(minutes=5))
    own = scene.check_in(me, face("li")).json
    assert own["status"] == "late"
    early = previewed(scene, run_jobs, (number_of(scene, "li"), local(scene, start - timedelta(minutes=5))))["id"]
    act(scene, early, run_jobs)
    assert attendance(scene) == {("li", "in"): ("present", "face", "present")}
    mine = me.get("/me/attendance").json["items"][0]["sessions"][0]["check_ins"]
    assert [(each["id"], each["status"], each["checked_in_at"]) for each in mine] == [
        (own["id"], "present", own["checked_in_at"])
    ]
    assert datetime.fromisoformat(mine[0]["machine"]["at"]) == start - timedelta(minutes=5)
    assert standings(scene) == {"li": "present"}
    assert scene.staff.get(f"/sessions/{scene.session.id}/board").json["late"] == 0
    act(scene, early, run_jobs, "undo")
    assert attendance(scene) == {("li", "in"): ("late", "face", None)}
    assert standings(scene) == {"li": "late"}


def test_a_later_punch_changes_nothing_beside_a_face(scene: Scene, run_jobs: Jobs) -> None:
    scene.check_in(scene.learner("li"), face("li"))
    scene.clock.set(scene.session.starts_at + timedelta(minutes=6))
    at = local(scene, scene.session.starts_at + timedelta(minutes=5))
    act(scene, previewed(scene, run_jobs, (number_of(scene, "li"), at))["id"], run_jobs)
    assert attendance(scene) == {("li", "in"): ("present", "face", None)}


def test_a_face_that_is_first_while_the_file_is_committed_stays(
    scene: Scene, run_jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = scene.learner("li")
    scene.learner("wang", is_enrolled=False)
    scene.clock.set(scene.session.starts_at + timedelta(minutes=5))
    scene.check_in(me, face("li"))
    early = local(scene, scene.session.starts_at - timedelta(minutes=5))
    ident = previewed(scene, run_jobs, *[(number_of(scene, name), early) for name in ("li", "wang")])["id"]
    look, looks = observations._check_ins, []  # the first look at the table comes before the face's commit

    def too_early(db: Session, keys: Any) -> Any:
        looks.append(keys)
        return {} if len(looks) == 1 else look(db, keys)

    monkeypatch.setattr(observations, "_check_ins", too_early)
    act(scene, ident, run_jobs)
    assert len(looks) == 2
    assert attendance(scene) == {
        ("li", "in"): ("present", "face", "present"),
        ("wang", "in"): ("present", "machine", None),
    }


def standings(scene: Scene) -> dict[str, str]:
    """The grid: the standing of each person at the first session."""
    rows = scene.staff.get(f"/projects/{scene.project.id}/attendance").json["items"]
    return {row["person"]["name"]: row["standings"][str(scene.session.id)] for row in rows}


def test_strangers_and_the_wrong_hour_are_shown_and_left_out(scene: Scene, run_jobs: Jobs) -> None:
    scene.learner("li", is_enrolled=False)
    scene.learner("wang", is_enrolled=False, is_expected=False)
    start = scene.session.starts_at
    scene.clock.set(start + timedelta(hours=2))
    early = local(scene, start - timedelta(minutes=10))
    found = previewed(
        scene, run_jobs,
        (number_of(scene, "li"), early), (number_of(scene, "li"), local(scene, start + timedelta(minutes=90))),
        (number_of(scene, "wang"), early), ("9999999999", early),
    )  # fmt: skip
    assert (found["bad"], found["newcomers"], found["outcomes"]) == (0, 0, {"left_out": 3})
    assert act(scene, found["id"], run_jobs)["outcomes"] == {"added": 1, "left_out": 3}
    rows = scene.staff.get(f"/attendance-imports/{found['id']}/rows").json["items"]
    assert [(row["outcome"], [each["code"] for each in row["findings"]]) for row in rows] == [
        ("added", []), ("left_out", ["no_session_then"]),
        ("left_out", ["person_not_on_roster"]), ("left_out", ["person_not_on_roster"]),
    ]  # fmt: skip
    assert not any(row["is_newcomer"] for row in rows)
    assert attendance(scene) == {("li", "in"): ("present", "machine", None)}
    assert act(scene, found["id"], run_jobs, "undo")["outcomes"] == {"undone": 1, "left_out": 3}


def test_half_past_eight_of_a_minute_clock_is_not_late(scene: Scene, run_jobs: Jobs) -> None:
    scene.learner("li", is_enrolled=False)
    start = scene.session.starts_at.replace(second=0)
    scene.db.execute(table_of(VenueSession).update().values(late_from=start))
    scene.clock.set(start + timedelta(hours=2))
    act(scene, previewed(scene, run_jobs, (number_of(scene, "li"), local(scene, start)[:16]))["id"], run_jobs)
    assert attendance(scene) == {("li", "in"): ("present", "machine", None)}


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_order_and_splitting_of_the_rows_gives_the_same_attendance(
    scene: Scene, run_jobs: Jobs, monkeypatch: pytest.MonkeyPatch, data: st.DataObject
) -> None:
    if not scene.people:
        for name in ("li", "wang"):
            scene.learner(name, is_enrolled=False)
        ends_at = scene.session.starts_at + timedelta(minutes=30)
        windows = plan_windows(scene.session.starts_at, ends_at, WindowWishes())
        scene.db.execute(table_of(VenueSession).update().values(ends_at=ends_at, **asdict(windows)))
        scene.db.execute(table_of(Project).update().values(needs_check_out=True))
        scene.clock.set(ends_at + timedelta(hours=1))
    start = scene.session.starts_at
    row = st.tuples(
        st.sampled_from(["li", "wang"]).map(lambda name: number_of(scene, name)),
        st.integers(-35 * 60, 65 * 60).map(lambda seconds: local(scene, start + timedelta(seconds=seconds))),
        st.sampled_from(["", "", "签到", "签退"]),
    )
    rows = data.draw(st.lists(row, min_size=1, max_size=8))
    whole = result_of(scene, run_jobs, [rows])
    shuffled = data.draw(st.permutations(rows))
    cut = data.draw(st.integers(0, len(rows)))
    monkeypatch.setattr(steps, "PORTION", data.draw(st.integers(1, 3)))
    assert result_of(scene, run_jobs, [shuffled[:cut], shuffled[cut:]]) == whole


def result_of(scene: Scene, run_jobs: Jobs, files: Sequence[Sequence[tuple[str, ...]]]) -> list[Any]:
    """What comes of these files, which are then undone again without a trace."""
    idents = [previewed(scene, run_jobs, *rows)["id"] for rows in files if rows]
    for ident in idents:
        act(scene, ident, run_jobs)
    columns = CheckIn.person_id, CheckIn.direction, CheckIn.status, CheckIn.method, CheckIn.checked_in_at
    found = scene.db.execute(select(*columns).order_by(CheckIn.person_id, CheckIn.direction)).all()
    for ident in idents:
        act(scene, ident, run_jobs, "undo")
    assert scene.db.scalars(select(CheckIn)).all() == []
    return list(map(tuple, found))


def test_a_project_that_is_not_announced_takes_no_machines_file(scene: Scene, run_jobs: Jobs) -> None:
    scene.learner("li", is_enrolled=False)
    ident = previewed(scene, run_jobs, (number_of(scene, "li"), local(scene, scene.clock.now())))["id"]
    scene.db.execute(table_of(Project).update().values(status=ProjectStatus.DRAFT))
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
