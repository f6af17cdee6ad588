"""Checks rows of an import against the database: whose each row is, and whether its activity is already recorded."""

import uuid
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from credit.imports.rows import GoodRow, read_row
from credit.records.recorded import Recorded, Shelf, recorded_of
from credit.rules.rule_book import Calendar
from foundation.clock import day_at_home
from models.credit_records import CreditImport, CreditImportRow, RowState
from models.people import Person, Unit
from sheets.meanings import person_name_of


@dataclass
class _CheckedRow:
    """A row during the check. good, person_id: None once an error was found."""

    row: CreditImportRow
    good: GoodRow | None
    errors: list[dict[str, Any]]
    person_id: uuid.UUID | None = None
    warnings: list[dict[str, Any]] = field(default_factory=list)

    def refuse(self, field_name: str, code: str, **more: Any) -> None:
        self.errors.append({"field": field_name, "code": code, **more})
        self.good = self.person_id = None


@dataclass(frozen=True)
class Finding:
    """Why a row can't be recorded (is_sure), or what it probably is a second record of. entry: what is recorded."""

    field: str
    code: str
    entry: Recorded
    is_sure: bool

    @property
    def is_error(self) -> bool:
        """Return whether the row can't be recorded. A claim that waits is only told: it may come to nothing.

        Whoever brings the row says that it is to be recorded all the same, and then the claim can't be approved.
        """
        return self.is_sure and self.entry.kind != "claim"

    def shown(self) -> dict[str, Any]:
        """Return the finding as it is stored with a row."""
        return {"field": self.field, "code": self.code, "entry": self.entry.shown()}


def check_rows(
    db: Session, found: CreditImport, rows: Sequence[CreditImportRow], *, calendar: Calendar, now: datetime
) -> None:
    """Check a portion of rows and write its errors and warnings to each row, in eight statements.

    Rows of the import with lower numbers that were checked before must not be about the same activity.
    """
    checked = []
    for row in sorted(rows, key=lambda row: row.number):
        good, errors = read_row(row.content, today=day_at_home(now), rules_on=calendar.on)
        faults = [{"field": name, "code": code} for name, code in row.cell_faults.items()]
        errors = faults + [each for each in errors if each["field"] not in row.cell_faults]
        checked.append(_CheckedRow(row, None if errors else good, errors))
    _find_people(db, found, checked)
    _find_recorded(db, found, checked, calendar, now)
    for each in checked:
        each.row.errors, each.row.warnings, each.row.person_id = each.errors, each.warnings, each.person_id
        is_good = each.good is not None and each.person_id is not None
        each.row.source_id = each.good.source_id(each.person_id) if each.good and each.person_id else None
        each.row.state = RowState.GOOD if is_good else RowState.BAD


def find_obstacle(shelf: Shelf, person_id: uuid.UUID, good: GoodRow, calendar: Calendar) -> Finding | None:
    """Return why a row can't be recorded beside what is on the shelf, or what it probably is a second record of.

    None if nothing there is alike.
    """
    found = shelf.alike(person_id, good.activity)
    if found is not None and found[1].is_sure:
        return Finding(found[1].field, found[1].code, found[0], is_sure=True)
    if good.is_daily_once:
        rule_set = calendar.on(good.activity_on)
        for other in shelf.on_day(person_id, good.activity_on):
            rule = rule_set.find_rule(other.rule_code) if other.rule_code else None
            if rule is not None and rule.daily_once:
                return Finding("date", "daily_once", other, is_sure=True)
    return None if found is None else Finding(found[1].field, found[1].code, found[0], is_sure=False)


def _find_people(db: Session, found: CreditImport, checked: Sequence[_CheckedRow]) -> None:
    """Find the people of rows. Only people below the import's unit are found. Nobody may import their own credits."""
    numbers = {each.good.cme_number for each in checked if each.good is not None}
    path = db.get_one(Unit, found.unit_id).path
    within = (
        select(Person.cme_number, Person.id, Person.name)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Person.cme_number.in_(numbers), Unit.path.startswith(path, autoescape=True))
    )
    people = {number: (person_id, name) for number, person_id, name in db.execute(within)}
    for each in checked:
        if each.good is None:
            continue
        each.person_id, name = people.get(each.good.cme_number, (None, ""))
        said = each.good.person_name
        if each.person_id is None:
            each.refuse("cme_number", "unknown_person")
        elif said is not None and person_name_of(said) != person_name_of(name):
            each.refuse("person_name", "name_mismatch")
        elif each.person_id == found.created_by:
            each.refuse("cme_number", "own_credits")


def _find_recorded(
    db: Session, found: CreditImport, checked: Sequence[_CheckedRow], calendar: Calendar, now: datetime
) -> None:
    """Refuse rows whose activity is recorded, is being committed by another import, or stands in a row above.

    Where that is only probable, the row gets a warning.
    """
    asked = [(each, each.good, each.person_id) for each in checked if each.good is not None and each.person_id]
    people = {person_id for _, _, person_id in asked}
    shelf = recorded_of(db, [(person_id, good.activity_on) for _, good, person_id in asked])
    claimed = CreditImportRow.import_id != found.id, CreditImportRow.state == RowState.CLAIMED
    for row, other in _other_rows(db, people, *claimed, calendar=calendar, now=now):
        shelf.add(*_as_recorded("import", row, other))
    is_mine = CreditImportRow.import_id == found.id, CreditImportRow.state.in_((RowState.GOOD, RowState.CLAIMED))
    numbers = {each.row.number for each in checked}
    above = deque(
        (row, other)
        for row, other in _other_rows(db, people, *is_mine, calendar=calendar, now=now)
        if row.number not in numbers
    )
    twins = Shelf()
    for each, good, person_id in asked:
        while above and above[0][0].number < each.row.number:
            twins.add(*_as_recorded("row", *above.popleft()))
        obstacle = find_obstacle(shelf, person_id, good, calendar)
        twin = find_obstacle(twins, person_id, good, calendar)
        if obstacle is not None and obstacle.is_error:
            each.refuse(obstacle.field, obstacle.code, entry=obstacle.entry.shown())
        elif twin is not None and twin.is_sure:
            code = "daily_once" if twin.code == "daily_once" else "duplicate"
            each.refuse(twin.field, code, entry=twin.entry.shown())
        else:
            each.warnings = [finding.shown() for finding in (obstacle, twin) if finding is not None]
            each.row.person_id = person_id
            twins.add(*_as_recorded("row", each.row, good))


def _other_rows(
    db: Session, people: Collection[uuid.UUID], *wanted: ColumnElement[bool], calendar: Calendar, now: datetime
) -> Iterator[tuple[CreditImportRow, GoodRow]]:
    """Return other rows for these people that were found good, by number."""
    if not people:
        return
    rows = select(CreditImportRow).where(CreditImportRow.person_id.in_(people), *wanted)
    for row in db.scalars(rows.order_by(CreditImportRow.number)):
        good, _ = read_row(row.content, today=day_at_home(now), rules_on=calendar.on)
        if good is not None:
            yield row, good


def _as_recorded(kind: str, row: CreditImportRow, good: GoodRow) -> tuple[uuid.UUID, Recorded]:
    assert row.person_id is not None  # noqa: S101 - it was found good
    recorded = Recorded(
        kind, row.import_id, good.activity, good.credits, good.recorded_by, good.rule_code, row=row.number
    )
    return row.person_id, recorded
