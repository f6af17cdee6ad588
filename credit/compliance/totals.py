"""The totals of a person's credits (M-4.1.8), summed by the database: two statements for any number of rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from credit.access import CreditHolder
from credit.compliance.lines import LineStatus, Period, Wanted, record_statuses, statuses_of
from credit.ledger.posting import is_taken_back
from models.credit_records import CreditRecord
from models.ledger import EntryKind, LedgerEntry

_NOTHING = Decimal("0.00")
_Sum = tuple[str | None, Decimal, Decimal]
"""The class, the credits, the hours."""


@dataclass(frozen=True)
class Totals:
    """Sums over all lines of a list, waiting lines included (M-X.1). other: credits in neither class (O-15)."""

    credits: Decimal
    hours: Decimal
    class_i: Decimal
    class_ii: Decimal
    other: Decimal


def totals_of(db: Session, *, holder: CreditHolder, period: Period, status: Wanted) -> Totals:
    """Return the totals of the lines that `credit.compliance.lines.find_lines` returns for the same arguments."""
    return both_totals_of(db, holder=holder, period=period, status=status)[0]


def both_totals_of(db: Session, *, holder: CreditHolder, period: Period, status: Wanted) -> tuple[Totals, Totals]:
    """Return the totals of all lines (全部), and those of the approved ones among them (计入达标, O-13)."""
    approved: list[_Sum] = []
    others: list[_Sum] = []
    statuses = statuses_of(status)
    if LineStatus.APPROVED in statuses:
        # A reversal has the day of its grant and the negative amounts, so a plain sum leaves out reversed grants.
        approved = _sums(db, LedgerEntry, holder, period)
    elif LineStatus.REVERSED in statuses:
        others += _sums(db, LedgerEntry, holder, period, LedgerEntry.kind == EntryKind.GRANT, is_taken_back)
    if of_records := record_statuses(statuses):
        others += _sums(db, CreditRecord, holder, period, CreditRecord.status.in_(of_records))
    return _add_up([*approved, *others]), _add_up(approved)


def _sums(
    db: Session,
    table: type[LedgerEntry] | type[CreditRecord],
    holder: CreditHolder,
    period: Period,
    *further: ColumnElement[bool],
) -> list[_Sum]:
    """Return credits and hours by class."""
    rows = db.execute(
        select(table.credit_class, func.sum(table.credits), func.sum(table.hours))
        .where(table.person_id == holder, table.activity_on >= period.first, table.activity_on <= period.last)
        .where(*further)
        .group_by(table.credit_class)
    )
    return [(credit_class, credits, hours) for credit_class, credits, hours in rows]


def _add_up(sums: Iterable[_Sum]) -> Totals:
    by_class = {"I": _NOTHING, "II": _NOTHING, "": _NOTHING}
    hours = Decimal("0.0")
    for credit_class, some_credits, some_hours in sums:
        by_class[credit_class if credit_class in by_class and credit_class else ""] += some_credits
        hours += some_hours
    return Totals(sum(by_class.values(), _NOTHING), hours, by_class["I"], by_class["II"], by_class[""])
