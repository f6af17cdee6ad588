"""The sessions of a day, over all projects."""

import uuid
from datetime import date, datetime
from typing import Annotated, Self

from pydantic import Field

from attendance.room.session_days import SessionOfDay, SessionState
from models.attendance import Direction
from models.projects import ProjectStatus
from service.api.projects.schemas.projects import SaneDate
from service.api.projects.schemas.sessions import WindowsOut
from service.edge.answers.bodies import Out, Page, SearchText
from service.edge.answers.briefs import ProjectBrief, beside
from service.edge.answers.paging import ListOut


class DayAsked(Page):
    """A day; today in China by default. q: a part of the title, venue or track, or of the project's name or number."""

    on: Annotated[SaneDate | None, Field(description="By the clock of each venue.")] = None
    q: SearchText | None = None


class SessionNumbersOut(Out):
    """The numbers of a session. expected: the roster, or those with a place; came: checked in, `late` included."""

    expected: int
    came: int
    late: int
    left: int
    needs_review: int


class SessionOfDayOut(Out):
    """A session of the day. open: the directions in which people can check in now. zone: of the venue."""

    id: uuid.UUID
    project_id: uuid.UUID
    project: ProjectBrief = beside("project_id")
    project_status: ProjectStatus
    title: str
    venue: str
    track: str | None
    zone: str
    starts_at: datetime
    ends_at: datetime
    windows: WindowsOut
    counts: bool
    state: SessionState
    open: list[Direction]
    closed_at: datetime | None
    cancelled_at: datetime | None
    cancellation_reason: str | None
    numbers: SessionNumbersOut

    @classmethod
    def of(cls, found: SessionOfDay) -> Self:
        """Show a session of the day."""
        session = found.session
        kept = ("id", "project_id", "title", "venue", "track", "zone", "starts_at", "ends_at", "counts")
        why = ("closed_at", "cancelled_at", "cancellation_reason")
        return cls(
            **{name: getattr(session, name) for name in (*kept, *why)},
            project_status=found.project_status,
            windows=WindowsOut.model_validate(session),
            state=found.state,
            open=list(found.open),
            numbers=SessionNumbersOut.model_validate(found.numbers),
        )


class SessionDay(ListOut):
    """A page of the sessions of a day, in order of their start. now: the server's time, for the states."""

    on: date
    now: datetime
    items: list[SessionOfDayOut]
    next_cursor: str | None
