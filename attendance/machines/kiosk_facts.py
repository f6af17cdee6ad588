"""All that a scan of a kiosk needs to know, in one statement: the kiosk, its session, the person and their place."""

import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy.orm import Session, load_only

from attendance.check_in.scan_facts import ScanFacts, facts_of, select_facts
from attendance.errors import QrInvalid
from attendance.machines.errors import MachineUnknown
from attendance.machines.kiosks import KEPT_SCANS
from attendance.machines.lifecycle import check_assignment, check_works
from attendance.machines.personal_codes import PERSONAL
from models.people import Person
from models.project_staff import ProjectStaff
from models.projects import Session as VenueSession
from models.venue_machines import Kiosk, KioskScan


@dataclass(frozen=True)
class ScanAsked:
    """Which kiosk read whose code, with the nonce of the scan."""

    kiosk_id: uuid.UUID
    person_id: uuid.UUID
    nonce: str


@dataclass(frozen=True)
class KioskFacts:
    """What is known of a scan. made_by: who made the kiosk; check_in_id: what the same nonce led to, or None."""

    kiosk_id: uuid.UUID
    scan: ScanFacts
    is_attended: bool
    made_by: uuid.UUID
    name: str
    check_in_id: uuid.UUID | None


def _select_facts() -> Any:
    of_nonce = (KioskScan.kiosk_id == Kiosk.id) & (KioskScan.nonce == bindparam("nonce"))
    session = load_only(
        VenueSession.project_id, VenueSession.zone, VenueSession.in_opens_at, VenueSession.late_from,
        VenueSession.in_closes_at, VenueSession.out_opens_at, VenueSession.out_closes_at, VenueSession.closed_at,
        VenueSession.cancelled_at, VenueSession.cancellation_reason,
    )  # fmt: skip
    return (
        select_facts(Kiosk.id == bindparam("kiosk_id"))
        .add_columns(Kiosk.is_attended, Kiosk.made_by, Kiosk.revoked_at, Person.name, KioskScan.check_in_id)
        .add_columns(ProjectStaff.ended_at, ProjectStaff.until)
        .join(Kiosk, Kiosk.session_id == VenueSession.id)
        .outerjoin(Person, Person.id == bindparam("person_id"))
        .outerjoin(KioskScan, of_nonce)
        .outerjoin(ProjectStaff, ProjectStaff.id == Kiosk.staff_id)
        .options(session)
        .execution_options(populate_existing=True)
    )


_FACTS = _select_facts()  # built once: building it takes longer than running it
_LOCKED_FACTS = _FACTS.with_for_update(read=True, of=[VenueSession, Kiosk])


def read_facts(db: Session, asked: ScanAsked, *, now: datetime) -> KioskFacts:
    """Return what is known of a scan. Raises MachineUnknown, MachineEnded, QrInvalid."""
    return _facts(db, _FACTS, asked, now)


def lock_facts(db: Session, asked: ScanAsked, *, now: datetime) -> KioskFacts:
    """Return what is known of a scan, with session and kiosk locked: neither closes, moves or is revoked meanwhile."""
    return _facts(db, _LOCKED_FACTS, asked, now)


def _facts(db: Session, statement: Any, asked: ScanAsked, now: datetime) -> KioskFacts:
    found = db.execute(statement, vars(asked)).first()
    if found is None:
        raise MachineUnknown
    scan = facts_of(found)
    is_attended, made_by, revoked_at, name, check_in_id, staff_ended_at, staff_until = found[8:]
    check_works(scan.session, revoked_at=revoked_at, ends_at=scan.session.out_closes_at + KEPT_SCANS, now=now)
    check_assignment(staff_ended_at, staff_until, now)
    if name is None:
        raise QrInvalid(field="code", facts=PERSONAL)
    return KioskFacts(asked.kiosk_id, scan, is_attended, made_by, name, check_in_id)


def check_kiosk(db: Session, *, kiosk_id: uuid.UUID, now: datetime) -> None:
    """Raise MachineUnknown or MachineEnded for a kiosk that checks nobody in any more."""
    with suppress(QrInvalid):
        read_facts(db, ScanAsked(kiosk_id, kiosk_id, ""), now=now)
