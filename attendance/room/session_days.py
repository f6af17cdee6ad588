"""The sessions of a day that a caller organizes, reviews or owns, over all projects, with their state and numbers."""

import enum
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import Session

from attendance.projects.sight import within_sight
from attendance.room.session_numbers import SessionNumbers, read_numbers
from attendance.sessions.held import is_over
from attendance.sessions.windows import is_open
from foundation.callers import Caller
from foundation.listing import Order, holds
from models.attendance import Direction
from models.projects import Project, ProjectStatus
from models.projects import Session as VenueSession

_FARTHEST = timedelta(hours=15)  # a zone's midnight is at most so far from that of UTC
_ORDER = Order((VenueSession.starts_at, VenueSession.id))


class SessionState(enum.StrEnum):
    """Where a session is: `open` while people can check in or out, `running` between the two."""

    TO_COME = "to_come"
    OPEN = "open"
    RUNNING = "running"
    OVER = "over"
    CLOSED = "closed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class SessionOfDay:
    """A session of the day. open: the directions in which people can check in now."""

    session: VenueSession
    project_status: ProjectStatus
    state: SessionState
    open: tuple[Direction, ...]
    numbers: SessionNumbers


@dataclass(frozen=True)
class DaySought:
    """Which sessions: those that take place on a day, by the clock of their venue. text: a part of a name or venue."""

    on: date
    text: str | None = None


def list_of_day(
    db: Session, *, caller: Caller, sought: DaySought, after: Sequence[Any] | None, limit: int, now: datetime
) -> list[SessionOfDay]:
    """Return the sessions of a day in order of their start, beginning after the keys `after`.

    A session that crosses midnight is one of both days. Drafts are listed for their organizers alone.
    """
    near = within_sight(select(VenueSession.zone).join(Project, Project.id == VenueSession.project_id), caller)
    near = near.where(*_between(*(at.replace(tzinfo=UTC) for at in _around(sought.on)))).distinct()
    zones = list(db.scalars(near))
    columns = select(VenueSession, Project.status).join(Project, Project.id == VenueSession.project_id)
    wanted: Select[VenueSession, ProjectStatus] = within_sight(columns, caller).where(
        or_(false(), *(and_(VenueSession.zone == zone, *_on_day(sought.on, zone)) for zone in zones)),
        holds(sought.text, VenueSession.title, VenueSession.venue, VenueSession.track, Project.name, Project.number),
    )
    found = db.execute(_ORDER.page(wanted, after=after, limit=limit)).all()
    numbers = read_numbers(db, [session for session, _ in found])
    return [
        SessionOfDay(session, status, state_of(session, now), _open_now(session, now), numbers[session.id])
        for session, status in found
    ]


def state_of(session: VenueSession, now: datetime) -> SessionState:
    """Return where the session is at this moment."""
    if session.cancelled_at is not None:
        return SessionState.CANCELLED
    if session.closed_at is not None and session.closed_at <= now:
        return SessionState.CLOSED
    if _open_now(session, now):
        return SessionState.OPEN
    if is_over(session, now):
        return SessionState.OVER
    return SessionState.TO_COME if now < session.in_opens_at else SessionState.RUNNING


def _open_now(session: VenueSession, now: datetime) -> tuple[Direction, ...]:
    if session.cancelled_at is not None:
        return ()
    return tuple(direction for direction in Direction if is_open(session, direction, now))


def _around(on: date) -> tuple[datetime, datetime]:
    midnight = datetime.combine(on, time.min)
    return midnight - _FARTHEST, midnight + timedelta(days=1) + _FARTHEST


def _on_day(on: date, zone: str) -> tuple[ColumnElement[bool], ...]:
    local = zoneinfo.ZoneInfo(zone)
    first = datetime.combine(on, time.min, local)
    return _between(first.astimezone(UTC), datetime.combine(on + timedelta(days=1), time.min, local).astimezone(UTC))


def _between(first: datetime, last: datetime) -> tuple[ColumnElement[bool], ...]:
    return VenueSession.starts_at < last, VenueSession.ends_at > first
