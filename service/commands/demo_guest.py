"""The demo's person of another province: imported by an organizer, with one approved credit (M-10.2)."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.id_numbers import check_digit
from credit.ledger.posting import NewEntry, post
from credit.rules.rule_book import in_force
from foundation.clock import day_at_home
from foundation.sealing import FieldSeal
from models.base import new_id
from models.ledger import LedgerEntry, SourceKind
from models.people import Person, Unit, UnitKind

_DIGITS = "99000019850101801"  # invented: no region has the code 990000
ID_NUMBER = _DIGITS + check_digit(_DIGITS)
PHONE = "+8613800001801"


@dataclass(frozen=True)
class Guest:
    """What such a person signs in with, and the ids of their credits."""

    id_number: str
    phone: str
    entries: tuple[uuid.UUID, ...]


def seed_guest(db: Session, seal: FieldSeal, now: datetime) -> Guest:
    """Return the person, who is added to a demo that has none."""
    wanted = select(Person.id).where(Person.id_number_hash == seal.blind("id_number", ID_NUMBER))
    person_id = db.scalar(wanted) or _add(db, seal, now)
    entries = select(LedgerEntry.id).where(LedgerEntry.person_id == person_id).order_by(LedgerEntry.position)
    return Guest(ID_NUMBER, PHONE, tuple(db.scalars(entries)))


def _add(db: Session, seal: FieldSeal, now: datetime) -> uuid.UUID:
    province = db.scalars(select(Unit.id).where(Unit.kind == UnitKind.PROVINCE)).one()
    person = Person(
        id=new_id(),
        name="外省学员示范",
        unit_id=province,
        employer="外省示范医院",
        phone_sealed=seal.seal("phone", PHONE),
        phone_hash=seal.blind("phone", PHONE),
        id_number_sealed=seal.seal("id_number", ID_NUMBER),
        id_number_hash=seal.blind("id_number", ID_NUMBER),
        created_at=now,
    )
    db.add(person)
    db.flush()
    today = day_at_home(now)
    rules = in_force(db, today)
    entry = NewEntry(
        person_id=person.id, source_kind=SourceKind.IMPORT, source_id=new_id(), category="NAT", rule_code="NAT-L",
        rule_set=rules.code, rule_set_version=rules.version, credits=Decimal("5.00"), hours=Decimal("15.0"),
        activity_on=today, activity_name="重症超声新进展学习班", activity_number="2026-10-01-002 (国)",
        discipline="急诊学", delivery_mode="培训班", recorded_by_unit="示范市第一医院", granted_at=now, actor_id=None,
    )  # fmt: skip
    post(db, entry=entry)
    return person.id
