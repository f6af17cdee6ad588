"""Repeated sessions, made in one step."""

import uuid
from datetime import date, datetime
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from attendance.planning.recurrence import MOST, Repetition, Rhythm, Weekday
from attendance.planning.series import ConflictKind, NewSeries, SeriesConflict
from attendance.sessions.sessions import NewSession
from foundation.clock import local_day
from models.projects import Session as VenueSession
from service.api.projects.schemas.projects import SaneDate
from service.api.projects.schemas.sessions import SessionNew
from service.edge.answers.bodies import ONE_OF, Body, Out, Way, Ways


class RepeatIn(Body):
    """How the session is repeated, by the clock of its venue: until a day, or so many times.

    every, interval: every so many days, or weeks. weekdays: for weeks, that of the session by default. until: the last
    day that may have one; count: how many there are. without: days that are left out, such as holidays; they don't
    count.
    """

    ways: ClassVar[Ways] = {
        "Until": Way(needs=("until",), without=("count",)),
        "Count": Way(needs=("count",), without=("until",)),
    }

    every: Rhythm
    interval: Annotated[int, Field(ge=1, le=52)] = 1
    weekdays: list[Weekday] = Field(default_factory=list, max_length=7)
    until: SaneDate | None = None
    count: Annotated[int, Field(ge=1, le=MOST)] | None = None
    without: list[SaneDate] = Field(default_factory=list, max_length=366)

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if (self.until is None) == (self.count is None):
            raise PydanticCustomError("one_of", ONE_OF, {"names": "until, count"})
        if self.weekdays and self.every is not Rhythm.WEEK:
            raise PydanticCustomError("weekdays", "weekdays are for a rhythm of weeks")
        return self

    def repetition(self) -> Repetition:
        """Return how the session is repeated."""
        return Repetition(
            rhythm=self.every,
            interval=self.interval,
            weekdays=frozenset(self.weekdays),
            until=self.until,
            count=self.count,
            without=frozenset(self.without),
        )


class SeriesNew(SessionNew):
    """A session, and how it is repeated. The others have its local times, also where the clocks change.

    It is the first one, unless its day is left out or is none of the weekdays. may_overlap: sessions of the same track
    may be at the same time. dry_run: shows the days and what stands in their way; nothing is stored.
    """

    repeat: RepeatIn
    may_overlap: bool = False
    dry_run: bool = False

    def series(self) -> NewSeries:
        """Return what is planned."""
        return NewSeries(self.plan(), self.repeat.repetition(), self.may_overlap)


class SeriesSession(Out):
    """A session of a series. on: its day at the venue. id: null in a dry run."""

    id: uuid.UUID | None
    on: date
    starts_at: datetime
    ends_at: datetime

    @classmethod
    def of(cls, session: VenueSession | NewSession) -> Self:
        """Show a session, or the plan of one."""
        ident = session.id if isinstance(session, VenueSession) else None
        on = local_day(session.starts_at, session.zone)
        return cls(id=ident, on=on, starts_at=session.starts_at, ends_at=session.ends_at)


class SeriesConflictOut(Out):
    """What stands in the way on a day. session_id, title: of another session at the same time."""

    on: date
    kind: ConflictKind
    session_id: uuid.UUID | None
    title: str | None


class SeriesOut(Out):
    """The sessions of a series, in order of time. In a dry run, those that it would have, and the conflicts."""

    dry_run: bool
    series_id: uuid.UUID | None
    zone: str
    items: list[SeriesSession]
    conflicts: list[SeriesConflictOut]

    @classmethod
    def planned(cls, zone: str, plans: list[NewSession], conflicts: list[SeriesConflict]) -> Self:
        """Show what a series would have."""
        found = [SeriesConflictOut.model_validate(each) for each in conflicts]
        items = [SeriesSession.of(each) for each in plans]
        return cls(dry_run=True, series_id=None, zone=zone, items=items, conflicts=found)

    @classmethod
    def made(cls, sessions: list[VenueSession]) -> Self:
        """Show a series that was made."""
        first, items = sessions[0], [SeriesSession.of(each) for each in sessions]
        return cls(dry_run=False, series_id=first.series_id, zone=first.zone, items=items, conflicts=[])
