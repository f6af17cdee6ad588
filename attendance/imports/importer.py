"""Rosters and files of attendance machines as the import engine takes them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from attendance.check_in.receipts import Receipts
from attendance.errors import ProjectClosed, ProjectNotAnnounced
from attendance.imports import punches, rosters
from attendance.projects.states import FROZEN, NOT_ANNOUNCED
from attendance.roster.rosters import fill_from_waiting_list
from foundation.imports.importers import Importer, ImportTables, RowPass
from foundation.jobs import Result
from models.imports import AttendanceImport, ImportKind, ImportRow, ImportStatus, RowOutcome
from models.projects import Project

TABLES = ImportTables(
    name="attendance_import",
    imports=AttendanceImport,
    rows=ImportRow,
    made_at=AttendanceImport.made_at,
    rows_in_request=0,
    is_bad=ImportRow.has_errors.is_(True),
)
"""Jobs do all steps, of small files too: its requests have always answered 202."""

AttendanceImporter = Importer[AttendanceImport, ImportRow]
_Act = Callable[[Session, Project, Sequence[ImportRow], datetime], None]
_STILL_MADE = (RowOutcome.ADDED, RowOutcome.WAITING)


@dataclass(frozen=True)
class _RowActs:
    """What is done with rows of a kind of file."""

    check: _Act
    commit: _Act
    undo: _Act


@dataclass(frozen=True)
class ImportCounts:
    """How many rows have errors, name somebody new, and came to each outcome."""

    bad: int
    newcomers: int
    outcomes: Mapping[RowOutcome, int]


def make_importer(receipts: Receipts) -> AttendanceImporter:
    """Return what the engine needs. receipts: sign the check-ins that a machine's file makes."""
    acts = {
        ImportKind.ROSTER: _RowActs(rosters.check, rosters.commit, rosters.undo),
        ImportKind.PUNCHES: _RowActs(
            punches.check,
            partial(punches.commit, receipts=receipts),
            partial(punches.undo, receipts=receipts),
        ),
    }

    def check(db: Session, found: AttendanceImport, rows: Sequence[ImportRow], now: datetime) -> None:
        acts[found.kind].check(db, db.get_one(Project, found.project_id), rows, now)
        for row in rows:
            row.is_checked = True

    def commit(db: Session, found: AttendanceImport, rows: Sequence[ImportRow], now: datetime) -> None:
        acts[found.kind].commit(db, _lock_project(db, found), rows, now)

    def undo(db: Session, found: AttendanceImport, rows: Sequence[ImportRow], now: datetime) -> None:
        acts[found.kind].undo(db, _lock_project(db, found), rows, now)

    return Importer(
        **vars(TABLES),
        check=RowPass(ImportRow.is_checked.is_(False), check),
        commit=RowPass(ImportRow.outcome.is_(None), commit),
        undo=RowPass(ImportRow.outcome.in_(_STILL_MADE), undo),
        ended=_ended,
    )


def count(db: Session, found: AttendanceImport) -> ImportCounts:
    """Return how many rows have errors, and what came of them."""
    mine = ImportRow.import_id == found.id
    bad = db.scalar(select(func.count()).where(mine, ImportRow.has_errors)) or 0
    is_new = ImportRow.person_id.is_(None) & ImportRow.is_checked & ~ImportRow.has_errors | ImportRow.is_newcomer
    newcomers = db.scalar(select(func.count()).where(mine, is_new)) or 0
    by_outcome = select(ImportRow.outcome, func.count()).where(mine).group_by(ImportRow.outcome)
    outcomes = {outcome: number for outcome, number in db.execute(by_outcome) if outcome is not None}
    return ImportCounts(bad, newcomers, outcomes)


def _ended(db: Session, found: AttendanceImport, now: datetime) -> Result:
    """Return what came of a step; places that an undone roster left are filled from the waiting list."""
    if found.status is ImportStatus.UNDONE:
        fill_from_waiting_list(db, project=_lock_project(db, found), now=now)
    counts = count(db, found)
    if found.status is ImportStatus.CHECKED:
        return {"bad": counts.bad}
    return {outcome.value: number for outcome, number in counts.outcomes.items()}


def _lock_project(db: Session, found: AttendanceImport) -> Project:
    """Return the project, locked as for who changes its roster by hand. Raises ProjectClosed, ProjectNotAnnounced."""
    wanted = select(Project).where(Project.id == found.project_id).with_for_update()
    project = db.scalars(wanted.execution_options(populate_existing=True)).one()
    if project.status in FROZEN:
        raise ProjectClosed
    if found.kind is ImportKind.PUNCHES and project.status in NOT_ANNOUNCED:
        raise ProjectNotAnnounced
    return project
