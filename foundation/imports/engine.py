"""The import engine: start, commit, undo and abandon an import, and find its job.

`receiving` (its rows are being stored) -> `checking` -> `checked` (a preview that waits for a decision) ->
`committing` -> `committed` -> `undoing` -> `undone`; or `abandoned`, and then deleted. Each change of status is a
compare-and-set under a lock of the import: if two callers begin a step at once, only one succeeds. The domain checks
access and writes the audit trail.
"""

import uuid
from collections.abc import Generator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from foundation import jobs
from foundation.errors import ImportHasErrors, ImportNotCommitted, ImportNotReady, ImportUndone, NotFound
from foundation.imports import steps
from foundation.imports.importers import PORTION, Importer, ImportT, ImportTables, RowT
from foundation.processes import UnderWay
from models.imports import ImportColumns, ImportStatus
from models.jobs import Job, JobStatus

HIDDEN = (ImportStatus.RECEIVING, ImportStatus.ABANDONED)
"""Imports that nobody is shown: not whole yet, or not any more."""
_PREVIEW_KEPT = timedelta(days=30)
_BROKEN_UPLOAD_KEPT = timedelta(days=1)


def start(
    db: Session,
    importer: Importer[ImportT, RowT],
    *,
    made: ImportT,
    rows: Sequence[RowT],
    now: datetime,
    actor_id: uuid.UUID,
) -> Generator[None, None, ImportT]:
    """Store an import, have its rows checked and return it. It has no effect before the commit.

    The caller must commit at each yield, because the rows are stored in portions. The commit of the request stores the
    last portion. An upload that breaks in between is not visible, and is deleted after a day.
    """
    made.status = ImportStatus.RECEIVING
    db.add(made)
    db.flush()
    for first in range(0, len(rows), PORTION):
        if first:
            yield
        portion = rows[first : first + PORTION]
        db.add_all(portion)
        db.flush()
        for row in portion:
            db.expunge(row)
    if not steps.move(db, importer, made, ImportStatus.RECEIVING, ImportStatus.CHECKING):
        raise RuntimeError("an upload was taken for a broken one and abandoned")
    _do_or_enqueue(db, importer, made, now, actor_id)
    return made


def commit(
    db: Session, importer: Importer[ImportT, RowT], *, found: ImportT, now: datetime, actor_id: uuid.UUID, **facts: Any
) -> bool:
    """Commit all rows; return whether this call began the commit. facts: other columns of the import to write.

    A small import is committed afterwards, a large one is being committed by a job. Asked again, nothing changes, but a
    job that was given up gets a successor. Raises ImportUndone; ImportNotReady and ImportHasErrors,
    which keep that job and what was found written to the rows.
    """
    lock(db, found)
    if found.status in (ImportStatus.UNDOING, ImportStatus.UNDONE):
        raise ImportUndone
    if found.status is ImportStatus.CHECKING:
        _keep_at_work(db, importer, found, now, actor_id)
        raise ImportNotReady().keeping_writes()
    if found.status is not ImportStatus.CHECKED:
        _keep_at_work(db, importer, found, now, actor_id)
        return False
    _require_good_rows(db, importer, found, now)
    facts |= {"committed_at": now}
    if not steps.move(db, importer, found, ImportStatus.CHECKED, ImportStatus.COMMITTING, **facts):
        raise ImportNotReady().keeping_writes()
    _do_or_enqueue(db, importer, found, now, actor_id)
    if found.status is ImportStatus.CHECKED:  # its claim found a bad row
        raise ImportHasErrors().keeping_writes()
    return True


def undo(
    db: Session, importer: Importer[ImportT, RowT], *, found: ImportT, now: datetime, actor_id: uuid.UUID, **facts: Any
) -> bool:
    """Undo an import; return whether this call began the undo. facts: other columns of the import to write.

    A small import is undone afterwards, a large one by a job. A second call changes nothing, except that a failed job
    gets a new one. A commit whose job failed is undone as far as it got. Raises ImportNotReady, ImportNotCommitted.
    """
    lock(db, found)
    has_died = found.status is ImportStatus.COMMITTING and has_failed(db, importer, found)
    if found.status is ImportStatus.CHECKING or (found.status is ImportStatus.COMMITTING and not has_died):
        raise ImportNotReady
    if found.status is ImportStatus.CHECKED:
        raise ImportNotCommitted
    if found.status is not ImportStatus.COMMITTED and not has_died:
        _keep_at_work(db, importer, found, now, actor_id)
        return False
    facts |= {"undone_at": now}
    if not steps.move(db, importer, found, found.status, ImportStatus.UNDOING, **facts):
        raise ImportNotReady
    _do_or_enqueue(db, importer, found, now, actor_id)
    return True


def find_import(db: Session, tables: ImportTables[ImportT, RowT], import_id: uuid.UUID) -> ImportT | None:
    """Return an import by its id; None if there is none, or if it is still being received or was abandoned."""
    found = db.get(tables.imports, import_id)
    return None if found is None or found.status in HIDDEN else found


def lock(db: Session, found: ImportColumns) -> None:
    """Lock an import until the transaction ends, and read it again. Raises NotFound if it was abandoned."""
    table = type(found)
    wanted = select(table).where(table.id == found.id).with_for_update().execution_options(populate_existing=True)
    if db.scalar(wanted) is None or found.status in HIDDEN:
        raise NotFound


def find_job(db: Session, tables: ImportTables[ImportT, RowT], found: ImportT) -> Job | None:
    """Return the job of the current step: `done` of `total` rows, and its `error` if it failed."""
    step = steps.STEP_OF.get(found.status)
    return jobs.find_latest(db, kind=steps.job_kind(tables, step), subject_id=found.id) if step else None


def has_failed(db: Session, tables: ImportTables[ImportT, RowT], found: ImportT) -> bool:
    """Return whether the job of the current step was given up. Asking for the step again starts another job."""
    job = find_job(db, tables, found)
    return job is not None and job.status is JobStatus.FAILED


def find_at_work(db: Session, tables: ImportTables[ImportT, RowT], mine: ColumnElement[bool]) -> list[UnderWay]:
    """Return those imports, of the ones that `mine` selects, which are being committed or undone. Failed ones too."""
    statuses = (ImportStatus.COMMITTING, ImportStatus.UNDOING)
    imports: type[ImportT] = tables.imports
    at_work = db.scalars(select(imports).where(mine, imports.status.in_(statuses)).order_by(imports.id))
    return [
        UnderWay(steps.job_kind(tables, steps.STEP_OF[found.status]), found.id, has_failed(db, tables, found))
        for found in at_work
    ]


def abandon(db: Session, tables: ImportTables[ImportT, RowT], *, now: datetime) -> int:
    """Delete a portion of the broken uploads and of previews not committed in 30 days; return 0 if nothing is left.

    The imports are marked first, so that nobody finds or commits them any more.
    """
    imports: type[ImportColumns] = tables.imports
    previews = imports.status.in_((ImportStatus.CHECKING, ImportStatus.CHECKED)), tables.made_at < now - _PREVIEW_KEPT
    broken = imports.status == ImportStatus.RECEIVING, tables.made_at < now - _BROKEN_UPLOAD_KEPT
    for old in (previews, broken):
        marked = update(imports).where(*old).values(status=ImportStatus.ABANDONED)
        db.execute(marked.execution_options(synchronize_session=False))
    gone = db.scalar(select(imports.id).where(imports.status == ImportStatus.ABANDONED).order_by(imports.id).limit(1))
    if gone is None:
        return 0
    rows = tables.rows
    numbers = db.scalars(select(rows.number).where(rows.import_id == gone).order_by(rows.number).limit(PORTION)).all()
    db.execute(delete(rows).where(rows.import_id == gone, rows.number.in_(numbers)))
    if len(numbers) < PORTION:
        db.execute(delete(imports).where(imports.id == gone))
    return len(numbers) + 1


def _require_good_rows(db: Session, importer: Importer[ImportT, RowT], found: ImportT, now: datetime) -> None:
    """Raise ImportHasErrors if a row has errors. If rows can be claimed, a small import is checked again first."""
    if not steps.has_bad_rows(db, importer, found):
        return
    if importer.claim is not None and not importer.is_large(found):
        steps.check_again(db, importer, found, now)
        if not steps.has_bad_rows(db, importer, found):
            return
    raise ImportHasErrors().keeping_writes()


def _do_or_enqueue(
    db: Session, importer: Importer[ImportT, RowT], found: ImportT, now: datetime, actor_id: uuid.UUID
) -> None:
    """Run the step now if the import is small; else enqueue a job for it."""
    name = steps.STEP_OF[found.status]
    if importer.is_large(found):
        kind = steps.job_kind(importer, name)
        jobs.enqueue(db, kind=kind, subject_id=found.id, now=now, actor_id=actor_id)
        return
    for _ in steps.STEPS[name](db, importer, found, lambda: now):
        pass


def _keep_at_work(
    db: Session, importer: Importer[ImportT, RowT], found: ImportT, now: datetime, actor_id: uuid.UUID
) -> None:
    """Enqueue a job for the current step if it has none, or if the last one failed."""
    step = steps.STEP_OF.get(found.status)
    if step is not None:
        jobs.keep_at_work(db, kind=steps.job_kind(importer, step), subject_id=found.id, now=now, actor_id=actor_id)
