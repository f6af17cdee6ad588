"""The exam results of a project's learners. The best attempt of a learner counts."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Subquery, case, func, select
from sqlalchemy.orm import Session

from accounts.people.name_search import holds_name
from attendance.exams.grading import per_cent
from attendance.projects.access import ReadableProject
from models.exams import ExamAttempt, ExamException, ExamExtraTime, ExceptionKind
from models.people import Person
from models.projects import RosterEntry, RosterRole


@dataclass(frozen=True)
class LearnerResult:
    """The result of a learner. attempts: number of begun ones; score: per cent of the best one handed in, or None.

    extra_minutes, extra_attempts, until, is_excepted: what exceptions give them; is_excepted: passed by one.
    """

    person_id: uuid.UUID
    cme_number: str | None
    name: str
    attempts: int
    score: float | None
    passed: bool
    extra_minutes: int
    extra_attempts: int
    until: datetime | None
    is_excepted: bool


def list_results(
    db: Session, *, project: ReadableProject, text: str | None = None, after: uuid.UUID | None, limit: int | None
) -> list[LearnerResult]:
    """Return the results so far of the learners on the roster, in order of their ids, in one statement.

    text: a part of the name or 继教编号; None for all.
    """
    extra = func.coalesce(func.max(ExamExtraTime.minutes), 0)
    exceptions = _exceptions(project.id)
    given = exceptions.c
    has_passed = func.max(case((ExamAttempt.passed.is_(True), 1), else_=0))
    wanted = (
        select(
            Person.id,
            Person.cme_number,
            Person.name,
            func.count(ExamAttempt.id),
            func.max(ExamAttempt.score),
            has_passed,
            extra,
            given.attempts,
            given.until,
            given.passed,
        )
        .join(RosterEntry, RosterEntry.person_id == Person.id)
        .outerjoin(ExamExtraTime, (ExamExtraTime.project_id == project.id) & (ExamExtraTime.person_id == Person.id))
        .outerjoin(exceptions, given.person_id == Person.id)
        .outerjoin(ExamAttempt, (ExamAttempt.project_id == project.id) & (ExamAttempt.person_id == Person.id))
        .where(RosterEntry.project_id == project.id, RosterEntry.role == RosterRole.LEARNER)
        .where(holds_name(text))
        .group_by(Person.id, Person.cme_number, Person.name, given.attempts, given.until, given.passed)
        .order_by(Person.id)
        .limit(limit)
    )
    if after is not None:
        wanted = wanted.where(Person.id > after)
    return [
        LearnerResult(
            person_id=id,
            cme_number=number,
            name=name,
            attempts=attempts,
            score=None if score is None else per_cent(score),
            passed=bool(passed) or bool(is_excepted),
            extra_minutes=minutes,
            extra_attempts=more_attempts or 0,
            until=until,
            is_excepted=bool(is_excepted),
        )
        for id, number, name, attempts, score, passed, minutes, more_attempts, until, is_excepted in db.execute(wanted)
    ]


def _exceptions(project_id: uuid.UUID) -> Subquery:
    """Select what exceptions give, a row a learner."""
    more = ExamException
    return (
        select(
            more.person_id,
            func.max(more.attempts).label("attempts"),
            func.max(more.until).label("until"),
            func.max(case((more.kind == ExceptionKind.PASSED, 1), else_=0)).label("passed"),
        )
        .where(more.project_id == project_id)
        .group_by(more.person_id)
        .subquery()
    )
