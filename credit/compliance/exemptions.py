"""Exemptions (免修): absences that lower a year's standard. They give no credits. They are revoked, never deleted."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.ranks import require_rank
from accounts.same_human import is_same_human
from credit.access import CREDIT_ADMINS, PersonWithin, get_person_within
from credit.errors import ExemptionUnknown
from credit.rules.rule_book import in_force
from foundation import audit
from foundation.callers import Caller
from foundation.errors import NotFound, SecondAdminNeeded
from models.credit_records import CreditExemption
from models.people import Person


@dataclass(frozen=True)
class NewExemption:
    """An absence to record. kind: a code of the year's rule set; months: 1 to 12."""

    year: int
    kind: str
    months: int
    reason: str


def record_exemption(
    db: Session, *, person: Person, new: NewExemption, caller: Caller, now: datetime
) -> CreditExemption:
    """Record an absence. Raises SecondAdminNeeded if it is the caller's own, RoleTooHigh, ExemptionUnknown."""
    if is_same_human(db, person.id, caller.person_id):
        raise SecondAdminNeeded
    require_rank(db, person_id=person.id, caller=caller, roles=CREDIT_ADMINS)
    rule_set = in_force(db, date(new.year, 12, 31))
    if new.kind not in {kind.code for kind in rule_set.exemptions}:
        raise ExemptionUnknown(field="kind")
    made = CreditExemption(**vars(new), person_id=person.id, recorded_by=caller.person_id, recorded_at=now)
    db.add(made)
    db.flush()
    after = {"exemption": str(made.id), "year": new.year, "kind": new.kind, "months": new.months}
    audit.record(db, caller, now, "exemption.record", person, reason=new.reason, after=after)
    db.flush()
    return made


def revoke_exemption(
    db: Session, *, exemption_id: uuid.UUID, reason: str, caller: Caller, now: datetime
) -> CreditExemption:
    """Revoke an absence. A second call changes nothing. Raises NotFound, RoleTooHigh."""
    found = db.get(CreditExemption, exemption_id, with_for_update=True)
    if found is None:
        raise NotFound
    person = get_person_within(db, person_id=found.person_id, caller=caller)
    require_rank(db, person_id=person.id, caller=caller, roles=CREDIT_ADMINS)
    if found.revoked_at is None:
        found.revoked_at, found.revoked_by = now, caller.person_id
        after = {"exemption": str(found.id)}
        audit.record(db, caller, now, "exemption.revoke", person, reason=reason, after=after)
        db.flush()
    return found


def list_exemptions(db: Session, *, person: PersonWithin, after: uuid.UUID | None, limit: int) -> list[CreditExemption]:
    """Return all absences of a person, revoked ones too, newest first."""
    wanted = select(CreditExemption).where(CreditExemption.person_id == person.id)
    if after is not None:
        wanted = wanted.where(CreditExemption.id < after)
    return list(db.scalars(wanted.order_by(CreditExemption.id.desc()).limit(limit)))
