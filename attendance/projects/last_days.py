"""The end of a project: which sessions are still to come, and its last day (its credits belong to the year of it)."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, select, update
from sqlalchemy.orm import Session

from attendance.errors import LastDayInvalid, ProjectNotOver, ReasonNeeded, SessionsToCome
from attendance.projects.access import get_open_project
from attendance.projects.closed import closed
from attendance.projects.planned_sessions import COUNTED
from credit.rules.rule_book import require_category
from foundation import audit
from foundation.callers import Caller
from foundation.clock import day_at_home, local_day
from models.projects import Project, ProjectStatus
from models.projects import Session as VenueSession
from models.settlements import Settlement, SettlementStatus

BEFORE_CONFIRMATION = (ProjectStatus.APPROVED, ProjectStatus.ANNOUNCED, ProjectStatus.RUNNING, ProjectStatus.ENDED)
"""The statuses in which the last day of an approved project may be brought forward."""
_MOST_NAMED = 20


def counts_for_shares() -> ColumnElement[bool]:
    """Return the condition of sessions that people's shares are made of, as far as the plan says."""
    return and_(VenueSession.closed_at.is_(None), COUNTED)


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


def bring_forward(
    db: Session, *, project_id: uuid.UUID, ends_on: date, reason: str | None, caller: Caller, now: datetime
) -> Project:
    """Bring the last day of an approved project forward, up to its confirmation, and return it.

    Raises NotFound; Forbidden; ProjectClosed once it is confirmed or cancelled, before it is approved, or where a round
    was settled before it was reopened, for its grants have the day of then; ReasonNeeded;
    LastDayInvalid for a later day, or one before the first day or before a session, with the days that would do;
    UnknownCategory where the rules of that day have no such category.
    """
    project = get_open_project(db, project_id=project_id, caller=caller)
    if project.status not in BEFORE_CONFIRMATION or _was_settled(db, project):
        raise closed(project)
    if not reason:
        raise ReasonNeeded(field="reason")
    earliest = max(
        [project.starts_on, *(local_day(session.starts_at, session.zone) for session in _sessions(db, project))]
    )
    if not earliest <= ends_on <= project.ends_on:
        facts = {"earliest": earliest.isoformat(), "latest": project.ends_on.isoformat()}
        raise LastDayInvalid(field="ends_on", facts=facts)
    if ends_on == project.ends_on:
        return project
    require_category(db, project.category, ends_on)
    before = {"ends_on": project.ends_on.isoformat()}
    project.ends_on = ends_on
    project.revision += 1
    after = {"ends_on": ends_on.isoformat()}
    audit.record(db, caller, now, "project.bring_forward", project, reason=reason, before=before, after=after)
    db.flush()
    return project


def _was_settled(db: Session, project: Project) -> bool:
    settled = Settlement.project_id == project.id, Settlement.status == SettlementStatus.SETTLED
    return bool(db.scalar(select(exists().where(*settled))))


def _sessions(db: Session, project: Project) -> Sequence[VenueSession]:
    """Return the sessions that count: the others don't keep the last day where it is."""
    return db.scalars(select(VenueSession).where(VenueSession.project_id == project.id, COUNTED)).all()


def _named(session: VenueSession) -> dict[str, str]:
    return {"id": str(session.id), "title": session.title, "starts_at": session.starts_at.isoformat()}
