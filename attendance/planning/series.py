"""Repeated sessions: a series is made in one step, whole or not at all. What stands in its way is told day by day."""

import enum
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.errors import PeriodInvalid, SessionTooLong
from attendance.planning.errors import SeriesConflicts, SeriesTooLong
from attendance.planning.recurrence import MOST, Repetition, repeat
from attendance.sessions.lengths import check_length
from attendance.sessions.liveness import check_may_ask
from attendance.sessions.sessions import NewSession, check_day, plan
from attendance.sessions.venue_codes import new_short_code
from foundation import audit
from foundation.callers import Caller
from foundation.clock import local_day
from models.base import new_id
from models.projects import Project
from models.projects import Session as VenueSession


class ConflictKind(enum.StrEnum):
    """What stands in the way of a session of a series."""

    OUTSIDE_PROJECT = "outside_project"
    OVERLAP = "overlap"
    TOO_LONG = "too_long"
    WINDOWS = "windows"


@dataclass(frozen=True)
class SeriesConflict:
    """What stands in the way on one day. session_id, title: of the session at the same time, in the same track."""

    on: date
    kind: ConflictKind
    session_id: uuid.UUID | None = None
    title: str | None = None


@dataclass(frozen=True)
class NewSeries:
    """A series to make. may_overlap: sessions of the same track may be at the same time."""

    first: NewSession
    repetition: Repetition
    may_overlap: bool = False


@dataclass(frozen=True)
class PlannedSeries:
    """The plans of a series, in order of time, and what stands in their way."""

    plans: Sequence[NewSession]
    conflicts: Sequence[SeriesConflict]


def plan_series(db: Session, *, project: Project, new: NewSeries) -> PlannedSeries:
    """Return the sessions that a series would have, and what stands in their way. Nothing is stored.

    Raises ZoneUnknown, GeofenceRequired; PeriodInvalid where the first session ends before it begins or no day is left;
    SeriesTooLong, LivenessNotCalibrated.
    """
    check_may_ask(db, new.first.liveness)
    plan(VenueSession(), new.first)  # what is wrong on each day is no conflict of one day
    plans = repeat(new.first, new.repetition)
    if not plans:
        raise PeriodInvalid(field="repeat")
    if len(plans) > MOST:
        raise SeriesTooLong(field="repeat", facts={"most": MOST})
    standing = _standing(db, project)
    return PlannedSeries(plans, [each for one in plans for each in _conflicts(project, one, standing, plans, new)])


def create_series(
    db: Session, *, project: Project, new: NewSeries, caller: Caller, now: datetime
) -> list[VenueSession]:
    """Create the sessions of a series and return them in order of time. project: locked.

    Raises as `plan_series`; SeriesConflicts, with all conflicts by day, where anything stands in the way.
    """
    planned = plan_series(db, project=project, new=new)
    if planned.conflicts:
        days = list(dict.fromkeys(each.on.isoformat() for each in planned.conflicts))
        raise SeriesConflicts(facts={"days": days, "conflicts": [_told(each) for each in planned.conflicts]})
    series_id, made = new_id(), []
    for each in planned.plans:
        session = VenueSession(id=new_id(), project_id=project.id, short_code=new_short_code(), revision=0)
        plan(session, each)
        session.series_id = series_id
        made.append(session)
    db.add_all(made)
    after = {
        "series_id": str(series_id),
        "sessions": [str(each.id) for each in made],
        "starts_at": [each.starts_at.isoformat() for each in made],
    }
    audit.record(db, caller, now, "session_series.create", project, after=after)
    db.flush()
    return made


def _standing(db: Session, project: Project) -> Sequence[VenueSession]:
    wanted = select(VenueSession).where(VenueSession.project_id == project.id, VenueSession.cancelled_at.is_(None))
    return db.scalars(wanted.where(VenueSession.counts).order_by(VenueSession.starts_at)).all()


def _conflicts(
    project: Project, one: NewSession, standing: Sequence[VenueSession], plans: Sequence[NewSession], new: NewSeries
) -> Iterator[SeriesConflict]:
    on = local_day(one.starts_at, one.zone)
    try:
        check_day(project, one)
    except PeriodInvalid:
        yield SeriesConflict(on, ConflictKind.OUTSIDE_PROJECT)
    try:
        check_length(one.starts_at, one.ends_at, one.zone, counts=one.counts, needs_check_out=project.needs_check_out)
    except SessionTooLong:
        yield SeriesConflict(on, ConflictKind.TOO_LONG)
    try:
        plan(VenueSession(), one)
    except PeriodInvalid:
        yield SeriesConflict(on, ConflictKind.WINDOWS)  # a change of the clocks brought them out of order
    if new.may_overlap or not one.counts:
        return
    for other in standing:
        if other.track == one.track and _meet(one, other):
            yield SeriesConflict(on, ConflictKind.OVERLAP, other.id, other.title)
    if any(each is not one and each.starts_at <= one.starts_at and _meet(one, each) for each in plans):
        yield SeriesConflict(on, ConflictKind.OVERLAP, None, one.title)


def _meet(one: NewSession, other: NewSession | VenueSession) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def _told(conflict: SeriesConflict) -> dict[str, str]:
    told = {"on": conflict.on.isoformat(), "kind": conflict.kind.value}
    if conflict.session_id is not None:
        told["session_id"] = str(conflict.session_id)
    return told | ({"title": conflict.title} if conflict.title is not None else {})
