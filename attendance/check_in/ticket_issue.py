"""Issues tickets for scans: checks the code, the roster, the enrolled face and the location."""

import enum
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, exists, select
from sqlalchemy.orm import Session

from accounts.face_errors import FaceNotEnrolled
from attendance.check_in.attempts import Attempt, refusals_written_down
from attendance.check_in.check_in_rows import COUNTING
from attendance.check_in.code_guess_limit import CodeGuessLimiter
from attendance.check_in.directions import choose_direction, open_directions
from attendance.check_in.explanations import explain_not_on_roster, not_open
from attendance.check_in.scan_proofs import ScanProofs, SeenCode
from attendance.check_in.tickets import LIFETIME, Ticket, Tickets
from attendance.errors import (
    LocationNeeded,
    NoPlace,
    NotOnRoster,
    OutsideGeofence,
    ProjectNotAnnounced,
    QrExpired,
    QrInvalid,
    QrNotYet,
)
from attendance.projects.states import NOT_ANNOUNCED, OVER
from attendance.sessions.geofence import Fence, Location, Place, place_of
from attendance.sessions.held import check_not_cancelled
from attendance.sessions.venue_codes import VenueCodes, Verdict, seconds_of_step_left
from foundation import throttles
from foundation.callers import Caller
from foundation.transactions import read_only
from models.attendance import CheckIn, Direction
from models.base import new_id
from models.faces import FaceTemplate, TemplateStatus
from models.projects import Project, ProjectStatus, RosterEntry, RosterRole, SessionPlace
from models.projects import Session as VenueSession


@dataclass(frozen=True)
class Phone:
    """The facts that the phone sent. direction: the wanted one; None to choose it by the windows."""

    device_id: str | None = None
    location: Location | None = None
    direction: Direction | None = None


@dataclass(frozen=True)
class Issued:
    """A ticket and its session. token: the signed ticket."""

    token: str
    ticket: Ticket
    session: VenueSession


class CodeWorth(enum.StrEnum):
    """The result of a code without sign-in. BUSY: after too many wrong codes, no code is checked for now."""

    GOOD = "good"
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    WRONG = "wrong"
    BUSY = "busy"


@dataclass(frozen=True)
class _Facts:
    """A session, and the facts about the caller at it."""

    session: VenueSession
    status: ProjectStatus
    is_on_roster: bool
    is_enrolled: bool
    is_in: bool
    lacks_place: bool


_Selected = Select[VenueSession, ProjectStatus, bool, bool, bool, bool]


class TicketDesk:
    """Exchanges venue codes for tickets: directly, or by a proof of the scan for a person who must sign in first.

    guesses: the limit on wrong codes without sign-in.
    """

    def __init__(
        self, *, codes: VenueCodes, proofs: ScanProofs, tickets: Tickets, guesses: CodeGuessLimiter | None = None
    ) -> None:
        self._codes = codes
        self._proofs = proofs
        self._tickets = tickets
        self._guesses = guesses or CodeGuessLimiter()

    def exchange_code(self, db: Session, *, caller: Caller, text: str, phone: Phone, now: datetime) -> Issued:
        """Exchange a scanned text for a ticket. Only a refusal is stored.

        Raises QrInvalid, QrExpired, QrNotYet, TooManyAttempts after too many wrong codes, and the errors of
        `exchange_proof`.
        """
        scan = self._codes.read(text)
        guesses = f"venue_code:{caller.person_id}"
        with read_only(db):
            throttles.check_block(db, guesses, now=now)
            facts = _look_up(db, _BY_SHORT_CODE, {"person_id": caller.person_id, "short_code": scan.short_code})
        verdict = self._codes.judge(facts.session, scan.code, now)
        if verdict is Verdict.NOT_YET:
            raise QrNotYet(field="qr", retry_after=seconds_of_step_left(now))
        attempt = Attempt(caller.person_id, facts.session.id, phone.direction, phone.device_id, None)
        with refusals_written_down(db, attempt=attempt, now=now):
            if verdict is Verdict.WRONG:  # a client without a limit could try all codes of eight digits
                throttles.count_failure(db, guesses, now=now)
                raise QrInvalid(field="qr")
            if verdict is Verdict.EXPIRED:
                raise QrExpired(field="qr")
        return self._issue(db, caller, facts, SeenCode(facts.session.id, now), phone, now)

    def exchange_proof(self, db: Session, *, caller: Caller, proof: str | None, phone: Phone, now: datetime) -> Issued:
        """Exchange the proof of a recent scan for a ticket.

        Raises QrInvalid, also where there is no proof, QrExpired, NotOnRoster, ProjectNotAnnounced, SessionCancelled,
        FaceNotEnrolled, NoPlace, SessionNotOpen, LocationNeeded, OutsideGeofence, TooManyAttempts.
        """
        if proof is None:
            raise QrInvalid(field="qr")
        seen = self._proofs.open(proof, now)
        with read_only(db):
            facts = _look_up(db, _BY_ID, {"person_id": caller.person_id, "session_id": seen.session_id})
        return self._issue(db, caller, facts, seen, phone, now)

    def look_at_code(self, db: Session, text: str, *, now: datetime) -> tuple[VenueSession | None, CodeWorth]:
        """Return the session of a scanned text, None if it has none, and the result for the code. Nothing is stored."""
        try:
            scan = self._codes.read(text)
        except QrInvalid:
            return None, CodeWorth.WRONG
        with read_only(db):
            session = db.scalars(select(VenueSession).where(VenueSession.short_code == scan.short_code)).first()
        if session is None:
            return None, CodeWorth.WRONG
        if self._guesses.holds(session.id, now):
            return session, CodeWorth.BUSY
        verdict = self._codes.judge(session, scan.code, now)
        if verdict is Verdict.WRONG:
            self._guesses.count(session.id, now)
        return session, CodeWorth(verdict.value)

    def prove(self, session: VenueSession, *, now: datetime) -> str:
        """Return a signed proof that a good code of the session was scanned now."""
        return self._proofs.sign(SeenCode(session.id, now))

    def _issue(self, db: Session, caller: Caller, facts: _Facts, seen: SeenCode, phone: Phone, now: datetime) -> Issued:
        """Return the ticket. Raises the refusal if the facts don't allow one."""
        session = facts.session
        place = _place(session, phone.location)
        open_direction = _find_direction(facts, seen.scanned_at, phone)
        attempt = Attempt(caller.person_id, session.id, open_direction or phone.direction, phone.device_id, place)
        with refusals_written_down(db, attempt=attempt, now=now):
            try:
                direction = _check_may_attend(facts, open_direction, place, seen.scanned_at)
            except NotOnRoster as refused:
                raise explain_not_on_roster(db, caller.person_id, session, now) from refused
        ticket = Ticket(
            id=new_id(),
            person_id=caller.person_id,
            session_id=session.id,
            direction=direction,
            device_id=phone.device_id,
            place=place,
            scanned_at=seen.scanned_at,
            expires_at=now + LIFETIME,
        )
        return Issued(self._tickets.sign(ticket), ticket, session)


def _find_direction(facts: _Facts, scanned_at: datetime, phone: Phone) -> Direction | None:
    """Return the direction: the phone's wish, or that of the open window; None if no window is open."""
    open_now = open_directions(facts.session, scanned_at)
    return choose_direction(open_now, wanted=phone.direction, is_in=facts.is_in)


def _check_may_attend(
    facts: _Facts, direction: Direction | None, place: Place | None, scanned_at: datetime
) -> Direction:
    """Return the direction of the ticket. Raises the first refusal that applies."""
    if not facts.is_on_roster:
        raise NotOnRoster
    if facts.status in NOT_ANNOUNCED:
        raise ProjectNotAnnounced
    check_not_cancelled(facts.session)
    if not facts.is_enrolled:
        raise FaceNotEnrolled
    if facts.lacks_place and not facts.is_in:
        raise NoPlace
    if direction is None or facts.status in OVER:
        raise not_open(facts.session, scanned_at, is_project_over=facts.status in OVER, is_in=facts.is_in)
    if place is Place.UNKNOWN:
        raise LocationNeeded
    if place not in (None, Place.INSIDE):
        raise OutsideGeofence(facts={"why": "near" if place is Place.OUTSIDE_NEAR else "far"})
    return direction


def _select_facts(which: ColumnElement[bool]) -> _Selected:
    """Return one statement for a session, its project's status, and the facts about a person at it."""
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


# Built once: building a statement takes longer than running it.
_BY_ID = _select_facts(VenueSession.id == bindparam("session_id"))
_BY_SHORT_CODE = _select_facts(VenueSession.short_code == bindparam("short_code"))


def _look_up(db: Session, facts: _Selected, about: Mapping[str, Any]) -> _Facts:
    found = db.execute(facts, about).first()
    if found is None:
        raise QrInvalid(field="qr")
    session, status, *facts_of_person = found
    return _Facts(session, status, *map(bool, facts_of_person))


def _place(session: VenueSession, location: Location | None) -> Place | None:
    """Return the phone's place at the venue; None if the session has no geofence."""
    if session.latitude is None or session.longitude is None or session.radius_m is None:
        return None
    return place_of(location, Fence(session.latitude, session.longitude, session.radius_m))
