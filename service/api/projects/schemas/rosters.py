"""Rosters and waiting lists."""

import uuid
from datetime import datetime
from typing import Annotated

from pydantic import Field

from models.projects import RosterRole
from service.edge.bodies import Body, Out, Page, Query
from service.edge.paging import ListOut


class RosterNew(Body):
    """People to expect at a project, by 继教编号."""

    cme_numbers: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=20)]], Field(min_length=1, max_length=1000)
    ]
    role: RosterRole = RosterRole.LEARNER


class RosterOut(Out):
    """How many were added, were there already, or wait for a place; and which numbers are nobody's."""

    added: int
    already: int
    waiting: int
    unknown: list[str]


class RosterPage(Page):
    """Whom of a roster."""

    role: RosterRole | None = None


class RosterRoleAsked(Query):
    """In what part somebody is taken off."""

    role: RosterRole = RosterRole.LEARNER


class RosterEntryOut(Out):
    """Somebody who is expected, or waits. unit: its name; is_staff: they organize this project."""

    person_id: uuid.UUID
    name: str
    cme_number: str | None
    unit: str
    role: RosterRole
    added_at: datetime
    is_staff: bool


class RosterList(ListOut):
    """A page of a roster, in the order in which people came onto it."""

    items: list[RosterEntryOut]
    next_cursor: str | None


class WaitingList(ListOut):
    """A page of those who wait, the first one first."""

    items: list[RosterEntryOut]
    next_cursor: str | None
