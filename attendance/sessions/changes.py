"""Changing a session: rescheduling, moving and closing it, even after people have checked in."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from attendance.errors import ReasonNeeded
from attendance.projects.access import ReadableProject, get_open_project, get_session
from attendance.projects.states import OVER
from attendance.sessions import places
from attendance.sessions.sessions import NewSession, plan
from foundation import audit
from foundation.callers import Caller
from models.attendance import CheckIn
from models.projects import Project
from models.projects import Session as VenueSession


@dataclass(frozen=True)
class Overlap:
    """Two sessions of a project at the same time. is_same_track: the same learners are meant to attend both."""

    session_id: uuid.UUID
    other_session_id: uuid.UUID
    is_same_track: bool


def reschedule(
    db: Session, *, session_id: uuid.UUID, new: NewSession, reason: str | None, caller: Caller, now: datetime
) -> VenueSession:
    """Change the plan of a session and return it.

    Existing check-ins keep their status: nobody becomes late afterwards. If there are check-ins, a reason is needed.
    A closed session opens again if its windows are not over. Nobody loses a place; new places go to those who wait.

    Raises NotFound, Forbidden, ProjectClosed, ReasonNeeded, ZoneUnknown, PeriodInvalid, GeofenceRequired.
    """
    session, project = _changeable(db, session_id, reason, caller)
    before = _plan_of(session)
    plan(session, project, new)
    session.revision += 1
    if session.closed_at is not None and max(session.in_closes_at, session.out_closes_at) > now:
        session.closed_at = None
    db.flush()
    places.fill(db, [session], now=now)
    after = _plan_of(session)
    audit.record(db, caller, now, "session.change", session, reason=reason, before=before, after=after)
    db.flush()
    return session


def close(db: Session, *, session_id: uuid.UUID, reason: str | None, caller: Caller, now: datetime) -> VenueSession:
    """Close a session: nobody can check in or out any more. A session that never opened counts as not held.

    Raises NotFound, Forbidden, ProjectClosed, ReasonNeeded.
    """
    session, _ = _changeable(db, session_id, reason, caller)
    if session.closed_at is None:
        session.closed_at = now
        session.revision += 1
        after = _plan_of(session)
        audit.record(db, caller, now, "session.close", session, reason=reason, before={}, after=after)
        db.flush()
    return session


def list_overlaps(db: Session, *, project: ReadableProject) -> Sequence[Overlap]:
    """Return the pairs of sessions at the same time: parallel tracks, or errors of planning."""
    one, other = aliased(VenueSession), aliased(VenueSession)
    found = db.execute(
        select(one.id, other.id, one.track, other.track)
        .join(other, (other.project_id == one.project_id) & (one.id < other.id))
        .where(one.project_id == project.id)
        .where(one.starts_at < other.ends_at, other.starts_at < one.ends_at)
        .order_by(one.starts_at, one.id, other.id)
    )
    return [Overlap(first, second, track == other_track) for first, second, track, other_track in found]


def _changeable(db: Session, session_id: uuid.UUID, reason: str | None, caller: Caller) -> tuple[VenueSession, Project]:
    session = get_session(db, session_id=session_id, caller=caller)
    project = get_open_project(db, project_id=session.project_id, caller=caller, closed_in=OVER)
    db.refresh(session)  # read again, now that the project is locked
    any_check_in = select(CheckIn.id).where(CheckIn.session_id == session_id).limit(1)
    if not reason and db.scalar(any_check_in) is not None:
        raise ReasonNeeded(field="reason")
    return session, project


def _plan_of(session: VenueSession) -> dict[str, str | int | None]:
    return {
        "title": session.title,
        "venue": session.venue,
        "track": session.track,
        "capacity": session.capacity,
        "starts_at": session.starts_at.isoformat(),
        "ends_at": session.ends_at.isoformat(),
    }
