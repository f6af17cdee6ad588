"""Lists the projects that a caller organizes or reviews: all, by status, or by a part of their name or number."""

import enum
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from attendance.projects.sight import within_reach
from foundation.callers import Caller
from foundation.listing import Count, Order, count_rows, holds
from models.people import Unit
from models.projects import Project, ProjectLevel, ProjectStatus


class ProjectSort(enum.StrEnum):
    """The order of projects; a minus for the other way round, such as the newest first."""

    CREATED = "created"
    CREATED_DOWN = "-created"
    NAME = "name"
    NAME_DOWN = "-name"
    STARTS_ON = "starts_on"
    STARTS_ON_DOWN = "-starts_on"


@dataclass(frozen=True)
class ProjectsSought:
    """Which projects, in which order. text: a part of the name or number; None for all.

    unit_id: of this unit and all units below it. first, last: take place between these days, at least in part.
    """

    status: ProjectStatus | None = None
    level: ProjectLevel | None = None
    unit_id: uuid.UUID | None = None
    first: date | None = None
    last: date | None = None
    text: str | None = None
    sort: ProjectSort = ProjectSort.CREATED_DOWN


_ORDERS = {
    ProjectSort.CREATED: Order((Project.id,)),
    ProjectSort.CREATED_DOWN: Order((Project.id,), is_descending=True),
    ProjectSort.NAME: Order((Project.name, Project.id)),
    ProjectSort.NAME_DOWN: Order((Project.name, Project.id), is_descending=True),
    ProjectSort.STARTS_ON: Order((Project.starts_on, Project.id)),
    ProjectSort.STARTS_ON_DOWN: Order((Project.starts_on, Project.id), is_descending=True),
}


def list_projects(
    db: Session, *, caller: Caller, sought: ProjectsSought, after: Sequence[Any] | None, limit: int
) -> list[Project]:
    """Return the projects that the caller organizes or reviews, beginning after the keys `after`."""
    return list(db.scalars(_ORDERS[sought.sort].page(_sought(caller, sought), after=after, limit=limit)))


def count_projects(db: Session, *, caller: Caller, sought: ProjectsSought) -> Count:
    """Return how many projects `list_projects` has."""
    return count_rows(db, _sought(caller, sought).with_only_columns(Project.id))


def _sought(caller: Caller, sought: ProjectsSought) -> Select[Project]:
    wanted = within_reach(select(Project), caller).where(holds(sought.text, Project.name, Project.number))
    return wanted.where(*_conditions(sought))


def _conditions(sought: ProjectsSought) -> Iterator[ColumnElement[bool]]:
    if sought.status is not None:
        yield Project.status == sought.status
    if sought.level is not None:
        yield Project.level == sought.level
    if sought.unit_id is not None:  # ids in a path are hexadecimal, so that one finds a unit and all below it
        yield Unit.path.contains(f"{sought.unit_id.hex}/")
    if sought.first is not None:
        yield Project.ends_on >= sought.first
    if sought.last is not None:
        yield Project.starts_on <= sought.last
