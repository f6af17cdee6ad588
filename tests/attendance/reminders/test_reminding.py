"""Who has not checked out, evaluated or passed the exam; a reminder to each, once, while it can still be done."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from foundation.clock import day_at_home
from models.edge import AuditEntry
from models.exams import ExamException, ExceptionKind
from models.notices import Notice
from models.people import Person, Role
from models.projects import Project, ProjectStatus, RosterEntry, RosterRole
from tests.api import Api
from tests.attendance.check_in.checking_in import code_of
from tests.attendance.courses import Course, exam
from tests.concurrency.at_once import at_once
from tests.databases import table_of

FORM = {"questions": [{"kind": "stars", "text": "内容"}]}
WHY = "本人到场，已核对证件"


def set_project(course: Course, **values: Any) -> None:
    course.db.execute(table_of(Project).update().values(**values))
    course.db.commit()


@pytest.fixture
def evaluated(course: Course) -> Course:
    """A project that asks for an evaluation and has a form."""
    set_project(course, needs_evaluation=True)
    assert course.staff.put(f"/projects/{course.id}/evaluation", FORM).status_code == 200
    return course


@pytest.fixture
def examined(course: Course) -> Course:
    """A project that asks for an exam and has one of five questions, two attempts each."""
    set_project(course, needs_exam=True)
    assert course.set_exam().status_code == 200
    return course


def evaluate(course: Course, who: Api) -> None:
    question = who.get(f"/projects/{course.id}/evaluation").json["questions"][0]
    sent = {"answers": [{"question_id": question["id"], "value": 5}]}
    assert who.post(f"/projects/{course.id}/evaluation/responses", sent).status_code == 201


def missing(course: Course, what: str) -> dict[str, str | None]:
    """Who has not done it, and why they can't do it now."""
    reply = course.staff.get(f"/projects/{course.id}/missing?what={what}")
    assert reply.status_code == 200, reply.json
    return {each["name"]: each["why_not"] for each in reply.json["items"]}


def remind(course: Course, what: str) -> tuple[int, dict[str, int]]:
    """How many were told, and how many not, by the reason."""
    reply = course.staff.post(f"/projects/{course.id}/reminders", {"what": what})
    assert reply.status_code == 200, reply.json
    return reply.json["told"], {each["why"]: each["count"] for each in reply.json["not_told"]}


def notices(who: Api) -> list[str]:
    return [each["topic"] for each in who.get("/me/notices").json["items"] if each["topic"].endswith("_reminder")]


def turn(course: Course, **by: int) -> None:
    course.clock.turn(**by)
    course.staff = course.api.as_(course.organizer)


def test_who_attended_and_did_not_evaluate_is_reminded_once_in_a_while(evaluated: Course) -> None:
    li, wang = evaluated.learner("li"), evaluated.learner("wang")
    evaluated.learner("zhao", has_attended=False)
    evaluate(evaluated, wang)
    assert missing(evaluated, "evaluation") == {"li": None}
    assert remind(evaluated, "evaluation") == (1, {})
    assert remind(evaluated, "evaluation") == (0, {"reminded_lately": 1})
    (notice,) = [each for each in li.get("/me/notices").json["items"] if each["topic"] == "evaluation_reminder"]
    assert "没有学分" in notice["text"]
    assert notice["project"]["name"] == evaluated.project.name
    assert notices(wang) == []
    row = evaluated.staff.get(f"/projects/{evaluated.id}/missing?what=evaluation").json["items"][0]
    assert (row["reminded_at"] is not None, row["until"] is not None, row["unit"]) == (True, True, "第一医院")
    turn(evaluated, minutes=12 * 60)
    assert remind(evaluated, "evaluation") == (1, {})
    evaluated.db.rollback()
    audited = evaluated.db.scalars(select(AuditEntry).where(AuditEntry.action == "project.remind")).all()
    assert [each.after["told"] for each in audited if each.after] == [1, 0, 1]


def test_two_reminders_at_once_tell_everybody_once(evaluated: Course) -> None:
    people = [evaluated.learner(name) for name in ("li", "wang", "zhao")]
    call = partial(evaluated.staff.post, f"/projects/{evaluated.id}/reminders", {"what": "evaluation"})
    replies = at_once([call] * 4)
    assert sorted(reply.json["told"] for reply in replies) == [0, 0, 0, 3]
    assert [notices(who) for who in people] == [["evaluation_reminder"]] * 3


def test_nobody_is_reminded_of_an_evaluation_that_is_over(evaluated: Course) -> None:
    evaluated.learner("li")
    day = day_at_home(evaluated.clock.now())
    set_project(evaluated, starts_on=day - timedelta(days=40), ends_on=day - timedelta(days=32))
    assert missing(evaluated, "evaluation") == {"li": "too_late"}
    assert remind(evaluated, "evaluation") == (0, {"too_late": 1})
    set_project(evaluated, status=ProjectStatus.SETTLED)
    assert missing(evaluated, "evaluation") == {"li": "too_late"}
    refused = evaluated.staff.post(f"/projects/{evaluated.id}/reminders", {"what": "evaluation"})
    assert code_of(refused) == (409, "project_closed")
    set_project(evaluated, open_until=evaluated.clock.now() + timedelta(days=1))  # the settlement waits for them
    assert remind(evaluated, "evaluation") == (1, {})


def test_who_has_not_passed_the_exam_is_reminded_while_they_can(examined: Course) -> None:
    li, wang, zhao = (examined.learner(name) for name in ("li", "wang", "zhao"))
    examined.sit(wang, right=5)
    examined.sit(zhao, right=0)
    assert missing(examined, "exam") == {"li": None, "zhao": None}
    examined.sit(zhao, right=0)
    assert missing(examined, "exam") == {"li": None, "zhao": "no_attempts_left"}
    assert remind(examined, "exam") == (1, {"no_attempts_left": 1})
    assert [notices(who) for who in (li, wang, zhao)] == [["exam_reminder"], [], []]
    exception = ExamException(
        project_id=examined.project.id, person_id=examined.people["li"].id, kind=ExceptionKind.PASSED,
        reason=WHY, given_by=examined.organizer.id, given_at=examined.clock.now(),
    )  # fmt: skip
    examined.db.add(exception)
    examined.db.commit()
    assert missing(examined, "exam") == {"zhao": "no_attempts_left"}


def test_whom_the_exam_does_not_take_is_not_sent_to_it(examined: Course) -> None:
    examined.learner("li")
    examined.learner("wang", has_attended=False)
    examined.make.on_roster(examined.project, examined.organizer)
    set_project(examined, min_attendance=1)
    assert examined.set_exam(exam(), needs_attendance=True).status_code == 200
    name = examined.organizer.name
    assert missing(examined, "exam") == {"li": None, "wang": "attendance_not_met", name: "staff"}
    assert remind(examined, "exam") == (1, {"attendance_not_met": 1, "staff": 1})
    later = (examined.clock.now() + timedelta(days=1)).isoformat()
    assert examined.set_exam(exam(), opens_at=later).status_code == 200
    assert missing(examined, "exam")["wang"] == "not_open_yet"
    opened = examined.set_exam(exam(), closes_at=(examined.clock.now() + timedelta(minutes=5)).isoformat())
    assert opened.status_code == 200
    turn(examined, minutes=5)
    assert missing(examined, "exam")["wang"] == "too_late"


def test_who_did_not_check_out_is_reminded_while_check_out_is_open(course: Course) -> None:
    set_project(course, needs_check_out=True)
    li, wang = course.learner("li"), course.learner("wang")
    assert missing(course, "check_out") == {}
    assert remind(course, "check_out") == (0, {})
    course.clock.set(course.session.out_opens_at + timedelta(minutes=1))
    course.staff, li, wang = (course.api.as_(each) for each in (course.organizer, *course.people.values()))
    sent = {"cme_number": course.people["wang"].cme_number, "direction": "out", "reason": WHY}
    assert course.staff.post(f"/sessions/{course.session.id}/attendance", sent).status_code == 201
    assert missing(course, "check_out") == {"li": None}
    assert remind(course, "check_out") == (1, {})
    assert remind(course, "check_out") == (0, {"reminded_lately": 1})
    (notice,) = [each for each in li.get("/me/notices").json["items"] if each["topic"] == "check_out_reminder"]
    assert notice["session_id"] == str(course.session.id)
    assert notices(wang) == []
    row = course.staff.get(f"/projects/{course.id}/missing?what=check_out").json["items"][0]
    assert [(each["id"], each["until"] is None) for each in row["sessions"]] == [(str(course.session.id), False)]
    turn(course, minutes=10)
    assert remind(course, "check_out") == (1, {})
    course.clock.set(course.session.out_closes_at)
    course.staff = course.api.as_(course.organizer)
    assert missing(course, "check_out") == {"li": "too_late"}
    assert remind(course, "check_out") == (0, {"too_late": 1})
    set_project(course, status=ProjectStatus.ENDED)
    refused = course.staff.post(f"/projects/{course.id}/reminders", {"what": "check_out"})
    assert code_of(refused) == (409, "project_closed")


def test_whom_the_organizer_marked_by_hand_is_not_reminded_of_a_check_out(course: Course) -> None:
    set_project(course, needs_check_out=True)
    course.learner("li")
    course.clock.set(course.session.out_opens_at + timedelta(minutes=1))
    course.staff = course.api.as_(course.organizer)
    assert missing(course, "check_out") == {"li": None}
    sent = {"cme_number": course.people["li"].cme_number, "mark": "present", "reason": WHY}
    assert course.staff.post(f"/sessions/{course.session.id}/corrections", sent).status_code == 201
    assert missing(course, "check_out") == {}
    assert remind(course, "check_out") == (0, {})


def test_more_people_than_are_read_at_a_time_are_all_reminded_once(examined: Course) -> None:
    assert examined.set_exam(exam(), needs_attendance=False).status_code == 200
    now, unit = examined.clock.now(), examined.unit.id
    people = [Person(unit_id=unit, name=f"学员{n % 7}", cme_number=f"N{n}", created_at=now) for n in range(620)]
    examined.db.add_all(people)
    examined.db.flush()
    examined.db.add_all(
        RosterEntry(project_id=examined.project.id, person_id=each.id, role=RosterRole.LEARNER, added_at=now)
        for each in people
    )
    examined.db.commit()
    assert remind(examined, "exam") == (620, {})
    assert remind(examined, "exam") == (0, {"reminded_lately": 620})
    told = examined.db.scalars(select(Notice.person_id).where(Notice.topic == "exam_reminder")).all()
    assert (len(told), len(set(told))) == (620, 620)


@pytest.mark.parametrize("what", ["check_out", "evaluation", "exam"])
def test_what_the_project_does_not_ask_for_nobody_misses(course: Course, what: str) -> None:
    course.learner("li")
    assert missing(course, what) == {}
    refused = course.staff.post(f"/projects/{course.id}/reminders", {"what": what})
    assert code_of(refused) == (409, "not_asked_for")


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (ProjectStatus.APPROVED, "project_not_announced"),
        (ProjectStatus.CANCELLED, "project_closed"),
        (ProjectStatus.IN_REVIEW, "project_closed"),
    ],
)
def test_nobody_is_reminded_at_a_project_that_is_not_under_way(
    evaluated: Course, status: ProjectStatus, code: str
) -> None:
    evaluated.learner("li")
    set_project(evaluated, status=status)
    refused = evaluated.staff.post(f"/projects/{evaluated.id}/reminders", {"what": "evaluation"})
    assert code_of(refused) == (409, code)
    assert evaluated.db.scalars(select(Notice).where(Notice.topic == "evaluation_reminder")).all() == []


def test_the_reviewing_unit_looks_and_does_not_remind(evaluated: Course) -> None:
    evaluated.learner("li")
    authority = evaluated.api.as_(evaluated.make.staff(Role.AUTHORITY, evaluated.make.province))
    assert authority.get(f"/projects/{evaluated.id}/missing?what=evaluation").json["count"] == 1
    assert code_of(authority.post(f"/projects/{evaluated.id}/reminders", {"what": "evaluation"})) == (403, "forbidden")


def test_pages_and_names(evaluated: Course) -> None:
    for name in ("a", "b", "c"):
        evaluated.learner(name)
    path = f"/projects/{evaluated.id}/missing?what=evaluation"
    first = evaluated.staff.get(f"{path}&limit=2").json
    rest = evaluated.staff.get(f"{path}&limit=2&cursor={first['next_cursor']}").json
    assert ([each["name"] for each in first["items"] + rest["items"]], first["count"]) == (["a", "b", "c"], 3)
    assert [each["name"] for each in evaluated.staff.get(f"{path}&q=B").json["items"]] == ["b"]
