"""Seeds the benchmark of certificates: one person with many certificates."""

import uuid
from datetime import date
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from accounts.people.people import add_unit
from bench.seeding.databases import migrated_engine
from credit.access import holder_of_own
from credit.certificates.issuing import issue, plan_issue
from credit.certificates.numbers import NumberFormat, draw_sequences
from credit.ledger.posting import NewEntry, post_many
from foundation.callers import Caller
from foundation.clock import SystemClock
from models.base import new_id
from models.certificates import Certificate
from models.ledger import SourceKind
from models.people import Person, UnitKind
from service.configuration.settings import Settings

_AT_ONCE = 200


def make_certified(folder: Path, certificates: int) -> tuple[Engine, uuid.UUID, list[uuid.UUID]]:
    """Seed a new SQLite database in `folder`; return it, the person, and the ids of the certificates."""
    settings = Settings(var=folder)
    engine = migrated_engine(settings)
    now = SystemClock().now()
    with Session(engine, expire_on_commit=False) as db:
        unit = add_unit(db, name="某省", kind=UnitKind.PROVINCE, parent=None, caller=None, now=now)
        person = Person(id=new_id(), cme_number="3300000001", name="学员某", unit_id=unit.id, created_at=now)
        db.add(person)
        db.flush()
        entries = [
            NewEntry(
                person_id=person.id,
                source_kind=SourceKind.IMPORT,
                source_id=new_id(),
                category="NAT",
                rule_code="NAT-L",
                rule_set="ZJ-LEGACY",
                rule_set_version=1,
                credits=Decimal("5.00"),
                hours=Decimal("15.0"),
                activity_on=date(2026, 5, 18),
                activity_name=f"第{place}期心肺复苏新进展学习班",
                delivery_mode="培训班",
                recorded_by_unit="示范省医学会",
                granted_at=now,
                actor_id=None,
            )
            for place in range(certificates)
        ]
        posted = post_many(db, entries).posted
        holder = holder_of_own(Caller(person.id, new_id(), new_id(), unit.id, unit.path, ()))
        for start in range(0, certificates, _AT_ONCE):
            plan = plan_issue(db, holder=holder, entry_ids=posted[start : start + _AT_ONCE])
            sequences = iter(draw_sequences(db, len(plan.wanted)))
            issue(db, plan=plan, sequences=sequences, numbers=NumberFormat(), now=now)
        db.commit()
        return engine, person.id, list(db.scalars(select(Certificate.id).order_by(Certificate.id)))
