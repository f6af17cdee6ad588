"""Lists the credit records that wait for the authority: all, or by a part of a name, a number or the activity.

Claims have a review of their own (`credit/claims`).
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, false, func, or_, select
from sqlalchemy.orm import Session

from credit.access import AUTHORITY
from foundation.callers import Caller
from foundation.listing import Count, Order, count_rows, holds
from models.credit_records import CreditRecord, RecordStatus
from models.ledger import SourceKind
from models.people import Person, Unit


class RecordSort(enum.StrEnum):
    """The order of waiting records; a minus for the other way round."""

    RECORDED = "recorded"
    RECORDED_DOWN = "-recorded"
    NAME = "name"
    NAME_DOWN = "-name"
    NUMBER = "cme_number"
    NUMBER_DOWN = "-cme_number"
    DATE = "date"
    DATE_DOWN = "-date"


@dataclass(frozen=True)
class RecordsSought:
    """Which records, in which order. text: a part of the person's name or 继教编号 or of the activity; None for all."""

    text: str | None = None
    sort: RecordSort = RecordSort.RECORDED


@dataclass(frozen=True)
class WaitingRecord:
    """A record and its person."""

    record: CreditRecord
    name: str
    cme_number: str | None


_ORDERS = {
    RecordSort.RECORDED: Order((CreditRecord.id,)),
    RecordSort.RECORDED_DOWN: Order((CreditRecord.id,), is_descending=True),
    RecordSort.NAME: Order((Person.name, CreditRecord.id)),
    RecordSort.NAME_DOWN: Order((Person.name, CreditRecord.id), is_descending=True),
    RecordSort.NUMBER: Order((func.coalesce(Person.cme_number, ""), CreditRecord.id)),
    RecordSort.NUMBER_DOWN: Order((func.coalesce(Person.cme_number, ""), CreditRecord.id), is_descending=True),
    RecordSort.DATE: Order((CreditRecord.activity_on, CreditRecord.id)),
    RecordSort.DATE_DOWN: Order((CreditRecord.activity_on, CreditRecord.id), is_descending=True),
}


def list_waiting(
    db: Session, *, caller: Caller, sought: RecordsSought, after: Sequence[Any] | None, limit: int
) -> list[WaitingRecord]:
    """Return the records that the caller may decide on, beginning after the keys `after`."""
    wanted = _ORDERS[sought.sort].page(_sought(caller, sought), after=after, limit=limit)
    return [WaitingRecord(*row) for row in db.execute(wanted)]


def count_waiting(db: Session, *, caller: Caller, sought: RecordsSought) -> Count:
    """Return how many records `list_waiting` has."""
    return count_rows(db, _sought(caller, sought).with_only_columns(CreditRecord.id))


def _sought(caller: Caller, sought: RecordsSought) -> Select[CreditRecord, str, str | None]:
    reach = or_(false(), *[Unit.path.startswith(scope, autoescape=True) for scope in caller.scopes(AUTHORITY)])
    return (
        select(CreditRecord, Person.name, Person.cme_number)
        .join(Person, Person.id == CreditRecord.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(CreditRecord.status == RecordStatus.PENDING, CreditRecord.source_kind != SourceKind.CLAIM, reach)
        .where(holds(sought.text, Person.name, Person.cme_number, CreditRecord.activity_name))
    )
