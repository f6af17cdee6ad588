"""Who can still pass the exam of a project: people with an open attempt, or with attempts left before it closes."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from attendance.exams.exams import closes_at, find_exam
from models.exams import ExamAttempt, ExamException, ExceptionKind
from models.projects import Project

PersonId = ColumnElement[uuid.UUID] | InstrumentedAttribute[uuid.UUID]
"""A column that names a person, of the enclosing statement."""


@dataclass(frozen=True)
class Chances:
    """Who can still pass the exam of a project at `now`. closes_at: when it closes; None for a project without exam.

    Exceptions give single people more attempts, or a later last moment.
    """

    project_id: uuid.UUID
    now: datetime
    closes_at: datetime | None
    allowed: int

    def can_pass(self, person_id: PersonId) -> ColumnElement[bool]:
        """Return the SQL condition that a person has an open attempt, or may begin another one."""
        if self.closes_at is None:
            return false()
        prolonged = self._exception(func.max(ExamException.until), ExceptionKind.UNTIL, person_id)
        is_open = or_(literal(self.now < self.closes_at), and_(prolonged.is_not(None), prolonged > self.now))
        sitting = self._of_person(select(ExamAttempt.id), ExamAttempt, person_id).where(*self._sitting()).exists()
        return or_(sitting, and_(self.has_more(person_id), is_open))

    def has_more(self, person_id: PersonId) -> ColumnElement[bool]:
        """Return the SQL condition that a person has attempts left, whether or not the exam is open."""
        begun = self._of_person(select(func.count(ExamAttempt.id)), ExamAttempt, person_id).scalar_subquery()
        more = self._exception(func.max(ExamException.attempts), ExceptionKind.ATTEMPTS, person_id)
        return begun < self.allowed + func.coalesce(more, 0)

    def last_moments(self, db: Session) -> dict[uuid.UUID, datetime]:
        """Return the moments of people for whom the exam ends later than for all: by exceptions and open attempts."""
        if self.closes_at is None:
            return {}
        wanted = select(ExamAttempt.person_id, ExamAttempt.deadline_at).where(*self._sitting())
        found = {row.person_id: row.deadline_at for row in db.execute(wanted)}
        kind = ExamException.project_id == self.project_id, ExamException.kind == ExceptionKind.UNTIL
        for person_id, until in db.execute(select(ExamException.person_id, ExamException.until).where(*kind)):
            if until is not None:
                found[person_id] = max(until, found.get(person_id, until))
        return found

    def _sitting(self) -> tuple[ColumnElement[bool], ...]:
        attempt = ExamAttempt
        return attempt.project_id == self.project_id, attempt.submitted_at.is_(None), attempt.deadline_at > self.now

    def _exception(self, what: Any, kind: ExceptionKind, person_id: PersonId) -> Any:
        wanted = self._of_person(select(what), ExamException, person_id)
        return wanted.where(ExamException.kind == kind).scalar_subquery()

    def _of_person(self, wanted: Select[Any], table: Any, person_id: PersonId) -> Select[Any]:
        return wanted.where(table.project_id == self.project_id, table.person_id == person_id)


def find_chances(db: Session, *, project: Project, now: datetime) -> Chances:
    """Return who can still pass the exam of a project at `now`."""
    exam = find_exam(db, project.id) if project.needs_exam else None
    closes = None if exam is None else closes_at(exam, project)
    return Chances(project.id, now, closes, 0 if exam is None else exam.attempts)
