"""Saving answers: the last choice wins on any device, nobody else's do, and a void token saves none."""

from typing import Any

import pytest
from sqlalchemy import func, select

from models.accounts import Account, SignIn
from models.exams import ExamAnswer, ExamAttempt
from models.people import Person
from tests.api import Api
from tests.attendance.check_in.checking_in import at_once, code_of
from tests.attendance.courses import Course, answer, by_number, exam, save, single
from tests.attendance.exams.sitting import submit
from tests.attendance.projects.lists import statements
from tests.databases import table_of


def test_another_device_goes_on_where_the_first_one_was(course: Course) -> None:
    course.set_exam()
    phone = course.learner("li")
    begun = course.start(phone).json
    first = by_number(begun)[0]
    saved = answer(phone, begun, first, is_right=True, revision=3).json
    tablet = course.api.as_(course.people["li"])
    course.clock.turn(minutes=5)
    resumed = course.start(tablet)
    assert resumed.status_code == 200
    assert (resumed.json["id"], resumed.json["deadline_at"]) == (begun["id"], begun["deadline_at"])
    assert resumed.json["questions"] == begun["questions"]
    assert resumed.json["answers"] == [saved]
    assert tablet.get(f"/exam-attempts/{begun['id']}").json == resumed.json
    for question in by_number(begun)[1:]:
        assert answer(tablet, begun, question, is_right=True).status_code == 200
    assert submit(phone, begun).json["score"] == 100


def test_a_save_that_comes_late_does_not_undo_a_newer_one(course: Course) -> None:
    course.set_exam()
    li = course.learner("li")
    attempt = course.start(li).json
    question = by_number(attempt)[0]
    newer = answer(li, attempt, question, is_right=True, revision=2).json
    late = answer(li, attempt, question, is_right=False, revision=1)
    assert (late.status_code, late.json) == (200, newer)
    assert answer(li, attempt, question, is_right=False, revision=2).json["options"] != newer["options"]
    without = answer(li, attempt, question, is_right=True).json  # who counts nothing always wins
    assert (without["options"], without["revision"]) == (newer["options"], 2)
    assert course.db.scalar(select(func.count()).select_from(ExamAnswer)) == 1


def test_an_empty_answer_takes_it_back(course: Course) -> None:
    course.set_exam(exam(1))
    li = course.learner("li")
    attempt = course.start(li).json
    question = attempt["questions"][0]
    answer(li, attempt, question, is_right=True)
    assert save(li, attempt, question, {"options": []}).json["options"] == []
    assert submit(li, attempt).json["score"] == 0


def test_answers_that_do_not_fit_are_422_and_leave_nothing(course: Course) -> None:
    fill = {"kind": "fill", "text": "填空", "accepted": ["x"]}
    course.set_exam(questions=[single(0), fill])
    li = course.learner("li")
    attempt = course.start(li).json
    choice, blank = sorted(attempt["questions"], key=lambda each: each["kind"] == "fill")
    ids = [each["id"] for each in choice["options"]]
    wrong: list[tuple[Any, dict[str, Any]]] = [
        (choice, {"options": ids[:2]}), (choice, {"options": ["none"]}), (choice, {"text": "甲"}), (choice, {}),
        (choice, {"options": [ids[0]], "text": "甲"}), (choice, {"options": ids[0]}), (choice, {"options": [7]}),
        (blank, {"options": ids[:1]}), (blank, {"text": 7}), (blank, {"text": "字" * 201}), (blank, {}),
        (blank, {"text": "x", "revision": -1}), (blank, {"text": "x", "surprise": 1}),
    ]  # fmt: skip
    for question, content in wrong:
        assert save(li, attempt, question, content).status_code == 422, content
    assert course.db.scalar(select(func.count()).select_from(ExamAnswer)) == 0


def test_nobody_else_sees_or_touches_an_attempt(course: Course) -> None:
    course.set_exam()
    li, other = course.learner("li"), course.learner("other")
    attempt = course.start(li).json
    question, path = attempt["questions"][0], f"/exam-attempts/{attempt['id']}"
    for who in (other, course.staff):
        assert code_of(who.get(path)) == (404, "not_found")
        assert code_of(submit(who, attempt)) == (404, "not_found")
        assert code_of(answer(who, attempt, question, is_right=True)) == (404, "not_found")
    theirs = course.start(other).json
    stranger = {**question, "id": "01900000-0000-7000-8000-000000000000"}
    assert code_of(answer(other, theirs, stranger, is_right=True)) == (404, "not_found")
    elsewhere = course.staff.post("/question-bank", {**single(1), "discipline": "急诊"}).json
    for content in (
        {"options": []},
        {"options": ["none"]},
        {"text": "x"},
    ):  # it is a question, but on no paper of theirs
        assert code_of(save(other, theirs, elsewhere, content)) == (404, "not_found")
    assert course.db.scalar(select(func.count()).select_from(ExamAnswer)) == 0


@pytest.mark.parametrize("change", ["ended", "suspended"])
def test_an_answer_is_not_saved_once_its_token_is_void(course: Course, change: str) -> None:
    course.set_exam()
    li, other = course.learner("li"), course.learner("other")
    attempt, theirs = course.start(li).json, course.start(other).json
    void, now = {"ended": (SignIn, "ended_at"), "suspended": (Account, "suspended_at")}[change], course.clock.now()
    course.db.execute(table_of(void[0]).update().values({void[1]: now}).where(of_person(void[0], course.people["li"])))
    course.db.commit()
    assert code_of(answer(li, attempt, attempt["questions"][0], is_right=True)) == (401, "token_invalid")
    assert course.db.scalar(select(func.count()).select_from(ExamAnswer)) == 0
    assert answer(other, theirs, theirs["questions"][0], is_right=True).status_code == 200


def of_person(table: Any, person: Person) -> Any:
    """The rows of a person's account."""
    mine = select(Account.id).where(Account.person_id == person.id).scalar_subquery()
    return (table.id if table is Account else table.account_id) == mine


def test_the_token_of_an_initial_password_saves_no_answer(course: Course) -> None:
    course.set_exam()
    li = course.learner("li")
    attempt = course.start(li).json
    course.db.execute(table_of(Account).update().values(must_change_password=True))
    course.db.commit()
    fresh = course.api.as_(course.people["li"], method="password")
    refused = answer(fresh, attempt, attempt["questions"][0], is_right=True)
    assert code_of(refused) == (403, "password_change_required")


def test_whatever_was_saved_before_the_hand_in_is_graded(course: Course) -> None:
    """Saves and hand-ins at once: a save that was acknowledged counts, one that was not is told `exam_over`."""
    course.set_exam(exam(6))
    token = course.learner("li").token
    attempt = course.start(Api(course.api.app, token)).json
    left = iter(by_number(attempt))

    def go() -> tuple[int, bool]:
        who, question = Api(course.api.app, token), next(left)
        saved = answer(who, attempt, question, is_right=True).status_code
        return saved, submit(who, attempt).status_code == 200

    outcomes = at_once(6, go)
    assert all(is_handed_in for _, is_handed_in in outcomes)
    acknowledged = sum(status == 200 for status, _ in outcomes)
    assert all(status in (200, 409) for status, _ in outcomes)
    done = submit(Api(course.api.app, token), attempt).json
    assert done["score"] == int(acknowledged * 10_000 / 6) / 100


def test_saving_and_beginning_take_a_fixed_number_of_statements(course: Course) -> None:
    counts = []
    for size in (2, 40):
        course.db.execute(table_of(ExamAttempt).delete())
        course.db.commit()
        course.set_exam(exam(size))
        li = course.learner(f"li{size}")
        with statements(course.api) as begun:
            attempt = course.start(li).json
        with statements(course.api) as saved:
            answer(li, attempt, by_number(attempt)[0], is_right=True)
        with statements(course.api) as handed_in:
            submit(li, attempt)
        counts.append([len(each) for each in (begun, saved, handed_in)])
        course.db.execute(table_of(ExamAnswer).delete())
        course.db.commit()
    assert counts[0] == counts[1]
    assert counts[0][1] == 1  # the save, which asks for itself who calls
    # who calls, who is it here, exam; sessions, check-ins, marks; earlier attempts, corrected keys, questions, still
    # that exam, the paper; the name of the project
    assert counts[0][0] == 12
    following = course.learner("the next one")
    with statements(course.api) as begun:
        course.start(following)
    assert len(begun) == 11  # this process knows the questions by now
