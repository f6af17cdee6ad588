"""A session with check-ins moves to another day: they are kept, or void, and everybody may check in anew."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from models.attendance import CheckIn, CheckInStatus, VoidedCheckIn
from models.edge import AuditEntry
from tests.api import Reply
from tests.attendance.check_in.checking_in import DOUBTFUL, code_of
from tests.attendance.conftest import Scene
from tests.attendance.imports.punch_import import Jobs, local, number_of, previewed
from tests.attendance.imports.roster_import import act
from tests.fakes import face

WHY = "停电改到明天"


def move(scene: Scene, **more: Any) -> Reply:
    """Move the session by a day."""
    at = {name: (getattr(scene.session, name) + timedelta(days=1)).isoformat() for name in ("starts_at", "ends_at")}
    return scene.staff.patch(f"/sessions/{scene.session.id}", {**at, "reason": WHY, **more})


def row_of(scene: Scene, name: str) -> dict[str, Any]:
    rows = scene.staff.get(f"/projects/{scene.project.id}/attendance").json["items"]
    return next(dict(each) for each in rows if each["person"]["name"] == name)


def by_hand(scene: Scene, name: str) -> Reply:
    said = {"cme_number": scene.people[name].cme_number, "direction": "in", "reason": "本人到场，已核对证件"}
    return scene.staff.post(f"/sessions/{scene.session.id}/attendance", said)


def test_the_move_asks_what_becomes_of_the_check_ins(scene: Scene) -> None:
    scene.check_in(scene.learner("li"), face("li"))
    before = scene.staff.get(f"/sessions/{scene.session.id}").json
    refused = move(scene)
    assert code_of(refused) == (409, "session_has_check_ins")
    assert (refused.json["check_ins"], refused.json["corrections"]) == (1, 0)
    assert scene.staff.get(f"/sessions/{scene.session.id}").json == before
    kept = move(scene, earlier_check_ins="keep")
    assert (kept.status_code, row_of(scene, "li")["counted"]) == (200, 1)


def test_a_move_within_the_day_or_without_check_ins_asks_nothing(scene: Scene) -> None:
    assert move(scene).status_code == 200
    back = {name: getattr(scene.session, name).isoformat() for name in ("starts_at", "ends_at")}
    assert scene.staff.patch(f"/sessions/{scene.session.id}", back).status_code == 200
    scene.check_in(scene.learner("li"), face("li"))
    later = {"starts_at": (scene.session.starts_at + timedelta(minutes=15)).isoformat(), "reason": WHY}
    assert scene.staff.patch(f"/sessions/{scene.session.id}", later).status_code == 200


def test_void_check_ins_count_for_nothing_and_stay_visible_with_the_reason(scene: Scene) -> None:
    me = scene.learner("li")
    first = scene.check_in(me, face("li")).json
    assert code_of(move(scene, earlier_check_ins="void", reason=None)) == (422, "reason_needed")
    assert move(scene, earlier_check_ins="void").status_code == 200
    assert (row_of(scene, "li")["counted"], row_of(scene, "li")["conflicts"]) == (0, [])
    (project,) = me.get("/me/attendance").json["items"]
    (session,) = project["sessions"]
    assert session["check_ins"] == []
    (void,) = session["voided_check_ins"]
    assert (void["status"], void["reason"], void["checked_in_at"]) == ("present", WHY, first["checked_in_at"])
    (listed,) = scene.staff.get(f"/sessions/{scene.session.id}/attendance").json["items"]
    assert listed["status"] == "void"
    board = scene.staff.get(f"/sessions/{scene.session.id}/board").json
    assert (board["came"], board["needs_review"]) == (0, 0)
    audited = scene.db.scalars(select(AuditEntry).where(AuditEntry.action == "session.void")).one()
    assert (audited.reason, audited.after) == (WHY, {"check_ins": 1, "corrections": 0})
    assert move(scene).status_code == 200  # a void check-in asks nothing the next time


def test_on_the_new_day_everybody_checks_in_once_again(scene: Scene) -> None:
    me = scene.learner("li")
    scene.learner("wang")
    first = scene.check_in(me, face("li")).json
    assert by_hand(scene, "wang").status_code == 201
    assert move(scene, earlier_check_ins="void").status_code == 200
    scene.clock.turn(days=1)
    again = scene.check_in(me, face("li"))
    assert (again.status_code, again.json["status"]) == (201, "present")
    assert again.json["checked_in_at"] != first["checked_in_at"]
    assert scene.check_in(me, face("li")).json["checked_in_at"] == again.json["checked_in_at"]
    assert by_hand(scene, "wang").status_code == 201
    assert by_hand(scene, "wang").status_code == 200
    assert (row_of(scene, "li")["counted"], row_of(scene, "wang")["counted"]) == (1, 1)
    assert len(scene.db.scalars(select(CheckIn)).all()) == len(scene.db.scalars(select(VoidedCheckIn)).all()) == 2


def test_a_doubtful_face_on_the_new_day_waits_for_review(scene: Scene) -> None:
    me = scene.learner("li")
    scene.check_in(me, face("li"))
    assert move(scene, earlier_check_ins="void").status_code == 200
    scene.clock.turn(days=1)
    assert scene.check_in(me, face("li", off=DOUBTFUL)).json["status"] == "needs_review"
    row = scene.db.scalars(select(CheckIn).execution_options(populate_existing=True)).one()
    assert row.status is CheckInStatus.NEEDS_REVIEW


def test_what_the_organizer_said_of_the_earlier_day_is_taken_back_too(scene: Scene) -> None:
    scene.learner("li", is_enrolled=False)
    said = {"cme_number": scene.people["li"].cme_number, "mark": "present", "reason": "已核对签到表"}
    assert scene.staff.post(f"/sessions/{scene.session.id}/corrections", said).status_code == 201
    refused = move(scene)
    assert code_of(refused) == (409, "session_has_check_ins")
    assert (refused.json["check_ins"], refused.json["corrections"]) == (0, 1)
    assert move(scene, earlier_check_ins="void").status_code == 200
    assert row_of(scene, "li")["counted"] == 0
    made = scene.staff.get(f"/sessions/{scene.session.id}/corrections").json["items"]
    assert [(each["mark"], each["reason"]) for each in made] == [("present", "已核对签到表"), ("as_recorded", WHY)]


def test_a_punch_that_was_checked_before_the_move_makes_no_row(scene: Scene, run_jobs: Jobs) -> None:
    scene.learner("li", is_enrolled=False)
    scene.clock.set(scene.session.starts_at + timedelta(minutes=10))
    checked = previewed(scene, run_jobs, (number_of(scene, "li"), local(scene, scene.session.starts_at)))
    assert move(scene, earlier_check_ins="void").status_code == 200
    assert act(scene, checked["id"], run_jobs)["outcomes"] == {"left_out": 1}
    (row,) = scene.staff.get(f"/attendance-imports/{checked['id']}/rows").json["items"]
    assert [each["code"] for each in row["findings"]] == ["no_session_then"]
    assert (row_of(scene, "li")["counted"], scene.db.scalars(select(CheckIn)).all()) == (0, [])
