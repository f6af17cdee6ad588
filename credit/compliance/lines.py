"""Lists a person's credits line by line: grants that were not reversed, and records that wait for approval."""

import enum
import uuid
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from credit.access import CreditHolder
from credit.ledger.posting import is_taken_back
from models.credit_records import CreditRecord, RecordStatus
from models.ledger import EntryKind, LedgerEntry, SourceRole


class LineStatus(enum.StrEnum):
    """The review status of a line (审核状态, M-4.1.7)."""

    APPROVED = "approved"
    PENDING = "pending"
    RETURNED = "returned"
    REJECTED = "rejected"
    REVERSED = "reversed"


@dataclass(frozen=True, slots=True)
class CreditLine:
    """One line of credits. credits: raw; counted: after the cap of one project; position: None if not in the ledger."""

    id: uuid.UUID
    status: LineStatus
    position: int | None
    activity_on: date
    activity_name: str
    activity_number: str | None
    activity_type: str
    category: str
    credit_class: str | None
    source_role: SourceRole
    discipline: str | None
    delivery_mode: str
    hours: Decimal
    credits: Decimal
    counted: Decimal
    recorded_by_unit: str
    rule_code: str | None
    rule_set: str | None
    rule_set_version: int | None
    review_comment: str | None


@dataclass(frozen=True)
class Period:
    """Days from the first to the last, both included."""

    first: date
    last: date


def whole_year(year: int) -> Period:
    """Return a calendar year: the period of a standard (M-4.2.1)."""
    return Period(date(year, 1, 1), date(year, 12, 31))


_SHARED = (
    "activity_on", "activity_name", "activity_number", "activity_type", "category", "credit_class", "source_role",
    "discipline", "delivery_mode", "hours", "credits",
)  # fmt: skip
_RECORD_STATUS = {
    RecordStatus.PENDING: LineStatus.PENDING,
    RecordStatus.RETURNED: LineStatus.RETURNED,
    RecordStatus.REJECTED: LineStatus.REJECTED,
}
_USUAL = frozenset({LineStatus.APPROVED, LineStatus.PENDING})
EVERY_LINE = frozenset(LineStatus) - {LineStatus.REVERSED}
"""The statuses of `status=all`: what was taken back is listed by itself."""

# These statements are built once: building one with twenty columns takes longer than running it.
_LEDGER = select(
    LedgerEntry.id,
    LedgerEntry.position,
    *[getattr(LedgerEntry, name) for name in _SHARED],
    LedgerEntry.counted,
    LedgerEntry.recorded_by_unit,
    LedgerEntry.rule_code,
    LedgerEntry.rule_set,
    LedgerEntry.rule_set_version,
).where(LedgerEntry.person_id == bindparam("person_id"), LedgerEntry.kind == EntryKind.GRANT)
_RECORDS = select(
    CreditRecord.id,
    CreditRecord.status,
    *[getattr(CreditRecord, name) for name in _SHARED],
    CreditRecord.recorded_by_unit,
    CreditRecord.review_comment,
).where(CreditRecord.person_id == bindparam("person_id"))


def lines_of_years(db: Session, *, holder: CreditHolder, first: int, last: int) -> list[CreditLine]:
    """Return all lines of some years that are granted or wait, by their day. There are few of them, so no pages.

    Two statements.
    """
    period = Period(whole_year(first).first, whole_year(last).last)
    return sorted(
        find_lines(db, holder=holder, period=period, status=None, after=None, limit=None),
        key=lambda line: (line.activity_on, line.position is None, line.position or 0, line.id),
    )


Wanted = LineStatus | frozenset[LineStatus] | None
"""Which lines are wanted: of one status, of some, or None for granted and waiting ones."""


def statuses_of(wanted: Wanted) -> frozenset[LineStatus]:
    """Return the statuses of the lines that are wanted."""
    if wanted is None:
        return _USUAL
    return frozenset({wanted}) if isinstance(wanted, LineStatus) else wanted


def record_statuses(statuses: frozenset[LineStatus]) -> list[RecordStatus]:
    """Return those of the statuses that records outside the ledger have."""
    return [record for record, line in _RECORD_STATUS.items() if line in statuses]


@dataclass(frozen=True)
class LineKey:
    """The position of a line in a list, for paging; newest day first."""

    activity_on: date
    id: uuid.UUID


def find_lines(
    db: Session,
    *,
    holder: CreditHolder,
    period: Period,
    status: Wanted,
    after: LineKey | None,
    limit: int | None,
) -> list[CreditLine]:
    """Return the lines of a period, newest day first. status: None for granted and waiting lines.

    Two statements at most.
    """
    wanted: dict[str, Any] = {"person_id": holder}
    found: list[CreditLine] = []
    statuses = statuses_of(status)
    if statuses & {LineStatus.APPROVED, LineStatus.REVERSED}:
        gone = LineStatus.REVERSED in statuses
        ledger = _LEDGER.where(is_taken_back if gone else ~is_taken_back)
        rows = db.execute(_page(ledger, LedgerEntry.activity_on, LedgerEntry.id, period, after, limit), wanted)
        kept = LineStatus.REVERSED if gone else LineStatus.APPROVED
        found += [_from_ledger(row._asdict(), kept) for row in rows]
    if of_records := record_statuses(statuses):
        records = _RECORDS.where(CreditRecord.status.in_(of_records))
        rows = db.execute(_page(records, CreditRecord.activity_on, CreditRecord.id, period, after, limit), wanted)
        found += [_from_record(row._asdict()) for row in rows]
    found.sort(key=lambda line: (line.activity_on, line.id), reverse=True)
    return found[:limit]


def _page(
    wanted: Select[Any],
    day: InstrumentedAttribute[date],
    ident: InstrumentedAttribute[uuid.UUID],
    period: Period,
    after: LineKey | None,
    limit: int | None,
) -> Select[Any]:
    wanted = wanted.where(day >= period.first, day <= period.last)
    if after is not None:
        earlier: ColumnElement[bool] = day < after.activity_on
        wanted = wanted.where(earlier | ((day == after.activity_on) & (ident < after.id)))
    return wanted.order_by(day.desc(), ident.desc()).limit(limit)


def _from_ledger(row: dict[str, Any], status: LineStatus) -> CreditLine:
    return CreditLine(**row, status=status, review_comment=None)


def _from_record(row: dict[str, Any]) -> CreditLine:
    return CreditLine(
        **row | {"status": _RECORD_STATUS[row["status"]]},
        position=None,
        counted=Decimal("0.00"),
        rule_code=None,
        rule_set=None,
        rule_set_version=None,
    )
