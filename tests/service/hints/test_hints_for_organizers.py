"""Refusals of work on projects and exams name the state, the number or the time, and the step that leads on."""

from typing import Any

import pytest
from sqlalchemy import update

from attendance.projects.closed import WayOut
from models.people import Role
from models.projects import Project, ProjectStatus
from tests.api import Api
from tests.attendance.conftest import Scene
from tests.attendance.courses import Course, exam
from tests.service.hints.telling import told


def add(scene: Scene, staff: Api) -> Any:
    return staff.post(f"/projects/{scene.project.id}/roster", {"cme_numbers": ["3300000001"]})


@pytest.mark.parametrize(
    ("status", "way", "zh", "en"),
    [
        (ProjectStatus.IN_REVIEW, WayOut.RETURN_LIST, "退回", "returns it"),
        (ProjectStatus.SETTLED, WayOut.REOPEN, "重新打开", "reopens it"),
        (ProjectStatus.ARCHIVED, WayOut.REOPEN, "重新打开", "reopens it"),
        (ProjectStatus.CANCELLED, WayOut.COPY, "复制", "copy it"),
    ],
)
def test_a_closed_project_tells_its_status_and_the_step_that_leads_out(
    scene: Scene, status: ProjectStatus, way: WayOut, zh: str, en: str
) -> None:
    scene.db.execute(update(Project).values(status=status))
    found = told(scene.staff, lambda staff: add(scene, staff), "project_closed")
    assert (found.facts["project_status"], found.facts["way_out"]) == (status.value, way.value)
    assert zh in found.zh
    assert en in found.en
    found.says(scene.project.name)


def test_the_times_of_a_session_of_an_ended_project_stay_and_its_attendance_can_be_corrected(scene: Scene) -> None:
    scene.db.execute(update(Project).values(status=ProjectStatus.ENDED))
    path = f"/sessions/{scene.session.id}/extension"
    found = told(scene.staff, lambda staff: staff.post(path, {"direction": "in", "minutes": 5}), "project_closed")
    assert found.facts["way_out"] == "correct"
    assert "更正" in found.zh


def test_a_settlement_that_is_returned_without_a_comment_is_told_the_field_of_this_call(course: Course) -> None:
    reviewer = course.api.as_(course.make.staff(Role.AUTHORITY, course.make.province))
    course.learner("li")
    course.clock.turn(days=4)
    course.db.execute(update(Project).values(status=ProjectStatus.ENDED, credits=5, hours=6, needs_exam=False))
    made = course.staff.post(f"/projects/{course.id}/settlement", {})
    assert made.status_code == 202, made.json
    path = f"/settlements/{made.json['id']}/review"
    found = told(reviewer, lambda who: who.post(path, {"decision": "return"}), "reason_needed")
    assert list(found.facts["errors"]) == ["comment"]
    assert "审核意见" in found.zh
    assert "comment" in found.en


def test_a_draft_without_credits_and_hours_is_told_both_by_their_fields(scene: Scene) -> None:
    scene.db.execute(update(Project).values(status=ProjectStatus.DRAFT))
    path = f"/projects/{scene.project.id}/transitions"
    found = told(scene.staff, lambda staff: staff.post(path, {"to": "filed"}), "project_incomplete")
    assert found.facts["missing"] == list(found.facts["errors"]) == ["credits", "hours"]
    assert "学分" in found.zh
    assert "credits" in found.en


def test_the_pause_between_two_attempts_is_told_in_minutes(course: Course) -> None:
    me = course.learner("li")
    assert course.set_exam(exam(pause_minutes=45)).status_code == 200
    course.sit(me, 0)
    found = told(me, course.start, "pause_not_over")
    assert found.facts["retry_after"] == 45 * 60
    found.says(45)


def test_a_limit_of_tries_is_told_in_seconds(scene: Scene) -> None:
    body = {"phone": "13800001002"}
    scene.api.post("/auth/sms-codes", body)
    found = told(scene.api, lambda who: who.post("/auth/sms-codes", body), "too_many_attempts")
    found.says(found.facts["retry_after"])
