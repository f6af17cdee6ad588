"""Who may get onto the roster of a project by themselves: by an application (报名), or on the spot (现场报名)."""

import enum
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.errors import ProjectNotEditable
from attendance.projects.states import NOT_ANNOUNCED, OVER
from foundation import audit
from foundation.callers import Caller
from foundation.errors import NotFound
from models.people import Person, Unit
from models.projects import ApplicationMode, OpenTo, Project, ProjectStatus


class WhyClosed(enum.StrEnum):
    """Why nobody can apply for a project now."""

    NONE = "none"
    NOT_ANNOUNCED = "not_announced"
    BEGUN = "begun"
    OVER = "over"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class EntryRules:
    """The rules of a project on who gets onto its roster without its staff."""

    applications: ApplicationMode
    is_open: bool
    open_to: OpenTo


def entry_of(project: Project) -> EntryRules:
    """Return the present rules of a project."""
    return EntryRules(project.applications, project.is_open, project.open_to)


def set_entry(db: Session, *, project: Project, entry: EntryRules, caller: Caller, now: datetime) -> None:
    """Set who gets onto the roster of a project without its staff. project: one that the caller may edit, locked.

    Those who applied or joined before stay as they are. Raises ProjectNotEditable once the project is over.
    """
    before = entry_of(project)
    changed = [name for name in ("applications", "is_open", "open_to") if getattr(before, name) != getattr(entry, name)]
    if not changed:
        return
    if project.status in OVER:
        raise ProjectNotEditable(field=changed[0])
    for name in changed:
        setattr(project, name, getattr(entry, name))
    project.revision += 1
    told = {name: getattr(before, name) for name in changed}, {name: getattr(entry, name) for name in changed}
    audit.record(db, caller, now, "project.entry", project, before=told[0], after=told[1])
    db.flush()


def why_closed(project: Project, closes_at: datetime, now: datetime) -> WhyClosed | None:
    """Return why nobody can apply for the project now, or None. closes_at: when it begins."""
    if project.status is ProjectStatus.CANCELLED:
        return WhyClosed.CANCELLED
    if project.status in OVER:
        return WhyClosed.OVER
    if project.status in NOT_ANNOUNCED:
        return WhyClosed.NOT_ANNOUNCED
    if project.applications is ApplicationMode.NONE:
        return WhyClosed.NONE
    if project.status is ProjectStatus.RUNNING or now >= closes_at:
        return WhyClosed.BEGUN
    return None


def is_meant_for(db: Session, project: Project, person_id: uuid.UUID) -> bool:
    """Return whether the project is open to the person: anyone, or only people of its unit and of units below."""
    if project.open_to is OpenTo.ANYONE:
        return True
    own = select(Unit.path).join(Person, Person.unit_id == Unit.id).where(Person.id == person_id)
    its = select(Unit.path).where(Unit.id == project.unit_id)
    return db.scalars(own).one().startswith(db.scalars(its).one())


def lock_project(db: Session, project_id: uuid.UUID) -> Project:
    """Return the project, locked, as it is now. Raises NotFound."""
    wanted = select(Project).where(Project.id == project_id).with_for_update()
    found = db.scalars(wanted.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound
    return found
