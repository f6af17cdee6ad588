"""Projects and their rosters."""

import uuid
from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from models.projects import RosterRole
from service.api.schemas.base import Body, Out

SaneDate = Annotated[date, Field(ge=date(2000, 1, 1), lt=date(2100, 1, 1))]


class ProjectNew(Body):
    """A project to make. unit_id may be left out by who organizes for one unit only."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    number: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    starts_on: SaneDate
    ends_on: SaneDate
    unit_id: uuid.UUID | None = None


class ProjectOut(Out):
    """A project."""

    id: uuid.UUID
    unit_id: uuid.UUID
    name: str
    number: str | None
    starts_on: date
    ends_on: date
    created_at: datetime


class ProjectList(Out):
    """A page of projects, newest first."""

    items: list[ProjectOut]
    next_cursor: str | None


class RosterNew(Body):
    """People to expect at a project, by 继教编号."""

    cme_numbers: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=20)]], Field(min_length=1, max_length=1000)
    ]
    role: RosterRole = RosterRole.LEARNER


class RosterOut(Out):
    """How many were added, how many were there already, and which numbers are nobody's."""

    added: int
    already: int
    unknown: list[str]
