"""Places at sessions with a capacity."""

import uuid
from datetime import datetime
from typing import Annotated

from pydantic import Field

from attendance.sessions.place_requests import Choice, PlaceState
from service.api.projects.schemas.sessions import SessionBrief
from service.edge.answers.bodies import Body, Out, Page
from service.edge.answers.briefs import without_names
from service.edge.answers.paging import ListOut


class PlaceChoice(Out):
    """A session that I can choose. mine: whether I have a place or wait; ahead: how many wait before me."""

    session: SessionBrief
    track: str | None
    capacity: int | None
    free: int
    waiting: int
    mine: PlaceState | None
    ahead: int | None

    @classmethod
    def of(cls, choice: Choice) -> "PlaceChoice":
        """Return what a choice looks like."""
        return cls(
            session=without_names(SessionBrief, choice.session),
            track=choice.session.track,
            capacity=choice.session.capacity,
            free=choice.free,
            waiting=choice.waiting,
            mine=choice.mine,
            ahead=choice.ahead,
        )


class PlaceChoiceList(Out):
    """The sessions of a project that need a place, in order of their start."""

    items: list[PlaceChoice]


class PlacesNew(Body):
    """Learners of the roster who shall get places, by 继教编号, in this order."""

    cme_numbers: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=20)]], Field(min_length=1, max_length=1000)
    ]


class PlacingOut(Out):
    """How many got a place, wait for one, or had one before; unknown: numbers that are not on the roster."""

    held: int
    waiting: int
    already: int
    unknown: list[str]


class PlacesPage(Page):
    """A filter: people with places, or people who wait."""

    waiting: bool = False


class PlaceOut(Out):
    """A person with a place, or who waits for one. unit: its name."""

    person_id: uuid.UUID
    name: str
    cme_number: str | None
    unit: str
    is_waiting: bool
    asked_at: datetime


class PlaceList(ListOut):
    """A page of the people with places, or of those who wait, in the order in which they asked."""

    items: list[PlaceOut]
    next_cursor: str | None
