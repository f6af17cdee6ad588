"""The main facts of projects by id, for rows that refer to a project."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.people import Unit
from models.projects import Project


@dataclass(frozen=True)
class ProjectName:
    """A project by its main facts. unit: the name of the unit that holds it."""

    id: uuid.UUID
    name: str
    number: str | None
    unit: str
    starts_on: date
    ends_on: date


def name_projects(db: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, ProjectName]:
    """Return the projects by id, in one statement. Ids of no project are left out."""
    if not ids:
        return {}
    facts = (Project.id, Project.name, Project.number, Unit.name, Project.starts_on, Project.ends_on)
    wanted = select(*facts).join(Unit, Unit.id == Project.unit_id).where(Project.id.in_(ids))
    return {row[0]: ProjectName(*row) for row in db.execute(wanted)}
