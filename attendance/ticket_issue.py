"""From a scan to a ticket: is the code real, is the person expected, enrolled, and at the venue."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, Select, bindparam, exists, select
from sqlalchemy.orm import Session

from accounts import throttles
from accounts.callers import Caller
from accounts.errors import FaceNotEnrolled, Refusal
from attendance.attempts import Attempt, Refused, refuse
from attendance.check_in_rows import COUNTING
from attendance.errors import NotOnRoster, OutsideGeofence, QrExpired, QrInvalid, SessionNotOpen
from attendance.geofence import Fence, Location, Place, place_of
from attendance.scan_proofs import Sighting
from attendance.tickets import LIFETIME, Ticket
from attendance.venue_codes import Scan, VenueCodes, Verdict
from attendance.windows import choose_direction
from models.attendance import CheckIn, Direction
from models.base import new_id
from models.faces import FaceTemplate, TemplateStatus
from models.projects import RosterEntry
from models.projects import Session as VenueSession
from models.transactions import read_only


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
        session = find_session(db, scan.short_code)
    if session is None:
        raise QrInvalid(field="qr")
    verdict = codes.judge(session, scan.code, now)
    if verdict is Verdict.GOOD:
        return redeem_sighting(db, caller=caller, sighting=Sighting(session.id, now), phone=phone, now=now)
    error: Refusal = QrExpired(field="qr")
    if verdict is Verdict.WRONG:  # eight digits bear no guessing: two in a hundred million are good at any time
        throttles.count_failure(db, guesses, now=now)
        error = QrInvalid(field="qr")
    attempt = Attempt(caller.person_id, session.id, phone.direction, phone.device_id, None)
    return refuse(db, attempt=attempt, error=error, now=now)


def redeem_sighting(
    db: Session, *, caller: Caller, sighting: Sighting, phone: Phone, now: datetime
) -> Issued | Refused:
    """Exchange a code that was seen to be good, now or a moment ago, for a ticket. Raises QrInvalid."""
    with read_only(db):
        session, is_on_roster, is_enrolled, is_in = _look_up(db, caller.person_id, sighting.session_id)
    place = _place(session, phone.location)
    direction, error = phone.direction, None
    try:
        direction = choose_direction(session, sighting.scanned_at, wanted=phone.direction, is_in=is_in)
    except SessionNotOpen as closed:
        error = closed
    refusals: list[tuple[bool, type[Refusal]]] = [
        (not is_on_roster, NotOnRoster),
        (not is_enrolled, FaceNotEnrolled),
        (direction is None or error is not None, SessionNotOpen),
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
        scanned_at=sighting.scanned_at,
        expires_at=now + LIFETIME,
    )
    return Issued(ticket, session)


def _select_facts() -> Select[VenueSession, bool, bool, bool]:
    """A session; whether a person is on its roster, has an enrolled face, is in already: in one statement."""
    person_id: BindParameter[uuid.UUID] = bindparam("person_id")
    is_on_roster = exists().where(RosterEntry.project_id == VenueSession.project_id, RosterEntry.person_id == person_id)
    is_enrolled = exists().where(FaceTemplate.person_id == person_id, FaceTemplate.status == TemplateStatus.ACTIVE)
    is_in = exists().where(
        CheckIn.session_id == VenueSession.id,
        CheckIn.person_id == person_id,
        CheckIn.direction == Direction.IN,
        CheckIn.status.in_(COUNTING),
    )
    return select(VenueSession, is_on_roster, is_enrolled, is_in).where(VenueSession.id == bindparam("session_id"))


_FACTS = _select_facts()  # made once: making it costs more than asking it


def _look_up(db: Session, person_id: uuid.UUID, session_id: uuid.UUID) -> tuple[VenueSession, bool, bool, bool]:
    found = db.execute(_FACTS, {"person_id": person_id, "session_id": session_id}).first()
    if found is None:
        raise QrInvalid(field="qr")
    session, is_on_roster, is_enrolled, is_in = found
    return session, bool(is_on_roster), bool(is_enrolled), bool(is_in)


def _place(session: VenueSession, location: Location | None) -> Place | None:
    """Where the phone is; None where the session has no geofence, and nobody asks."""
    if session.latitude is None or session.longitude is None or session.radius_m is None:
        return None
    return place_of(location, Fence(session.latitude, session.longitude, session.radius_m))
