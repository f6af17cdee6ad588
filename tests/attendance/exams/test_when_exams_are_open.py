"""When an exam is open and to whom, how often it may be sat, and what becomes of a paper whose time is over."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from attendance.exams.exams import select_passed
from models.attendance import AttendanceCorrection, AttendanceMark
from models.exams import ExamAttempt
from models.projects import Project, ProjectStatus
from service.configuration.settings import Settings
from service.running.upkeep import sweep
from tests.attendance.check_in.checking_in import code_of
from tests.attendance.courses import Course, answer, by_number
from tests.attendance.exams.sitting import submit
from tests.databases import table_of


def test_who_may_begin(course: Course) -> None:
    absent = course.learner("absent", has_attended=False)
    assert code_of(course.start(absent)) == (404, "not_found")  # there is no exam yet
    course.set_exam()
    assert code_of(course.start(absent)) == (403, "did_not_attend")
    assert code_of(course.start(course.staff)) == (403, "not_on_roster")
    assert code_of(course.start(course.api.as_(course.make.person()))) == (403, "not_on_roster")
    course.attend("absent")
    assert course.start(absent).status_code == 201
    course.set_exam(needs_attendance=False)
    assert course.start(course.learner("far away", has_attended=False)).status_code == 201


@pytest.mark.parametrize(("mark", "may_begin"), [("present", True), ("left_early", False), ("absent", False)])
def test_the_organizers_last_word_on_attendance_counts(course: Course, mark: str, may_begin: bool) -> None:
    course.set_exam()
    li = course.learner("li", has_attended=not may_begin)
    for said in (AttendanceMark.EXCUSED, AttendanceMark(mark)):
        course.db.add(
            AttendanceCorrection(
                session_id=course.session.id, person_id=course.people["li"].id, mark=said, reason="主办方更正",
                made_by=course.organizer.id, made_at=course.clock.now(),
            )
        )  # fmt: skip
        course.db.commit()
    assert course.start(li).status_code == (201 if may_begin else 403)


def test_it_is_open_while_the_project_is_under_way(course: Course) -> None:
    course.set_exam()
    li = course.learner("li")
    for status in ProjectStatus:
        course.db.execute(table_of(Project).update().values(status=status))
        course.db.commit()
        reply = course.start(li)
        is_open = status in (ProjectStatus.RUNNING, ProjectStatus.ENDED)
        assert reply.status_code in ((200, 201) if is_open else (409,)), status
        course.db.execute(table_of(ExamAttempt).delete())
        course.db.commit()


def test_the_window_opens_and_closes(course: Course) -> None:
    now = course.clock.now()
    opens, closes = now + timedelta(hours=1), now + timedelta(hours=2)
    course.set_exam(opens_at=opens.isoformat(), closes_at=closes.isoformat())
    li = course.learner("li")
    assert code_of(course.start(li)) == (409, "exam_not_open")
    course.clock.set(closes - timedelta(minutes=10))
    begun = course.start(li)
    assert begun.status_code == 201
    assert datetime.fromisoformat(begun.json["deadline_at"]) == closes  # not half an hour from now
    course.clock.set(closes)
    assert code_of(course.start(li)) == (409, "exam_not_open")


def test_without_an_end_it_closes_thirty_days_after_the_project(course: Course) -> None:
    course.set_exam()
    closes = datetime.fromisoformat(course.staff.get(f"/projects/{course.id}/exam").json["closes_at"])
    assert closes.isoformat() == f"{course.project.ends_on + timedelta(days=31)}T00:00:00+08:00"


def test_attempts_are_counted_paused_and_the_best_one_counts(course: Course) -> None:
    course.set_exam(attempts=3, pause_minutes=10)
    li = course.learner("li")
    assert course.sit(li, 4)["passed"] is True
    refused = course.start(li)
    assert code_of(refused) == (409, "pause_not_over")
    assert refused.headers["Retry-After"] == "600"
    course.clock.turn(minutes=10)
    assert course.sit(li, 1)["passed"] is False
    course.clock.turn(minutes=10)
    course.sit(li, 2)
    course.clock.turn(minutes=10)
    assert code_of(course.start(li)) == (409, "attempts_used_up")
    mine = li.get(f"/projects/{course.id}/exam").json["mine"]
    assert [each["score"] for each in mine] == [80, 20, 40]
    assert set(course.db.scalars(select_passed(course.project.id))) == {course.people["li"].id}
    result = course.staff.get(f"/projects/{course.id}/exam/results").json["items"][0]
    assert (result["attempts"], result["score"], result["passed"]) == (3, 80, True)


def test_a_deadline_that_passes_hands_in_what_was_saved(course: Course) -> None:
    course.set_exam()
    li = course.learner("li")
    attempt = course.sit(li, 4, is_handed_in=False)
    question = by_number(attempt)[4]
    course.clock.set(datetime.fromisoformat(attempt["deadline_at"]))
    assert code_of(answer(li, attempt, question, is_right=True)) == (409, "exam_over")
    read = li.get(f"/exam-attempts/{attempt['id']}").json
    assert (read["score"], read["passed"], read["hand_in"]) == (80, True, "deadline")
    assert read["submitted_at"] == attempt["deadline_at"]
    assert set(course.db.scalars(select_passed(course.project.id))) == set()  # reading changes nothing
    course.clock.turn(minutes=5)
    done = submit(li, attempt).json
    assert (done["score"], done["submitted_at"], done["hand_in"]) == (80, attempt["deadline_at"], "deadline")


def test_the_sweep_hands_in_what_is_overdue_and_nothing_else(course: Course, settings: Settings) -> None:
    course.set_exam()
    first, second, third = (course.learner(name) for name in ("first", "second", "third"))
    overdue = course.sit(first, 5, is_handed_in=False)
    course.sit(second, 1)
    course.clock.turn(minutes=29)
    running = course.sit(third, 3, is_handed_in=False)
    course.clock.turn(minutes=1)
    sweep(settings, now=course.clock.now())
    found = {str(each.id): each for each in course.db.scalars(select(ExamAttempt))}
    assert found[overdue["id"]].passed is True
    assert found[overdue["id"]].submitted_at == datetime.fromisoformat(overdue["deadline_at"])
    assert found[running["id"]].submitted_at is None
    assert sum(each.submitted_at is not None for each in found.values()) == 2
    assert set(course.db.scalars(select_passed(course.project.id))) == {course.people["first"].id}
    sweep(settings, now=course.clock.now())
    assert submit(first, overdue).json["score"] == 100


def test_who_comes_back_after_the_deadline_begins_the_next_attempt(course: Course) -> None:
    course.set_exam(pause_minutes=10)
    li = course.learner("li")
    first = course.sit(li, 2, is_handed_in=False)
    course.clock.turn(minutes=39)
    assert code_of(course.start(li)) == (409, "pause_not_over")  # counted from the deadline, whenever anybody noticed
    course.clock.turn(minutes=1)
    second = course.start(li)
    assert (second.status_code, second.json["number"]) == (201, 2)
    assert li.get(f"/exam-attempts/{first['id']}").json["score"] == 40


def test_extra_time_is_given_with_a_reason_and_reaches_an_open_attempt(course: Course) -> None:
    course.set_exam()
    li = course.learner("li")
    wanted = {"cme_number": course.people["li"].cme_number, "minutes": 15, "reason": "手部受伤，输入较慢"}
    path = f"/projects/{course.id}/exam/extra-time"
    assert course.staff.put(path, {**wanted, "reason": ""}).status_code == 422
    attempt = course.start(li).json
    given = course.staff.put(path, wanted)
    assert given.status_code == 200
    later = datetime.fromisoformat(attempt["deadline_at"]) + timedelta(minutes=15)
    assert datetime.fromisoformat(given.json["deadline_at"]) == later
    assert course.staff.put(path, wanted).json == given.json  # the same again adds nothing
    course.clock.turn(minutes=44)
    assert answer(li, attempt, attempt["questions"][0], is_right=True).status_code == 200
    submit(li, attempt)
    again = course.start(li).json
    assert datetime.fromisoformat(again["deadline_at"]) == course.clock.now() + timedelta(minutes=45)
    assert li.get(f"/projects/{course.id}/exam").json["extra_minutes"] == 15
    assert course.staff.get(f"/projects/{course.id}/exam/results").json["items"][0]["extra_minutes"] == 15
    assert code_of(course.staff.put(path, {**wanted, "cme_number": "9999999999"})) == (422, "person_not_on_roster")
    assert code_of(li.put(path, wanted)) == (403, "forbidden")
