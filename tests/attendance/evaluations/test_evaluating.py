"""Evaluations: who may, once, and that nobody learns who answered what."""

from typing import Any

import pytest
from sqlalchemy import func, select, text

from models.edge import AuditEntry
from models.evaluations import EvaluationForm, EvaluationRespondent, EvaluationResponse
from models.people import Role
from tests.api import Api
from tests.attendance.check_in.checking_in import at_once, code_of
from tests.attendance.courses import Course
from tests.databases import table_of

FORM = {
    "questions": [
        {"kind": "stars", "text": "内容"},
        {"kind": "single", "text": "时长", "options": ["太短", "正好", "太长"]},
        {"kind": "multiple", "text": "想听什么", "options": ["心电图", "超声", "气道"]},
        {"kind": "text", "text": "建议"},
    ]
}


def set_form(course: Course, content: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    reply = course.staff.put(f"/projects/{course.id}/evaluation", content or FORM)
    assert reply.status_code == 200, reply.json
    return list(reply.json["questions"])


def answers(questions: list[dict[str, Any]], *values: Any) -> dict[str, Any]:
    """What the form's questions get, in order."""
    given = zip(questions, values, strict=False)
    return {"answers": [{"question_id": question["id"], "value": value} for question, value in given]}


def evaluate(course: Course, who: Api, *values: Any) -> Any:
    questions = who.get(f"/projects/{course.id}/evaluation").json["questions"]
    return who.post(
        f"/projects/{course.id}/evaluation/responses", answers(questions, *(values or (5, "2", ["1"], "很好")))
    )


@pytest.mark.manual("M-6.2")
def test_who_attended_evaluates_once(course: Course) -> None:
    set_form(course)
    li = course.learner("li")
    assert li.get(f"/projects/{course.id}/evaluation").json["has_evaluated"] is False
    assert evaluate(course, li).status_code == 201
    assert code_of(evaluate(course, li)) == (409, "already_evaluated")
    assert li.get(f"/projects/{course.id}/evaluation").json["has_evaluated"] is True
    assert kept(course) == 1


def kept(course: Course) -> int:
    """How many answers are on file, in whole groups or waiting for theirs."""
    rows = course.db.scalar(select(func.count()).select_from(EvaluationResponse)) or 0
    return rows + len(course.db.scalars(select(EvaluationForm.waiting)).one())


def test_who_did_not_attend_is_told_so_whatever_the_answers(course: Course) -> None:
    set_form(course)
    absent = course.learner("absent", has_attended=False)
    nonsense: dict[str, Any] = {"answers": [{"question_id": "none", "value": {"a": 1}}]}
    for content in (nonsense, {"answers": []}):
        assert code_of(absent.post(f"/projects/{course.id}/evaluation/responses", content)) == (403, "did_not_attend")
    assert code_of(evaluate(course, absent)) == (403, "did_not_attend")
    course.attend("absent")
    assert evaluate(course, absent).status_code == 201


def test_a_check_in_that_waits_for_review_is_no_attendance_yet(course: Course) -> None:
    set_form(course)
    li = course.learner("li")
    course.db.execute(text("UPDATE check_in SET status = 'needs_review'"))
    assert code_of(evaluate(course, li)) == (403, "did_not_attend")


def test_a_speaker_does_not_evaluate(course: Course) -> None:
    set_form(course)
    speaker = course.make.person(unit=course.unit)
    sent = {"cme_numbers": [speaker.cme_number], "role": "speaker"}
    assert course.staff.post(f"/projects/{course.id}/roster", sent).status_code == 200
    course.people["speaker"] = speaker
    course.attend("speaker")
    assert course.api.as_(speaker).get(f"/projects/{course.id}/evaluation").status_code == 200
    assert code_of(evaluate(course, course.api.as_(speaker))) == (403, "did_not_attend")


def test_six_answers_of_one_learner_at_once_are_one(course: Course) -> None:
    questions = set_form(course)
    token = course.learner("li").token
    path, content = f"/projects/{course.id}/evaluation/responses", answers(questions, 4, "1", ["2", "3"], "")
    replies = at_once(6, lambda: Api(course.api.app, token).post(path, content))
    assert sorted(reply.status_code for reply in replies) == [201] + [409] * 5
    assert kept(course) == 1


def test_answers_that_do_not_fit_are_422_and_leave_nothing(course: Course) -> None:
    questions = set_form(course)
    li = course.learner("li")
    wrong: list[tuple[Any, ...]] = [
        (6, "1", ["1"]), (0, "1", ["1"]), (True, "1", ["1"]), ("5", "1", ["1"]), (4.5, "1", ["1"]), (None, "1", ["1"]),
        (5, "9", ["1"]), (5, ["1"], ["1"]), (5, "1", []), (5, "1", "1"), (5, "1", ["1", "9"]), (5, "1", [[]]),
        (5, "1", ["1"], 7), (5, "1", ["1"], "字" * 2001), (5, "1"), (),
    ]  # fmt: skip
    for values in wrong:
        reply = li.post(f"/projects/{course.id}/evaluation/responses", answers(questions, *values))
        assert code_of(reply) == (422, "answers_invalid"), values
    twice = answers([questions[0], *questions], 5, 5, "1", ["1"])
    assert code_of(li.post(f"/projects/{course.id}/evaluation/responses", twice)) == (422, "answers_invalid")
    assert course.db.scalar(select(func.count()).select_from(EvaluationRespondent)) == 0
    assert evaluate(course, li, 5, "1", ["1"]).status_code == 201  # a text may be left out


def test_nothing_on_file_leads_from_an_answer_to_a_person(course: Course) -> None:
    set_form(course)
    li = course.learner("li")
    sent = answers(li.get(f"/projects/{course.id}/evaluation").json["questions"], 1, "1", ["1"], "这是我写的")
    path = f"/projects/{course.id}/evaluation/responses"
    assert li.post(path, sent, headers={"Idempotency-Key": "k-1"}).status_code == 201
    who = dict(course.db.execute(text("SELECT * FROM evaluation_respondent")).mappings().one())
    assert set(who) == {"project_id", "person_id"}
    for number in range(4):
        evaluate(course, course.learner(f"li{number}"))
    row = dict(course.db.execute(text("SELECT * FROM evaluation_response")).mappings().first() or {})
    assert set(row) == {"id", "project_id", "batch", "answers"}
    responses = course.db.scalars(select(EvaluationResponse)).all()
    assert {each.id.version for each in responses} == {4}  # random: the others are in order of time
    assert course.db.scalar(text("SELECT count(*) FROM idempotent_reply")) == 0  # would hold a hash of the answers
    about = course.db.scalars(select(AuditEntry).where(AuditEntry.actor_id == course.people["li"].id)).all()
    assert about == []


def test_results_come_in_groups_of_five(course: Course) -> None:
    set_form(course)
    path = f"/projects/{course.id}/evaluation/results"
    for number in range(1, 5):
        evaluate(course, course.learner(f"li{number}"), number, "1", ["1", "2"], f"评语{number}")
    hidden = course.staff.get(path).json
    assert (hidden["responses"], hidden["shown"]) == (4, 0)
    assert all(sum(count["count"] for count in each["counts"]) == 0 for each in hidden["questions"])
    assert all(each["comments"] == [] and each["mean"] is None for each in hidden["questions"])
    evaluate(course, course.learner("li5"), 5, "3", ["2"], "  ")
    shown = course.staff.get(path).json
    stars, single, multiple, comments = shown["questions"]
    assert (shown["shown"], stars["mean"]) == (5, 3.0)
    assert [each["count"] for each in stars["counts"]] == [1, 1, 1, 1, 1]
    assert {each["text"]: each["count"] for each in single["counts"]} == {"太短": 4, "正好": 0, "太长": 1}
    assert {each["text"]: each["count"] for each in multiple["counts"]} == {"心电图": 4, "超声": 5, "气道": 0}
    assert comments["comments"] == ["评语1", "评语2", "评语3", "评语4"]
    evaluate(course, course.learner("li6"), 1, "3", ["3"], "第六个人写的")
    later = course.staff.get(path).json
    assert (later["responses"], later["questions"]) == (6, shown["questions"])  # whoever looked before learns nothing


def test_a_group_that_was_begun_before_answers_waited_is_shown_once_it_is_whole(course: Course) -> None:
    questions = set_form(course, {"questions": [{"kind": "text", "text": "建议"}]})
    course.db.execute(table_of(EvaluationForm).update().values(responses=3))
    for place in range(3):  # as they were written then: rows at once
        answered = {questions[0]["id"]: f"早{place}"}
        course.db.add(EvaluationResponse(project_id=course.project.id, batch=0, answers=answered))
    course.db.commit()
    path, shown = f"/projects/{course.id}/evaluation/results", []
    for place in range(2):
        evaluate(course, course.learner(f"li{place}"), f"晚{place}")
        shown.append(course.staff.get(path).json)
    assert [each["shown"] for each in shown] == [0, 5]
    assert shown[1]["questions"][0]["comments"] == ["早0", "早1", "早2", "晚0", "晚1"]


def test_answers_lie_in_no_order_that_tells_who_came_when(course: Course) -> None:
    """Neither those that wait for their group nor those of whole groups."""
    questions = set_form(course, {"questions": [{"kind": "text", "text": "建议"}]})
    read = "SELECT answers FROM evaluation_response WHERE batch = {}"  # as a dump would: without ORDER BY
    in_order = 0
    for batch in range(4):
        for place in range(5):
            sent = answers(questions, f"{batch}-{place}")
            who = course.learner(f"li{batch}-{place}")
            assert who.post(f"/projects/{course.id}/evaluation/responses", sent).status_code == 201
            if place == 3:
                waiting = [str(each) for each in course.db.scalars(select(EvaluationForm.waiting)).one()]
                in_order += waiting == sorted(waiting)
        rows = [str(each) for each in course.db.scalars(text(read.format(batch)))]
        assert len(rows) == 5
        in_order += rows == sorted(rows)
    assert in_order < 4  # all 8 if they were as they came; four by chance once in 300,000


def test_a_form_that_is_changed_while_somebody_answers_is_not_answered(course: Course) -> None:
    """Either the answer came first, and the form stays, or the form did, and the answer is refused."""
    questions = set_form(course)
    other = {"questions": [{"kind": "stars", "text": "组织"}]}
    token, path = course.learner("li").token, f"/projects/{course.id}/evaluation"
    sent, turns = answers(questions, 5, "1", ["1"]), iter(range(2))

    def go() -> Any:
        if next(turns):
            return Api(course.api.app, token).post(f"{path}/responses", sent)
        return course.staff.put(path, other)

    assert sorted(each.status_code for each in at_once(2, go)) in ([201, 409], [200, 422])


def test_the_results_are_for_organizers_within_reach(course: Course) -> None:
    set_form(course)
    li, stranger = course.learner("li"), course.api.as_(course.make.organizer(course.make.unit()))
    for who in (li, stranger):
        assert code_of(who.get(f"/projects/{course.id}/evaluation/results")) == (403, "forbidden")
        assert code_of(who.put(f"/projects/{course.id}/evaluation", FORM)) == (403, "forbidden")
    assert code_of(stranger.get(f"/projects/{course.id}/evaluation")) == (403, "forbidden")
    assert code_of(course.api.as_(course.make.person()).get(f"/projects/{course.id}/evaluation")) == (403, "forbidden")


def test_the_same_form_again_changes_nothing_and_another_one_is_too_late_after_an_answer(course: Course) -> None:
    questions = set_form(course)
    assert set_form(course) == questions
    other = {"questions": [{"kind": "stars", "text": "组织"}]}
    assert [each["text"] for each in set_form(course, other)] == ["组织"]
    set_form(course)
    evaluate(course, course.learner("li"))
    assert code_of(course.staff.put(f"/projects/{course.id}/evaluation", other)) == (409, "evaluation_started")
    assert course.staff.put(f"/projects/{course.id}/evaluation", FORM).status_code == 200


def test_forms_that_cannot_be_are_422(course: Course) -> None:
    wrong: list[dict[str, Any]] = [
        {"questions": []}, {}, {"questions": [{"kind": "magic", "text": "?"}]},
        {"questions": [{"kind": "stars", "text": ""}]}, {"questions": [{"kind": "single", "text": "?"}]},
        {"questions": [{"kind": "single", "text": "?", "options": ["a"]}]},
        {"questions": [{"kind": "single", "text": "?", "options": ["a", "a"]}]},
        {"questions": [{"kind": "stars", "text": "?", "options": ["a", "b"]}]},
        {"questions": [{"kind": "text", "text": "?", "options": ["a"]}]},
    ]  # fmt: skip
    for content in wrong:
        assert course.staff.put(f"/projects/{course.id}/evaluation", content).status_code == 422, content
    assert code_of(course.learner("li").get(f"/projects/{course.id}/evaluation")) == (404, "not_found")


def test_a_form_may_begin_with_a_template_of_ones_units(course: Course) -> None:
    common = course.staff.get("/evaluation-templates").json["items"][0]
    assert (common["unit_id"], len(common["questions"])) == (None, 5)
    assert len(set_form(course, {"template_id": common["id"]})) == 5
    own = {"name": "急诊科", "questions": FORM["questions"]}
    made = course.staff.post("/evaluation-templates", own)
    assert made.status_code == 201
    texts = [each["text"] for each in set_form(course, {"template_id": made.json["id"]})]
    assert texts == ["内容", "时长", "想听什么", "建议"]
    below = course.api.as_(course.make.organizer(course.make.unit(parent=course.unit)))
    assert made.json in below.get("/evaluation-templates").json["items"]
    stranger = course.api.as_(course.make.organizer(course.make.unit()))
    assert [each["id"] for each in stranger.get("/evaluation-templates").json["items"]] == [common["id"]]
    for_another = {**own, "unit_id": str(course.unit.id)}
    assert code_of(stranger.post("/evaluation-templates", for_another)) == (403, "forbidden")
    nobody = {"template_id": "01900000-0000-7000-8000-000000000000"}
    assert code_of(course.staff.put(f"/projects/{course.id}/evaluation", nobody)) == (404, "not_found")
    authority = course.api.as_(course.make.staff(Role.AUTHORITY, course.make.province))
    assert code_of(authority.get("/evaluation-templates")) == (403, "forbidden")


def test_eleven_who_answer_at_once_fill_two_groups_of_five(course: Course) -> None:
    questions = set_form(course)
    waiting = iter([course.learner(f"li{number}").token for number in range(11)])
    path, content = f"/projects/{course.id}/evaluation/responses", answers(questions, 5, "1", ["1"], "好")
    replies = at_once(11, lambda: Api(course.api.app, next(waiting)).post(path, content))
    assert {reply.status_code for reply in replies} == {201}
    batches = course.db.scalars(select(EvaluationResponse.batch).order_by(EvaluationResponse.batch)).all()
    assert batches == [0] * 5 + [1] * 5
    assert kept(course) == 11
    shown = course.staff.get(f"/projects/{course.id}/evaluation/results").json
    assert (shown["responses"], shown["shown"], len(shown["questions"][3]["comments"])) == (11, 10, 10)
