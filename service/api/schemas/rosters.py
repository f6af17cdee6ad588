"""Rosters and waiting lists."""

import uuid
from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from attendance.corrections import Whom
from models.projects import RosterRole
from service.api.schemas.base import Body, Out, Page, Query


class SomebodyExpected(Body):
    """Somebody of a roster: by 继教编号, or by id for who has none."""

    cme_number: Annotated[str, Field(min_length=1, max_length=20)] | None = None
    person_id: uuid.UUID | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.cme_number is None) == (self.person_id is None):
            raise PydanticCustomError("one_of", "give either cme_number or person_id")
        return self

    def whom(self) -> Whom:
        """Who is meant."""
        return Whom(self.cme_number, self.person_id)


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
    """Somebody who is expected, or waits. unit: its name."""

    person_id: uuid.UUID
    name: str
    cme_number: str | None
    unit: str
    role: RosterRole
    added_at: datetime


class RosterList(Out):
    """A page of a roster, in the order in which people came onto it."""

    items: list[RosterEntryOut]
    next_cursor: str | None


class WaitingList(Out):
    """A page of those who wait, the first one first."""

    items: list[RosterEntryOut]
    next_cursor: str | None
