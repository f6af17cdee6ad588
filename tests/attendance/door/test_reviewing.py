"""What the organizer decides about check-ins that wait for review."""

import pytest
from sqlalchemy import select

from models.attendance import CheckIn, CheckInReview
from models.edge import AuditEntry
from models.people import Role
from models.projects import Project, ProjectStatus
from tests.attendance.check_in.checking_in import DOUBTFUL, at_once, code_of
from tests.attendance.conftest import Scene
from tests.databases import table_of
from tests.fakes import face

WHY = "现场核对本人"


def waiting(scene: Scene, name: str = "li") -> str:
    reply = scene.check_in(scene.learner(name), face(name, off=DOUBTFUL))
    assert reply.json["status"] == "needs_review"
    return str(reply.json["id"])


def decide(scene: Scene, check_in: str, decision: str, **more: object):
    return scene.staff.post(f"/check-ins/{check_in}/decision", {"decision": decision, "reason": WHY, **more})


@pytest.mark.parametrize(("minutes", "status"), [(0, "present"), (11, "late")])
def test_accepted_it_counts_by_the_time_of_its_scan(scene: Scene, minutes: int, status: str) -> None:
    scene.clock.turn(minutes=minutes)
    check_in = waiting(scene)
    scene.clock.turn(minutes=30)
    scene.staff = scene.api.as_(scene.organizer)
    reply = decide(scene, check_in, "accept")
    assert (reply.status_code, reply.json["status"]) == (200, status)
    scene.db.rollback()
    row = scene.db.get(CheckIn, reply.json["id"] and scene.db.scalars(select(CheckIn.id)).one())
    assert row is not None
    assert row.status.value == status
    review = scene.db.scalars(select(CheckInReview)).one()
    assert (review.decision.value, review.reason, review.decided_by) == ("accept", WHY, scene.organizer.id)
    audited = scene.db.scalars(select(AuditEntry).where(AuditEntry.action == "check_in.review")).one()
    assert (audited.actor_id, audited.reason, audited.after) == (scene.organizer.id, WHY, {"status": status})


def test_rejected_it_does_not_count_and_only_a_clear_face_replaces_it(scene: Scene) -> None:
    check_in = waiting(scene)
    assert decide(scene, check_in, "reject").json["status"] == "rejected"
    me = scene.api.as_(scene.people["li"])
    assert code_of(scene.check_in(me, face("li", off=DOUBTFUL))) == (403, "face_mismatch")
    clear = scene.check_in(me, face("li"))
    assert (clear.status_code, clear.json["status"], clear.json["id"]) == (201, "present", check_in)
    assert code_of(decide(scene, check_in, "reject")) == (409, "not_waiting_for_review")


def test_the_same_decision_again_is_the_same_and_another_one_comes_too_late(scene: Scene) -> None:
    check_in = waiting(scene)
    first, again = decide(scene, check_in, "accept"), decide(scene, check_in, "accept")
    assert (again.status_code, again.json) == (200, first.json)
    assert code_of(decide(scene, check_in, "reject")) == (409, "not_waiting_for_review")
    assert len(scene.db.scalars(select(CheckInReview)).all()) == 1


def test_two_decisions_at_once_are_one(scene: Scene) -> None:
    check_in = waiting(scene)
    replies = at_once(8, lambda: decide(scene, check_in, "accept"))
    assert {reply.status_code for reply in replies} == {200}
    assert len(scene.db.scalars(select(CheckInReview)).all()) == 1


def test_nothing_is_decided_once_attendance_stands_still(scene: Scene) -> None:
    check_in = scene.check_in(scene.learner("li"), face("li", off=DOUBTFUL)).json["id"]
    scene.db.execute(table_of(Project).update().values(status=ProjectStatus.IN_REVIEW))
    assert code_of(decide(scene, check_in, "accept")) == (409, "project_closed")


def test_a_check_in_that_is_clear_needs_no_decision(scene: Scene) -> None:
    reply = scene.check_in(scene.learner("li"), face("li"))
    assert code_of(decide(scene, reply.json["id"], "accept")) == (409, "not_waiting_for_review")


def test_a_decision_needs_a_reason_and_to_be_one(scene: Scene) -> None:
    check_in = waiting(scene)
    for body in ({"decision": "accept"}, {"decision": "maybe", "reason": WHY}, {"decision": "accept", "reason": " "}):
        reply = scene.staff.post(f"/check-ins/{check_in}/decision", body)
        assert code_of(reply) == (422, "invalid_input")


def test_only_an_organizer_of_the_projects_unit_decides(scene: Scene) -> None:
    check_in = waiting(scene)
    stranger = scene.api.as_(scene.make.organizer(scene.make.unit()))
    body = {"decision": "accept", "reason": WHY}
    learner = scene.api.as_(scene.people["li"])
    admin = scene.api.as_(scene.make.staff(Role.UNIT_ADMIN, scene.unit))
    for other in (stranger, learner, admin):
        assert other.post(f"/check-ins/{check_in}/decision", body).status_code == 403
    above = scene.api.as_(scene.make.organizer(scene.make.province))
    assert above.post(f"/check-ins/{check_in}/decision", body).status_code == 200


def test_a_decision_about_nothing_is_404(scene: Scene) -> None:
    reply = decide(scene, "01900000-0000-7000-8000-000000000000", "accept")
    assert code_of(reply) == (404, "not_found")
    assert scene.staff.post("/check-ins/17/decision", {"decision": "accept", "reason": WHY}).status_code == 404
