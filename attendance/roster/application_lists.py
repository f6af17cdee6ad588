"""Lists applications: those at a project for its organizer, and one's own; and counts those that wait."""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from accounts.people.name_search import holds_name
from attendance.projects.access import OrganizedProject
from attendance.projects.staff import is_staff
from attendance.roster.applications import OwnApplication, own_places
from foundation.listing import Count, count_rows
from models.applications import ApplicationStatus, ProjectApplication
from models.people import Person, Unit
from models.projects import Project


@dataclass(frozen=True)
class ListedApplication:
    """An application with its person. unit: the name of their unit; is_staff: they organize the project themselves."""

    application: ProjectApplication
    name: str
    cme_number: str | None
    unit: str
    is_staff: bool


@dataclass(frozen=True)
class ApplicationsSought:
    """Which applications. text: a part of the name or 继教编号; None for all."""

    status: ApplicationStatus | None = None
    text: str | None = None


def list_applications(
    db: Session, *, project: OrganizedProject, sought: ApplicationsSought, after: uuid.UUID | None, limit: int
) -> list[ListedApplication]:
    """Return the applications at a project, oldest first, beginning after `after`."""
    wanted = _sought(project, sought)
    if after is not None:
        wanted = wanted.where(ProjectApplication.id > after)
    return [ListedApplication(*row) for row in db.execute(wanted.order_by(ProjectApplication.id).limit(limit))]


def count_applications(db: Session, *, project: OrganizedProject, sought: ApplicationsSought) -> Count:
    """Return how many applications `list_applications` has."""
    return count_rows(db, _sought(project, sought).with_only_columns(ProjectApplication.id))


def list_own(db: Session, *, person_id: uuid.UUID, after: uuid.UUID | None, limit: int) -> list[OwnApplication]:
    """Return the person's applications, newest first, beginning after `after`."""
    wanted = select(ProjectApplication).where(ProjectApplication.person_id == person_id)
    if after is not None:
        wanted = wanted.where(ProjectApplication.id < after)
    found = db.scalars(wanted.order_by(ProjectApplication.id.desc()).limit(limit)).all()
    return own_places(db, found, person_id)


def count_pending(db: Session, within: ColumnElement[bool]) -> int:
    """Return how many applications wait for a decision in projects whose Unit meets a condition."""
    wanted = (
        select(func.count())
        .select_from(ProjectApplication)
        .join(Project, Project.id == ProjectApplication.project_id)
        .join(Unit, Unit.id == Project.unit_id)
        .where(ProjectApplication.status == ApplicationStatus.PENDING, within)
    )
    return db.scalar(wanted) or 0


def _sought(project: Project, sought: ApplicationsSought) -> Select[*tuple[Any, ...]]:
    staff = is_staff(Person.id, project.id)
    wanted = (
        select(ProjectApplication, Person.name, Person.cme_number, Unit.name, staff)
        .join(Person, Person.id == ProjectApplication.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(ProjectApplication.project_id == project.id, holds_name(sought.text))
    )
    return wanted if sought.status is None else wanted.where(ProjectApplication.status == sought.status)
