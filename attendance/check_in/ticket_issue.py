"""Issues tickets for scans: checks the code, whose scan it is, the roster, the enrolled face and the location."""

import enum
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.face_errors import FaceNotEnrolled
from attendance.attempts.attempts import Attempt, refusals_written_down
from attendance.attempts.explanations import Scan, explained
from attendance.attempts.tickets import LIFETIME, Ticket, Tickets
from attendance.check_in import location_consents, scan_proofs
from attendance.check_in.held_scans import HeldScans
from attendance.check_in.phone_places import check_place, place_at
from attendance.check_in.scan_facts import ScanFacts, check_may_scan, find_direction, look_up_by_code
from attendance.check_in.scan_proofs import SeenCode, scan_now
from attendance.check_in.wrong_codes import WrongCodes
from attendance.errors import QrExpired, QrInvalid, QrNotYet
from attendance.roster.joining import join_on_site
from attendance.sessions.geofence import Location
from attendance.sessions.liveness import steps_to_ask
from attendance.sessions.venue_codes import VenueCodes, Verdict, seconds_of_step_left
from faces.liveness.steps import Step, draw_steps
from foundation import throttles
from foundation.callers import Caller
from foundation.transactions import read_only
from models.attendance import Direction
from models.base import new_id
from models.projects import Liveness
from models.projects import Session as VenueSession


@dataclass(frozen=True)
class Phone:
    """The facts that the phone sent. direction: the wanted one; None to choose it by the windows."""

    device_id: str | None = None
    location: Location | None = None
    direction: Direction | None = None


@dataclass(frozen=True)
class IssuedTicket:
    """A ticket and its session. token: the signed ticket."""

    token: str
    ticket: Ticket
    session: VenueSession


class CodeWorth(enum.StrEnum):
    """The result of a code without sign-in."""

    GOOD = "good"
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    WRONG = "wrong"


class TicketDesk:
    """Exchanges venue codes for tickets: directly, or by a proof of the scan for a person who must sign in first.

    held: the scans that belong to one person; wrong_codes: counts those of people who are not signed in.
    """

    def __init__(self, *, codes: VenueCodes, held: HeldScans, tickets: Tickets, wrong_codes: WrongCodes) -> None:
        self._codes = codes
        self._held = held
        self._tickets = tickets
        self._wrong_codes = wrong_codes

    def exchange_code(
        self, db: Session, *, caller: Caller, text: str, proof: str | None, phone: Phone, now: datetime
    ) -> IssuedTicket:
        """Exchange a scanned text for a ticket.

        An expired text falls back to a proof of the same session, or to the caller's pending scan of it. Raises
        QrInvalid, QrExpired, QrNotYet, TooManyAttempts after too many wrong codes, and the errors of `exchange_proof`.
        """
        scan = self._codes.read(text)
        guesses = f"venue_code:{caller.person_id}"
        with read_only(db):
            throttles.check_block(db, guesses, now=now)
            facts = look_up_by_code(db, scan.short_code, person_id=caller.person_id)
            verdict = self._codes.judge(facts.session, scan.code, now)
            seen = None
            if verdict is Verdict.EXPIRED:
                seen = self._held.find_of_session(db, facts.session.id, caller=caller, proof=proof, now=now)
        if verdict is Verdict.NOT_YET:
            raise QrNotYet(field="qr", retry_after=seconds_of_step_left(now))
        attempt = Attempt(caller.person_id, facts.session.id, phone.direction, phone.device_id, None)
        with refusals_written_down(db, attempt=attempt, now=now):
            if verdict is Verdict.WRONG:  # a client without a limit could try all codes of eight digits
                throttles.count_failure(db, guesses, now=now)
                raise QrInvalid(field="qr")
            if verdict is Verdict.EXPIRED and seen is None:
                raise QrExpired(field="qr")
        is_new = seen is None
        return self._issue(db, caller, facts, seen or scan_now(facts.session.id, now), phone, now, is_held=not is_new)

    def exchange_proof(
        self, db: Session, *, caller: Caller, proof: str | None, phone: Phone, now: datetime
    ) -> IssuedTicket:
        """Exchange the proof of a recent scan, which becomes the caller's own, or their pending scan for a ticket.

        Raises QrInvalid, also where there is neither, QrExpired, ScanNotYours, NotOnRoster, ProjectNotAnnounced,
        SessionCancelled, FaceNotEnrolled, NoPlace, SessionNotOpen, LocationNeeded, OutsideGeofence, ProjectFull,
        TooManyAttempts.
        """
        seen, facts = self._held.choose(db, caller=caller, proof=proof, direction=phone.direction, now=now)
        return self._issue(db, caller, facts, seen, phone, now, is_held=True)

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
        verdict = self._codes.judge(session, scan.code, now)
        if verdict is Verdict.WRONG:
            self._wrong_codes.count(session.id, now)
        return session, CodeWorth(verdict.value)

    def _issue(
        self,
        db: Session,
        caller: Caller,
        facts: ScanFacts,
        seen: SeenCode,
        phone: Phone,
        now: datetime,
        *,
        is_held: bool,
    ) -> IssuedTicket:
        """Return the ticket. Raises the refusal if the facts don't allow one.

        is_held: whether the scan becomes the caller's own in any case; else only if they must enrol their face first.
        """
        session = facts.session
        steps = _draw_steps(db, session)
        place = place_at(session, phone.location)
        direction = find_direction(facts, seen.scanned_at, phone.direction)
        attempt = Attempt(caller.person_id, session.id, direction or phone.direction, phone.device_id, place)
        meant = phone.direction or (Direction.OUT if facts.is_in else Direction.IN)
        scan = Scan(caller.person_id, session.id, meant, seen.scanned_at)
        with refusals_written_down(db, attempt=attempt, now=now), explained(db, scan, now=now):
            if is_held:
                scan_proofs.hold(db, person_id=caller.person_id, seen=seen, now=now)
            if phone.location is not None and not facts.agrees_to_location:
                location_consents.record(db, person_id=caller.person_id, now=now)
            try:
                direction = check_may_scan(facts, direction)
            except FaceNotEnrolled:
                scan_proofs.hold(db, person_id=caller.person_id, seen=seen, now=now)
                raise
            check_place(session, place, sent=phone.location)
            join_on_site(db, session=session, is_expected=facts.is_on_roster, person_id=caller.person_id, now=now)
        ticket = Ticket(
            id=new_id(),
            person_id=caller.person_id,
            session_id=session.id,
            direction=direction,
            device_id=phone.device_id,
            place=place,
            scanned_at=seen.scanned_at,
            expires_at=now + LIFETIME,
            steps=steps,
        )
        return IssuedTicket(self._tickets.sign(ticket), ticket, session)


def _draw_steps(db: Session, session: VenueSession) -> tuple[Step, ...]:
    """Return the steps of a ticket's challenge; none where the session asks for none."""
    if session.liveness is not Liveness.CHALLENGE:
        return ()
    with read_only(db):
        return draw_steps(steps_to_ask(db))
