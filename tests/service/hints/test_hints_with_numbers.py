"""Hints name the number, the state or the time that somebody needs, and no field that isn't there."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from models.people import Role
from models.projects import Project, ProjectStatus, SessionPlace
from service.edge.answers.problem_catalogue import PROBLEMS
from service.wording.hinting import hint_of
from service.wording.reasoned import HINTS
from service.wording.vocabulary.refusals import REFUSAL_REASONS
from tests.api import Api
from tests.attendance.conftest import Scene
from tests.attendance.courses import Course
from tests.factories import PASSWORD, Factories
from tests.service.hints.telling import shown, told

ROOT = Path(__file__).parents[3]


def test_each_hint_belongs_to_a_code_and_each_reason_has_its_words() -> None:
    assert {code for code, _ in HINTS} <= set(PROBLEMS)
    assert {why for _, why in HINTS if why} <= set(REFUSAL_REASONS)


def test_no_hint_sends_somebody_to_facts_that_are_not_there() -> None:
    """The facts stand beside the code, not in a field `facts`."""
    for kind in PROBLEMS.values():
        assert "facts." not in kind.hint_zh + kind.hint_en


def test_a_hint_whose_fact_is_missing_is_the_plain_one() -> None:
    kind = PROBLEMS["session_too_long"]
    plain = hint_of("session_too_long", kind, {"needs": "check_out"}, retry_after=None, is_english=True)
    assert plain == kind.hint_en


def test_a_step_that_is_not_there_tells_the_status_and_what_can_follow(scene: Scene) -> None:
    path = f"/projects/{scene.project.id}/transitions"
    found = told(scene.staff, lambda staff: staff.post(path, {"to": "approved"}), "transition_not_allowed")
    assert (found.facts["project_status"], found.facts["next"]) == ("running", ["ended", "cancelled"])
    assert "进行中" in found.zh
    assert "ended, cancelled" in found.en


def test_sessions_to_come_are_named(scene: Scene) -> None:
    later = scene.make.session(scene.project, starts_at=scene.clock.now() + timedelta(days=1))
    path = f"/projects/{scene.project.id}/transitions"
    found = told(scene.staff, lambda staff: staff.post(path, {"to": "ended"}), "sessions_to_come")
    assert str(later.id) in [each["id"] for each in found.facts["sessions"]]
    found.says(later.title)


def test_a_project_that_is_not_announced_tells_its_status(scene: Scene) -> None:
    me, code = scene.learner("li"), scene.shown()
    scene.db.execute(update(Project).values(status=ProjectStatus.APPROVED))
    found = told(me, lambda who: who.post("/check-in-tickets", {"qr": code}), "project_not_announced")
    assert found.facts["project_status"] == "approved"
    assert "已批准" in found.zh


def test_whoever_has_a_place_at_another_session_is_told_which(scene: Scene) -> None:
    me = scene.learner("li")
    mine = scene.make.session(scene.project, starts_at=scene.clock.now() + timedelta(hours=5), capacity=3)
    full = scene.make.session(scene.project, capacity=1)
    place = {"person_id": scene.people["li"].id, "asked_at": scene.clock.now(), "is_waiting": False}
    scene.db.add(SessionPlace(session_id=mine.id, **place))
    scene.db.commit()
    found = told(me, lambda who: scene.ask(who, full), "no_place")
    assert found.facts["own_place"]["id"] == str(mine.id)
    found.says(shown(mine.in_opens_at, mine.zone))


def test_an_exam_that_is_not_open_tells_when_it_opens_or_closed(course: Course) -> None:
    me = course.learner("li")
    opens, closes = (course.clock.now() + timedelta(hours=hours) for hours in (2, 4))
    window = {"opens_at": opens.isoformat(), "closes_at": closes.isoformat()}
    assert course.set_exam(**window).status_code == 200
    found = told(me, course.start, "exam_not_open")
    assert found.facts["why"] == "too_early"
    found.says(shown(opens))
    course.clock.turn(hours=5)
    found = told(course.api.as_(course.people["li"]), course.start, "exam_not_open")
    assert found.facts["why"] == "too_late"
    found.says(shown(closes))


def test_attempts_that_are_used_up_are_told_with_their_number(course: Course) -> None:
    me = course.learner("li")
    course.set_exam()
    course.sit(me, 0)
    course.sit(me, 0)
    found = told(me, course.start, "attempts_used_up")
    found.says(2)


def test_too_little_attendance_for_the_exam_is_told_with_both_shares(course: Course) -> None:
    me = course.learner("li")
    course.make.session(course.project, starts_at=course.clock.now() + timedelta(days=1))
    assert course.set_exam(needs_attendance=True).status_code == 200
    found = told(me, course.start, "attendance_not_met")
    assert (found.facts["share"], found.facts["needed_share"]) == ("0.50", "0.80")
    found.says("50%", "80%")


def test_an_evaluation_that_is_over_tells_since_when(course: Course) -> None:
    form = {"questions": [{"kind": "stars", "text": "内容"}]}
    course.learner("li")
    assert course.staff.put(f"/projects/{course.id}/evaluation", form).status_code == 200
    course.clock.turn(days=40)
    path, sent = f"/projects/{course.id}/evaluation/responses", {"answers": []}
    me = course.api.as_(course.people["li"])
    found = told(me, lambda who: who.post(path, sent), "evaluation_not_open")
    assert found.facts["why"] == "too_late"
    found.says(shown(found.facts["closed_at"]))


@pytest.mark.parametrize(
    ("password", "why"),
    [("aB3", "length"), ("onlyletters", "kinds"), ("Passw0rd", "common"), (PASSWORD, "same")],
)
def test_a_weak_password_is_told_what_it_lacks(api: Api, make: Factories, password: str, why: str) -> None:
    me = api.as_(make.person())
    body: dict[str, Any] = {"current_password": PASSWORD, "new_password": password}
    assert told(me, lambda who: who.put("/me/password", body), "password_too_weak").facts["why"] == why


def test_an_organizer_of_two_units_is_told_their_names(api: Api, make: Factories) -> None:
    one, two = make.unit(name="第一医院"), make.unit(name="第二医院")
    person = make.organizer(one)
    make._grant(person, Role.ORGANIZER, two)
    make._db.commit()
    body = {"name": "急诊", "starts_on": "2027-05-01", "ends_on": "2027-05-02"}
    found = told(api.as_(person), lambda who: who.post("/projects", body), "unit_needed", names=("第二医院",))
    assert found.facts["units"] == ["第一医院", "第二医院"]
    found.says("第一医院", "第二医院")


def test_a_body_that_is_too_large_is_told_the_limit_in_words(api: Api) -> None:
    found = told(api, lambda who: who.post("/auth/login", {"cme_number": "x" * 2_000_000}), "json_too_large")
    assert found.facts["limit_bytes"] > 0
    assert re.search(r"\d+ (MB|kB)", found.zh)
