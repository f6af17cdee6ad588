"""Which activities of people are recorded: granted in the ledger, about to be by a settlement, or waiting for approval.

Whoever posts a grant asks here while it has the turn at the ledger, so that what it was told stays true. A settlement
counts from its confirmation on: between that and its posting, nobody else can record the same activity.

A grant of a project is of all its days. The ledger keeps the last one alone, so the project's own dates are read.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    Select,
    Text,
    Tuple,
    Uuid,
    and_,
    cast,
    column,
    exists,
    func,
    or_,
    select,
    tuple_,
    values,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from credit.ledger.posting import is_taken_back
from credit.records.activities import GRANTED_ELSEWHERE, NEAR_DAYS, Activity, Likeness, likeness_of
from foundation.errors import SettlementUnderWay
from models.credit_records import CreditImport, CreditImportRow, CreditRecord, RecordStatus, RowState
from models.imports import ImportStatus
from models.ledger import EntryKind, LedgerEntry, SourceKind
from models.people import Unit
from models.projects import Project
from models.settlements import OPEN_SETTLEMENTS, Settlement, SettlementLine

_Around = tuple[date, date]
_Day = date | ColumnElement[date] | InstrumentedAttribute[date]


@dataclass(frozen=True)
class Recorded:
    """An activity that is recorded for a person. kind: grant, settlement, record, claim, or row of an import.

    id: of the ledger entry, the settlement, the record, the claim or the import; row: of an import. rule_code: None
    where nobody named a rule yet.
    """

    kind: str
    id: uuid.UUID
    activity: Activity
    credits: Decimal
    recorded_by: str
    rule_code: str | None = None
    row: int | None = None

    def shown(self) -> dict[str, Any]:
        """Return what a person needs to find it again, as JSON."""
        return {
            "kind": self.kind,
            "id": str(self.id),
            "row": self.row,
            "date": self.activity.last_on.isoformat(),
            "name": self.activity.name,
            "number": self.activity.number,
            "category": self.activity.category,
            "credits": str(self.credits),
            "recorded_by": self.recorded_by,
        }


@dataclass
class Shelf:
    """Recorded activities of people, found by what an activity that is alike must share with them."""

    _by_key: dict[tuple[uuid.UUID, str, str], list[Recorded]] = field(default_factory=dict)
    _by_day: dict[tuple[uuid.UUID, date], list[Recorded]] = field(default_factory=dict)

    def add(self, person_id: uuid.UUID, found: Recorded) -> None:
        """Put an activity of a person on the shelf."""
        for kind, key in found.activity.search_keys():
            self._by_key.setdefault((person_id, kind, key), []).append(found)
        self._by_day.setdefault((person_id, found.activity.last_on), []).append(found)

    def alike(self, person_id: uuid.UUID, activity: Activity) -> tuple[Recorded, Likeness] | None:
        """Return the recorded activity that is most surely the same, and how it is alike; None if all are others."""
        probable = None
        for kind, key in activity.search_keys():
            for found in self._by_key.get((person_id, kind, key), ()):
                likeness = likeness_of(activity, found.activity)
                if likeness is not None and likeness.is_sure:
                    return found, likeness
                if likeness is not None and probable is None:
                    probable = found, likeness
        return probable

    def on_day(self, person_id: uuid.UUID, day: date) -> list[Recorded]:
        """Return what is recorded for a person on a day."""
        return self._by_day.get((person_id, day), [])


def recorded_of(db: Session, asked: Iterable[tuple[uuid.UUID, date]], *, also_waiting: bool = True) -> Shelf:
    """Return what is recorded for people, and may be alike to their activities of these days. Three statements at most.

    also_waiting: with the records that wait for approval, those of claims among them.
    """
    near, around = timedelta(days=NEAR_DAYS), dict[uuid.UUID, _Around]()
    for person_id, day in asked:
        before = around.get(person_id, (day, day))
        around[person_id] = min(before[0], day), max(before[1], day)
    shelf = Shelf()
    if around:
        people = _as_table({person: (first - near, last + near) for person, (first, last) in around.items()})
        ways = (_granted, _about_to_be, _waiting) if also_waiting else (_granted, _about_to_be)
        for way in ways:
            for person_id, found in way(db, people):
                shelf.add(person_id, found)
    return shelf


def _as_table(around: Mapping[uuid.UUID, _Around]) -> CTE:
    """Return a table of people, each with the days to look at: one statement then finds few rows for each of them."""
    columns = column("person_id", Uuid), column("first", Date), column("last", Date)
    return values(*columns, name="around").data([(person, *days) for person, days in around.items()]).cte("around")


def activity_of(project: Project) -> Activity:
    """Return the activity that a project is."""
    return Activity(project.name, project.category, project.number, project.starts_on, project.ends_on, project.edition)


def select_granted_elsewhere(db: Session, *, project: Project, people: Select[uuid.UUID]) -> list[Select[uuid.UUID]]:
    """Return selects of those of `people` who have this project's activity from elsewhere: granted, or about to be.

    Two statements find the few activities that are surely the same; the people are not loaded. Grants of an import that
    is being undone don't count, for they will be gone.
    """
    mine = activity_of(project)
    others = ~and_(LedgerEntry.source_kind == SourceKind.PROJECT, LedgerEntry.source_id == project.id)
    of_others = LedgerEntry.person_id.in_(people), others, ~_is_being_undone()
    kinds = _live_grants(*_FACTS, first=mine.first_on, last=mine.last_on).where(*of_others).distinct()
    same = {_key(row) for row in db.execute(kinds) if _is_surely(mine, _of_entry(row))}
    found = []
    if same:
        granted = _live_grants(LedgerEntry.person_id, first=mine.first_on, last=mine.last_on)
        found.append(granted.where(*of_others, _key_columns().in_(sorted(same))))
    lines = _open_lines(SettlementLine.person_id, first=mine.first_on, last=mine.last_on)
    lines = lines.where(Project.id != project.id, SettlementLine.person_id.in_(people))
    projects = select(Project).where(Project.id.in_(lines.with_only_columns(Project.id)))
    same_projects = [each.id for each in db.scalars(projects) if _is_surely(mine, activity_of(each))]
    if same_projects:
        found.append(lines.where(Project.id.in_(same_projects)))
    return found


def require_no_list_leans_on(db: Session, taken_back: ColumnElement[bool]) -> None:
    """Raise SettlementUnderWay, with the rounds, if an open list skips somebody because of one of these grants.

    Taken back now, the person would have nothing. taken_back: the condition of the grants. Call it after `take_turn`.
    """
    leaning = aliased(Project)
    reason = cast(SettlementLine.reasons, Text).contains(f'"{GRANTED_ELSEWHERE}"', autoescape=True)
    names = ("name", "category", "number", "starts_on", "ends_on", "edition")
    mine = (getattr(leaning, name).label(f"of_{name}") for name in names)
    lines = (
        _live_grants(Settlement.id, *mine, *_FACTS, first=leaning.starts_on, last=leaning.ends_on)
        .join(SettlementLine, SettlementLine.person_id == LedgerEntry.person_id)
        .join(Settlement, Settlement.id == SettlementLine.settlement_id)
        .join(leaning, leaning.id == Settlement.project_id)
        .where(Settlement.status.in_(OPEN_SETTLEMENTS), reason, taken_back)
    )
    found = {}
    for row in db.execute(lines.distinct()):
        project = Activity(
            row.of_name, row.of_category, row.of_number, row.of_starts_on, row.of_ends_on, row.of_edition
        )
        if _is_surely(project, _of_entry(row)):
            found[row.id] = {"id": str(row.id), "project": row.of_name}
    if found:
        raise SettlementUnderWay(facts={"under_way": [found[each] for each in sorted(found)]})


def is_of_import(found: CreditImport) -> ColumnElement[bool]:
    """Return the condition of entries that come from rows which this import recorded."""
    return _is_of_row(CreditImportRow.import_id == found.id)


def _is_being_undone() -> ColumnElement[bool]:
    undoing = select(CreditImport.id).where(CreditImport.status == ImportStatus.UNDOING)
    return _is_of_row(CreditImportRow.import_id.in_(undoing))


def _is_of_row(which: ColumnElement[bool]) -> ColumnElement[bool]:
    mine = CreditImportRow.source_id == LedgerEntry.source_id, CreditImportRow.state == RowState.RECORDED
    return and_(LedgerEntry.source_kind == SourceKind.IMPORT, exists().where(*mine, which))


_FACTS = (
    LedgerEntry.activity_number, LedgerEntry.activity_name, LedgerEntry.category, LedgerEntry.activity_on,
    Project.starts_on, Project.ends_on, Project.edition,
)  # fmt: skip


def _key_columns() -> Tuple:
    """Return the columns of `_key`, for a statement."""
    entry = LedgerEntry
    return tuple_(func.coalesce(entry.activity_number, ""), entry.activity_name, entry.category, entry.activity_on)


def _key(row: Any) -> tuple[str, str, str, date]:
    return row.activity_number or "", row.activity_name, row.category, row.activity_on


def _is_surely(one: Activity, other: Activity) -> bool:
    likeness = likeness_of(one, other)
    return likeness is not None and likeness.is_sure


def _live_grants(*columns: Any, first: _Day, last: _Day) -> Select[Any]:
    """Select from grants that were not reversed, of activities on at least one of these days."""
    is_of_project = and_(LedgerEntry.source_kind == SourceKind.PROJECT, LedgerEntry.source_id == Project.id)
    return (
        select(*columns)
        .select_from(LedgerEntry)
        .outerjoin(Project, is_of_project)
        .where(LedgerEntry.kind == EntryKind.GRANT, ~is_taken_back, LedgerEntry.activity_on >= first)
        .where(or_(LedgerEntry.activity_on <= last, Project.starts_on <= last))
    )


def _open_lines(*columns: Any, first: _Day, last: _Day) -> Select[Any]:
    """Select from confirmed lines whose grants are not posted yet, of projects on at least one of these days."""
    return (
        select(*columns)
        .select_from(SettlementLine)
        .join(Settlement, Settlement.id == SettlementLine.settlement_id)
        .join(Project, Project.id == Settlement.project_id)
        .where(Settlement.status.in_(OPEN_SETTLEMENTS), SettlementLine.rule_code.is_not(None))
        .where(Project.starts_on <= last, Project.ends_on >= first)
        .where(~exists().where(LedgerEntry.id == SettlementLine.entry_id))
    )


def _of_entry(row: Any) -> Activity:
    """Return the activity of a row of _FACTS."""
    first_on, last_on = row.starts_on or row.activity_on, row.ends_on or row.activity_on
    return Activity(row.activity_name, row.category, row.activity_number, first_on, last_on, row.edition)


def _granted(db: Session, around: CTE) -> Iterator[tuple[uuid.UUID, Recorded]]:
    entry = LedgerEntry
    more = entry.id, entry.person_id, entry.credits, entry.recorded_by_unit, entry.rule_code
    wanted = _live_grants(*_FACTS, *more, first=around.c.first, last=around.c.last)
    for row in db.execute(wanted.join(around, around.c.person_id == entry.person_id)):
        recorded = Recorded("grant", row.id, _of_entry(row), row.credits, row.recorded_by_unit, row.rule_code)
        yield row.person_id, recorded


def _about_to_be(db: Session, around: CTE) -> Iterator[tuple[uuid.UUID, Recorded]]:
    line = SettlementLine
    wanted = _open_lines(line, Project, Unit.name, first=around.c.first, last=around.c.last)
    wanted = wanted.join(Unit, Unit.id == Project.unit_id).join(around, around.c.person_id == line.person_id)
    for found, project, unit in db.execute(wanted):
        activity, settlement_id = activity_of(project), found.settlement_id
        yield found.person_id, Recorded("settlement", settlement_id, activity, found.credits, unit, found.rule_code)


def _waiting(db: Session, around: CTE) -> Iterator[tuple[uuid.UUID, Recorded]]:
    record = CreditRecord
    wanted = select(record).join(around, around.c.person_id == record.person_id)
    wanted = wanted.where(record.status == RecordStatus.PENDING)
    for row in db.scalars(wanted.where(record.activity_on >= around.c.first, record.activity_on <= around.c.last)):
        day = row.activity_on
        activity = Activity(row.activity_name, row.category, row.activity_number, day, day)
        kind, ident = ("claim", row.source_id) if row.source_kind == SourceKind.CLAIM else ("record", row.id)
        yield row.person_id, Recorded(kind, ident, activity, row.credits, row.recorded_by_unit, row.rule_code)
