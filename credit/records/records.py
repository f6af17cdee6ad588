"""Credit records that wait for approval (未审核): the authority approves one, which posts its grant, or rejects it."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from accounts.ranks import require_rank
from accounts.same_human import is_same_human
from credit.access import AUTHORITY
from credit.errors import AlreadyGranted
from credit.ledger import posting
from credit.ledger.posting import NewEntry
from credit.records.activities import Activity
from credit.records.claim_news import tell_owner
from credit.records.recorded import recorded_of
from credit.rules.awards import counted
from credit.rules.record_rules import rule_of_record
from credit.rules.rule_book import in_force
from foundation import audit
from foundation.callers import Caller
from foundation.errors import AlreadyDecided, NotFound, SecondAdminNeeded
from models.claims import Claim, ClaimStatus
from models.credit_records import CreditRecord, RecordStatus
from models.ledger import SourceKind
from models.people import Person, Unit

_CHUNK = 500  # ids in one statement


def decide(
    db: Session, *, record_id: uuid.UUID, is_approved: bool, comment: str, caller: Caller, now: datetime
) -> CreditRecord:
    """Approve a record, which posts its grant, or reject it. The same decision again changes nothing.

    Raises NotFound; SecondAdminNeeded for the caller's own; RoleTooHigh; AlreadyDecided if it was decided otherwise;
    NoRule if the rules of that day no longer have a rule for it; AlreadyGranted if the same activity is granted from
    elsewhere, or stands in a confirmed settlement; StillGranted if this record was granted before and that wasn't
    reversed.
    """
    if is_approved:
        posting.take_turn(db)  # before the record is locked: the undo of an import locks in the same order
    found = db.execute(
        select(CreditRecord, Unit.path)
        .join(Person, Person.id == CreditRecord.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(CreditRecord.id == record_id)
        .with_for_update(of=CreditRecord)
    ).first()
    if found is None or not caller.may(AUTHORITY, found.path):
        raise NotFound
    record: CreditRecord = found.CreditRecord
    if record.source_kind == SourceKind.CLAIM:  # it is reviewed as a claim
        raise NotFound
    if is_same_human(db, record.person_id, caller.person_id):
        raise SecondAdminNeeded
    require_rank(db, person_id=record.person_id, caller=caller, roles=AUTHORITY)
    decision = RecordStatus.APPROVED if is_approved else RecordStatus.REJECTED
    if record.status is decision:
        return record
    if record.status is not RecordStatus.PENDING:
        raise AlreadyDecided
    record.status, record.review_comment = decision, comment or None
    record.decided_at, record.decided_by = now, caller.person_id
    after = {"status": decision.value}
    audit.record(db, caller, now, "credit_record.decide", record, reason=comment or None, after=after)
    db.flush()
    if is_approved:
        _require_unrecorded(db, record)
        posting.post(db, entry=_grant(db, record, caller, now))
    return record


def withdraw(
    db: Session, *, source_kind: str, source_ids: Sequence[uuid.UUID], reason: str, actor_id: uuid.UUID, now: datetime
) -> None:
    """Withdraw waiting and approved records of some sources, and let claims say that they were reversed.

    Their grants must be reversed separately.
    """
    for start in range(0, len(source_ids), _CHUNK):
        db.execute(
            update(CreditRecord)
            .where(CreditRecord.source_kind == source_kind)
            .where(CreditRecord.source_id.in_(source_ids[start : start + _CHUNK]))
            .where(CreditRecord.status.in_([RecordStatus.PENDING, RecordStatus.APPROVED]))
            .values(status=RecordStatus.WITHDRAWN, decided_at=now, decided_by=actor_id, review_comment=reason)
        )
    if source_kind == SourceKind.CLAIM:
        _reverse_claims(db, source_ids, reason, now)


def _reverse_claims(db: Session, claim_ids: Sequence[uuid.UUID], reason: str, now: datetime) -> None:
    """Let approved claims say that their grants are taken back, and tell their owners."""
    wanted = select(Claim).where(Claim.id.in_(claim_ids), Claim.status == ClaimStatus.APPROVED)
    for claim in db.scalars(wanted.with_for_update()):
        claim.status, claim.comment, claim.decided_at = ClaimStatus.REVERSED, reason, now
        tell_owner(db, claim, ClaimStatus.REVERSED.value, reason=reason, now=now)
    db.flush()


def _require_unrecorded(db: Session, record: CreditRecord) -> None:
    """Raise AlreadyGranted if the activity of a record is recorded. The caller has the turn at the ledger."""
    day = record.activity_on
    activity = Activity(record.activity_name, record.category, record.activity_number, day, day)
    found = recorded_of(db, [(record.person_id, day)], also_waiting=False).alike(record.person_id, activity)
    if found is not None and found[1].is_sure:
        raise AlreadyGranted(facts={"entry": found[0].shown()})


def _grant(db: Session, record: CreditRecord, caller: Caller, now: datetime) -> NewEntry:
    rule_set = in_force(db, record.activity_on)
    rule = rule_set.find_rule(record.rule_code) if record.rule_code else None
    if rule is None:
        name, credits, mode = record.activity_name, record.credits, record.delivery_mode
        rule = rule_of_record(rule_set, record.category, name=name, credits=credits, delivery_mode=mode)
    last = posting.last_generations(db, source_kind=record.source_kind, source_ids=[record.source_id])
    return NewEntry(
        person_id=record.person_id,
        source_kind=record.source_kind,
        source_id=record.source_id,
        source_role=record.source_role,
        generation=last.get((record.source_id, record.person_id), 0) + 1,
        category=record.category,
        rule_code=rule.code,
        rule_set=rule_set.code,
        rule_set_version=rule_set.version,
        credits=record.credits,
        counted=counted(rule, record.credits).counted,
        hours=record.hours,
        activity_on=record.activity_on,
        activity_name=record.activity_name,
        activity_number=record.activity_number,
        activity_type=record.activity_type,
        discipline=record.discipline,
        delivery_mode=record.delivery_mode,
        recorded_by_unit=record.recorded_by_unit,
        granted_at=now,
        actor_id=caller.person_id,
    )
