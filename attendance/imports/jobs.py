"""The jobs of an import: its rows in portions, each a step that is committed, found done when it is begun again."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from attendance.check_in.receipts import Receipts
from attendance.errors import ProjectClosed, ProjectNotAnnounced
from attendance.imports import imports, punches, rosters
from attendance.projects.states import FROZEN, UNTOLD
from attendance.roster.rosters import fill
from foundation.jobs import Handler, Progress, Result, Work
from models.imports import AttendanceImport, ImportKind, ImportRow, ImportStatus, RowOutcome
from models.projects import Project

_PORTION = 500
_Act = Callable[[Session, Project, Sequence[ImportRow], datetime], None]
_STILL_MADE = (RowOutcome.ADDED, RowOutcome.WAITING)


@dataclass(frozen=True)
class _Kind:
    """What is done with rows of a kind."""

    check: _Act
    commit: _Act
    undo: _Act


_Kinds = Mapping[ImportKind, _Kind]


def handlers(receipts: Receipts) -> Mapping[str, Handler]:
    """What does the jobs of imports. receipts: sign the check-ins that a machine's file makes."""
    kinds = {
        ImportKind.ROSTER: _Kind(rosters.check, rosters.commit, rosters.undo),
        ImportKind.PUNCHES: _Kind(
            punches.check,
            partial(punches.commit, receipts=receipts),
            partial(punches.undo, receipts=receipts),
        ),
    }
    steps = {imports.CHECK: check, imports.COMMIT: commit, imports.UNDO: undo}
    return {name: partial(step, kinds=kinds) for name, step in steps.items()}


def check(work: Work, *, kinds: _Kinds) -> Generator[Progress, None, Result]:
    """Check every row against what is on file."""
    found = _found(work)
    for rows, progress in _portions(work, found, ~ImportRow.is_checked):
        kinds[found.kind].check(work.db, _project(work, found), rows, work.clock.now())
        for row in rows:
            row.is_checked = True
        yield from _step(work, rows, progress)
    found.status = ImportStatus.CHECKED
    return {"bad": imports.count(work.db, found).bad}


def commit(work: Work, *, kinds: _Kinds) -> Generator[Progress, None, Result]:
    """Have every row take effect. Raises ProjectClosed where the project went into review meanwhile."""
    found = _found(work)
    for rows, progress in _portions(work, found, ImportRow.outcome.is_(None)):
        kinds[found.kind].commit(work.db, _open_project(work, found), rows, work.clock.now())
        yield from _step(work, rows, progress)
    found.status = ImportStatus.COMMITTED
    return _outcomes(work, found)


def undo(work: Work, *, kinds: _Kinds) -> Generator[Progress, None, Result]:
    """Take back what the rows made. Raises ProjectClosed where the project went into review meanwhile."""
    found = _found(work)
    for rows, progress in _portions(work, found, ImportRow.outcome.in_(_STILL_MADE)):
        kinds[found.kind].undo(work.db, _open_project(work, found), rows, work.clock.now())
        yield from _step(work, rows, progress)
    fill(work.db, project=_open_project(work, found), now=work.clock.now())
    found.status = ImportStatus.UNDONE
    return _outcomes(work, found)


def _portions(
    work: Work, found: AttendanceImport, is_open: ColumnElement[bool]
) -> Iterator[tuple[Sequence[ImportRow], Progress]]:
    """The rows that are still to be done, some at a time, each with how far it is once they are."""
    mine = ImportRow.import_id == found.id
    left = work.db.scalar(select(func.count()).where(mine, is_open)) or 0
    total, done = found.rows, found.rows - left
    while True:
        wanted = select(ImportRow).where(mine, is_open).order_by(ImportRow.number).limit(_PORTION)
        rows = work.db.scalars(wanted).all()
        if not rows:
            return
        done += len(rows)
        yield rows, Progress(min(done, total), total)


def _step(work: Work, rows: Sequence[ImportRow], progress: Progress) -> Iterator[Progress]:
    """Commit the portion, and let go of it: memory doesn't grow with the file."""
    work.db.flush()
    yield progress
    for row in rows:
        work.db.expunge(row)


def _found(work: Work) -> AttendanceImport:
    return work.db.scalars(select(AttendanceImport).where(AttendanceImport.id == work.job.subject_id)).one()


def _project(work: Work, found: AttendanceImport) -> Project:
    return work.db.scalars(select(Project).where(Project.id == found.project_id)).one()


def _open_project(work: Work, found: AttendanceImport) -> Project:
    """The project, locked as for who changes its roster by hand."""
    wanted = select(Project).where(Project.id == found.project_id).with_for_update()
    project = work.db.scalars(wanted.execution_options(populate_existing=True)).one()
    if project.status in FROZEN:
        raise ProjectClosed
    if found.kind is ImportKind.PUNCHES and project.status in UNTOLD:
        raise ProjectNotAnnounced
    return project


def _outcomes(work: Work, found: AttendanceImport) -> Result:
    work.db.flush()
    return {outcome.value: number for outcome, number in imports.count(work.db, found).outcomes.items()}
