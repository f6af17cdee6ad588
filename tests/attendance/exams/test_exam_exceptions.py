"""What is different for one learner: more attempts, a later last moment, a pass, extra time."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from attendance.exams.exams import select_passed
from models.edge import AuditEntry
from models.people import Role
from models.projects import Project, ProjectStatus, RosterEntry, RosterRole
from tests.api import Reply
from tests.attendance.check_in.checking_in import code_of
from tests.attendance.courses import Course, exam
from tests.attendance.exams.mending_exams import mend, move, questions, result, sit
from tests.databases import table_of

REASON = "考试中途停电，已由监考核实"


def make(course: Course, name: str, **what: Any) -> Reply:
    number = course.people[name].cme_number if name in course.people else name
    body = {"cme_number": number, "reason": REASON, **what}
    return course.staff.post(f"/projects/{course.id}/exam/exceptions", body)


def passed(course: Course) -> set[Any]:
    course.db.expire_all()
    return set(course.db.scalars(select_passed(course.project.id)))


def test_more_attempts_are_for_one_person_and_the_latest_exception_holds(course: Course) -> None:
    course.set_exam(exam(1, attempts=1))
    li, other = (course.learner(name) for name in ("李", "王"))
    for who in (li, other):
        course.sit(who, 0)
        assert code_of(course.start(who)) == (409, "attempts_used_up")
    given = make(course, "李", attempts=1)
    assert (given.status_code, given.json["attempts_left"]) == (201, 1)
    assert course.sit(li, 0)["passed"] is False
    assert code_of(course.start(li)) == (409, "attempts_used_up")
    assert code_of(course.start(other)) == (409, "attempts_used_up")
    assert make(course, "李", attempts=1).json["attempts_left"] == 0  # in place of the first one, not beside it
    assert make(course, "李", attempts=2).json["attempts_left"] == 1
    view = li.get(f"/projects/{course.id}/exam").json
    assert (view["attempts"], view["extra_attempts"]) == (1, 2)
    assert make(course, "李", attempts=0).json["exceptions"] == []
    assert code_of(course.start(li)) == (409, "attempts_used_up")


def test_a_later_last_moment_is_for_one_person_and_reaches_an_attempt_that_is_open(course: Course) -> None:
    now = course.clock.now()
    closes, until = now + timedelta(minutes=10), now + timedelta(hours=2)
    course.set_exam(exam(1, closes_at=closes.isoformat(), review="after_close"))
    li, other = (course.learner(name) for name in ("李", "王"))
    attempt = course.start(li).json
    assert datetime.fromisoformat(attempt["deadline_at"]) == closes
    done = course.sit(other, 0)
    assert make(course, "李", until=until.isoformat()).status_code == 201
    longer = li.get(f"/exam-attempts/{attempt['id']}").json["deadline_at"]
    assert datetime.fromisoformat(longer) == now + timedelta(minutes=30)
    li.post(f"/exam-attempts/{attempt['id']}/submission")
    course.clock.set(closes)
    assert code_of(course.start(other)) == (409, "exam_not_open")
    assert other.get(f"/exam-attempts/{done['id']}").json["review"] is None  # 李 may still sit it
    assert course.start(li).status_code == 201
    assert datetime.fromisoformat(li.get(f"/projects/{course.id}/exam").json["closes_at"]) == until
    assert datetime.fromisoformat(other.get(f"/projects/{course.id}/exam").json["closes_at"]) == closes
    course.clock.set(until)
    assert other.get(f"/exam-attempts/{done['id']}").json["review"] is not None
    refused = make(course, "李", until=until.isoformat())
    assert (code_of(refused), list(refused.json["errors"])) == ((422, "period_invalid"), ["until"])


def test_a_pass_with_a_reason_counts_everywhere_and_can_be_taken_back(course: Course) -> None:
    course.db.execute(table_of(Project).update().values(needs_exam=True, min_attendance=0))
    course.db.commit()
    course.set_exam(exam(1))
    li = course.learner("李")
    course.sit(li, 0)
    owed = li.get("/me/attendance").json["items"][0]["owed"]
    assert (owed, passed(course), result(course, "李")) == (["exam"], set(), (0, False))
    assert make(course, "李", passed=True).status_code == 201
    assert li.get("/me/attendance").json["items"][0]["owed"] == []
    assert (passed(course), result(course, "李")) == ({course.people["李"].id}, (0, True))
    view = li.get(f"/projects/{course.id}/exam").json
    assert view["passed"] is True
    assert [(each["kind"], each["reason"]) for each in view["exceptions"]] == [("passed", REASON)]
    assert "exam_not_passed" not in str(preview(course))
    make(course, "李", passed=False)
    assert (passed(course), result(course, "李")) == (set(), (0, False))
    assert "exam_not_passed" in str(preview(course))


def preview(course: Course) -> Any:
    return course.staff.get(f"/projects/{course.id}/settlement/preview").json


def test_a_correction_leaves_an_exception_alone(course: Course) -> None:
    """Regrading overwrote scores that people had set by hand (foundation50/classroom50#564)."""
    course.set_exam(exam(1))
    sit(course, "李", "丙")
    make(course, "李", passed=True)
    told = mend(course, questions(course)[0], correct=[1]).json
    assert (told["people"], result(course, "李")) == ([], (0, True))
    told = mend(course, questions(course)[0], correct=[2]).json
    assert (told["moved"], told["newly_passed"], told["keeping"]) == (1, 0, 0)
    make(course, "李", passed=False)
    assert result(course, "李") == (100, True)  # by the attempt itself


def test_exceptions_are_shown_to_organizer_and_reviewing_unit_and_marked_in_the_preview(course: Course) -> None:
    course.set_exam(exam(1))
    for name in ("李", "王", "张"):
        course.learner(name)
    make(course, "李", attempts=2)
    make(course, "李", passed=True)
    extra = {"cme_number": course.people["王"].cme_number, "minutes": 15, "reason": "手部受伤"}
    course.staff.put(f"/projects/{course.id}/exam/extra-time", extra)
    path = f"/projects/{course.id}/exam/exceptions"
    authority = course.api.as_(course.make.staff(Role.AUTHORITY, course.make.province))
    listed = authority.get(path).json["items"]
    kinds = {
        each["name"]: [(one["kind"], one["attempts"], one["minutes"]) for one in each["exceptions"]] for each in listed
    }
    assert kinds == {"李": [("attempts", 2, None), ("passed", None, None)], "王": [("extra_time", None, 15)]}
    assert listed[0]["exceptions"][0]["given_by"] == course.organizer.name
    first = course.staff.get(f"{path}?limit=1").json
    rest = course.staff.get(path, query_string={"limit": 1, "cursor": first["next_cursor"]}).json
    assert first["items"] + rest["items"] == listed
    drawn = preview(course)
    marks = {each["name"]: each["exceptions"] for each in (*drawn["grants"], *drawn["skipped"])}
    assert marks == {"李": ["attempts", "passed"], "王": ["extra_time"], "张": []}
    found = {each["name"]: each for each in course.staff.get(f"/projects/{course.id}/exam/results").json["items"]}
    assert (found["李"]["extra_attempts"], found["李"]["is_excepted"], found["王"]["extra_minutes"]) == (2, True, 15)
    stranger = course.api.as_(course.make.organizer(course.make.unit()))
    for who in (stranger, course.api.as_(course.people["李"])):
        assert code_of(who.get(path)) == (403, "forbidden")
        body = {"cme_number": course.people["李"].cme_number, "passed": True, "reason": REASON}
        assert code_of(who.post(path, body)) == (403, "forbidden")


def test_every_exception_is_audited_with_what_was_before(course: Course) -> None:
    course.set_exam(exam(1))
    course.learner("李")
    for attempts in (1, 3, 0):
        make(course, "李", attempts=attempts)
    entries = course.db.scalars(select(AuditEntry).where(AuditEntry.action == "exam.exception").order_by(AuditEntry.id))
    told = [(each.before.get("attempts"), each.after.get("attempts"), each.reason) for each in entries]
    assert told == [(None, 1, REASON), (1, 3, REASON), (3, None, REASON)]


def test_nobody_makes_an_exception_for_themselves(course: Course) -> None:
    course.set_exam(exam(1))
    course.db.add(
        RosterEntry(
            project_id=course.project.id,
            person_id=course.organizer.id,
            role=RosterRole.LEARNER,
            added_at=course.clock.now(),
        )
    )
    course.db.commit()
    course.people["自己"] = course.organizer
    for what in ({"attempts": 1}, {"passed": True}, {"until": (course.clock.now() + timedelta(days=90)).isoformat()}):
        assert code_of(make(course, "自己", **what)) == (403, "own_attendance")
    extra = {"cme_number": course.organizer.cme_number, "minutes": 15, "reason": "手部受伤"}
    assert code_of(course.staff.put(f"/projects/{course.id}/exam/extra-time", extra)) == (403, "own_attendance")
    assert passed(course) == set()


def test_an_exception_says_exactly_one_thing_about_a_learner_of_the_roster(course: Course) -> None:
    course.learner("李")
    assert code_of(make(course, "李", passed=True)) == (404, "not_found")  # there is no exam yet
    course.set_exam(exam(1))
    wrong: list[dict[str, Any]] = [
        {}, {"attempts": 1, "passed": True}, {"attempts": -1}, {"attempts": 21}, {"until": "2026-01-01"},
        {"passed": True, "reason": ""}, {"passed": True, "surprise": 1},
    ]  # fmt: skip
    for what in wrong:
        assert make(course, "李", **what).status_code == 422, what
    assert code_of(make(course, "9999999999", passed=True)) == (422, "person_not_on_roster")


@pytest.mark.parametrize("status", [ProjectStatus.IN_REVIEW, ProjectStatus.CANCELLED, ProjectStatus.SETTLED])
def test_when_an_exception_may_be_made(course: Course, status: ProjectStatus) -> None:
    course.set_exam(exam(1))
    course.learner("李")
    move(course, status)
    done = make(course, "李", passed=True)
    if status is ProjectStatus.SETTLED:
        assert (done.status_code, done.json["leads_to_round"], bool(done.json["hint"])) == (201, True, True)
    else:
        code = "list_in_review" if status is ProjectStatus.IN_REVIEW else "project_closed"
        assert code_of(done) == (409, code)
