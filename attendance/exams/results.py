"""The exam results of a project's learners. The best attempt of a learner counts."""

import uuid
from dataclasses import dataclass

from sqlalchemy import BigInteger, case, cast, func, select
from sqlalchemy.orm import Session

from attendance.projects.access import ReadableProject
from models.exams import ExamAttempt, ExamExtraTime
from models.people import Person
from models.projects import RosterEntry, RosterRole


@dataclass(frozen=True)
class LearnerResult:
    """The result of a learner. attempts: number of begun ones; score: per cent of the best one handed in, or None."""

    person_id: uuid.UUID
    cme_number: str | None
    name: str
    attempts: int
    score: float | None
    passed: bool
    extra_minutes: int


def list_results(
    db: Session, *, project: ReadableProject, after: uuid.UUID | None, limit: int | None
) -> list[LearnerResult]:
    """Return the results so far of the learners on the roster, in order of their ids, in one statement."""
    points, out_of = cast(ExamAttempt.points, BigInteger), func.nullif(ExamAttempt.out_of, 0, type_=BigInteger)
    best = func.max(points * 10_000 // out_of)  # hundredths of a per cent, rounded down
    extra = func.coalesce(func.max(ExamExtraTime.minutes), 0)
    has_passed = func.max(case((ExamAttempt.passed.is_(True), 1), else_=0))
    wanted = (
        select(Person.id, Person.cme_number, Person.name, func.count(ExamAttempt.id), best, has_passed, extra)
        .join(RosterEntry, RosterEntry.person_id == Person.id)
        .outerjoin(ExamExtraTime, (ExamExtraTime.project_id == project.id) & (ExamExtraTime.person_id == Person.id))
        .outerjoin(ExamAttempt, (ExamAttempt.project_id == project.id) & (ExamAttempt.person_id == Person.id))
        .where(RosterEntry.project_id == project.id, RosterEntry.role == RosterRole.LEARNER)
        .group_by(Person.id, Person.cme_number, Person.name)
        .order_by(Person.id)
        .limit(limit)
    )
    if after is not None:
        wanted = wanted.where(Person.id > after)
    return [
        LearnerResult(id, number, name, attempts, None if score is None else score / 100, bool(passed), minutes)
        for id, number, name, attempts, score, passed, minutes in db.execute(wanted)
    ]
