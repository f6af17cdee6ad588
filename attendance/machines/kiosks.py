"""Kiosks: devices of the organizer that read personal codes. Staff make a code, and the device pairs itself with it."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.machines.credentials import hash_of, new_pairing_code, new_token
from attendance.machines.errors import PairingCodeInvalid
from attendance.machines.lifecycle import check_works, open_machine
from attendance.projects.access import OrganizedSession
from attendance.sessions.held import check_not_cancelled
from foundation import audit
from foundation.callers import Caller
from models.base import new_id
from models.project_staff import ProjectStaff
from models.projects import Session as VenueSession
from models.venue_machines import Kiosk

PAIRING = timedelta(minutes=10)
KEPT_SCANS = timedelta(hours=24)
"""A kiosk without network keeps its scans so long. For as long after the session it can still send them."""

_MOST_KNOWN = 4096


@dataclass(frozen=True)
class NewKiosk:
    """A kiosk that waits for its device. pairing_code: told only here."""

    kiosk: Kiosk
    pairing_code: str


@dataclass(frozen=True)
class PairedKiosk:
    """A kiosk with its device. token: its credential, told only here."""

    kiosk: Kiosk
    token: str
    session: VenueSession


def add_kiosk(
    db: Session,
    *,
    session: OrganizedSession,
    is_attended: bool,
    staff_id: uuid.UUID | None,
    caller: Caller,
    now: datetime,
) -> NewKiosk:
    """Make a kiosk of a session, to be paired within ten minutes. Raises SessionCancelled, MachineEnded.

    staff_id: the assignment by which the caller makes it; None for an organizer.
    """
    check_not_cancelled(session)
    check_works(session, revoked_at=None, ends_at=session.out_closes_at + KEPT_SCANS, now=now)
    code = new_pairing_code()
    made = Kiosk(
        id=new_id(),
        session_id=session.id,
        is_attended=is_attended,
        pairing_hash=hash_of(code),
        pairing_until=now + PAIRING,
        made_by=caller.person_id,
        made_at=now,
        staff_id=staff_id,
    )
    db.add(made)
    audit.record(db, caller, now, "kiosk.add", made, after={"session": str(session.id), "is_attended": is_attended})
    db.flush()
    return NewKiosk(made, code)


def pair(db: Session, *, pairing_code: str, name: str, now: datetime) -> PairedKiosk:
    """Give the device that shows a pairing code its credential, once. Raises PairingCodeInvalid."""
    wanted = select(Kiosk).where(Kiosk.pairing_hash == hash_of(pairing_code.strip().upper())).with_for_update()
    kiosk = db.scalars(wanted.execution_options(populate_existing=True)).first()
    if kiosk is None or kiosk.paired_at is not None or kiosk.revoked_at is not None or now >= kiosk.pairing_until:
        raise PairingCodeInvalid(field="pairing_code")
    if kiosk.staff_id is not None:
        assignment = db.get_one(ProjectStaff, kiosk.staff_id, populate_existing=True)
        if assignment.ended_at is not None or (assignment.until is not None and now >= assignment.until):
            raise PairingCodeInvalid(field="pairing_code")
    token = new_token()
    kiosk.name, kiosk.token_hash, kiosk.paired_at = name, hash_of(token), now
    audit.record(db, kiosk.made_by, now, "kiosk.pair", kiosk, after={"name": name})
    db.flush()
    return PairedKiosk(kiosk, token, db.get_one(VenueSession, kiosk.session_id))


def has_kiosk(db: Session, *, session: OrganizedSession) -> bool:
    """Return whether the session has a kiosk that is paired and not revoked."""
    works = Kiosk.session_id == session.id, Kiosk.paired_at.is_not(None), Kiosk.revoked_at.is_(None)
    return db.scalar(select(Kiosk.id).where(*works).limit(1)) is not None


class KnownKiosks:
    """Finds a kiosk by its credential, and remembers which kiosk it was, so that most scans need no statement for it.

    Whether the kiosk still works is asked with each scan (`kiosk_facts.read_facts`): a credential is of one kiosk for
    ever, and no more than that is remembered.
    """

    def __init__(self) -> None:
        self._ids: dict[bytes, uuid.UUID] = {}

    def find(self, db: Session, *, token: str | None, now: datetime) -> uuid.UUID:
        """Return the id of the kiosk with this credential. Raises MachineUnknown, MachineEnded."""
        key = hash_of(token or "")
        known = self._ids.get(key)
        if known is not None:
            return known
        kiosk, session = open_machine(db, Kiosk, token=token, now=now)
        check_works(session, revoked_at=kiosk.revoked_at, ends_at=session.out_closes_at + KEPT_SCANS, now=now)
        if len(self._ids) >= _MOST_KNOWN:
            self._ids.clear()
        self._ids[key] = kiosk.id
        return kiosk.id
