"""The three steps of an import, portion by portion: check, commit, undo.

Each step is a generator that flushes a portion and yields its progress. A job commits after each portion. A request
runs the whole step in its own transaction, as one portion. A step that was killed starts again, and the rows show what
is done already. Each portion locks the import and checks that its step is still the current one.
"""

from collections.abc import Callable, Generator, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from foundation.imports.importers import PORTION, Importer, ImportT, ImportTables, RowPass, RowT
from foundation.jobs import Handler, Progress, Result, Work
from models.imports import ImportColumns, ImportStatus

Now = Callable[[], datetime]
CHECK, COMMIT, UNDO = "check", "commit", "undo"
STEP_OF = {ImportStatus.CHECKING: CHECK, ImportStatus.COMMITTING: COMMIT, ImportStatus.UNDOING: UNDO}
"""The step that a status says is under way."""


class StepOver(Exception):
    """The import has left the status of this step: another worker ended it. The portion is rolled back."""


def handlers(importer: Importer[ImportT, RowT]) -> Mapping[str, Handler]:
    """Return the job handlers of an importer by job kind."""
    return {
        job_kind(importer, name): partial(_run_job, importer=importer, status=status)
        for status, name in STEP_OF.items()
    }


def job_kind(tables: ImportTables[Any, Any], step: str) -> str:
    """Return the job kind of a step."""
    return f"{tables.name}.{step}"


def check(
    db: Session, importer: Importer[ImportT, RowT], found: ImportT, now: Now
) -> Generator[Progress, None, Result]:
    """Check every row. Afterwards the import waits for a decision."""
    yield from _passes(db, importer, found, ImportStatus.CHECKING, [importer.check], now)
    return _end(db, importer, found, ImportStatus.CHECKING, ImportStatus.CHECKED, now)


def commit(
    db: Session, importer: Importer[ImportT, RowT], found: ImportT, now: Now
) -> Generator[Progress, None, Result]:
    """Commit every row or none. If the claim finds a row with errors, the import is checked again and waits."""
    status = ImportStatus.COMMITTING
    passes = [importer.commit]
    if importer.claim is not None:
        passes = [importer.claim.take, importer.commit]
        if not is_doubtful(db, importer, found):
            for progress in _pass(db, importer, found, status, passes, 0, now):
                yield progress
                if has_bad_rows(db, importer, found):
                    break
        if is_doubtful(db, importer, found):
            again = [importer.claim.give_back, importer.check]
            for _ in _passes(db, importer, found, status, again, now):
                yield Progress(0, found.total)
            return _end(db, importer, found, status, ImportStatus.CHECKED, now, committed_at=None)
    yield from _pass(db, importer, found, status, passes, len(passes) - 1, now)
    return _end(db, importer, found, status, ImportStatus.COMMITTED, now)


def undo(db: Session, importer: Importer[ImportT, RowT], found: ImportT, now: Now) -> Generator[Progress, None, Result]:
    """Undo every row."""
    yield from _passes(db, importer, found, ImportStatus.UNDOING, [importer.undo], now)
    return _end(db, importer, found, ImportStatus.UNDOING, ImportStatus.UNDONE, now)


STEPS: Mapping[str, Callable[..., Generator[Progress, None, Result]]] = {CHECK: check, COMMIT: commit, UNDO: undo}


def check_again(db: Session, importer: Importer[ImportT, RowT], found: ImportT, now: datetime) -> None:
    """Check the rows of a small import again that waits for a decision: errors may be gone by now."""
    assert importer.claim is not None  # noqa: S101 - for the type checker: only claims can open rows again
    passes = [importer.claim.give_back, importer.check]
    for _ in _passes(db, importer, found, ImportStatus.CHECKED, passes, lambda: now):
        pass
    importer.ended(db, found, now)
    db.flush()


def has_bad_rows(db: Session, importer: Importer[ImportT, RowT], found: ImportT) -> bool:
    """Return whether any row of an import has errors."""
    wanted = exists().where(importer.rows.import_id == found.id, importer.is_bad)
    return bool(db.scalar(select(wanted)))


def is_doubtful(db: Session, importer: Importer[ImportT, RowT], found: ImportT) -> bool:
    """Return whether a commit can't go on: a row has errors, or must be checked again."""
    wanted = exists().where(importer.rows.import_id == found.id, importer.is_bad | importer.check.is_open)
    return bool(db.scalar(select(wanted)))


def move(
    db: Session,
    importer: Importer[ImportT, RowT],
    found: ImportT,
    before: ImportStatus,
    after: ImportStatus,
    **facts: Any,
) -> bool:
    """Change the status of an import if it is the one expected; return whether it was. facts: other columns."""
    table: type[ImportColumns] = importer.imports
    changed = db.scalar(
        update(table)
        .where(table.id == found.id, table.status == before)
        .values(status=after, **facts)
        .returning(table.id)
        .execution_options(synchronize_session=False)
    )
    db.refresh(found)
    return changed is not None


def _run_job(
    work: Work,
    *,
    importer: Importer[ImportT, RowT],
    status: ImportStatus,
) -> Generator[Progress, None, Result]:
    """Run a step as a job. It does nothing if the step has ended or the import was deleted."""
    found = work.db.scalar(select(importer.imports).where(importer.imports.id == work.job.subject_id))
    if found is None or found.status is not status:
        return None
    return (yield from STEPS[STEP_OF[status]](work.db, importer, found, work.clock.now))


def _passes(
    db: Session,
    importer: Importer[ImportT, RowT],
    found: ImportT,
    status: ImportStatus,
    passes: list[RowPass[ImportT, RowT]],
    now: Now,
) -> Iterator[Progress]:
    for place in range(len(passes)):
        yield from _pass(db, importer, found, status, passes, place, now)


def _pass(
    db: Session,
    importer: Importer[ImportT, RowT],
    found: ImportT,
    status: ImportStatus,
    passes: list[RowPass[ImportT, RowT]],
    place: int,
    now: Now,
) -> Iterator[Progress]:
    """Run one of several passes. Each portion yields the progress of all passes together, in rows."""
    row_pass, total = passes[place], found.total
    mine = importer.rows.import_id == found.id
    left = db.scalar(select(func.count()).select_from(importer.rows).where(mine, row_pass.is_open)) or 0
    done = place * total + total - left
    order = importer.rows.number if row_pass.order is None else row_pass.order
    wanted = select(importer.rows).where(mine, row_pass.is_open).order_by(order).limit(PORTION)
    before: set[int] = set()
    while True:
        _hold(db, importer, found, status)
        row_pass.lock(db, found)
        rows = db.scalars(wanted.execution_options(populate_existing=True)).all()
        if not rows:
            return
        numbers = {row.number for row in rows}
        if numbers & before:
            raise RuntimeError(f"a row of an import was left open by what was done with it ({importer.name})")
        row_pass.act(db, found, rows, now())
        db.flush()
        before, done = numbers, done + len(rows)
        yield Progress(min(done // len(passes), total), total)
        for row in rows:  # so that memory does not grow with the import
            db.expunge(row)


def _hold(db: Session, importer: Importer[ImportT, RowT], found: ImportT, status: ImportStatus) -> None:
    """Lock the import for one portion. Raises StepOver if its status has changed."""
    table: type[ImportColumns] = importer.imports
    if db.scalar(select(table.status).where(table.id == found.id).with_for_update()) is not status:
        raise StepOver(importer.name)


def _end(
    db: Session,
    importer: Importer[ImportT, RowT],
    found: ImportT,
    before: ImportStatus,
    after: ImportStatus,
    now: Now,
    **facts: Any,
) -> Result:
    db.flush()
    if not move(db, importer, found, before, after, **facts):
        raise StepOver(importer.name)
    result = importer.ended(db, found, now())
    db.flush()
    return result
