"""Whether a session was held, and whether it is over."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.clock import day_at_home
from models.projects import Project
from models.projects import Session as VenueSession


def held_sessions(db: Session, project: Project) -> Sequence[VenueSession]:
    """Return the sessions of a project in order of time, without those closed before check-in opened."""
    wanted = select(VenueSession).where(VenueSession.project_id == project.id)
    found = db.scalars(wanted.order_by(VenueSession.starts_at, VenueSession.id))
    return [each for each in found if was_held(each)]


def was_held(session: VenueSession) -> bool:
    """Return whether check-in opened, or will open: the session was not closed before."""
    return session.closed_at is None or session.closed_at > session.in_opens_at


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
