"""Why grants were taken back. A misconduct bars the person from another grant of the source until it is lifted."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from models.ledger import EntryKind, GrantReversal, LedgerEntry, ReversalCause


@dataclass(frozen=True)
class ReversedGrant:
    """The last reversal of a person's grant from a source. reason: as it was given; is_lifted: no longer a bar."""

    person_id: uuid.UUID
    cause: ReversalCause
    reason: str | None
    reversed_at: datetime
    is_lifted: bool


def select_barred(*, source_kind: str, source_id: uuid.UUID) -> Select[uuid.UUID]:
    """Select the people who get no grant from a source, because of a misconduct that was not lifted."""
    return (
        select(LedgerEntry.person_id)
        .join(GrantReversal, GrantReversal.entry_id == LedgerEntry.id)
        .where(*_reversals_of(source_kind, source_id), GrantReversal.cause == ReversalCause.MISCONDUCT)
        .where(GrantReversal.lifted_at.is_(None))
    )


def find_reversed(db: Session, *, source_kind: str, source_id: uuid.UUID) -> dict[uuid.UUID, ReversedGrant]:
    """Return the last reversal of each person whose grant from a source was taken back, by person."""
    wanted = (
        select(LedgerEntry, GrantReversal)
        .outerjoin(GrantReversal, GrantReversal.entry_id == LedgerEntry.id)
        .where(*_reversals_of(source_kind, source_id))
        .order_by(LedgerEntry.position)
    )
    return {entry.person_id: _read(entry, note) for entry, note in db.execute(wanted)}


def lift(
    db: Session,
    *,
    source_kind: str,
    source_id: uuid.UUID,
    people: Collection[uuid.UUID],
    reason: str,
    now: datetime,
    actor_id: uuid.UUID,
) -> set[uuid.UUID]:
    """Lift the misconduct of people, so that the next round can grant to them. Return who was barred before."""
    wanted = (
        select(GrantReversal, LedgerEntry.person_id)
        .join(LedgerEntry, LedgerEntry.id == GrantReversal.entry_id)
        .where(*_reversals_of(source_kind, source_id), LedgerEntry.person_id.in_(people))
        .where(GrantReversal.cause == ReversalCause.MISCONDUCT, GrantReversal.lifted_at.is_(None))
        .with_for_update(of=GrantReversal)
    )
    lifted = set()
    for note, person_id in db.execute(wanted):
        note.lifted_at, note.lifted_by, note.lift_reason = now, actor_id, reason
        lifted.add(person_id)
    db.flush()
    return lifted


def _reversals_of(source_kind: str, source_id: uuid.UUID) -> tuple[ColumnElement[bool], ...]:
    entry = LedgerEntry
    return entry.source_kind == source_kind, entry.source_id == source_id, entry.kind == EntryKind.REVERSAL


def _read(entry: LedgerEntry, note: GrantReversal | None) -> ReversedGrant:
    cause = ReversalCause.MISTAKE if note is None else note.cause
    is_lifted = note is not None and note.lifted_at is not None
    return ReversedGrant(entry.person_id, cause, entry.reason, entry.granted_at, is_lifted)
