"""Who can still pass the exam of a project: people with an open attempt, or with attempts left before it closes."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.orm import Session

from attendance.exams.exams import closes_at, find_exam
from models.exams import ExamAttempt
from models.projects import Project


@dataclass(frozen=True)
class Chances:
    """Until when the exam of a project can be begun (None: no exam, or closed), and who can still pass it.

    can_pass: for a column of person ids, the SQL condition that the person can still pass.
    """

    closes_at: datetime | None
    _allowed: int
    _mine: tuple[ColumnElement[bool], ...]
    _is_open: ColumnElement[bool]

    def can_pass(self, person_id: ColumnElement[uuid.UUID]) -> ColumnElement[bool]:
        """Return the SQL condition that a person has an open attempt, or may begin another one."""
        sitting = person_id.in_(self._people().where(self._is_open))
        if self.closes_at is None:
            return sitting
        used_up = self._people().group_by(ExamAttempt.person_id).having(func.count() >= self._allowed)
        return or_(sitting, person_id.not_in(used_up))

    def open_until(self, db: Session) -> dict[uuid.UUID, datetime]:
        """Return the deadlines of the open attempts by person."""
        wanted = select(ExamAttempt.person_id, ExamAttempt.deadline_at).where(*self._mine, self._is_open)
        return {row.person_id: row.deadline_at for row in db.execute(wanted)}

    def _people(self) -> Select[uuid.UUID]:
        return select(ExamAttempt.person_id).where(*self._mine)


def find_chances(db: Session, *, project: Project, now: datetime) -> Chances:
    """Return who can still pass the exam of a project at `now`."""
    exam = find_exam(db, project.id) if project.needs_exam else None
    closes = None if exam is None else closes_at(exam, project)
    is_open = ExamAttempt.submitted_at.is_(None) & (ExamAttempt.deadline_at > now)
    return Chances(
        closes_at=closes if closes is not None and now < closes else None,
        _allowed=0 if exam is None else exam.attempts,
        _mine=(ExamAttempt.project_id == project.id,) if exam is not None else (false(),),
        _is_open=is_open,
    )
