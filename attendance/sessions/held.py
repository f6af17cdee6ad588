"""Which sessions were held, which of them count, and which are over. All other rooms ask here."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.errors import SessionCancelled, SessionNotOpen
from foundation.clock import day_at_home, local_day
from models.projects import Project
from models.projects import Session as VenueSession


def planned_sessions(db: Session, project: Project) -> Sequence[VenueSession]:
    """Return all sessions of a project in order of time, also cancelled ones."""
    wanted = select(VenueSession).where(VenueSession.project_id == project.id)
    return db.scalars(wanted.order_by(VenueSession.starts_at, VenueSession.id)).all()


def held_sessions(db: Session, project: Project) -> Sequence[VenueSession]:
    """Return the sessions of a project in order of time, without those that were never held. Some may not count."""
    return [each for each in planned_sessions(db, project) if was_held(each)]


def counted_sessions(db: Session, project: Project) -> Sequence[VenueSession]:
    """Return the sessions of a project that shares are made of, in order of time."""
    return [each for each in planned_sessions(db, project) if is_counted(each)]


def was_held(session: VenueSession) -> bool:
    """Return whether the session began, or will begin: it is not cancelled and was not closed before its start."""
    if session.cancelled_at is not None:
        return False
    return session.closed_at is None or session.closed_at >= session.starts_at


def is_counted(session: VenueSession) -> bool:
    """Return whether the session is part of anybody's share: it was held, and it isn't marked as not counting."""
    return session.counts and was_held(session)


def has_more_to_come(db: Session, project: Project, now: datetime) -> bool:
    """Return whether a session of the project still has to end; of a project without sessions, its last day."""
    sessions = held_sessions(db, project)
    if not sessions:
        return day_at_home(now) <= project.ends_on
    return any(now < each.ends_at and (each.closed_at is None or now < each.closed_at) for each in sessions)


def is_over(session: VenueSession, now: datetime) -> bool:
    """Return whether nobody can check in or out any more."""
    end = max(session.in_closes_at, session.out_closes_at)
    return now >= (end if session.closed_at is None else min(end, session.closed_at))


def check_not_on_a_later_day(session: VenueSession, now: datetime) -> None:
    """Raise SessionNotOpen if the session is on a later day, by its venue's clock, and its check-in has not opened.

    Nobody was present at what is still to come. On the day itself staff may be ahead of the windows.
    """
    if now < session.in_opens_at and local_day(now, session.zone) < local_day(session.starts_at, session.zone):
        raise not_begun(session)


def not_begun(session: VenueSession) -> SessionNotOpen:
    """Return that nothing can be said of attendance before the session's check-in opens, with the time."""
    facts = {"why": "not_begun", "opens_at": session.in_opens_at.isoformat(), "zone": session.zone}
    return SessionNotOpen(facts=facts)


def check_not_cancelled(session: VenueSession) -> None:
    """Raise SessionCancelled, with reason and date, if the session is cancelled."""
    if session.cancelled_at is not None:
        at = session.cancelled_at.isoformat()
        facts = {"reason": session.cancellation_reason, "cancelled_at": at, "zone": session.zone}
        raise SessionCancelled(facts=facts)
