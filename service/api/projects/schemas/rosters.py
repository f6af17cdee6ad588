"""Rosters and waiting lists."""

import uuid
from datetime import datetime
from typing import Annotated

from pydantic import Field

from attendance.roster.roster_lists import RosterSort
from models.projects import RosterOrigin, RosterRole
from service.edge.answers.bodies import Body, Out, Page, Query, Reason, SearchText
from service.edge.answers.paging import CountedList, ListOut

CmeText = Annotated[str, Field(min_length=1, max_length=20)]


class NamedNumber(Body):
    """A 继教编号 with the name of its person."""

    cme_number: CmeText
    name: Annotated[str, Field(min_length=1, max_length=100)]


class RosterNew(Body):
    """People to add to a roster, by 继教编号.

    names: numbers of `cme_numbers` with the names of their people, for those of other hospitals: they are found by both
    together, and only so.
    """

    cme_numbers: Annotated[list[CmeText], Field(min_length=1, max_length=1000)]
    names: list[NamedNumber] = Field(default_factory=list, max_length=1000)
    role: RosterRole = RosterRole.LEARNER


class RosterOut(Out):
    """How many people were added, were on it before, or wait for a place; and the unknown numbers.

    unknown: of nobody, or of somebody of another hospital whom the request did not name rightly.
    """

    added: int
    already: int
    waiting: int
    unknown: list[str]


class RosterPage(Page):
    """A filter of a roster. q: a part of the name or 继教编号; sort: a minus for the other way round."""

    role: RosterRole | None = None
    origin: RosterOrigin | None = None
    q: SearchText | None = None
    sort: RosterSort = RosterSort.ADDED


class RemovalIn(Body):
    """Why a person is removed; they are told. It is needed for somebody who applied or joined on the spot."""

    reason: Reason | None = None


class RosterRoleAsked(Query):
    """The role from which a person is removed."""

    role: RosterRole = RosterRole.LEARNER


class RosterEntryOut(Out):
    """A person on a roster or waiting list. unit: its name; is_staff: they organize this project.

    origin: put there by the staff, by an application, or by a scan on the spot (现场报名).
    """

    person_id: uuid.UUID
    name: str
    cme_number: str | None
    unit: str
    role: RosterRole
    origin: RosterOrigin
    added_at: datetime
    is_staff: bool


class RosterList(CountedList):
    """A page of a roster; in the order in which people were added, if the query has no other."""

    items: list[RosterEntryOut]
    next_cursor: str | None


class WaitingList(ListOut):
    """A page of the people who wait, in order."""

    items: list[RosterEntryOut]
    next_cursor: str | None
