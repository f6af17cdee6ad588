"""Check-in by a kiosk: a person shows their code, and nobody's face is compared. It is worth the same (PRIVACY L-8).

A kiosk without network keeps its scans and sends them later; they wait for staff, as do those of a kiosk without staff,
because a code can be held into a video call.
"""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.attempts import check_in_rows, observations
from attendance.attempts.attempts import Attempt, note, refusals_written_down
from attendance.attempts.check_in_rows import AcceptedAttempt, CheckInKey, stays
from attendance.attempts.explanations import Scan, explained
from attendance.attempts.receipts import Receipts
from attendance.check_in.scan_facts import check_may_scan, find_direction
from attendance.errors import OwnAttendance, QrExpired, QrInvalid, SessionNotOpen
from attendance.machines.kiosk_facts import KioskFacts, ScanAsked, check_kiosk, lock_facts, read_facts
from attendance.machines.kiosks import KEPT_SCANS, KnownKiosks
from attendance.machines.personal_codes import PERSONAL, PersonalCode, PersonalCodes
from attendance.machines.quick_rows import insert_if_unchanged, insert_scan
from attendance.roster.joining import join_on_site
from attendance.sessions.held import check_not_cancelled
from attendance.sessions.windows import is_open, status_of
from foundation.errors import Refusal
from foundation.transactions import read_only
from models.attendance import CheckIn, CheckInAttempt, CheckInMethod, CheckInStatus, Direction, ReviewReason
from models.base import new_id
from models.people import Person
from models.projects import Session as VenueSession

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
class ReadCode:
    """A code of ours that a kiosk read. at: the instant that counts; wanted: the direction, None for that of `at`."""

    asked: ScanAsked
    code: PersonalCode
    at: datetime
    wanted: Direction | None

    def direction(self, facts: KioskFacts) -> Direction | None:
        """Return the direction of the scan; None if no window is open."""
        return find_direction(facts.scan, self.at, self.wanted)

    def is_in_time(self, now: datetime) -> bool:
        """Return whether the code was shown then, and the kiosk has not kept it for too long."""
        return self.code.is_good_at(self.at) and now - self.at <= KEPT_SCANS

    def is_plain(self, facts: KioskFacts, now: datetime) -> bool:
        """Return whether it is a fresh code of somebody who is expected, and not of whoever made the kiosk."""
        return self.is_in_time(now) and facts.scan.is_on_roster and self.code.person_id != facts.made_by


@dataclass(frozen=True)
class KioskCheckIn:
    """The check-in of a scan, the name that the kiosk shows, and whether this call made it."""

    check_in: CheckIn
    name: str
    is_new: bool


class KioskDesk:
    """Checks people in by the codes that kiosks read. receipts: signs each check-in; known: the kiosks seen so far."""

    def __init__(self, *, codes: PersonalCodes, receipts: Receipts) -> None:
        self._codes = codes
        self._receipts = receipts
        self.known = KnownKiosks()

    def check_in(self, db: Session, *, kiosk_id: uuid.UUID, scanned: ScannedCode, now: datetime) -> KioskCheckIn:
        """Check the person of a code in at the session of a kiosk. The same nonce gives the same check-in.

        Raises MachineUnknown, MachineEnded, QrInvalid, QrExpired, NotOnRoster, ProjectFull, ProjectNotAnnounced,
        SessionCancelled, NoPlace, SessionNotOpen, OwnAttendance for the code of whoever made the kiosk,
        TooManyAttempts.
        """
        code = self._read(db, kiosk_id, scanned, now)
        at = min(scanned.scanned_at or now, now)  # a kiosk whose clock is ahead has read it by now
        read = ReadCode(ScanAsked(kiosk_id, code.person_id, scanned.nonce), code, at, scanned.direction)
        with read_only(db):
            facts = read_facts(db, read.asked, now=now)
        done = self._quickly(db, read, facts, now) if facts.check_in_id is None else None
        return done if done is not None else self._carefully(db, read, now)

    def _quickly(self, db: Session, read: ReadCode, facts: KioskFacts, now: datetime) -> KioskCheckIn | None:
        """Return the check-in of a scan that nothing stands in the way of; None, and nothing written, for any other."""
        if not read.is_plain(facts, now):
            return None
        try:
            direction = check_may_scan(replace(facts.scan, is_enrolled=True), read.direction(facts))
        except Refusal:
            return None
        accepted, reason = _accepted(
            facts, CheckInKey(facts.scan.session.id, read.code.person_id, direction), read.at, now
        )
        row = check_in_rows.draft(accepted, self._receipts)
        if not insert_if_unchanged(db, facts, row, reason=reason, now=now):
            db.rollback()
            return None
        insert_scan(db, read.asked, read.code, check_in_id=row.id, at=read.at, now=now)
        return KioskCheckIn(row, facts.name, is_new=True)

    def _carefully(self, db: Session, read: ReadCode, now: datetime) -> KioskCheckIn:
        """Return the check-in of a scan of any kind, with session and kiosk locked, or raise why there is none."""
        facts = lock_facts(db, read.asked, now=now)
        person_id, session_id = read.code.person_id, facts.scan.session.id
        if facts.check_in_id is not None:
            return _earlier(db, facts.check_in_id, person_id, facts.name)
        direction, wanted = read.direction(facts), read.wanted
        attempt = Attempt(person_id, session_id, direction or wanted, None, None)
        meant = wanted or (Direction.OUT if facts.scan.is_in else Direction.IN)
        with (
            refusals_written_down(db, attempt=attempt, now=now),
            explained(db, Scan(person_id, session_id, meant, read.at), now=now),
        ):
            if not read.is_in_time(now):
                raise QrExpired(field="code", facts=PERSONAL)
            direction = check_may_scan(replace(facts.scan, is_enrolled=True), direction)  # no face is asked for
            if person_id == facts.made_by:
                raise OwnAttendance
            if not facts.scan.is_on_roster:
                db.rollback()  # nothing was written; who joins waits for the project, and for its sessions after that
                joined = db.get_one(VenueSession, session_id)
                join_on_site(db, session=joined, is_expected=False, person_id=person_id, now=now)
                facts = lock_facts(db, read.asked, now=now)
                _check_open(facts.scan.session, direction, read.at)
            row, is_new = self._write(db, facts, CheckInKey(session_id, person_id, direction), read.at, now)
        insert_scan(db, read.asked, read.code, check_in_id=row.id, at=read.at, now=now)
        return KioskCheckIn(row, facts.name, is_new)

    def _read(self, db: Session, kiosk_id: uuid.UUID, scanned: ScannedCode, now: datetime) -> PersonalCode:
        """Return the code in a scanned text. Raises QrInvalid; MachineEnded, which goes first."""
        try:
            return self._codes.read(scanned.text)
        except QrInvalid:
            with read_only(db):
                check_kiosk(db, kiosk_id=kiosk_id, now=now)
            raise

    def _write(
        self, db: Session, facts: KioskFacts, key: CheckInKey, at: datetime, now: datetime
    ) -> tuple[CheckIn, bool]:
        """Return the check-in of a person, and whether it was made or replaced here. One that counts stays."""
        accepted, reason = _accepted(facts, key, at, now)
        attempt = Attempt(key.person_id, key.session_id, key.direction, None, None)
        attempt_id = note(db, attempt=attempt, result=accepted.status.value, now=now, review_reason=reason)
        accepted = replace(accepted, attempt_id=attempt_id)
        made = check_in_rows.insert(db, accepted, self._receipts)
        if made is not None:
            return made, True
        first = check_in_rows.find_locked(db, key)
        assert first is not None  # noqa: S101 - the constraint that refused the insert says it is there
        if stays(first) or (reason is not None and first.status is not CheckInStatus.VOID):
            db.get_one(CheckInAttempt, attempt_id).result = "again"
            db.flush()
            return first, False
        check_in_rows.replace(db, first, accepted, self._receipts)
        observations.stand_beside(db, facts.scan.session, first)
        return first, True


def _accepted(
    facts: KioskFacts, key: CheckInKey, at: datetime, now: datetime
) -> tuple[AcceptedAttempt, ReviewReason | None]:
    """Return the check-in that a good scan makes, whose attempt is not stored yet, and why staff must look at it."""
    reason = _reason_to_review(facts, at, now)
    status = CheckInStatus.NEEDS_REVIEW if reason else status_of(facts.scan.session, key.direction, at)
    captured_at = at if reason is ReviewReason.SENT_LATE else None
    accepted = AcceptedAttempt(
        key, status, new_id(), at=now, scanned_at=at, method=CheckInMethod.KIOSK, actor_id=facts.made_by,
        captured_at=captured_at,
    )  # fmt: skip
    return accepted, reason


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
