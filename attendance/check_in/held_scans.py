"""Scans that belong to one person: told, made their own, and exchanged for tickets later (X-1)."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from attendance.attempts.attempts import Attempt, refusals_written_down
from attendance.check_in import scan_proofs
from attendance.check_in.scan_facts import ScanFacts, find_direction, look_up_by_id
from attendance.check_in.scan_proofs import (
    ScanProofs,
    SeenCode,
    find_scans,
    find_usable,
    is_fresh,
    scan_now,
    why_not_usable,
)
from attendance.errors import QrInvalid
from foundation.callers import Caller
from foundation.transactions import read_only
from models.attendance import Direction
from models.projects import Session as VenueSession

_NOBODY = uuid.UUID(int=0)


@dataclass(frozen=True)
class HeldScan:
    """A scan that gives tickets until an instant. direction: the one that is open; None where none is."""

    session: VenueSession
    direction: Direction | None
    until: datetime


class HeldScans:
    """Knows whose scan a proof is. proofs: signs and opens them."""

    def __init__(self, proofs: ScanProofs) -> None:
        self._proofs = proofs

    def prove(self, session: VenueSession, *, now: datetime) -> str:
        """Return a signed proof that a good code of the session was scanned now."""
        return self._proofs.sign(scan_now(session.id, now))

    def choose(
        self, db: Session, *, caller: Caller, proof: str | None, direction: Direction | None, now: datetime
    ) -> tuple[SeenCode, ScanFacts]:
        """Return the scan that the caller gets a ticket with, and the facts about it and them.

        A proof that is not theirs or too old is stored as a refused attempt. Raises QrInvalid, QrExpired, ScanNotYours,
        TooManyAttempts.
        """
        opened = self._open(proof)
        with read_only(db):
            scans = find_scans(db, person_id=caller.person_id, proof=opened, now=now)
            seen = find_usable(scans, opened, person_id=caller.person_id, now=now)
            refusal = why_not_usable(scans, opened, person_id=caller.person_id)
            about = seen or opened
            if about is None:
                raise refusal
            facts = look_up_by_id(db, about.session_id, person_id=caller.person_id)
        if seen is None:
            attempt = Attempt(caller.person_id, about.session_id, direction, None, None)
            with refusals_written_down(db, attempt=attempt, now=now):
                raise refusal
        return seen, facts

    def hold(self, db: Session, *, caller: Caller, proof: str | None, now: datetime) -> HeldScan:
        """Make the scan of a proof the caller's own, and return it. It gives them tickets without the proof.

        Raises QrInvalid, QrExpired, ScanNotYours, TooManyAttempts.
        """
        seen, facts = self.choose(db, caller=caller, proof=proof, direction=None, now=now)
        attempt = Attempt(caller.person_id, seen.session_id, None, None, None)
        with refusals_written_down(db, attempt=attempt, now=now):
            held = scan_proofs.hold(db, person_id=caller.person_id, seen=seen, now=now)
        return HeldScan(facts.session, find_direction(facts, seen.scanned_at, None), held.until)

    def find(self, db: Session, *, caller: Caller, proof: str | None, now: datetime) -> HeldScan | None:
        """Return the scan that gives the caller tickets; None if there is none. Nothing becomes theirs by it."""
        opened = self._open(proof)
        scans = find_scans(db, person_id=caller.person_id, proof=opened, now=now)
        seen = find_usable(scans, opened, person_id=caller.person_id, now=now)
        if seen is None:
            return None
        owned = (each for each in (scans.of_proof, scans.pending) if each is not None and each.id == seen.id)
        until = next((each.until for each in owned), seen.scanned_at + scan_proofs.LIFETIME)
        return _tell(db, seen, caller.person_id, until)

    def find_of_browser(self, db: Session, *, proof: str | None, now: datetime) -> HeldScan | None:
        """Return the scan of a proof that nobody has used yet; None if it is no such proof."""
        opened = self._open(proof)
        if opened is None or not is_fresh(opened, now):
            return None
        if find_scans(db, person_id=_NOBODY, proof=opened, now=now).of_proof is not None:
            return None
        return _tell(db, opened, _NOBODY, opened.scanned_at + scan_proofs.LIFETIME)

    def find_of_session(
        self, db: Session, session_id: uuid.UUID, *, caller: Caller, proof: str | None, now: datetime
    ) -> SeenCode | None:
        """Return the caller's scan of one session, by the proof or pending; None if there is none."""
        opened = self._open(proof)
        if opened is not None and opened.session_id != session_id:
            opened = None
        scans = find_scans(db, person_id=caller.person_id, proof=opened, now=now)
        seen = find_usable(scans, opened, person_id=caller.person_id, now=now)
        return seen if seen is not None and seen.session_id == session_id else None

    def _open(self, proof: str | None) -> SeenCode | None:
        """Return the scan of a proof; None where there is none, or one that we did not sign."""
        try:
            return self._proofs.open(proof) if proof else None
        except QrInvalid:
            return None


def _tell(db: Session, seen: SeenCode, person_id: uuid.UUID, until: datetime) -> HeldScan | None:
    try:
        facts = look_up_by_id(db, seen.session_id, person_id=person_id)
    except QrInvalid:  # the session is gone
        return None
    return HeldScan(facts.session, find_direction(facts, seen.scanned_at, None), until)
