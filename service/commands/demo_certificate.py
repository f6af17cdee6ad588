"""One learner of the demo who has a certificate; the others begin with an empty ledger."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from credit.access import holder_of_own
from credit.certificates.issuing import issue, plan_issue
from credit.certificates.numbers import NumberFormat, draw_sequences
from credit.ledger import posting
from credit.ledger.posting import NewEntry
from credit.rules.rule_book import in_force
from foundation.callers import Caller
from foundation.clock import day_at_home
from foundation.sealing import FieldSeal
from models.base import new_id
from models.ledger import SourceKind
from models.people import Person, Unit, UnitKind
from service.commands.demo_accounts import add_account


def add_certified(
    db: Session, account: Mapping[str, str], *, seal: FieldSeal, numbers: NumberFormat, now: datetime
) -> None:
    """Add the learner with an approved credit of last week and its certificate, unless they are there already."""
    if db.scalar(select(Person.id).where(Person.cme_number == account["cme_number"])) is not None:
        return
    unit = db.scalars(select(Unit).where(Unit.kind == UnitKind.DEPARTMENT).order_by(Unit.id)).first()
    if unit is None:
        return
    person = add_account(db, account, unit=unit, seal=seal, now=now)
    day = day_at_home(now) - timedelta(days=7)
    rules = in_force(db, day)
    entry = posting.post(
        db,
        entry=NewEntry(
            person_id=person.id,
            source_kind=SourceKind.IMPORT,
            source_id=new_id(),
            category="NAT",
            rule_code="NAT-L",
            rule_set=rules.code,
            rule_set_version=rules.version,
            credits=Decimal("5.00"),
            hours=Decimal("15.0"),
            activity_on=day,
            activity_name="心肺复苏新进展学习班",
            activity_number="2026-10-01-002 (国)",
            delivery_mode="培训班",
            discipline="急诊学",
            recorded_by_unit="示范省医学会",
            granted_at=now,
            actor_id=None,
        ),
    )
    learner = Caller(person.id, new_id(), new_id(), unit.id, unit.path, ())
    plan = plan_issue(db, holder=holder_of_own(learner), entry_ids=[entry.id])
    issue(db, plan=plan, sequences=iter(draw_sequences(db, 1)), numbers=numbers, now=now)
