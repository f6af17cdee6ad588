"""Projects (项目): made by an organizer for one of their units."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import false, or_, select
from sqlalchemy.orm import Session

from accounts import audit
from accounts.callers import Caller, require
from accounts.errors import NotFound
from attendance.access import ORGANIZERS
from attendance.errors import PeriodInvalid, UnitNeeded
from models.base import new_id
from models.people import Unit
from models.projects import Project


@dataclass(frozen=True)
class NewProject:
    """A project to make. unit_id: may be left out by who organizes for one unit only."""

    name: str
    starts_on: date
    ends_on: date
    number: str | None = None
    unit_id: uuid.UUID | None = None


def create_project(db: Session, *, new: NewProject, caller: Caller, now: datetime) -> Project:
    """Make a project. Raises NotFound, Forbidden, UnitNeeded, PeriodInvalid."""
    unit = _unit(db, new.unit_id, caller)
    require(caller, ORGANIZERS, unit.path)
    if new.ends_on < new.starts_on:
        raise PeriodInvalid(field="ends_on")
    project = Project(
        id=new_id(),
        unit_id=unit.id,
        name=new.name,
        number=new.number,
        starts_on=new.starts_on,
        ends_on=new.ends_on,
        created_by=caller.person_id,
        created_at=now,
    )
    db.add(project)
    audit.record(
        db,
        now=now,
        actor_id=caller.person_id,
        action="project.create",
        subject_kind="project",
        subject_id=project.id,
        after={"name": new.name, "unit_id": str(unit.id)},
    )
    db.flush()
    return project


def list_projects(db: Session, *, caller: Caller, after: uuid.UUID | None, limit: int) -> list[Project]:
    """The projects within the caller's reach as organizer, newest first, from the one after `after` on."""
    reach = or_(false(), *(Unit.path.startswith(path) for path in caller.scopes(ORGANIZERS)))
    wanted = select(Project).join(Unit, Unit.id == Project.unit_id).where(reach)
    if after is not None:
        wanted = wanted.where(Project.id < after)
    return list(db.scalars(wanted.order_by(Project.id.desc()).limit(limit)))


def _unit(db: Session, unit_id: uuid.UUID | None, caller: Caller) -> Unit:
    if unit_id is None:
        own = {grant.unit_id for grant in caller.grants if grant.role in ORGANIZERS}
        if len(own) != 1:
            raise UnitNeeded(field="unit_id")
        unit_id = own.pop()
    unit = db.get(Unit, unit_id)
    if unit is None:
        raise NotFound(field="unit_id")
    return unit
