"""What an organizer sets, and what stays once somebody has a paper."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from models.edge import AuditEntry
from models.exams import Exam, ExamAttempt, Question
from models.projects import Project, ProjectStatus
from tests.attendance.check_in.checking_in import at_once, code_of
from tests.attendance.courses import Course, exam, single
from tests.databases import table_of


def bank(course: Course, discipline: str, count: int, **more: Any) -> None:
    """Questions of the organizer's own bank."""
    for number in range(count):
        content = {**single(number), "discipline": discipline, **more}
        assert course.staff.post("/question-bank", content).status_code == 201


def test_the_organizer_sees_what_was_set_and_learners_see_the_rules_alone(course: Course) -> None:
    wanted = exam(2, review="after_close", draws=[{"discipline": "急诊", "count": 1}])
    bank(course, "急诊", 1)
    shown = course.staff.put(f"/projects/{course.id}/exam", wanted)
    assert shown.status_code == 200
    assert (shown.json["questions"], shown.json["review"], shown.json["pass_mark"]) == (3, "after_close", 60)
    assert course.learner("li").get(f"/projects/{course.id}/exam").json == shown.json
    paper = course.staff.get(f"/projects/{course.id}/exam/paper").json
    assert [(each["text"], each["correct"], each["options"]) for each in paper["questions"]] == [
        (each["text"], each["correct"], each["options"]) for each in wanted["questions"]
    ]
    assert paper["draws"] == [{"discipline": "急诊", "count": 1, "kind": None}]
    audited = course.db.scalars(select(AuditEntry).where(AuditEntry.action == "exam.set")).one()
    assert (audited.actor_id, audited.subject_id) == (course.organizer.id, course.project.id)


def test_only_organizers_within_reach_set_an_exam(course: Course) -> None:
    stranger = course.api.as_(course.make.organizer(course.make.unit()))
    for who in (stranger, course.learner("li")):
        assert code_of(who.put(f"/projects/{course.id}/exam", exam())) == (403, "forbidden")
        assert code_of(who.get(f"/projects/{course.id}/exam/paper")) == (403, "forbidden")
    assert code_of(stranger.get(f"/projects/{course.id}/exam")) == (403, "forbidden")


WRONG: list[dict[str, Any]] = [
    {"questions": []}, {"pass_mark": 101}, {"pass_mark": -1}, {"minutes": 0}, {"attempts": 0}, {"pause_minutes": -1},
    {"questions": [single(0, options=["甲"])]}, {"questions": [single(0, options=["甲", "甲"])]},
    {"questions": [single(0, correct=[])]}, {"questions": [single(0, correct=[4])]},
    {"questions": [single(0, correct=[0, 1])]}, {"draws": [{"discipline": "x", "count": 0}]},
    {"questions": [single(0, correct=[0, 0])]}, {"questions": [single(0, kind="multiple", correct=[])]},
    {"questions": [single(0, points=0)]}, {"questions": [single(0, points=101)]}, {"questions": [single(0, text="")]},
    {"questions": [single(0, accepted=["甲"])]}, {"questions": [single(0, kind="fill")]},
    {"questions": [{"kind": "fill", "text": "?"}]},
    {"questions": [{"kind": "true_false", "text": "?", "correct": [2]}]},
    {"questions": [{"kind": "true_false", "text": "?", "options": ["是", "否"], "correct": [0]}]},
    {"questions": [single(0, surprise=1)]}, {"questions": [single(0, kind="magic")]},
    {"questions": [single(0, picture_id="01900000-0000-7000-8000-000000000000")]}, {"review": "always"},
]  # fmt: skip


def test_an_exam_that_cannot_be_is_422_and_changes_nothing(course: Course) -> None:
    for changed in WRONG:
        assert course.set_exam(**changed).status_code == 422, changed
    assert course.db.scalar(select(func.count()).select_from(Exam)) == 0
    assert course.db.scalar(select(func.count()).select_from(Question)) == 0
    now = course.clock.now()
    backwards = {"opens_at": now.isoformat(), "closes_at": (now - timedelta(hours=1)).isoformat()}
    assert code_of(course.set_exam(**backwards)) == (422, "period_invalid")


def test_before_anybody_began_everything_may_change(course: Course) -> None:
    course.set_exam()
    assert course.set_exam(exam(2, pass_mark=80, minutes=10)).json["questions"] == 2
    attempt = course.start(course.learner("li")).json
    assert len(attempt["questions"]) == 2


def test_once_somebody_has_a_paper_only_what_touches_none_may_change(course: Course) -> None:
    course.set_exam()
    course.sit(course.learner("li"), 1)
    for changed in ({"pass_mark": 59}, {"minutes": 31}, {"is_shuffled": False}, exam(4)):
        assert code_of(course.set_exam(**changed)) == (409, "exam_started"), changed
    assert course.set_exam(attempts=5, review="after_hand_in").json["attempts"] == 5
    assert course.sit(course.api.as_(course.people["li"]), 5)["passed"] is True


def test_an_exam_set_by_several_at_once_is_one(course: Course) -> None:
    replies = at_once(4, lambda: course.set_exam())
    assert {reply.status_code for reply in replies} == {200}
    assert course.db.scalar(select(func.count()).select_from(Exam)) == 1
    assert len(course.staff.get(f"/projects/{course.id}/exam/paper").json["questions"]) == 5


@pytest.mark.parametrize("status", [ProjectStatus.IN_REVIEW, ProjectStatus.SETTLED, ProjectStatus.CANCELLED])
def test_while_credits_are_decided_neither_exam_nor_form_changes(course: Course, status: ProjectStatus) -> None:
    course.set_exam()
    course.db.execute(table_of(Project).update().values(status=status))
    course.db.commit()
    assert code_of(course.set_exam(attempts=9)) == (409, "project_closed")
    form = {"questions": [{"kind": "stars", "text": "内容"}]}
    assert code_of(course.staff.put(f"/projects/{course.id}/evaluation", form)) == (409, "project_closed")
    extra = {"cme_number": "1", "minutes": 5, "reason": "身体原因"}
    assert code_of(course.staff.put(f"/projects/{course.id}/exam/extra-time", extra)) == (409, "project_closed")


def test_rules_draw_from_the_bank_by_discipline_and_kind(course: Course) -> None:
    bank(course, "急诊", 6)
    bank(course, "心内", 3)
    bank(course, "心内", 2, kind="multiple", correct=[0, 1])
    draws = [
        {"discipline": "心内", "count": 2, "kind": "multiple"},
        {"discipline": "心内", "count": 2},
        {"discipline": "急诊", "count": 3},
    ]
    assert course.set_exam({"questions": [single(77)], "draws": draws}).status_code == 200
    papers = [course.start(course.learner(f"li{number}")).json["questions"] for number in range(3)]
    for paper in papers:
        assert len({each["id"] for each in paper}) == 8
        assert sum(each["kind"] == "multiple" for each in paper) >= 2
        assert "第77题" in {each["text"] for each in paper}


def test_a_bank_that_was_emptied_since_gives_no_paper_and_no_pass(course: Course) -> None:
    bank(course, "急诊", 2)
    course.set_exam({"draws": [{"discipline": "急诊", "count": 2}]})
    for each in course.staff.get("/question-bank").json["items"]:
        course.staff.delete(f"/question-bank/{each['id']}")
    assert code_of(course.start(course.learner("li"))) == (422, "not_enough_questions")
    assert course.db.scalar(select(func.count()).select_from(ExamAttempt)) == 0


def test_a_rule_that_finds_too_few_questions_is_refused(course: Course) -> None:
    bank(course, "急诊", 3)
    draws = [{"discipline": "急诊", "count": 2}, {"discipline": "急诊", "count": 1, "kind": "single"}]
    assert course.set_exam({"draws": draws}).status_code == 200
    for wrong in ([{"discipline": "急诊", "count": 4}], [{"discipline": "无", "count": 1}], [*draws, draws[0]]):
        refused = course.set_exam({"draws": wrong})
        assert code_of(refused) == (422, "not_enough_questions")
        assert list(refused.json["errors"]) == [f"draws.{len(wrong) - 1}.count"]


def test_a_project_draws_from_the_banks_above_its_unit_and_from_no_other(course: Course) -> None:
    content = {**single(1), "discipline": "急诊"}
    province = course.api.as_(course.make.organizer(course.make.province))
    elsewhere = course.api.as_(course.make.organizer(course.make.unit()))
    for who in (province, elsewhere):
        assert who.post("/question-bank", content).status_code == 201
    assert course.set_exam({"draws": [{"discipline": "急诊", "count": 1}]}).status_code == 200
    assert code_of(course.set_exam({"draws": [{"discipline": "急诊", "count": 2}]})) == (422, "not_enough_questions")


def test_a_paper_keeps_a_question_that_is_taken_out_of_the_bank(course: Course) -> None:
    bank(course, "急诊", 2)
    course.set_exam({"draws": [{"discipline": "急诊", "count": 2}], "pause_minutes": 0})
    li = course.learner("li")
    attempt = course.start(li).json
    gone = attempt["questions"][0]["id"]
    assert course.staff.delete(f"/question-bank/{gone}").status_code == 204
    assert li.get(f"/exam-attempts/{attempt['id']}").json["questions"] == attempt["questions"]
    li.post(f"/exam-attempts/{attempt['id']}/submission")
    assert gone not in {each["id"] for each in course.start(li).json["questions"]}
