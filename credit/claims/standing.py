"""The credit record that stands for a claim from its submission on: in its owner's credits, and against duplicates.

It makes a claim one of the records that wait (未审核), so that lists, totals, exports and imports know of it.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from credit.rules.rule_book import get_rule_set
from models.claims import Claim
from models.credit_records import CreditRecord, RecordStatus
from models.ledger import SourceKind, SourceRole
from models.people import Person, Unit

PERSONAL = "个人活动"
"""The kind of activity of what people enter themselves (M-4.1.4, O-25)."""


def put(db: Session, claim: Claim, *, now: datetime) -> CreditRecord:
    """Let a record that waits stand for a claim, the same one as before if there was one."""
    facts = facts_of(db, claim) | {"recorded_by_unit": recorder_of(db, claim)}
    record = find(db, claim)
    if record is None:
        record = CreditRecord(
            person_id=claim.person_id, source_kind=SourceKind.CLAIM, source_id=claim.id, created_at=now
        )
        db.add(record)
    record.status, record.review_comment, record.decided_at, record.decided_by = RecordStatus.PENDING, None, None, None
    for name, value in facts.items():
        setattr(record, name, value)
    db.flush()
    return record


def facts_of(db: Session, claim: Claim) -> dict[str, Any]:
    """Return what a claim's record and its grant have in common."""
    rule = get_rule_set(db, claim.rule_set, claim.rule_set_version).find_rule(claim.rule_code)
    return {
        "source_role": SourceRole.LEARNER if rule is None else rule.role,
        "rule_code": claim.rule_code,
        "category": claim.category,
        "credit_class": claim.credit_class,
        "credits": claim.credits,
        "hours": claim.hours,
        "activity_on": claim.activity_on,
        "activity_name": claim.activity_name,
        "activity_number": claim.activity_number,
        "activity_type": PERSONAL,
        "delivery_mode": claim.delivery_mode,
        "discipline": claim.discipline_l3 or claim.discipline_l2,
    }


def recorder_of(db: Session, claim: Claim) -> str:
    """Return 学分录入单位 of a claim: the unit of its owner."""
    owner = select(Unit.name).join(Person, Person.unit_id == Unit.id).where(Person.id == claim.person_id)
    return db.scalars(owner).one()


def find(db: Session, claim: Claim) -> CreditRecord | None:
    """Return the record of a claim; None if it was never submitted."""
    wanted = select(CreditRecord).where(
        CreditRecord.person_id == claim.person_id,
        CreditRecord.source_kind == SourceKind.CLAIM,
        CreditRecord.source_id == claim.id,
    )
    return db.scalars(wanted.order_by(CreditRecord.id.desc())).first()


def take_away(db: Session, claim: Claim, *, now: datetime) -> None:
    """Withdraw the record of a claim that is its owner's alone again, or that is deleted."""
    record = find(db, claim)
    if record is not None:
        record.status, record.decided_at = RecordStatus.WITHDRAWN, now
        db.flush()


def decide(
    db: Session, claim: Claim, status: RecordStatus, *, comment: str | None, decided_by: Any, now: datetime
) -> None:
    """Write the decision on a claim into its record."""
    record = find(db, claim)
    if record is None:
        raise RuntimeError("a claim under review has no record")
    record.status, record.review_comment, record.credits = status, comment, claim.credits
    record.decided_at, record.decided_by = now, decided_by
    db.flush()
