"""The totals of a person's credits (M-4.1.8), summed by the database: two statements for any number of rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from credit.access import CreditHolder
from credit.compliance.lines import LineStatus, Period
from credit.ledger.posting import is_taken_back
from models.credit_records import CreditRecord, RecordStatus
from models.ledger import EntryKind, LedgerEntry

_NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class Totals:
    """Sums over all lines of a list, waiting lines included (M-X.1). other: credits in neither class (O-15)."""

    credits: Decimal
    hours: Decimal
    class_i: Decimal
    class_ii: Decimal
    other: Decimal


def totals_of(db: Session, *, holder: CreditHolder, period: Period, status: LineStatus | None) -> Totals:
    """Return the totals of the lines that `credit.compliance.lines.find_lines` returns for the same arguments."""
    sums: list[tuple[str | None, Decimal, Decimal]] = []
    if status in (None, LineStatus.APPROVED):
        # A reversal has the day of its grant and the negative amounts, so a plain sum leaves out reversed grants.
        sums += _sums(db, LedgerEntry, holder, period)
    elif status is LineStatus.REVERSED:
        sums += _sums(db, LedgerEntry, holder, period, LedgerEntry.kind == EntryKind.GRANT, is_taken_back)
    if status in (None, LineStatus.PENDING, LineStatus.REJECTED):
        waiting = CreditRecord.status == RecordStatus(status or LineStatus.PENDING)
        sums += _sums(db, CreditRecord, holder, period, waiting)
    return _add_up(sums)


def _sums(
    db: Session,
    table: type[LedgerEntry] | type[CreditRecord],
    holder: CreditHolder,
    period: Period,
    *further: ColumnElement[bool],
) -> list[tuple[str | None, Decimal, Decimal]]:
    """Return credits and hours by class."""
    rows = db.execute(
        select(table.credit_class, func.sum(table.credits), func.sum(table.hours))
        .where(table.person_id == holder, table.activity_on >= period.first, table.activity_on <= period.last)
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
