"""Why somebody is refused at the door, with the facts that they need: when, where, and their place in a queue."""

import uuid
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from attendance.errors import NotOnRoster, SessionNotOpen
from attendance.roster.waiting_list import places_of
from models.projects import Project, ProjectStatus, RosterEntry, SessionPlace
from models.projects import Session as VenueSession


def not_open(session: VenueSession, at: datetime, *, is_project_over: bool, is_in: bool) -> SessionNotOpen:
    """Return why a session is not open at an instant: too early, too late, closed by the organizer, or over."""
    facts: dict[str, str] = {"zone": session.zone, "why": "project_over"}
    if is_project_over:
        return SessionNotOpen(facts=facts)
    if session.closed_at is not None and at >= session.closed_at:
        return SessionNotOpen(facts=facts | {"why": "closed", "closed_at": session.closed_at.isoformat()})
    into = (session.in_opens_at, session.in_closes_at)
    out = (session.out_opens_at, session.out_closes_at)
    for opens_at, closes_at in (out,) if is_in else (into, out):
        facts |= {"opens_at": opens_at.isoformat(), "closes_at": closes_at.isoformat()}
        if at < opens_at:
            return SessionNotOpen(facts=facts | {"why": "too_early"})
    return SessionNotOpen(facts=facts | {"why": "too_late", "closed_at": facts["closes_at"]})


def explain_not_on_roster(db: Session, person_id: uuid.UUID, session: VenueSession, now: datetime) -> NotOnRoster:
    """Return why somebody is not on the roster of the scanned session: they wait, or are expected elsewhere now."""
    place = places_of(db, person_id=person_id, project_ids=[session.project_id]).get(session.project_id)
    if place is not None:
        return NotOnRoster(facts={"why": "waiting", "place": place})
    own = _own_session_now(db, person_id, now)
    if own is None:
        return NotOnRoster()
    expected, project = own
    scanned = db.get_one(Project, session.project_id)
    return NotOnRoster(
        facts={
            "why": "another_session",
            "project": scanned.name,
            "venue": session.venue,
            "own_project": project.name,
            "own_session": expected.title,
            "own_venue": expected.venue,
        }
    )


def _own_session_now(db: Session, person_id: uuid.UUID, now: datetime) -> tuple[VenueSession, Project] | None:
    has_place = select(SessionPlace.session_id).where(SessionPlace.person_id == person_id, ~SessionPlace.is_waiting)
    wanted = (
        select(VenueSession, Project)
        .join(Project, Project.id == VenueSession.project_id)
        .join(RosterEntry, RosterEntry.project_id == Project.id)
        .where(
            RosterEntry.person_id == person_id,
            Project.status.in_((ProjectStatus.ANNOUNCED, ProjectStatus.RUNNING)),
            VenueSession.cancelled_at.is_(None),
            VenueSession.in_opens_at <= now,
            VenueSession.out_closes_at > now,
            or_(VenueSession.capacity.is_(None), VenueSession.id.in_(has_place)),
        )
        .order_by(VenueSession.starts_at, VenueSession.id)
        .limit(1)
    )
    found = db.execute(wanted).first()
    return (found[0], found[1]) if found is not None else None
