"""Check-in by a kiosk: a person shows their code, and nobody's face is compared. It is worth the same (PRIVACY L-8).

A kiosk without network keeps its scans and sends them later; they wait for staff, as do those of a kiosk without staff,
because a code can be held into a video call.
"""

import hashlib
import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.check_in import check_in_rows, observations
from attendance.check_in.attempts import Attempt, note, refusals_written_down
from attendance.check_in.check_in_rows import CheckInKey, Passed, stays
from attendance.check_in.explanations import Scan, explained
from attendance.check_in.receipts import Receipts
from attendance.check_in.scan_facts import check_may_scan, find_direction
from attendance.errors import OwnAttendance, QrExpired, QrInvalid, SessionNotOpen
from attendance.machines.kiosk_facts import KioskFacts, ScanAsked, check_kiosk, read_facts
from attendance.machines.kiosks import KEPT_SCANS
from attendance.machines.personal_codes import PersonalCode, PersonalCodes
from attendance.roster.joining import join_on_site
from attendance.sessions.held import check_not_cancelled
from attendance.sessions.windows import is_open, status_of
from foundation.transactions import insert_new
from models.attendance import CheckIn, CheckInAttempt, CheckInMethod, CheckInStatus, Direction, ReviewReason
from models.base import new_id
from models.people import Person
from models.projects import Session as VenueSession
from models.venue_machines import KioskScan

_LATE = timedelta(minutes=2)
"""A scan that comes later than this was kept by the kiosk: its time is the kiosk's word."""


@dataclass(frozen=True)
class ScannedCode:
    """What a kiosk read. nonce: of this scan, the same when it is sent again; direction: None to choose it by the time.

    scanned_at: the kiosk's time of the scan; None for now.
    """

    text: str
    nonce: str
    direction: Direction | None = None
    scanned_at: datetime | None = None


@dataclass(frozen=True)
class KioskCheckIn:
    """The check-in of a scan, the name that the kiosk shows, and whether this call made it."""

    check_in: CheckIn
    name: str
    is_new: bool


class KioskDesk:
    """Checks people in by the codes that kiosks read. receipts: signs each check-in."""

    def __init__(self, *, codes: PersonalCodes, receipts: Receipts) -> None:
        self._codes = codes
        self._receipts = receipts

    def check_in(self, db: Session, *, kiosk_id: uuid.UUID, scanned: ScannedCode, now: datetime) -> KioskCheckIn:
        """Check the person of a code in at the session of a kiosk. The same nonce gives the same check-in.

        Raises MachineUnknown, MachineEnded, QrInvalid, QrExpired, NotOnRoster, ProjectFull, ProjectNotAnnounced,
        SessionCancelled, NoPlace, SessionNotOpen, OwnAttendance for the code of whoever made the kiosk,
        TooManyAttempts.
        """
        code = self._read(db, kiosk_id, scanned, now)
        at = min(scanned.scanned_at or now, now)  # a kiosk whose clock is ahead has read it by now
        asked = ScanAsked(kiosk_id, code.person_id, scanned.nonce)
        facts = read_facts(db, asked, now=now)
        if facts.check_in_id is not None:
            return _earlier(db, facts.check_in_id, code.person_id, facts.name)
        session_id = facts.scan.session.id
        direction = find_direction(facts.scan, at, scanned.direction)
        attempt = Attempt(code.person_id, session_id, direction or scanned.direction, None, None)
        meant = scanned.direction or (Direction.OUT if facts.scan.is_in else Direction.IN)
        with (
            refusals_written_down(db, attempt=attempt, now=now),
            explained(db, Scan(code.person_id, session_id, meant, at), now=now),
        ):
            if not code.is_good_at(at) or now - at > KEPT_SCANS:
                raise QrExpired(field="code")
            direction = check_may_scan(replace(facts.scan, is_enrolled=True), direction)  # no face is asked for
            if code.person_id == facts.made_by:
                raise OwnAttendance
            if not facts.scan.is_on_roster:
                db.rollback()  # nothing was written; who joins waits for the project, and for its sessions after that
                joined = db.get_one(VenueSession, session_id)
                join_on_site(db, session=joined, is_expected=False, person_id=code.person_id, now=now)
                facts = read_facts(db, asked, now=now)
                _check_open(facts.scan.session, direction, at)
            row, is_new = self._write(db, facts, CheckInKey(session_id, code.person_id, direction), at, now)
        insert_new(  # not where the same nonce was there a moment before: it led to the same check-in
            db,
            KioskScan,
            id=new_id(),
            kiosk_id=kiosk_id,
            nonce=scanned.nonce,
            check_in_id=row.id,
            code_hash=hashlib.sha256(code.text.encode()).digest(),
            scanned_at=at,
            sent_at=now,
        )
        return KioskCheckIn(row, facts.name, is_new)

    def _read(self, db: Session, kiosk_id: uuid.UUID, scanned: ScannedCode, now: datetime) -> PersonalCode:
        """Return the code in a scanned text. Raises QrInvalid; MachineEnded, which goes first."""
        try:
            return self._codes.read(scanned.text)
        except QrInvalid:
            check_kiosk(db, kiosk_id=kiosk_id, now=now)
            raise

    def _write(
        self, db: Session, facts: KioskFacts, key: CheckInKey, at: datetime, now: datetime
    ) -> tuple[CheckIn, bool]:
        """Return the check-in of a person, and whether it was made or replaced here. One that counts stays."""
        session = facts.scan.session
        reason = _reason_to_review(facts, at, now)
        status = CheckInStatus.NEEDS_REVIEW if reason else status_of(session, key.direction, at)
        attempt = Attempt(key.person_id, key.session_id, key.direction, None, None)
        attempt_id = note(db, attempt=attempt, result=status.value, now=now, review_reason=reason)
        passed = Passed(
            key, status, attempt_id, at=now, scanned_at=at, method=CheckInMethod.KIOSK, actor_id=facts.made_by,
            captured_at=at if reason is ReviewReason.SENT_LATE else None,
        )  # fmt: skip
        made = check_in_rows.insert(db, passed, self._receipts)
        if made is not None:
            return made, True
        first = check_in_rows.find_locked(db, key)
        assert first is not None  # noqa: S101 - the constraint that refused the insert says it is there
        if stays(first) or (reason is not None and first.status is not CheckInStatus.VOID):
            db.get_one(CheckInAttempt, attempt_id).result = "again"
            db.flush()
            return first, False
        check_in_rows.replace(db, first, passed, self._receipts)
        observations.stand_beside(db, session, first)
        return first, True


def _reason_to_review(facts: KioskFacts, at: datetime, now: datetime) -> ReviewReason | None:
    if now - at > _LATE:
        return ReviewReason.SENT_LATE
    return None if facts.is_attended else ReviewReason.UNATTENDED


def _check_open(session: VenueSession, direction: Direction, at: datetime) -> None:
    """Raise SessionCancelled or SessionNotOpen for a session that was moved or closed since the first look."""
    check_not_cancelled(session)
    if not is_open(session, direction, at):
        raise SessionNotOpen


def _earlier(db: Session, check_in_id: uuid.UUID, person_id: uuid.UUID, name: str) -> KioskCheckIn:
    """Return what the same nonce led to before, also where the kiosk used it for another person."""
    first = db.get_one(CheckIn, check_in_id)
    if first.person_id != person_id:
        name = db.scalars(select(Person.name).where(Person.id == first.person_id)).one()
    return KioskCheckIn(first, name, is_new=False)
