"""Lets the authority reverse a grant (冲销): a new ledger entry, a reason, an audit row."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.ranks import require_rank
from credit.access import AUTHORITY
from credit.errors import AlreadyReversed
from credit.ledger import posting
from credit.records.recorded import require_no_list_leans_on
from credit.records.records import withdraw
from foundation import audit
from foundation.callers import Caller
from foundation.errors import NotFound
from foundation.processes import ProcessTable
from models.ledger import EntryKind, LedgerEntry, ReversalCause, SourceKind
from models.people import Person, Unit
from models.projects import Project

REVERSAL = "grant.reversal"
"""The name of this process in the table of processes."""


def reverse_grant(
    db: Session,
    processes: ProcessTable,
    *,
    entry_id: uuid.UUID,
    reason: str,
    cause: ReversalCause,
    caller: Caller,
    now: datetime,
) -> LedgerEntry:
    """Reverse one grant and withdraw its record, so that a corrected one can be posted. Return the reversal.

    Raises NotFound if it is not a grant of a person within the caller's reach; RoleTooHigh; AlreadyReversed;
    SettlementUnderWay for the grant of a project while another round of its settlement is in review, and for any grant
    while the list of another project skips the person because of it.
    """
    found = db.execute(
        select(LedgerEntry, Unit.path)
        .join(Person, Person.id == LedgerEntry.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(LedgerEntry.id == entry_id, LedgerEntry.kind == EntryKind.GRANT)
    ).first()
    if found is None or not caller.may(AUTHORITY, found.path):
        raise NotFound
    require_rank(db, person_id=found.LedgerEntry.person_id, caller=caller, roles=AUTHORITY)
    grant: LedgerEntry = found.LedgerEntry
    if grant.source_kind == SourceKind.PROJECT:
        db.execute(select(Project.id).where(Project.id == grant.source_id).with_for_update())
        processes.require_free(db, step=REVERSAL, project_id=grant.source_id)
    posting.take_turn(db)
    require_no_list_leans_on(db, LedgerEntry.id == grant.id)
    before = {"credits": str(grant.credits), "source": grant.source_kind, "source_id": str(grant.source_id)}
    audit.record(db, caller, now, "ledger.reverse", grant, reason=reason, before=before)
    db.flush()
    kind, sources = grant.source_kind, [grant.source_id]
    withdraw(db, source_kind=kind, source_ids=sources, reason=reason, actor_id=caller.person_id, now=now)
    done = posting.reverse(db, grants=[grant], reason=reason, now=now, actor_id=caller.person_id, cause=cause)
    if not done.posted:
        raise AlreadyReversed
    return db.scalars(select(LedgerEntry).where(LedgerEntry.id == done.posted[0])).one()
