"""The jobs of large imports: the same steps as in a request, each portion committed with how far it is."""

from collections.abc import Generator, Mapping

from sqlalchemy import select

from credit.imports import steps
from credit.imports.imports import CHECK, COMMIT, UNDO
from foundation.jobs import Handler, Progress, Result, Work
from models.credit_records import CreditImport, RowState


def check(work: Work) -> Generator[Progress, None, Result]:
    """Check every row."""
    found = _found(work)
    for done in steps.check(work.db, found, now=found.created_at):
        yield Progress(done, found.row_count)
    return {"errors": found.error_count}


def commit(work: Work) -> Generator[Progress, None, Result]:
    """Record every row; or none, where one has errors by now: then the import waits for a decision again."""
    found = _found(work)
    if not steps.count(work.db, found, RowState.CLAIMED, RowState.RECORDED):
        if not steps.claim(work.db, found):
            return {"errors": found.error_count}
        yield Progress(0, found.row_count)
    for done in steps.record(work.db, found, now=work.clock.now()):
        yield Progress(done, found.row_count)
    return {"committed": found.row_count}


def undo(work: Work) -> Generator[Progress, None, Result]:
    """Take back what every row brought."""
    found = _found(work)
    for done in steps.undo(work.db, found, now=work.clock.now()):
        yield Progress(done, found.row_count)
    return None


HANDLERS: Mapping[str, Handler] = {CHECK: check, COMMIT: commit, UNDO: undo}


def _found(work: Work) -> CreditImport:
    return work.db.scalars(select(CreditImport).where(CreditImport.id == work.job.subject_id)).one()
