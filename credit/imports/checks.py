"""Checks rows of an import against the database: which person each row is for, and whether it is already recorded."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from credit.compliance.lines import is_taken_back
from credit.imports.rows import GoodRow, read_row
from credit.ledger import posting
from credit.rules.rule_book import Calendar
from foundation.clock import day_at_home
from models.credit_records import CreditImport, CreditImportRow, CreditRecord, RecordStatus, RowState
from models.ledger import EntryKind, LedgerEntry, SourceKind
from models.people import Person, Unit


@dataclass
class _CheckedRow:
    """A row during the check. good: None once an error was found."""

    row: CreditImportRow
    good: GoodRow | None
    errors: list[dict[str, Any]]
    person_id: uuid.UUID | None = None
    source_id: uuid.UUID | None = None

    def refuse(self, field: str, code: str) -> None:
        self.errors.append({"field": field, "code": code})
        self.good = self.person_id = self.source_id = None


def check_rows(
    db: Session,
    found: CreditImport,
    rows: Sequence[CreditImportRow],
    *,
    duplicates_among: ColumnElement[bool],
    calendar: Calendar,
    now: datetime,
) -> None:
    """Check a portion of rows and write its errors to each row, in seven statements.

    duplicates_among: the other rows of the import, which must not contain the same activity.
    """
    checked = []
    for row in rows:
        good, errors = read_row(row.content, today=day_at_home(now), rules_on=calendar.on)
        checked.append(_CheckedRow(row, good, errors))
    _find_people(db, found, checked)
    _find_settled(db, checked)
    _find_duplicates(db, found, checked, duplicates_among)
    for each in checked:
        each.row.errors, each.row.person_id, each.row.source_id = each.errors, each.person_id, each.source_id
        each.row.state = RowState.BAD if each.errors else RowState.GOOD


def _find_people(db: Session, found: CreditImport, checked: Sequence[_CheckedRow]) -> None:
    """Find the people of rows. Only people below the import's unit are found. Nobody may import their own credits."""
    numbers = {each.good.cme_number for each in checked if each.good is not None}
    path = db.get_one(Unit, found.unit_id).path
    within = (
        select(Person.cme_number, Person.id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Person.cme_number.in_(numbers), Unit.path.startswith(path, autoescape=True))
    )
    people: dict[str | None, uuid.UUID] = {}
    people.update((number, person_id) for number, person_id in db.execute(within))
    for each in checked:
        if each.good is None:
            continue
        each.person_id = people.get(each.good.cme_number)
        if each.person_id is None:
            each.refuse("cme_number", "unknown_person")
        elif each.person_id == found.created_by:
            each.refuse("cme_number", "own_credits")
        else:
            each.source_id = each.good.source_id(each.person_id)


def _find_settled(db: Session, checked: Sequence[_CheckedRow]) -> None:
    """Refuse rows with the number of a project whose settlement already granted credits here."""
    asked = [(each, each.good) for each in checked if each.good is not None and each.good.number]
    if not asked:
        return
    granted = select(LedgerEntry.person_id, LedgerEntry.activity_on, LedgerEntry.activity_number).where(
        LedgerEntry.kind == EntryKind.GRANT,
        LedgerEntry.source_kind != SourceKind.IMPORT,
        LedgerEntry.person_id.in_({each.person_id for each, _ in asked}),
        LedgerEntry.activity_number.in_({good.number for _, good in asked}),
        ~is_taken_back,
    )
    there = {tuple(row) for row in db.execute(granted)}
    for each, good in asked:
        if (each.person_id, good.activity_on, good.number) in there:
            each.refuse("number", "already_recorded")


def _find_duplicates(
    db: Session, found: CreditImport, checked: Sequence[_CheckedRow], duplicates_among: ColumnElement[bool]
) -> None:
    """Refuse rows whose activity another row or an earlier import has: an activity is recorded once."""
    ids = {each.source_id for each in checked if each.source_id is not None}
    there = _recorded(db, found, ids)
    mine = CreditImportRow.import_id == found.id, duplicates_among
    seen = set(db.scalars(select(CreditImportRow.source_id).where(*mine, CreditImportRow.source_id.in_(ids))))
    for each in checked:
        if each.source_id is None:
            continue
        is_there, is_twin = each.source_id in there, each.source_id in seen
        seen.add(each.source_id)
        if is_there:
            each.refuse("name", "already_recorded")
        elif is_twin:
            each.refuse("name", "duplicate")


def _recorded(db: Session, found: CreditImport, ids: set[uuid.UUID]) -> set[uuid.UUID]:
    """Return the ids that are granted, wait, or are being committed by another import."""
    there = {grant.source_id for grant in posting.live_grants(db, source_kind=SourceKind.IMPORT, source_ids=ids)}
    waiting = CreditRecord.source_kind == SourceKind.IMPORT, CreditRecord.status == RecordStatus.PENDING
    there.update(db.scalars(select(CreditRecord.source_id).where(*waiting, CreditRecord.source_id.in_(ids))))
    claimed = CreditImportRow.state == RowState.CLAIMED, CreditImportRow.import_id != found.id
    wanted = select(CreditImportRow.source_id).where(*claimed, CreditImportRow.source_id.in_(ids))
    there.update(each for each in db.scalars(wanted) if each is not None)
    return there
