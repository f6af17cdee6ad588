"""Credit imports by the authority: rows are checked and shown, then committed all at once, and undone all at once.

Approved rows become grants, pending ones records that wait. An activity is recorded once, whichever import brings it.
Up to IN_REQUEST rows each step is done in its request; beyond it is a job, which the import says how far it is.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import false, insert, or_, select
from sqlalchemy.orm import Session

from credit.access import AUTHORITY, authority_unit
from credit.errors import ImportHasErrors, ImportNotCommitted, ImportNotReady, ImportUndone
from credit.imports import steps
from credit.imports.columns import read_file
from credit.imports.rows import as_kept
from foundation import audit, jobs
from foundation.callers import Caller, require
from foundation.errors import NotFound
from models.base import new_id
from models.credit_records import CreditImport, CreditImportRow, RowState
from models.imports import ImportStatus
from models.jobs import Job
from models.people import Unit

IN_REQUEST = 5000
CHECK, COMMIT, UNDO = "credit_import.check", "credit_import.commit", "credit_import.undo"
_UNDER_WAY = {ImportStatus.CHECKING: CHECK, ImportStatus.COMMITTING: COMMIT, ImportStatus.UNDOING: UNDO}


def preview(db: Session, *, rows: Sequence[Mapping[str, Any]], caller: Caller, now: datetime) -> CreditImport:
    """Keep the rows of an import with what is wrong with each; nothing of it counts yet. Raises Forbidden."""
    return _take_in(db, dict(enumerate(rows, 1)), caller, now)


def upload(db: Session, *, data: bytes, caller: Caller, now: datetime) -> CreditImport:
    """Take a file in as `preview` takes rows. Raises Forbidden, and SheetError for what is no usable table."""
    contents = read_file(data)  # takes seconds for a long one: before the database is touched, so that nobody waits
    return _take_in(db, contents, caller, now)


def get_import(db: Session, *, import_id: uuid.UUID, caller: Caller, for_update: bool = False) -> CreditImport:
    """The import, for an authority over its unit. Raises NotFound, Forbidden."""
    found = db.get(CreditImport, import_id, with_for_update=for_update or None)
    if found is None:
        raise NotFound
    require(caller, AUTHORITY, db.get_one(Unit, found.unit_id).path)
    return found


def list_imports(db: Session, *, caller: Caller, after: uuid.UUID | None, limit: int) -> list[CreditImport]:
    """The imports for the caller's units, newest first."""
    reach = or_(false(), *[Unit.path.startswith(scope, autoescape=True) for scope in caller.scopes(AUTHORITY)])
    wanted = select(CreditImport).join(Unit, Unit.id == CreditImport.unit_id).where(reach)
    if after is not None:
        wanted = wanted.where(CreditImport.id < after)
    return list(db.scalars(wanted.order_by(CreditImport.id.desc()).limit(limit)))


def list_rows(db: Session, *, import_id: uuid.UUID, after: int, limit: int, only_errors: bool) -> list[CreditImportRow]:
    """The rows of an import by number, all of them or those with errors. after: the number of the row before."""
    wanted = select(CreditImportRow).where(CreditImportRow.import_id == import_id, CreditImportRow.number > after)
    if only_errors:
        wanted = wanted.where(CreditImportRow.state == RowState.BAD)
    return list(db.scalars(wanted.order_by(CreditImportRow.number).limit(limit)))


def commit(db: Session, *, found: CreditImport, caller: Caller, now: datetime) -> None:
    """Record all rows, once: again, nothing happens. Afterwards it is committed or, when it is large, committing.

    found: locked by whoever commits. The rows are checked anew, since another import may have brought them meanwhile.
    Raises ImportUndone; ImportNotReady, which keeps another job at work where the last one failed; ImportHasErrors,
    which keeps what was found written to the rows.
    """
    if found.status in (ImportStatus.UNDOING, ImportStatus.UNDONE):
        raise ImportUndone
    if found.status is ImportStatus.CHECKING:
        _keep_going(db, found, caller, now)
        raise ImportNotReady().keeping_writes()
    if found.status is ImportStatus.CHECKED:
        if found.error_count and found.row_count > IN_REQUEST:
            raise ImportHasErrors().keeping_writes()
        found.status = ImportStatus.COMMITTING
        found.committed_at, found.committed_by = now, caller.person_id
        if found.row_count <= IN_REQUEST:
            if not steps.claim(db, found):
                raise ImportHasErrors().keeping_writes()
            _run(steps.record(db, found, now=now))
        _audit(db, found, caller, now, "credit_import.commit", after={"rows": found.row_count})
    _keep_going(db, found, caller, now)


def undo(db: Session, *, found: CreditImport, reason: str, caller: Caller, now: datetime) -> None:
    """Take back whatever an import brought: its grants are reversed, its records withdrawn. Again, nothing happens.

    found: locked by whoever undoes. Afterwards it is undone or, when it is large, undoing. Raises ImportNotReady,
    ImportNotCommitted.
    """
    if found.status in (ImportStatus.CHECKING, ImportStatus.COMMITTING):
        raise ImportNotReady
    if found.status is ImportStatus.CHECKED:
        raise ImportNotCommitted
    if found.status is ImportStatus.COMMITTED:
        found.status = ImportStatus.UNDOING
        found.undone_at, found.undone_by, found.undo_reason = now, caller.person_id, reason
        if found.row_count <= IN_REQUEST:
            _run(steps.undo(db, found, now=now))
        _audit(db, found, caller, now, "credit_import.undo", reason=reason, after={"rows": found.row_count})
    _keep_going(db, found, caller, now)


def find_job(db: Session, found: CreditImport) -> Job | None:
    """The job of the step that is under way."""
    kind = _UNDER_WAY.get(found.status)
    return jobs.find_latest(db, kind=kind, subject_id=found.id) if kind else None


def _take_in(db: Session, contents: Mapping[int, Mapping[str, Any]], caller: Caller, now: datetime) -> CreditImport:
    made = CreditImport(
        id=new_id(),
        unit_id=authority_unit(db, caller).id,
        status=ImportStatus.CHECKING,
        created_by=caller.person_id,
        created_at=now,
        row_count=len(contents),
        error_count=0,
    )
    db.add(made)
    db.flush()
    unchecked = {"import_id": made.id, "state": RowState.UNCHECKED, "errors": []}
    rows = [{**unchecked, "number": number, "content": as_kept(content)} for number, content in contents.items()]
    if rows:
        db.execute(insert(CreditImportRow), rows)
    if len(rows) <= IN_REQUEST:
        _run(steps.check(db, made, now=now))
    _audit(db, made, caller, now, "credit_import.preview", after={"rows": len(rows), "with_errors": made.error_count})
    _keep_going(db, made, caller, now)
    return made


def _run(steps: Iterator[int]) -> None:
    """All of them, in the transaction of the request."""
    for _ in steps:
        pass


def _keep_going(db: Session, found: CreditImport, caller: Caller, now: datetime) -> None:
    """Have a job at work where one is due."""
    kind = _UNDER_WAY.get(found.status)
    if kind is not None:
        jobs.keep_at_work(db, kind=kind, subject_id=found.id, now=now, actor_id=caller.person_id)


def _audit(
    db: Session,
    found: CreditImport,
    caller: Caller,
    now: datetime,
    action: str,
    *,
    reason: str | None = None,
    after: dict[str, int] | None = None,
) -> None:
    audit.record(
        db,
        now=now,
        actor_id=caller.person_id,
        action=action,
        subject_kind="credit_import",
        subject_id=found.id,
        reason=reason,
        after=after,
    )
    db.flush()
