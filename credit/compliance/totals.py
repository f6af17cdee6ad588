"""What a person's credits add up to (M-4.1.8), summed by the database: two statements, however many rows."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from credit.compliance.lines import LineStatus, Period, is_taken_back
from models.credit_records import CreditRecord, RecordStatus
from models.ledger import EntryKind, LedgerEntry

_NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class Totals:
    """Sums over all lines of a list, those that wait included (M-X.1). other: whatever is in neither class (O-15)."""

    credits: Decimal
    hours: Decimal
    class_i: Decimal
    class_ii: Decimal
    other: Decimal


def totals_of(db: Session, *, person_id: uuid.UUID, period: Period, status: LineStatus | None) -> Totals:
    """Return the totals of the lines that `credit.compliance.lines.find_lines` lists for the same question."""
    sums: list[tuple[str | None, Decimal, Decimal]] = []
    if status in (None, LineStatus.APPROVED):
        # reversals have the amounts of their grants below zero, and their day: plain sums are what is live
        sums += _sums(db, LedgerEntry, person_id, period)
    elif status is LineStatus.REVERSED:
        sums += _sums(db, LedgerEntry, person_id, period, LedgerEntry.kind == EntryKind.GRANT, is_taken_back)
    if status in (None, LineStatus.PENDING, LineStatus.REJECTED):
        waiting = CreditRecord.status == RecordStatus(status or LineStatus.PENDING)
        sums += _sums(db, CreditRecord, person_id, period, waiting)
    return _add_up(sums)


def _sums(
    db: Session,
    table: type[LedgerEntry] | type[CreditRecord],
    person_id: uuid.UUID,
    period: Period,
    *further: ColumnElement[bool],
) -> list[tuple[str | None, Decimal, Decimal]]:
    """Credits and hours by class."""
    rows = db.execute(
        select(table.credit_class, func.sum(table.credits), func.sum(table.hours))
        .where(table.person_id == person_id, table.activity_on >= period.first, table.activity_on <= period.last)
        .where(*further)
        .group_by(table.credit_class)
    )
    return [(credit_class, credits, hours) for credit_class, credits, hours in rows]


def _add_up(sums: Iterable[tuple[str | None, Decimal, Decimal]]) -> Totals:
    by_class = {"I": _NOTHING, "II": _NOTHING, "": _NOTHING}
    hours = Decimal("0.0")
    for credit_class, some_credits, some_hours in sums:
        by_class[credit_class if credit_class in by_class and credit_class else ""] += some_credits
        hours += some_hours
    return Totals(sum(by_class.values(), _NOTHING), hours, by_class["I"], by_class["II"], by_class[""])
