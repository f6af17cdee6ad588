"""A correction of an exam is told to the people whose result it changes."""

from tests.attendance.courses import Course, exam
from tests.attendance.exams.mending_exams import REASON, mend, questions, sit


def test_whose_score_changes_is_told_with_both_scores_and_the_reason_and_nobody_else_is(course: Course) -> None:
    course.set_exam(exam(1))
    sit(course, "乙", "乙")
    sit(course, "丙", "丙")
    (question,) = questions(course)
    course.clock.turn(minutes=1)
    mend(course, question, correct=[1])
    (notice,) = course.api.as_(course.people["乙"]).get("/me/notices").json["items"]
    assert notice["topic"] == "regraded"
    assert all(word in notice["text"] for word in ("0 分变为 100 分", "合格", REASON, course.project.name))
    assert course.api.as_(course.people["丙"]).get("/me/notices").json["items"] == []
