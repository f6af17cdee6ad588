"""Check-in by a kiosk: a person shows their code, and nobody's face is compared. It is worth the same (PRIVACY L-8).

A kiosk without network keeps its scans and sends them later; they wait for staff, as do those of a kiosk without staff,
because a code can be held into a video call.
"""

import hashlib
import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, aliased

from attendance.check_in import check_in_rows, observations
from attendance.check_in.attempts import Attempt, keep, refusals_written_down
from attendance.check_in.check_in_rows import CheckInKey, Passed, stays
from attendance.check_in.explanations import Scan, explained
from attendance.check_in.receipts import Receipts
from attendance.check_in.scan_facts import ScanFacts, check_may_scan, facts_of, find_direction, select_facts
from attendance.errors import OwnAttendance, QrExpired, QrInvalid, SessionNotOpen
from attendance.machines.kiosks import KEPT_SCANS, OpenedKiosk
from attendance.machines.personal_codes import PersonalCodes
from attendance.roster.joining import join_on_site
from attendance.sessions.held import check_not_cancelled
from attendance.sessions.windows import is_open, status_of
from foundation.transactions import insert_object, read_only
from models.attendance import CheckIn, CheckInMethod, CheckInStatus, Direction, ReviewReason
from models.base import new_id
from models.people import Person
from models.projects import Session as VenueSession
from models.venue_machines import Kiosk, KioskScan

_EARLIER = aliased(CheckIn)
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

    def check_in(self, db: Session, *, opened: OpenedKiosk, scanned: ScannedCode, now: datetime) -> KioskCheckIn:
        """Check the person of a code in at the session of a kiosk. The same nonce gives the same check-in.

        Raises QrInvalid, QrExpired, NotOnRoster, ProjectFull, ProjectNotAnnounced, SessionCancelled, NoPlace,
        SessionNotOpen, OwnAttendance for the code of whoever made the kiosk, TooManyAttempts.
        """
        code = self._codes.read(scanned.text)
        at = min(scanned.scanned_at or now, now)  # a kiosk whose clock is ahead has read it by now
        with read_only(db):
            facts, name, earlier = _look_up(db, opened.kiosk, code.person_id, scanned.nonce)
        if earlier is not None:
            return earlier
        direction = find_direction(facts, at, scanned.direction)
        attempt = Attempt(code.person_id, facts.session.id, direction or scanned.direction, None, None)
        meant = scanned.direction or (Direction.OUT if facts.is_in else Direction.IN)
        with (
            refusals_written_down(db, attempt=attempt, now=now),
            explained(db, Scan(code.person_id, facts.session.id, meant, at), now=now),
        ):
            if not code.is_good_at(at) or now - at > KEPT_SCANS:
                raise QrExpired(field="code")
            direction = check_may_scan(replace(facts, is_enrolled=True), direction)  # no face is asked for
            if code.person_id == opened.kiosk.made_by:
                raise OwnAttendance
            is_expected = facts.is_on_roster
            join_on_site(db, session=facts.session, is_expected=is_expected, person_id=code.person_id, now=now)
            key = CheckInKey(facts.session.id, code.person_id, direction)
            row, is_new = self._write(db, opened.kiosk, key, at, now)
        scan = KioskScan(
            id=new_id(),
            kiosk_id=opened.kiosk.id,
            nonce=scanned.nonce,
            check_in_id=row.id,
            code_hash=hashlib.sha256(code.text.encode()).digest(),
            scanned_at=at,
            sent_at=now,
        )
        insert_object(db, scan)  # not where the same nonce was there a moment before: it led to the same check-in
        return KioskCheckIn(row, name, is_new)

    def _write(self, db: Session, kiosk: Kiosk, key: CheckInKey, at: datetime, now: datetime) -> tuple[CheckIn, bool]:
        """Return the check-in of a person, and whether it was made or replaced here. One that counts stays."""
        session = _lock(db, key, at)
        reason = _reason_to_review(kiosk, at, now)
        status = CheckInStatus.NEEDS_REVIEW if reason else status_of(session, key.direction, at)
        attempt = Attempt(key.person_id, key.session_id, key.direction, None, None)
        row = keep(db, attempt=attempt, result=status.value, now=now, review_reason=reason)
        passed = Passed(
            key, status, row, at=now, scanned_at=at, method=CheckInMethod.KIOSK, actor_id=kiosk.made_by,
            captured_at=at if reason is ReviewReason.SENT_LATE else None,
        )  # fmt: skip
        made = check_in_rows.insert(db, passed, self._receipts)
        if made is not None:
            return made, True
        first = check_in_rows.find_locked(db, key)
        assert first is not None  # noqa: S101 - the constraint that refused the insert says it is there
        if stays(first) or (reason is not None and first.status is not CheckInStatus.VOID):
            row.result = "again"
            db.flush()
            return first, False
        check_in_rows.replace(db, first, passed, self._receipts)
        observations.stand_beside(db, session, first)
        return first, True


def _reason_to_review(kiosk: Kiosk, at: datetime, now: datetime) -> ReviewReason | None:
    if now - at > _LATE:
        return ReviewReason.SENT_LATE
    return None if kiosk.is_attended else ReviewReason.UNATTENDED


def _lock(db: Session, key: CheckInKey, at: datetime) -> VenueSession:
    """Return the session, which stays as it is until the transaction ends. Raises SessionCancelled, SessionNotOpen."""
    wanted = select(VenueSession).where(VenueSession.id == key.session_id).with_for_update(read=True)
    session = db.scalars(wanted.execution_options(populate_existing=True)).one()
    check_not_cancelled(session)
    if not is_open(session, key.direction, at):  # moved or closed since the facts were read
        raise SessionNotOpen
    return session


def _select_facts() -> Any:
    """Return one statement for the facts of a scan, the person's name, and the check-in of the same nonce."""
    of_nonce = (KioskScan.kiosk_id == bindparam("kiosk_id")) & (KioskScan.nonce == bindparam("nonce"))
    return (
        select_facts(VenueSession.id == bindparam("session_id"))
        .add_columns(Person.name, _EARLIER)
        .join(Person, Person.id == bindparam("person_id"))
        .outerjoin(KioskScan, of_nonce)
        .outerjoin(_EARLIER, _EARLIER.id == KioskScan.check_in_id)
    )


_FACTS = _select_facts()  # built once: building it takes longer than running it


def _look_up(db: Session, kiosk: Kiosk, person_id: uuid.UUID, nonce: str) -> tuple[ScanFacts, str, KioskCheckIn | None]:
    """Return the facts of a scan, the person's name, and what the same nonce led to, or None. Raises QrInvalid."""
    about = {"kiosk_id": kiosk.id, "nonce": nonce, "session_id": kiosk.session_id, "person_id": person_id}
    found = db.execute(_FACTS, about).first()
    if found is None:
        raise QrInvalid(field="code")
    name, first = found[8:]
    if first is not None and first.person_id != person_id:  # a kiosk used one nonce for two people
        name = db.scalars(select(Person.name).where(Person.id == first.person_id)).one()
    earlier = KioskCheckIn(first, name, is_new=False) if first is not None else None
    return facts_of(found), name, earlier
