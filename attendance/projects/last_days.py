"""The end of a project: which sessions are still to come, and its last day (its credits belong to the year of it)."""

from datetime import datetime

from sqlalchemy import and_, select, update
from sqlalchemy.orm import Session

from attendance.errors import ProjectNotOver, SessionsToCome
from foundation.clock import day_at_home
from models.projects import Project
from models.projects import Session as VenueSession

PLANNED_TO_COUNT = VenueSession.cancelled_at.is_(None) & VenueSession.counts
"""The SQL condition that a session is planned to count; whether it was closed before it opened is asked elsewhere."""
_MOST_NAMED = 20


def require_nothing_to_come(db: Session, project: Project, now: datetime) -> None:
    """Raise SessionsToCome, with the first of them, if sessions that count have not begun."""
    is_to_come = PLANNED_TO_COUNT, VenueSession.closed_at.is_(None), VenueSession.starts_at > now
    wanted = select(VenueSession).where(VenueSession.project_id == project.id, *is_to_come)
    wanted = wanted.order_by(VenueSession.starts_at, VenueSession.id)
    found = db.scalars(wanted.limit(_MOST_NAMED)).all()
    if found:
        raise SessionsToCome(facts={"sessions": [_named(session) for session in found]})


def close_sessions(db: Session, project: Project, now: datetime) -> None:
    """Close the sessions whose windows are not over yet. Sessions that are over keep their own end.

    Nobody owes a check-out at a session that is closed while it runs.
    """
    is_open = VenueSession.project_id == project.id, VenueSession.closed_at.is_(None)
    still = (VenueSession.in_closes_at > now) | (VenueSession.out_closes_at > now)
    runs = and_(VenueSession.starts_at <= now, VenueSession.out_closes_at > now)
    db.execute(
        update(VenueSession)
        .where(*is_open, still)
        .values(closed_at=now, is_check_out_waived=runs, revision=VenueSession.revision + 1)
    )


def require_over(project: Project, now: datetime) -> None:
    """Raise ProjectNotOver, with its last day, before the last day of a project.

    No grant is posted with a date in the future: it would count for a year that has not begun.
    """
    if day_at_home(now) < project.ends_on:
        raise ProjectNotOver(facts={"ends_on": project.ends_on.isoformat()})


def _named(session: VenueSession) -> dict[str, str]:
    return {"id": str(session.id), "title": session.title, "starts_at": session.starts_at.isoformat()}
