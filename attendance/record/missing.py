"""Who is missing at a session: people who have not checked in, and learners who came and have not checked out.

Nobody is missing before check-in, or check-out, has opened, at a session that was never held, and where the organizer
has set the attendance by hand. A check-in that waits for review is one: the person was there.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, false, literal, or_, select
from sqlalchemy.orm import Session

from accounts.people.name_search import holds_name
from attendance.projects.access import ReadableSession
from attendance.projects.audience import select_expected
from attendance.sessions.held import was_held
from foundation.listing import Count, Order, count_rows
from models.attendance import AttendanceCorrection, AttendanceMark, CheckIn, CheckInStatus, Direction
from models.base import words
from models.people import Person, Unit
from models.projects import Project, RosterEntry, RosterRole
from models.projects import Session as VenueSession

CAME = (CheckInStatus.PRESENT, CheckInStatus.LATE, CheckInStatus.NEEDS_REVIEW)
"""The statuses of a check-in of somebody who was there, also where staff have yet to look."""
_ORDER = Order((Person.name, Person.id))


@dataclass(frozen=True)
class MissingSought:
    """Who is looked for. direction: who has not checked in, or who has not checked out; None for both.

    text: a part of the name or 继教编号; None for all.
    """

    direction: Direction | None = None
    text: str | None = None


@dataclass(frozen=True)
class MissingAttendee:
    """A person who is missing. missing: what they have not done; unit: the name of their unit.

    came_at: when they checked in; None for those who have not. until: the first instant at which they can no longer do
    it by themselves; None if that is over.
    """

    person_id: uuid.UUID
    name: str
    cme_number: str | None
    unit: str
    role: RosterRole
    missing: Direction
    came_at: datetime | None
    until: datetime | None


def list_missing(
    db: Session,
    *,
    session: ReadableSession,
    sought: MissingSought,
    after: Sequence[Any] | None,
    limit: int,
    now: datetime,
) -> list[MissingAttendee]:
    """Return who is missing at a session, by name, beginning after the keys `after`."""
    until = {direction: last_moment_at(session, direction, now) for direction in Direction}
    wanted = _ORDER.page(_missing(db, session, sought, now), after=after, limit=limit)
    return [MissingAttendee(**row, until=until[row["missing"]]) for row in db.execute(wanted).mappings()]


def count_missing(db: Session, *, session: ReadableSession, sought: MissingSought, now: datetime) -> Count:
    """Return how many people `list_missing` has."""
    return count_rows(db, _missing(db, session, sought, now).with_only_columns(Person.id))


def last_moment_at(session: VenueSession, direction: Direction, now: datetime) -> datetime | None:
    """Return the first instant at which people can no longer check in or out by themselves; None if it is over."""
    closes_at = session.in_closes_at if direction is Direction.IN else session.out_closes_at
    if session.closed_at is not None:
        closes_at = min(closes_at, session.closed_at)
    return closes_at if now < closes_at else None


def has(session_id: Any, person_id: Any, direction: Direction) -> ColumnElement[bool]:
    """Return the SQL condition that a person has checked in, or out, at a session."""
    checked = exists().where(
        CheckIn.session_id == session_id,
        CheckIn.person_id == person_id,
        CheckIn.direction == direction,
        CheckIn.status.in_(CAME),
    )
    return checked.correlate_except(CheckIn)


def is_marked(session_id: Any, person_id: Any) -> ColumnElement[bool]:
    """Return the SQL condition that the organizer has set the attendance of a person at a session by hand."""
    last = (
        select(AttendanceCorrection.mark)
        .where(AttendanceCorrection.session_id == session_id, AttendanceCorrection.person_id == person_id)
        .order_by(AttendanceCorrection.id.desc())
        .limit(1)
        .correlate_except(AttendanceCorrection)
        .scalar_subquery()
    )
    return and_(last.is_not(None), last != AttendanceMark.AS_RECORDED)


def _missing(db: Session, session: VenueSession, sought: MissingSought, now: datetime) -> Any:
    """Select who is missing, each with what they have not done."""
    is_in = has(session.id, Person.id, Direction.IN)
    is_learner = exists().where(
        RosterEntry.project_id == session.project_id,
        RosterEntry.person_id == Person.id,
        RosterEntry.role == RosterRole.LEARNER,
    )
    came_at = (
        select(CheckIn.checked_in_at)
        .where(CheckIn.session_id == session.id, CheckIn.person_id == Person.id, CheckIn.direction == Direction.IN)
        .where(CheckIn.status.in_(CAME))
        .scalar_subquery()
    )
    lacks = {
        Direction.IN: ~is_in if now >= session.in_opens_at else false(),
        Direction.OUT: and_(is_in, is_learner, ~has(session.id, Person.id, Direction.OUT))
        if owes_check_out(db.get_one(Project, session.project_id), session, now)
        else false(),
    }
    wanted = [lacks[each] for each in Direction if sought.direction in (None, each)] if was_held(session) else []
    return (
        select(
            Person.id.label("person_id"),
            Person.name,
            Person.cme_number,
            Unit.name.label("unit"),
            case((is_learner, literal(RosterRole.LEARNER, words(RosterRole))), else_=RosterRole.SPEAKER).label("role"),
            case((is_in, literal(Direction.OUT, words(Direction))), else_=Direction.IN).label("missing"),
            came_at.label("came_at"),
        )
        .join(Unit, Unit.id == Person.unit_id)
        .where(Person.id.in_(select_expected(session.project_id, session)), or_(false(), *wanted))
        .where(~is_marked(session.id, Person.id), holds_name(sought.text))
    )


def owes_check_out(project: Project, session: VenueSession, now: datetime) -> bool:
    """Return whether learners who came to a session have to check out of it, and could have begun to by now."""
    is_due = now >= session.out_opens_at and not session.is_check_out_waived
    return project.needs_check_out and was_held(session) and is_due
