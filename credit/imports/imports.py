"""Credit imports by the authority: check and preview the rows, commit all of them, undo all of them.

Approved rows become grants, pending rows records that wait for approval. Two imports can't record the same activity.
"""

import uuid
from collections.abc import Generator, Mapping, Sequence
from datetime import datetime
from typing import Any, NewType

from sqlalchemy import Text, cast, false, or_, select, update
from sqlalchemy.orm import Session

from credit.access import AUTHORITY, authority_unit
from credit.errors import NothingToAccept
from credit.imports.columns import FileRow, read_file
from credit.imports.importer import CREDIT_IMPORTS
from credit.imports.rows import to_stored_content
from credit.ledger import posting
from credit.records.recorded import is_of_import, require_no_list_leans_on
from foundation import audit
from foundation.callers import Caller, require
from foundation.errors import NotFound
from foundation.imports import engine
from models.base import new_id
from models.credit_records import CreditImport, CreditImportRow, RowState
from models.imports import ImportStatus
from models.jobs import Job
from models.people import Unit

ReadableImport = NewType("ReadableImport", CreditImport)
"""An import that the caller made, or for a unit over which they are the authority; made only in here."""


def preview(
    db: Session, *, rows: Sequence[Mapping[str, Any]], caller: Caller, now: datetime
) -> Generator[None, None, ReadableImport]:
    """Store and check the rows of an import. No credits are recorded yet. Commit at each yield. Raises Forbidden."""
    return (yield from _start(db, {number: FileRow(row, {}) for number, row in enumerate(rows, 1)}, caller, now))


def upload(db: Session, *, data: bytes, caller: Caller, now: datetime) -> Generator[None, None, ReadableImport]:
    """Read a file and preview its rows. Raises Forbidden, and SheetError if the file is not a usable table."""
    contents = read_file(data)  # before the database is used: a long file takes seconds, and nobody must wait for it
    return (yield from _start(db, contents, caller, now))


def get_import(db: Session, *, import_id: uuid.UUID, caller: Caller) -> ReadableImport:
    """Return the import, for an authority over its unit. Raises NotFound, Forbidden."""
    found = engine.find_import(db, CREDIT_IMPORTS, import_id)
    if found is None:
        raise NotFound
    require(caller, AUTHORITY, db.get_one(Unit, found.unit_id).path)
    return ReadableImport(found)


def list_imports(db: Session, *, caller: Caller, after: uuid.UUID | None, limit: int) -> list[CreditImport]:
    """Return the imports for the caller's units, newest first."""
    reach = or_(false(), *[Unit.path.startswith(scope, autoescape=True) for scope in caller.scopes(AUTHORITY)])
    wanted = select(CreditImport).join(Unit, Unit.id == CreditImport.unit_id)
    wanted = wanted.where(reach, CreditImport.status.not_in(engine.HIDDEN))
    if after is not None:
        wanted = wanted.where(CreditImport.id < after)
    return list(db.scalars(wanted.order_by(CreditImport.id.desc()).limit(limit)))


def list_rows(
    db: Session, *, found: ReadableImport, after: int, limit: int, only_errors: bool
) -> list[CreditImportRow]:
    """Return the rows of an import by number, all or only those with errors. after: the number of the row before."""
    wanted = select(CreditImportRow).where(CreditImportRow.import_id == found.id, CreditImportRow.number > after)
    if only_errors:
        wanted = wanted.where(CreditImportRow.state == RowState.BAD)
    return list(db.scalars(wanted.order_by(CreditImportRow.number).limit(limit)))


def list_warned(db: Session, *, found: ReadableImport, limit: int) -> list[CreditImportRow]:
    """Return the rows of an import with warnings, by number."""
    mine = CreditImportRow.import_id == found.id
    has_warnings = cast(CreditImportRow.warnings, Text) != "[]"
    wanted = select(CreditImportRow).where(mine, has_warnings).order_by(CreditImportRow.number)
    return list(db.scalars(wanted.limit(limit)))


def list_left_out(db: Session, *, found: ReadableImport, limit: int) -> list[CreditImportRow]:
    """Return the rows that an import was committed without, by number."""
    mine = CreditImportRow.import_id == found.id, CreditImportRow.state == RowState.LEFT_OUT
    return list(db.scalars(select(CreditImportRow).where(*mine).order_by(CreditImportRow.number).limit(limit)))


def commit(db: Session, *, found: CreditImport, accepted: Mapping[int, str], caller: Caller, now: datetime) -> None:
    """Record all rows; a second call changes nothing. A small import is committed afterwards, a large one by a job.

    accepted: the reasons why rows with warnings are recorded all the same, by their numbers; other rows with warnings
    are left out. The rows are checked anew, since another import may have brought them meanwhile. Raises ImportUndone;
    NothingToAccept for a row without warnings; ImportNotReady, which keeps another job at work where the last one
    failed; ImportHasErrors, which keeps what was found written to the rows.
    """
    me = caller.person_id
    engine.lock(db, found)
    if found.status is ImportStatus.CHECKED:
        _accept(db, found, accepted)
    if engine.commit(db, CREDIT_IMPORTS, found=found, now=now, actor_id=me, committed_by=me):
        said = [{"row": number, "reason": reason} for number, reason in sorted(accepted.items())]
        after = {"rows": found.row_count, "accepted": said} if said else {"rows": found.row_count}
        _audit(db, found, caller, now, "credit_import.commit", after=after)


def _accept(db: Session, found: CreditImport, accepted: Mapping[int, str]) -> None:
    """Write the reasons to the rows, and take away those of an earlier attempt."""
    mine = CreditImportRow.import_id == found.id
    earlier = update(CreditImportRow).where(mine, CreditImportRow.accepted_reason.is_not(None))
    db.execute(earlier.values(accepted_reason=None).execution_options(synchronize_session=False))
    if not accepted:
        return
    rows = db.scalars(select(CreditImportRow).where(mine, CreditImportRow.number.in_(accepted)))
    warned = {row.number: row for row in rows.all() if row.warnings}
    if len(warned) < len(accepted):
        raise NothingToAccept(field="accept", facts={"rows": sorted(set(accepted) - set(warned))})
    for number, row in warned.items():
        row.accepted_reason = accepted[number]
    db.flush()


def undo(db: Session, *, found: CreditImport, reason: str, caller: Caller, now: datetime) -> None:
    """Reverse the grants of an import and withdraw its records. A second call changes nothing.

    A small import is undone afterwards; a job undoes a large one. Raises ImportNotReady; ImportNotCommitted;
    SettlementUnderWay where a list in review skips somebody because of one of its grants. A list that is confirmed
    once the undo has begun doesn't count them.
    """
    me = caller.person_id
    engine.lock(db, found)
    if found.status in (ImportStatus.COMMITTING, ImportStatus.COMMITTED):
        posting.take_turn(db)
        require_no_list_leans_on(db, is_of_import(found))
    if engine.undo(db, CREDIT_IMPORTS, found=found, now=now, actor_id=me, undone_by=me, undo_reason=reason):
        _audit(db, found, caller, now, "credit_import.undo", reason=reason, after={"rows": found.row_count})


def find_job(db: Session, found: CreditImport) -> Job | None:
    """Return the job of the current step."""
    return engine.find_job(db, CREDIT_IMPORTS, found)


def _start(
    db: Session, contents: Mapping[int, FileRow], caller: Caller, now: datetime
) -> Generator[None, None, ReadableImport]:
    made = CreditImport(
        id=new_id(),
        unit_id=authority_unit(db, caller).id,
        created_by=caller.person_id,
        created_at=now,
        row_count=len(contents),
        error_count=0,
    )
    rows = [
        CreditImportRow(
            import_id=made.id,
            number=number,
            state=RowState.UNCHECKED,
            content=to_stored_content(row.content),
            cell_faults=dict(row.faults),
            errors=[],
        )
        for number, row in contents.items()
    ]
    yield from engine.start(db, CREDIT_IMPORTS, made=made, rows=rows, now=now, actor_id=caller.person_id)
    _audit(db, made, caller, now, "credit_import.preview", after={"rows": len(rows), "with_errors": made.error_count})
    return ReadableImport(made)


def _audit(
    db: Session,
    found: CreditImport,
    caller: Caller,
    now: datetime,
    action: str,
    *,
    reason: str | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    audit.record(db, caller, now, action, found, reason=reason, after=after)
    db.flush()
