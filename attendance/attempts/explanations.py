"""Why somebody is refused at the door, with the facts that they need: when, where, and their place in a queue."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from accounts.enrolment.own_face_cases import explain_not_enrolled
from accounts.face_errors import FaceNotEnrolled
from attendance.errors import NoPlace, NotOnRoster, SessionCancelled, SessionNotOpen
from attendance.projects.states import OVER
from attendance.roster.waiting_list import places_of
from foundation.clock import end_at_home
from foundation.errors import Refusal
from models.attendance import Direction
from models.projects import Project, ProjectStatus, ProjectStep, RosterEntry, RosterRole, SessionPlace
from models.projects import Session as VenueSession

_OPEN = (ProjectStatus.ANNOUNCED, ProjectStatus.RUNNING)


@dataclass(frozen=True)
class Scan:
    """Whose scan is explained, and of which session. direction: the one meant; at: the instant that counts."""

    person_id: uuid.UUID
    session_id: uuid.UUID
    direction: Direction | None
    at: datetime


@contextmanager
def explained(db: Session, scan: Scan, *, now: datetime) -> Iterator[None]:
    """Return a context that raises a refusal of the scan again, with what its person needs to know."""
    try:
        yield
    except (NotOnRoster, SessionNotOpen, SessionCancelled, FaceNotEnrolled, NoPlace) as refused:
        raise _explain(db, refused, scan, now) from None


def _explain(db: Session, refused: Refusal, scan: Scan, now: datetime) -> Refusal:
    if isinstance(refused, FaceNotEnrolled):
        return explain_not_enrolled(db, scan.person_id, now=now)
    session = db.get_one(VenueSession, scan.session_id)
    if isinstance(refused, NotOnRoster):  # whom a scan does not put on the roster is told why already
        return refused if refused.facts else explain_not_on_roster(db, scan.person_id, session, now)
    project = db.get_one(Project, session.project_id)
    if isinstance(refused, NoPlace):
        return NoPlace(facts=_own_place(db, scan.person_id, project, now))
    if isinstance(refused, SessionCancelled):
        return SessionCancelled(facts={**refused.facts, **_next_session(db, scan.person_id, project, session, now)})
    facts = _why_over(db, project) if project.status in OVER else why_not_open(session, scan.direction, scan.at)
    if facts["why"] in ("too_late", "closed", "session_over"):
        facts |= _next_session(db, scan.person_id, project, session, now)
    return SessionNotOpen(facts={"zone": session.zone, **facts})


def why_not_open(session: VenueSession, direction: Direction | None, at: datetime) -> dict[str, Any]:
    """Return why one direction of a session is not open at an instant, with the times; in, where none is meant."""
    is_out = direction is Direction.OUT
    opens_at = session.out_opens_at if is_out else session.in_opens_at
    closes_at = session.out_closes_at if is_out else session.in_closes_at
    facts: dict[str, Any] = {"direction": (Direction.OUT if is_out else Direction.IN).value}
    if session.closed_at is not None and at >= session.closed_at:
        return facts | {"why": "closed", "closed_at": session.closed_at.isoformat()}
    if at < opens_at:
        times = {"opens_at": opens_at.isoformat(), "closes_at": closes_at.isoformat()}
        return facts | {"why": "too_early"} | times
    facts["closed_at"] = closes_at.isoformat()
    if at >= max(session.in_closes_at, session.out_closes_at):
        return facts | {"why": "session_over", "ended_at": session.ends_at.isoformat()}
    if not is_out and at < session.out_opens_at:
        facts["out_opens_at"] = session.out_opens_at.isoformat()
    return facts | {"why": "too_late"}


def _why_over(db: Session, project: Project) -> dict[str, Any]:
    """Return that the project was cancelled, with the reason, or that it is over; and since when."""
    is_cancelled = project.status is ProjectStatus.CANCELLED
    target = ProjectStatus.CANCELLED if is_cancelled else ProjectStatus.ENDED
    step = db.scalars(
        select(ProjectStep)
        .where(ProjectStep.project_id == project.id, ProjectStep.target == target)
        .order_by(ProjectStep.id.desc())
        .limit(1)
    ).first()
    facts: dict[str, Any] = {"project_status": project.status.value, "project": project.name}
    if step is None:
        return facts | {"why": "project_over", "ended_at": end_at_home(project.ends_on).isoformat()}
    if is_cancelled:
        return facts | {"why": "project_cancelled", "cancelled_at": step.taken_at.isoformat(), "reason": step.reason}
    return facts | {"why": "project_over", "ended_at": step.taken_at.isoformat()}


def _next_session(
    db: Session, person_id: uuid.UUID, project: Project, session: VenueSession, now: datetime
) -> dict[str, Any]:
    """Return the next session of the project that the person may attend, as a fact; nothing if there is none."""
    if project.status not in _OPEN:
        return {}
    found = db.scalars(
        _sessions_of(person_id)
        .with_only_columns(VenueSession)
        .where(
            VenueSession.project_id == project.id,
            VenueSession.id != session.id,
            VenueSession.in_closes_at > now,
            or_(VenueSession.closed_at.is_(None), VenueSession.closed_at > now),
        )
        .order_by(VenueSession.starts_at, VenueSession.id)
        .limit(1)
    ).first()
    return {} if found is None else {"next_session": _as_fact(found)}


def _own_place(db: Session, person_id: uuid.UUID, project: Project, now: datetime) -> dict[str, Any]:
    """Return the session of the project at which the person holds a place, the first that is not over, as a fact."""
    found = db.scalars(
        select(VenueSession)
        .join(SessionPlace, SessionPlace.session_id == VenueSession.id)
        .where(
            SessionPlace.person_id == person_id,
            ~SessionPlace.is_waiting,
            VenueSession.project_id == project.id,
            VenueSession.in_closes_at > now,
            VenueSession.cancelled_at.is_(None),
        )
        .order_by(VenueSession.starts_at, VenueSession.id)
        .limit(1)
    ).first()
    return {} if found is None else {"own_place": _as_fact(found)}


def _as_fact(session: VenueSession) -> dict[str, str]:
    return {
        "id": str(session.id),
        "title": session.title,
        "venue": session.venue,
        "zone": session.zone,
        "starts_at": session.starts_at.isoformat(),
        "opens_at": session.in_opens_at.isoformat(),
    }


def explain_not_on_roster(db: Session, person_id: uuid.UUID, session: VenueSession, now: datetime) -> NotOnRoster:
    """Return why somebody is not on the roster of the scanned session: they wait, or are expected elsewhere now."""
    place = places_of(db, person_id=person_id, project_ids=[session.project_id]).get(session.project_id)
    if place is not None:
        return NotOnRoster(facts={"why": "waiting", "place": place})
    scanned = db.get_one(Project, session.project_id)
    facts: dict[str, Any] = {"project": scanned.name, "venue": session.venue}
    own = _own_session_now(db, person_id, now)
    if own is None:
        return NotOnRoster(facts={**facts, "why": "unknown"})
    expected, project = own
    own_facts = {"own_project": project.name, "own_session": expected.title, "own_venue": expected.venue}
    return NotOnRoster(facts={**facts, "why": "another_session", **own_facts})


def _own_session_now(db: Session, person_id: uuid.UUID, now: datetime) -> tuple[VenueSession, Project] | None:
    found = db.execute(
        _sessions_of(person_id)
        .where(VenueSession.in_opens_at <= now, VenueSession.out_closes_at > now)
        .order_by(VenueSession.starts_at, VenueSession.id)
        .limit(1)
    ).first()
    return (found[0], found[1]) if found is not None else None


def _sessions_of(person_id: uuid.UUID) -> Select[VenueSession, Project]:
    """Select the sessions that take place and at which the person is expected, each with its project."""
    has_place = select(SessionPlace.session_id).where(SessionPlace.person_id == person_id, ~SessionPlace.is_waiting)
    needs_none = or_(VenueSession.capacity.is_(None), RosterEntry.role == RosterRole.SPEAKER)
    return (
        select(VenueSession, Project)
        .join(Project, Project.id == VenueSession.project_id)
        .join(RosterEntry, RosterEntry.project_id == Project.id)
        .where(
            RosterEntry.person_id == person_id,
            Project.status.in_(_OPEN),
            VenueSession.cancelled_at.is_(None),
            or_(needs_none, VenueSession.id.in_(has_place)),
        )
    )
