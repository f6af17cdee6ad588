"""Checking a whole import against what is on file: whose rows they are, and whether they are recorded already."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from credit import ledger
from credit.import_rows import GoodRow, read_row
from credit.rule_book import Calendar
from models.credit_records import CreditRecord, RecordStatus
from models.people import Person, Unit

SOURCE = "import"
_HOME = ZoneInfo("Asia/Shanghai")  # whose today is the last day on which an activity can have been
_CHUNK = 500  # values in one statement
Item = TypeVar("Item")


@dataclass
class CheckedRow:
    """A row with what is wrong with it; good, person_id and source_id where nothing is."""

    errors: list[dict[str, str]] = field(default_factory=list)
    good: GoodRow | None = None
    person_id: uuid.UUID | None = None
    source_id: uuid.UUID | None = None

    def refuse(self, name: str, code: str) -> None:
        """Have one thing wrong with the row."""
        self.errors.append({"field": name, "code": code})
        self.good = self.person_id = self.source_id = None


def check_rows(db: Session, rows: Sequence[Mapping[str, Any]], *, unit: Unit, now: datetime) -> list[CheckedRow]:
    """Check rows in their order. unit: people below it alone are known. The statements grow by one per 500 rows."""
    calendar, today = Calendar(db), now.astimezone(_HOME).date()
    checked = []
    for content in rows:
        good, errors = read_row(content, today=today, rules_on=calendar.on)
        checked.append(CheckedRow(errors, good))
    _find_people(db, checked, unit)
    _find_twins(db, checked)
    return checked


def _find_people(db: Session, checked: Sequence[CheckedRow], unit: Unit) -> None:
    numbers = {row.good.cme_number for row in checked if row.good is not None}
    people: dict[str | None, uuid.UUID] = {}
    for part in _parts(sorted(numbers)):
        wanted = select(Person.cme_number, Person.id).join(Unit, Unit.id == Person.unit_id)
        within = wanted.where(Person.cme_number.in_(part), Unit.path.startswith(unit.path, autoescape=True))
        people.update((number, person_id) for number, person_id in db.execute(within))
    for row in checked:
        if row.good is None:
            continue
        row.person_id = people.get(row.good.cme_number)
        if row.person_id is None:
            row.refuse("cme_number", "unknown_person")
        else:
            row.source_id = row.good.source_id(row.person_id)


def _find_twins(db: Session, checked: Sequence[CheckedRow]) -> None:
    """An activity is recorded once: not twice in one import, and not again after another."""
    ids = [row.source_id for row in checked if row.source_id is not None]
    there = {grant.source_id for grant in ledger.live_grants(db, source_kind=SOURCE, source_ids=ids)}
    for part in _parts(sorted(set(ids))):
        waiting = select(CreditRecord.source_id).where(
            CreditRecord.source_kind == SOURCE,
            CreditRecord.source_id.in_(part),
            CreditRecord.status == RecordStatus.PENDING,
        )
        there.update(db.scalars(waiting))
    seen: set[uuid.UUID] = set()
    for row in checked:
        if row.source_id is None:
            continue
        is_twin, is_there = row.source_id in seen, row.source_id in there
        seen.add(row.source_id)
        if is_there:
            row.refuse("name", "already_recorded")
        elif is_twin:
            row.refuse("name", "duplicate")


def _parts(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]
