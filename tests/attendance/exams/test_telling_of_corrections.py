"""A correction of an exam is told to the people whose result it changes."""

from typing import Any

from tests.attendance.courses import Course, exam
from tests.attendance.exams.mending_exams import REASON, mend, questions, sit


def regraded(course: Course, name: str) -> list[dict[str, Any]]:
    """What somebody was told of corrections of the exam."""
    told = course.api.as_(course.people[name]).get("/me/notices").json["items"]
    return [each for each in told if each["topic"] == "regraded"]


def test_whose_score_changes_is_told_with_both_scores_and_the_reason_and_nobody_else_is(course: Course) -> None:
    course.set_exam(exam(1))
    sit(course, "乙", "乙")
    sit(course, "丙", "丙")
    (question,) = questions(course)
    course.clock.turn(minutes=1)
    mend(course, question, correct=[1])
    (notice,) = regraded(course, "乙")
    assert all(word in notice["text"] for word in ("0 分变为 100 分", "合格", REASON, course.project.name))
    assert regraded(course, "丙") == []
