"""The waiting lists (候补) of full projects as one person sees them."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session, aliased

from attendance.projects.states import OVER
from attendance.projects.visibility import was_announced
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
    wanted = (
        select(WaitingEntry.id, WaitingEntry.added_at, Project, Unit.name, _place())
        .join(Project, Project.id == WaitingEntry.project_id)
        .join(Unit, Unit.id == Project.unit_id)
        .where(WaitingEntry.person_id == person_id, Project.status.not_in(OVER), was_announced())
    )
    if after is not None:
        wanted = wanted.where(WaitingEntry.id > after)
    return [Waiting(*row) for row in db.execute(wanted.order_by(WaitingEntry.id).limit(limit))]


def places_of(db: Session, *, person_id: uuid.UUID, project_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, int]:
    """Return the person's place on the waiting lists of these projects, 1 for the first, by project."""
    wanted = select(WaitingEntry.project_id, _place()).where(
        WaitingEntry.person_id == person_id, WaitingEntry.project_id.in_(project_ids)
    )
    return {row[0]: row[1] for row in db.execute(wanted)}


def _place() -> ScalarSelect[int]:
    """Return the SQL number of the WaitingEntry of the enclosing statement on its list."""
    before = aliased(WaitingEntry)
    counted = select(func.count()).where(before.project_id == WaitingEntry.project_id, before.id <= WaitingEntry.id)
    return counted.scalar_subquery()
