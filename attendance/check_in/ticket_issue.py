"""From a scan to a ticket: is the code real, is the person expected, enrolled, and at the venue."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, exists, select
from sqlalchemy.orm import Session

from accounts.errors import FaceNotEnrolled
from attendance.check_in.attempts import Attempt, Refused, refuse
from attendance.check_in.check_in_rows import COUNTING
from attendance.check_in.scan_proofs import SeenCode
from attendance.check_in.tickets import LIFETIME, Ticket
from attendance.errors import (
    NoPlace,
    NotOnRoster,
    OutsideGeofence,
    ProjectNotAnnounced,
    QrExpired,
    QrInvalid,
    SessionNotOpen,
)
from attendance.projects.states import NOT_ANNOUNCED, OVER
from attendance.sessions.geofence import Fence, Location, Place, place_of
from attendance.sessions.venue_codes import Scan, VenueCodes, Verdict
from attendance.sessions.windows import choose_direction
from foundation import throttles
from foundation.callers import Caller
from foundation.errors import Refusal
from foundation.transactions import read_only
from models.attendance import CheckIn, Direction
from models.base import new_id
from models.faces import FaceTemplate, TemplateStatus
from models.projects import Project, ProjectStatus, RosterEntry, RosterRole, SessionPlace
from models.projects import Session as VenueSession


@dataclass(frozen=True)
class Phone:
    """What the phone tells of itself, as far as it does. direction: asked for, None to let the windows decide."""

    device_id: str | None = None
    location: Location | None = None
    direction: Direction | None = None


@dataclass(frozen=True)
class Issued:
    """A ticket, not signed yet, and its session."""

    ticket: Ticket
    session: VenueSession


@dataclass(frozen=True)
class _Facts:
    """A session, and what it and the caller have to do with each other."""

    session: VenueSession
    status: ProjectStatus
    is_on_roster: bool
    is_enrolled: bool
    is_in: bool
    lacks_place: bool


_Selected = Select[VenueSession, ProjectStatus, bool, bool, bool, bool]


def find_session(db: Session, short_code: str) -> VenueSession | None:
    """The session of a short code."""
    return db.scalars(select(VenueSession).where(VenueSession.short_code == short_code)).first()


def redeem_scan(
    db: Session, *, caller: Caller, scan: Scan, phone: Phone, now: datetime, codes: VenueCodes
) -> Issued | Refused:
    """Exchange a scanned code for a ticket; nothing is written unless it is refused.

    Raises QrInvalid for a code of no session, TooManyAttempts for who keeps guessing codes.
    """
    guesses = f"venue_code:{caller.person_id}"
    with read_only(db):
        throttles.check_block(db, guesses, now=now)
        facts = _look_up(db, _BY_SHORT_CODE, {"person_id": caller.person_id, "short_code": scan.short_code})
    session = facts.session
    verdict = codes.judge(session, scan.code, now)
    if verdict is Verdict.GOOD:
        return _issue(db, caller, facts, now, phone, now)
    error: Refusal = QrExpired(field="qr")
    if verdict is Verdict.WRONG:  # eight digits bear no guessing: two in a hundred million are good at any time
        throttles.count_failure(db, guesses, now=now)
        error = QrInvalid(field="qr")
    attempt = Attempt(caller.person_id, session.id, phone.direction, phone.device_id, None)
    return refuse(db, attempt=attempt, error=error, now=now)


def redeem_sighting(
    db: Session, *, caller: Caller, sighting: SeenCode, phone: Phone, now: datetime
) -> Issued | Refused:
    """Exchange a code that was seen to be good, now or a moment ago, for a ticket. Raises QrInvalid."""
    with read_only(db):
        facts = _look_up(db, _BY_ID, {"person_id": caller.person_id, "session_id": sighting.session_id})
    return _issue(db, caller, facts, sighting.scanned_at, phone, now)


def _issue(
    db: Session, caller: Caller, facts: _Facts, scanned_at: datetime, phone: Phone, now: datetime
) -> Issued | Refused:
    """Make the ticket, unless the facts are against it."""
    session = facts.session
    place = _place(session, phone.location)
    direction, error = phone.direction, None
    try:
        direction = choose_direction(session, scanned_at, wanted=phone.direction, is_in=facts.is_in)
    except SessionNotOpen as closed:
        error = closed
    refusals: list[tuple[bool, type[Refusal]]] = [
        (not facts.is_on_roster, NotOnRoster),
        (facts.status in NOT_ANNOUNCED, ProjectNotAnnounced),
        (not facts.is_enrolled, FaceNotEnrolled),
        (facts.lacks_place and not facts.is_in, NoPlace),
        (direction is None or error is not None or facts.status in OVER, SessionNotOpen),
        (place not in (None, Place.INSIDE), OutsideGeofence),
    ]
    for applies, refusal in refusals:
        if applies:
            attempt = Attempt(caller.person_id, session.id, direction, phone.device_id, place)
            return refuse(db, attempt=attempt, error=refusal(), now=now)
    assert direction is not None  # noqa: S101 - for the type checker: refused above
    ticket = Ticket(
        id=new_id(),
        person_id=caller.person_id,
        session_id=session.id,
        direction=direction,
        device_id=phone.device_id,
        place=place,
        scanned_at=scanned_at,
        expires_at=now + LIFETIME,
    )
    return Issued(ticket, session)


def _select_facts(which: ColumnElement[bool]) -> _Selected:
    """One session, its project's status, and what a person has to do with it: in one statement."""
    person_id: BindParameter[uuid.UUID] = bindparam("person_id")
    is_on_roster = exists().where(RosterEntry.project_id == VenueSession.project_id, RosterEntry.person_id == person_id)
    is_enrolled = exists().where(FaceTemplate.person_id == person_id, FaceTemplate.status == TemplateStatus.ACTIVE)
    is_in = exists().where(
        CheckIn.session_id == VenueSession.id,
        CheckIn.person_id == person_id,
        CheckIn.direction == Direction.IN,
        CheckIn.status.in_(COUNTING),
    )
    speaks = is_on_roster.where(RosterEntry.role == RosterRole.SPEAKER)
    has_place = exists().where(
        SessionPlace.session_id == VenueSession.id, SessionPlace.person_id == person_id, ~SessionPlace.is_waiting
    )
    lacks_place = and_(VenueSession.capacity.is_not(None), ~has_place, ~speaks)
    facts = select(VenueSession, Project.status, is_on_roster, is_enrolled, is_in, lacks_place)
    return facts.join(Project, Project.id == VenueSession.project_id).where(which)


# made once: making one costs more than asking it
_BY_ID = _select_facts(VenueSession.id == bindparam("session_id"))
_BY_SHORT_CODE = _select_facts(VenueSession.short_code == bindparam("short_code"))


def _look_up(db: Session, facts: _Selected, about: Mapping[str, Any]) -> _Facts:
    found = db.execute(facts, about).first()
    if found is None:
        raise QrInvalid(field="qr")
    session, status, *facts_of_person = found
    return _Facts(session, status, *map(bool, facts_of_person))


def _place(session: VenueSession, location: Location | None) -> Place | None:
    """Where the phone is; None where the session has no geofence, and nobody asks."""
    if session.latitude is None or session.longitude is None or session.radius_m is None:
        return None
    return place_of(location, Fence(session.latitude, session.longitude, session.radius_m))
