"""Makes a grant, or a record that waits for approval, from a good row of an import."""

import uuid
from datetime import datetime

from credit.imports.rows import GoodRow
from credit.ledger.posting import NewEntry
from credit.rules.awards import counted
from credit.rules.rule_sets import RuleSet
from models.credit_records import CreditRecord, RecordStatus
from models.ledger import SourceKind


def grant_of(
    good: GoodRow, *, rule_set: RuleSet, person_id: uuid.UUID, generation: int, actor_id: uuid.UUID, now: datetime
) -> NewEntry:
    """Return the ledger entry for a row: its credits as certified, counted up to the cap of one project."""
    rule = rule_set.find_rule(good.rule_code)
    if rule is None:
        raise RuntimeError(f"rule {good.rule_code} vanished from {good.rule_set}")
    return NewEntry(
        person_id=person_id,
        source_kind=SourceKind.IMPORT,
        source_id=good.source_id(person_id),
        source_role=good.role,
        generation=generation,
        category=good.category,
        rule_code=good.rule_code,
        rule_set=good.rule_set,
        rule_set_version=good.rule_set_version,
        credits=good.credits,
        counted=counted(rule, good.credits).counted,
        hours=good.hours,
        activity_on=good.activity_on,
        activity_name=good.name,
        activity_number=good.number,
        activity_type=good.activity_type,
        discipline=good.discipline,
        delivery_mode=good.delivery_mode,
        recorded_by_unit=good.recorded_by,
        granted_at=now,
        actor_id=actor_id,
    )


def record_of(good: GoodRow, *, person_id: uuid.UUID, now: datetime) -> CreditRecord:
    """Return the record for a row that waits for approval (未审核)."""
    return CreditRecord(
        person_id=person_id,
        status=RecordStatus.PENDING,
        source_kind=SourceKind.IMPORT,
        source_id=good.source_id(person_id),
        source_role=good.role,
        rule_code=good.rule_code,
        category=good.category,
        credit_class=good.credit_class,
        credits=good.credits,
        hours=good.hours,
        activity_on=good.activity_on,
        activity_name=good.name,
        activity_number=good.number,
        activity_type=good.activity_type,
        discipline=good.discipline,
        delivery_mode=good.delivery_mode,
        recorded_by_unit=good.recorded_by,
        created_at=now,
    )
