"""The waiting lists (候补) of full projects as one person sees them."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from attendance.projects.states import HIDDEN_FROM_LEARNERS, OVER
from models.people import Unit
from models.projects import Project, WaitingEntry


@dataclass(frozen=True)
class Waiting:
    """A project that a person waits for. unit: name of its unit; place: 1 for the first on the waiting list."""

    entry_id: uuid.UUID
    added_at: datetime
    project: Project
    unit: str
    place: int


def list_waited_for(db: Session, *, person_id: uuid.UUID, after: uuid.UUID | None, limit: int) -> list[Waiting]:
    """Return the projects that the person waits for and that are not over, in order of their waiting entries."""
    before = aliased(WaitingEntry)
    place = (
        select(func.count())
        .where(before.project_id == WaitingEntry.project_id, before.id <= WaitingEntry.id)
        .scalar_subquery()
    )
    wanted = (
        select(WaitingEntry.id, WaitingEntry.added_at, Project, Unit.name, place)
        .join(Project, Project.id == WaitingEntry.project_id)
        .join(Unit, Unit.id == Project.unit_id)
        .where(WaitingEntry.person_id == person_id, Project.status.not_in(HIDDEN_FROM_LEARNERS | OVER))
    )
    if after is not None:
        wanted = wanted.where(WaitingEntry.id > after)
    return [Waiting(*row) for row in db.execute(wanted.order_by(WaitingEntry.id).limit(limit))]
