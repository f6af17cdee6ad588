"""The undo of an organizer's last step: what was there before counts again, and everything stays on record."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from foundation.clock import day_at_home
from models.applications import ApplicationStatus, ProjectApplication
from models.attendance import AttendanceCorrection, CheckIn, CheckInStatus, VoidedCheckIn
from models.attendance_acts import AttendanceAct, AttendanceUndo
from models.edge import AuditEntry
from models.projects import Project, ProjectStatus, RosterEntry, SessionPlace
from models.projects import Session as VenueSession
from tests.attendance.check_in.checking_in import DOUBTFUL, code_of
from tests.attendance.conftest import Scene
from tests.attendance.door.staff_hand import (
    WHY,
    by_hand,
    many,
    notices,
    numbers,
    own_session,
    path,
    rows,
    turn,
    walk_in,
)  # fmt: skip
from tests.attendance.imports.punch_import import Jobs, local, number_of, previewed
from tests.attendance.imports.roster_import import act as act_on_import
from tests.databases import table_of
from tests.fakes import face

SLIP = "点错了人"


def last_act(scene: Scene) -> str:
    return str(scene.staff.get(f"/projects/{scene.project.id}/attendance-acts").json["items"][0]["id"])


def undo(scene: Scene, act: str | None = None) -> Any:
    return scene.staff.post(f"/attendance-acts/{act or last_act(scene)}/undo", {"reason": SLIP})


def correct(scene: Scene, name: str, mark: str) -> Any:
    sent = {"cme_number": scene.people[name].cme_number, "mark": mark, "reason": WHY}
    return scene.staff.post(path(scene, "corrections"), sent)


def standing(scene: Scene, name: str) -> str:
    return str(own_session(scene, name)["standing"])


def test_a_check_in_by_hand_is_void_after_its_undo_and_everybody_sees_why(scene: Scene) -> None:
    scene.learner("li")
    by_hand(scene, "li")
    reply = undo(scene)
    assert (reply.status_code, reply.json["undo"]["reason"], reply.json["undo_until"]) == (200, SLIP, None)
    assert [each["person"]["name"] for each in reply.json["people"]] == ["li"]
    assert standing(scene, "li") == "to_come"
    own = own_session(scene, "li")
    assert own["check_ins"] == []
    assert [(each["status"], each["reason"]) for each in own["voided_check_ins"]] == [("present", SLIP)]
    newest = notices(scene, "li")[0]
    assert newest["topic"] == "attendance_undone"
    assert SLIP in newest["text"]
    assert scene.organizer.name in newest["text"]
    (line,) = scene.db.scalars(select(AuditEntry).where(AuditEntry.action == "attendance.undo")).all()
    assert (line.actor_id, line.reason, line.after and line.after["kind"]) == (scene.organizer.id, SLIP, "by_hand")
    me = scene.api.as_(scene.people["li"])
    assert scene.check_in(me, face("li")).status_code == 201  # the way is free again
    assert own_session(scene, "li")["check_ins"][0]["decision"] is None


def test_undone_twice_is_undone_once(scene: Scene) -> None:
    scene.learner("li", is_enrolled=False)
    by_hand(scene, "li")
    act = last_act(scene)
    first, again = undo(scene, act), undo(scene, act)
    assert (first.status_code, again.status_code, again.json) == (200, 200, first.json)
    assert len(rows(scene, AttendanceUndo)) == 1
    assert len([each for each in notices(scene, "li") if each["topic"] == "attendance_undone"]) == 1


@pytest.mark.parametrize("decision", ["accept", "reject"])
def test_a_check_in_that_was_decided_waits_again(scene: Scene, decision: str) -> None:
    waiting = scene.check_in(scene.learner("li"), face("li", off=DOUBTFUL)).json["id"]
    decided = {"reason": WHY, "decision": decision}
    assert scene.staff.post(f"/check-ins/{waiting}/decision", decided).status_code == 200
    assert undo(scene).json["kind"] == "review"
    assert standing(scene, "li") == "needs_review"
    assert own_session(scene, "li")["check_ins"][0]["decision"] is None
    other = {"reason": WHY, "decision": "reject" if decision == "accept" else "accept"}
    assert scene.staff.post(f"/check-ins/{waiting}/decision", other).status_code == 200


def test_a_check_in_by_hand_in_place_of_one_that_waited_gives_it_back(scene: Scene) -> None:
    waiting = scene.check_in(scene.learner("li"), face("li", off=DOUBTFUL)).json
    by_hand(scene, "li")
    assert standing(scene, "li") == "present"
    assert undo(scene).status_code == 200
    (row,) = rows(scene, CheckIn)
    assert (str(row.id), row.status, row.method.value) == (waiting["id"], CheckInStatus.NEEDS_REVIEW, "face")
    listed = scene.staff.get(path(scene)).json["items"][0]
    assert (listed["status"], listed["face"]["band"]) == ("needs_review", "review")
    assert [each.method.value for each in rows(scene, VoidedCheckIn)] == ["staff"]


def test_a_correction_is_followed_by_what_was_said_before(scene: Scene) -> None:
    scene.learner("li", is_enrolled=False)
    assert correct(scene, "li", "excused").status_code == 201
    first = last_act(scene)
    assert correct(scene, "li", "present").status_code == 201
    assert undo(scene).json["kind"] == "correction"
    assert standing(scene, "li") == "excused"
    assert undo(scene, first).status_code == 200  # the one before is the last step now
    assert standing(scene, "li") == "to_come"
    made = [(each.mark.value, each.reason) for each in rows(scene, AttendanceCorrection)]
    assert made == [("excused", WHY), ("present", WHY), ("excused", SLIP), ("as_recorded", SLIP)]


def test_many_are_undone_in_one_step(scene: Scene) -> None:
    for name in ("li", "wang", "zhao"):
        scene.learner(name, is_enrolled=False)
    by_hand(scene, "zhao")
    done = many(scene, *numbers(scene, "li", "wang", "zhao")).json
    reply = undo(scene, done["act_id"])
    assert (reply.status_code, reply.json["count"]) == (200, 2)
    assert {name: standing(scene, name) for name in ("li", "wang", "zhao")} == {
        "li": "to_come", "wang": "to_come", "zhao": "present",
    }  # fmt: skip


def test_a_walk_in_leaves_roster_and_place_again(scene: Scene) -> None:
    scene.learner("li", is_expected=False, is_enrolled=False)
    scene.db.execute(table_of(VenueSession).update().values(capacity=1))
    scene.db.commit()
    assert walk_in(scene, "li").json["took_place"]
    assert undo(scene).json["kind"] == "walk_in"
    assert (rows(scene, RosterEntry), rows(scene, SessionPlace)) == ([], [])
    assert [each.status for each in rows(scene, CheckIn)] == [CheckInStatus.VOID]
    assert notices(scene, "li")[0]["topic"] == "walk_in_undone"
    own = scene.api.as_(scene.people["li"]).get("/me/attendance").json["items"]
    assert own[0]["sessions"][0]["voided_check_ins"][0]["reason"] == SLIP  # they still see what was done
    again = walk_in(scene, "li")
    assert (again.status_code, again.json["was_added"]) == (201, True)


def test_the_application_of_who_walked_in_waits_again_after_the_undo(scene: Scene) -> None:
    scene.learner("li", is_expected=False, is_enrolled=False)
    person, now = scene.people["li"].id, scene.clock.now()
    pending = ApplicationStatus.PENDING
    scene.db.add(ProjectApplication(project_id=scene.project.id, person_id=person, status=pending, applied_at=now))
    scene.db.commit()
    assert walk_in(scene, "li").status_code == 201
    assert [each.status for each in rows(scene, ProjectApplication)] == [ApplicationStatus.ACCEPTED]
    assert undo(scene).status_code == 200
    assert [each.status for each in rows(scene, ProjectApplication)] == [pending]


def test_only_the_last_step_of_ones_own_is_undone_and_within_a_quarter_of_an_hour(scene: Scene) -> None:
    for name in ("li", "wang"):
        scene.learner(name, is_enrolled=False)
    by_hand(scene, "li")
    first = last_act(scene)
    scene.clock.turn(minutes=1)
    by_hand(scene, "wang")
    second = last_act(scene)
    refused = undo(scene, first)
    assert (code_of(refused), refused.json["last"]) == ((409, "not_last_act"), second)
    colleague = scene.api.as_(scene.make.organizer(scene.unit))
    assert code_of(colleague.post(f"/attendance-acts/{second}/undo", {"reason": SLIP})) == (403, "forbidden")
    scene.clock.turn(minutes=15)
    scene.staff = scene.api.as_(scene.organizer)
    late = undo(scene, second)
    assert (code_of(late), "until" in late.json) == ((409, "act_too_old"), True)
    assert code_of(undo(scene, str(scene.project.id))) == (404, "not_found")
    assert rows(scene, AttendanceUndo) == []


def test_what_was_built_on_it_stands_in_the_way(scene: Scene) -> None:
    scene.learner("li", is_enrolled=False)
    scene.learner("wang", is_enrolled=False)
    scene.db.execute(table_of(VenueSession).update().values(out_opens_at=scene.clock.now() - timedelta(minutes=1)))
    scene.db.commit()
    by_hand(scene, "li")
    checked_in = last_act(scene)
    by_hand(scene, "li", direction="out")
    colleague, own = scene.api.as_(scene.make.organizer(scene.unit)), scene.staff
    assert undo(scene).status_code == 200  # of the check-out
    scene.staff = colleague
    assert by_hand(scene, "li", direction="out").status_code == 201
    scene.staff = own
    refused = undo(scene, checked_in)
    assert (code_of(refused), refused.json["why"], refused.json["people"]) == (
        (409, "act_built_upon"), "checked_out", 1,
    )  # fmt: skip
    by_hand(scene, "wang")
    wang_in = last_act(scene)
    scene.staff = colleague
    correct(scene, "wang", "excused")
    scene.staff = own
    refused = undo(scene, wang_in)
    assert (code_of(refused), refused.json["why"]) == ((409, "act_built_upon"), "corrected")


def test_who_walked_in_and_took_part_elsewhere_stays(scene: Scene) -> None:
    other = scene.make.session(scene.project, starts_at=scene.clock.now() + timedelta(minutes=5))
    scene.learner("li", is_expected=False, is_enrolled=False)
    walk_in(scene, "li")
    act = last_act(scene)
    colleague = scene.api.as_(scene.make.organizer(scene.unit))
    sent = {"cme_number": scene.people["li"].cme_number, "direction": "in", "reason": WHY}
    assert colleague.post(f"/sessions/{other.id}/attendance", sent).status_code == 201
    refused = undo(scene, act)
    assert (code_of(refused), refused.json["why"]) == ((409, "act_built_upon"), "took_part")
    assert len(rows(scene, RosterEntry)) == 1


def test_who_evaluated_keeps_the_attendance_that_let_them(scene: Scene) -> None:
    scene.db.execute(table_of(Project).update().values(needs_evaluation=True))
    scene.db.commit()
    form = {"questions": [{"kind": "stars", "text": "内容"}]}
    assert scene.staff.put(f"/projects/{scene.project.id}/evaluation", form).status_code == 200
    me = scene.learner("li", is_enrolled=False)
    by_hand(scene, "li")
    question = me.get(f"/projects/{scene.project.id}/evaluation").json["questions"][0]["id"]
    sent = {"answers": [{"question_id": question, "value": 5}]}
    assert me.post(f"/projects/{scene.project.id}/evaluation/responses", sent).status_code == 201
    refused = undo(scene)
    assert (code_of(refused), refused.json["why"]) == ((409, "act_built_upon"), "evaluated")
    assert standing(scene, "li") == "present"
    assert (rows(scene, VoidedCheckIn), rows(scene, AttendanceUndo)) == ([], [])


def test_a_settlement_under_review_lets_nothing_be_undone(scene: Scene) -> None:
    scene.learner("li", is_enrolled=False)
    by_hand(scene, "li")
    act = last_act(scene)
    scene.db.execute(table_of(Project).update().values(status=ProjectStatus.IN_REVIEW))
    scene.db.commit()
    assert code_of(undo(scene, act)) == (409, "project_closed")
    assert scene.staff.get(f"/projects/{scene.project.id}/attendance-acts").json["items"][0]["undo_until"] is None


def test_what_a_machine_saw_counts_again_and_its_file_can_still_be_undone(scene: Scene, run_jobs: Jobs) -> None:
    scene.learner("li", is_enrolled=False)
    turn(scene, minutes=20)
    imported = previewed(
        scene, run_jobs, (number_of(scene, "li"), local(scene, scene.session.starts_at + timedelta(minutes=5)))
    )
    act_on_import(scene, imported["id"], run_jobs)
    assert standing(scene, "li") == "late"
    by_hand(scene, "li", at=scene.session.starts_at - timedelta(minutes=1))
    assert standing(scene, "li") == "present"
    assert undo(scene).status_code == 200
    assert (standing(scene, "li"), rows(scene, CheckIn)[0].method.value) == ("late", "machine")
    act_on_import(scene, imported["id"], run_jobs, "undo")
    assert standing(scene, "li") == "absent"


def test_the_list_tells_who_did_what_and_what_can_be_undone(scene: Scene) -> None:
    for name in ("a", "b", "c", "d", "e", "f"):
        scene.learner(name, is_enrolled=False)
    many(scene, *numbers(scene, "a", "b", "c", "d", "e", "f"))
    turn(scene, minutes=1)
    correct(scene, "a", "late")
    listed = scene.staff.get(f"/projects/{scene.project.id}/attendance-acts?limit=1").json
    (newest,) = listed["items"]
    assert (newest["kind"], newest["direction"], newest["maker"]["name"]) == ("correction", None, scene.organizer.name)
    assert (newest["session"]["id"], newest["undo"], newest["undo_until"] is None) == (
        str(scene.session.id), None, False,
    )  # fmt: skip
    cursor = listed["next_cursor"]
    (older,) = scene.staff.get(f"/projects/{scene.project.id}/attendance-acts?cursor={cursor}").json["items"]
    assert (older["kind"], older["count"], older["undo_until"]) == ("by_hand", 6, None)
    assert [each["person"]["name"] for each in older["people"]] == ["a", "b", "c", "d", "e"]
    assert len(rows(scene, AttendanceAct)) == 2


def test_a_correction_that_was_taken_back_leaves_the_check_in_to_review(scene: Scene) -> None:
    scene.check_in(scene.learner("li"), face("li", off=DOUBTFUL))
    correct(scene, "li", "present")
    yesterday = day_at_home(scene.clock.now()) - timedelta(days=1)
    ended = {"status": ProjectStatus.ENDED, "starts_on": yesterday, "ends_on": yesterday}
    scene.db.execute(table_of(Project).update().values(**ended))
    scene.db.commit()
    assert undo(scene).status_code == 200
    refused = scene.staff.post(f"/projects/{scene.project.id}/settlement", {})
    assert refused.json.get("code") == "check_ins_to_review", refused.json
