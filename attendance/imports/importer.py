"""The importer of rosters and punches: what the import engine needs to check, commit and undo their rows."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import false, func, select
from sqlalchemy.orm import Session

from attendance.attempts.receipts import Receipts
from attendance.imports import punches, rosters
from attendance.projects.closed import closed, not_announced
from attendance.projects.states import FROZEN, NOT_ANNOUNCED
from attendance.roster.rosters import fill_from_waiting_list
from foundation.imports.importers import Importer, ImportTables, RowPass
from foundation.imports.steps import UNDO, job_kind
from foundation.jobs import Result, find_latest
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
"""Jobs do all steps, also for small files, because these requests answer 202."""

AttendanceImporter = Importer[AttendanceImport, ImportRow]
_RowStep = Callable[[Session, Project, Sequence[ImportRow], datetime], None]
_UNDOABLE = (RowOutcome.ADDED, RowOutcome.WAITING)


@dataclass(frozen=True)
class _RowSteps:
    """The functions that check, commit and undo the rows of a kind of file."""

    check: _RowStep
    commit: _RowStep
    undo: _RowStep


@dataclass(frozen=True)
class ImportCounts:
    """How many rows have errors, name people who are not in the database, and have each outcome."""

    bad: int
    newcomers: int
    outcomes: Mapping[RowOutcome, int]


def make_importer(receipts: Receipts) -> AttendanceImporter:
    """Return the importer. receipts: for signing the check-ins made from punches."""
    steps = {
        ImportKind.ROSTER: _RowSteps(rosters.check, rosters.commit, rosters.undo),
        ImportKind.PUNCHES: _RowSteps(
            punches.check,
            partial(punches.commit, receipts=receipts),
            partial(punches.undo, receipts=receipts),
        ),
    }

    def check(db: Session, found: AttendanceImport, rows: Sequence[ImportRow], now: datetime) -> None:
        steps[found.kind].check(db, db.get_one(Project, found.project_id), rows, now)
        for row in rows:
            row.is_checked = True

    def commit(db: Session, found: AttendanceImport, rows: Sequence[ImportRow], now: datetime) -> None:
        steps[found.kind].commit(db, _lock_project(db, found), rows, now)

    def undo(db: Session, found: AttendanceImport, rows: Sequence[ImportRow], now: datetime) -> None:
        steps[found.kind].undo(db, _lock_project(db, found), rows, now)

    return Importer(
        **vars(TABLES),
        check=RowPass(ImportRow.is_checked.is_(False), check),
        commit=RowPass(ImportRow.outcome.is_(None), commit),
        undo=RowPass(ImportRow.outcome.in_(_UNDOABLE), undo),
        ended=_ended,
    )


def count(db: Session, found: AttendanceImport) -> ImportCounts:
    """Return the counts of an import."""
    mine = ImportRow.import_id == found.id
    bad = db.scalar(select(func.count()).where(mine, ImportRow.has_errors)) or 0
    is_left_out = func.coalesce(ImportRow.outcome == RowOutcome.LEFT_OUT, false())
    is_unknown = ImportRow.person_id.is_(None) & ImportRow.is_checked & ~ImportRow.has_errors & ~is_left_out
    is_new = is_unknown | ImportRow.is_newcomer
    newcomers = db.scalar(select(func.count()).where(mine, is_new)) or 0
    by_outcome = select(ImportRow.outcome, func.count()).where(mine).group_by(ImportRow.outcome)
    outcomes = {outcome: number for outcome, number in db.execute(by_outcome) if outcome is not None}
    return ImportCounts(bad, newcomers, outcomes)


def _ended(db: Session, found: AttendanceImport, now: datetime) -> Result:
    """Return the result of a finished step. After the undo of a roster, free places go to the waiting list."""
    if found.status is ImportStatus.UNDONE:
        project = _lock_project(db, found)
        fill_from_waiting_list(db, project=project, actor_id=_find_undoer(db, found), now=now)
    counts = count(db, found)
    if found.status is ImportStatus.CHECKED:
        return {"bad": counts.bad}
    return {outcome.value: number for outcome, number in counts.outcomes.items()}


def _find_undoer(db: Session, found: AttendanceImport) -> uuid.UUID | None:
    """Return who had the import undone."""
    job = find_latest(db, kind=job_kind(TABLES, UNDO), subject_id=found.id)
    return None if job is None else job.actor_id


def _lock_project(db: Session, found: AttendanceImport) -> Project:
    """Lock and return the project of an import. Raises ProjectClosed, ProjectNotAnnounced."""
    wanted = select(Project).where(Project.id == found.project_id).with_for_update()
    project = db.scalars(wanted.execution_options(populate_existing=True)).one()
    if project.status in FROZEN:
        raise closed(project)
    if found.kind is ImportKind.PUNCHES and project.status in NOT_ANNOUNCED:
        raise not_announced(project.status)
    return project
