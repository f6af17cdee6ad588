"""Files of questions beside each other, beside corrections, and beside learners who begin the exam."""

from functools import partial
from typing import cast

from tests.api import Api, Reply
from tests.attendance.check_in.checking_in import code_of
from tests.attendance.courses import Course, single
from tests.attendance.questions.question_files import GIFT, send, take
from tests.concurrency.interleaving import meanwhile

WHY = {"reason": "传错了文件"}
ADDS, RETIRES, BEGINS = "INSERT INTO question (", "UPDATE question SET", "INSERT INTO exam_attempt"


def other_client(course: Course) -> Api:
    """The organizer's client for another thread."""
    return Api(course.api.app, course.staff.token)


def reply_of(others: list[object]) -> Reply:
    """What the other request was answered."""
    (other,) = others
    return cast(Reply, other)


def commit(who: Api, read: Reply) -> Reply:
    return who.post(f"/question-imports/{read.json['id']}/commit")


def undo(who: Api, import_id: str) -> Reply:
    return who.post(f"/question-imports/{import_id}/undo", WHY)


def texts(course: Course) -> list[str]:
    return sorted(each["text"] for each in course.staff.get("/question-bank").json["items"])


def drawn(course: Course) -> str:
    """A file in the bank, from which the exam draws one question; returns its id."""
    made = take(course.staff, "甲{=a ~b}\n", "gift").json
    course.set_exam({"draws": [{"discipline": "急诊", "count": 1}], "pause_minutes": 0})
    return str(made["id"])


def test_a_file_that_is_committed_twice_at_once_is_in_the_bank_once(course: Course) -> None:
    read = send(course.staff, GIFT, "gift")
    with meanwhile(course.db, ADDS, partial(commit, other_client(course), read)) as others:
        first = commit(course.staff, read)
    other = reply_of(others)
    assert first.json == other.json
    assert len(texts(course)) == 3


def test_of_two_files_with_the_same_question_at_once_one_adds_it(course: Course) -> None:
    one, two = send(course.staff, "甲{=a ~b}\n\n乙{T}\n", "gift"), send(course.staff, "甲{~b =a}\n\n丙{T}\n", "gift")
    with meanwhile(course.db, ADDS, partial(commit, other_client(course), two)) as others:
        first = commit(course.staff, one)
    other = reply_of(others)
    assert first.json["outcomes"] == {"added": 2}
    assert other.json["outcomes"] == {"added": 1, "already": 1}
    assert texts(course) == ["丙", "乙", "甲"]


def test_an_undo_waits_for_an_attempt_that_begins_and_is_refused_then(course: Course) -> None:
    made, li = drawn(course), course.learner("li")
    with meanwhile(course.db, BEGINS, partial(undo, other_client(course), made)) as others:
        assert course.start(li).status_code == 201
    other = reply_of(others)
    assert code_of(other) == (409, "questions_in_use")
    assert texts(course) == ["甲"]


def test_no_paper_is_begun_with_a_question_of_a_file_that_was_just_undone(course: Course) -> None:
    made, li = drawn(course), course.learner("li")
    begin = partial(Api(course.api.app, li.token).post, f"/projects/{course.id}/exam/attempts")
    with meanwhile(course.db, RETIRES, begin) as others:
        assert undo(course.staff, made).status_code == 200
    other = reply_of(others)
    assert other.json["code"] in ("exam_not_open", "not_enough_questions")
    assert texts(course) == []


def test_a_correction_beside_an_undo_stays_in_no_bank(course: Course) -> None:
    made = take(course.staff, "甲{=a ~b}\n", "gift").json
    path = f"/question-bank/{made['questions'][0]['question_id']}/corrections"
    correct = partial(other_client(course).post, path, single(1))
    with meanwhile(course.db, RETIRES, correct) as others:
        assert undo(course.staff, made["id"]).status_code == 200
    other = reply_of(others)
    assert code_of(other) == (409, "question_retired")
    made = take(course.staff, "乙{=a ~b}\n", "gift").json
    path = f"/question-bank/{made['questions'][0]['question_id']}/corrections"
    with meanwhile(course.db, ADDS, partial(undo, other_client(course), made["id"])) as others:
        assert course.staff.post(path, single(1)).status_code == 201
    other = reply_of(others)
    assert other.json["status"] == "undone"
    assert texts(course) == []
