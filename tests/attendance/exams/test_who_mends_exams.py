"""Who may correct the keys of an exam, when, and who sees what was corrected."""

import pytest

from models.exams import ExamAttempt
from models.people import Role
from models.projects import ProjectStatus
from tests.attendance.check_in.checking_in import code_of
from tests.attendance.courses import Course, exam
from tests.attendance.exams.mending_exams import REASON, mend, move, questions, result, sit
from tests.databases import table_of


def test_the_learner_sees_what_was_corrected_and_what_it_did(course: Course) -> None:
    course.set_exam(exam(1, review="after_hand_in"))
    done = sit(course, "乙", "乙")
    li = course.api.as_(course.people["乙"])
    (question,) = questions(course)
    course.clock.turn(minutes=1)
    mend(course, question, correct=[1])
    seen = li.get(f"/exam-attempts/{done['id']}").json
    (correction,) = seen["regrades"]
    assert (correction["question_id"], correction["reason"], correction["kind"]) == (question, REASON, "key")
    assert (correction["score_before"], correction["score_after"]) == (0, 100)
    assert (seen["score"], seen["passed"]) == (100, True)
    view = li.get(f"/projects/{course.id}/exam").json
    assert view["passed"] is True
    assert view["mine"][0]["regrades"] == [correction]
    right = [each["id"] for each in seen["questions"][0]["options"] if each["text"] == "乙"]
    assert seen["review"][0]["options"] == right  # maths/moodle-qtype_stack#1119: the review showed the old answer
    assert seen["review"][0]["earned"] == 1
    assert '"correct"' not in li.get(f"/projects/{course.id}/exam").text


def test_organizer_and_reviewing_unit_see_corrections_and_nobody_else(course: Course) -> None:
    course.set_exam(exam(1))
    sit(course, "甲", "甲")
    (question,) = questions(course)
    for right in ([1], [2]):
        mend(course, question, correct=right)
    path = f"/projects/{course.id}/exam/corrections"
    authority = course.api.as_(course.make.staff(Role.AUTHORITY, course.make.province))
    listed = authority.get(path).json["items"]
    assert [(each["correct"], each["is_current"], each["papers"]) for each in listed] == [
        ([1], False, 1),
        ([2], True, 1),
    ]
    assert listed == course.staff.get(f"/projects/{course.id}/exam/paper").json["corrections"]
    first = course.staff.get(f"{path}?limit=1").json
    rest = course.staff.get(path, query_string={"limit": 1, "cursor": first["next_cursor"]}).json
    assert [first["items"][0], rest["items"][0]] == listed
    stranger = course.api.as_(course.make.organizer(course.make.unit()))
    for who in (stranger, course.api.as_(course.people["甲"])):
        assert code_of(who.get(path)) == (403, "forbidden")
    for who in (stranger, authority, course.api.as_(course.people["甲"])):
        body = {"question_id": question, "void": True, "reason": REASON}
        assert code_of(who.post(path, body)) == (403, "forbidden")


@pytest.mark.parametrize("status", list(ProjectStatus))
def test_when_an_exam_may_be_mended(course: Course, status: ProjectStatus) -> None:
    course.set_exam(exam(1))
    sit(course, "乙", "乙")
    (question,) = questions(course)
    move(course, status)
    done = mend(course, question, correct=[1])
    refused = {ProjectStatus.IN_REVIEW: (409, "list_in_review"), ProjectStatus.CANCELLED: (409, "project_closed")}
    if status in refused:
        assert code_of(done) == refused[status]
        assert result(course, "乙") == (0, False)
    else:
        assert (done.status_code, result(course, "乙")) == (201, (100, True))
        is_settled = status in (ProjectStatus.SETTLED, ProjectStatus.ARCHIVED)
        assert (done.json["leads_to_round"], bool(done.json["hint"])) == (is_settled, is_settled)


def test_who_sat_the_exam_does_not_correct_its_keys(course: Course) -> None:
    course.set_exam(exam(1))
    sit(course, "乙", "乙")
    (question,) = questions(course)
    course.db.execute(table_of(ExamAttempt).update().values(person_id=course.organizer.id))
    course.db.commit()
    assert code_of(mend(course, question, correct=[1])) == (403, "own_attendance")


def test_a_correction_made_before_somebody_began_is_not_told_to_them(course: Course) -> None:
    course.set_exam(exam(1))
    sit(course, "甲", "甲")
    mend(course, questions(course)[0], correct=[1])
    course.clock.turn(minutes=5)
    done = sit(course, "乙", "乙")
    assert course.api.as_(course.people["乙"]).get(f"/exam-attempts/{done['id']}").json["regrades"] == []
