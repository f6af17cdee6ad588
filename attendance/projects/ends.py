"""The end of a project: which sessions are still to come, and whether its last day, that of its credits, has come."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session

from attendance.errors import ProjectNotOver, SessionsToCome
from foundation.clock import day_at_home
from models.projects import Project
from models.projects import Session as VenueSession

_MOST_NAMED = 20


def counts_for_shares() -> ColumnElement[bool]:
    """Return the condition of sessions that people's shares are made of, as far as the plan says."""
    return VenueSession.closed_at.is_(None)


def require_nothing_to_come(db: Session, project: Project, now: datetime) -> None:
    """Raise SessionsToCome, with the first of them, if sessions that count have not begun."""
    to_come = VenueSession.project_id == project.id, counts_for_shares(), VenueSession.starts_at > now
    wanted = select(VenueSession).where(*to_come).order_by(VenueSession.starts_at, VenueSession.id)
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
