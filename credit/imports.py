"""Credit imports by the authority: rows are checked and shown, then committed all at once, and undone all at once.

Approved rows become grants, pending ones records that wait. An activity is recorded once, whichever import brings it.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import false, or_, select
from sqlalchemy.orm import Session

from accounts import audit
from accounts.callers import Caller, require
from accounts.errors import NotFound
from credit import ledger
from credit.access import AUTHORITY, authority_unit
from credit.errors import ImportHasErrors, ImportNotCommitted, ImportUndone
from credit.import_checks import SOURCE, CheckedRow, check_rows
from credit.imported import grant_of, record_of
from credit.records import withdraw
from models.base import new_id
from models.credit_records import CreditImport, CreditImportRow
from models.people import Unit


def preview(db: Session, *, rows: Sequence[Mapping[str, Any]], caller: Caller, now: datetime) -> CreditImport:
    """Keep the rows of an import with what is wrong with each; nothing of it counts yet. Raises Forbidden."""
    unit = authority_unit(db, caller)
    checked = check_rows(db, rows, unit=unit, now=now)
    made = CreditImport(
        id=new_id(),
        unit_id=unit.id,
        created_by=caller.person_id,
        created_at=now,
        row_count=len(rows),
        error_count=sum(1 for row in checked if row.errors),
    )
    db.add(made)
    db.flush()
    db.add_all(
        CreditImportRow(
            import_id=made.id,
            number=number,
            content=dict(content),
            person_id=row.person_id,
            source_id=row.source_id,
            errors=row.errors,
        )
        for number, (content, row) in enumerate(zip(rows, checked, strict=True), 1)
    )
    _audit(db, made, caller, now, "credit_import.preview", after={"rows": len(rows), "with_errors": made.error_count})
    return made


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
        wanted = wanted.where(CreditImportRow.source_id.is_(None))
    return list(db.scalars(wanted.order_by(CreditImportRow.number).limit(limit)))


def commit(db: Session, *, found: CreditImport, caller: Caller, now: datetime) -> int:
    """Record all rows, once: again, nothing happens. Gives how many they are.

    found: locked by whoever commits. The rows are checked anew, since another import may have brought them meanwhile.
    Raises ImportUndone; ImportHasErrors, with what was found written to the rows.
    """
    if found.undone_at is not None:
        raise ImportUndone
    if found.committed_at is not None:
        return found.row_count
    ledger.take_turn(db)
    rows = _rows_of(db, found)
    checked = check_rows(db, [row.content for row in rows], unit=db.get_one(Unit, found.unit_id), now=now)
    for row, anew in zip(rows, checked, strict=True):
        row.errors, row.person_id, row.source_id = anew.errors, anew.person_id, anew.source_id
    found.error_count = sum(1 for row in checked if row.errors)
    db.flush()
    if found.error_count:
        raise ImportHasErrors
    found.committed_at, found.committed_by = now, caller.person_id
    _record_all(db, checked, caller, now)
    _audit(db, found, caller, now, "credit_import.commit", after={"rows": found.row_count})
    return found.row_count


def undo(db: Session, *, found: CreditImport, reason: str, caller: Caller, now: datetime) -> None:
    """Take back whatever an import brought: its grants are reversed, its records withdrawn. Again, nothing happens.

    found: locked by whoever undoes. Raises ImportNotCommitted.
    """
    if found.committed_at is None:
        raise ImportNotCommitted
    if found.undone_at is not None:
        return
    found.undone_at, found.undone_by = now, caller.person_id
    ids = [row.source_id for row in _rows_of(db, found) if row.source_id is not None]
    withdraw(db, source_kind=SOURCE, source_ids=ids, reason=reason, caller=caller, now=now)
    ledger.take_turn(db)
    grants = ledger.live_grants(db, source_kind=SOURCE, source_ids=ids)
    ledger.reverse(db, grants=grants, reason=reason, now=now, actor_id=caller.person_id)
    _audit(db, found, caller, now, "credit_import.undo", reason=reason, after={"grants": len(grants)})


def _record_all(db: Session, rows: Sequence[CheckedRow], caller: Caller, now: datetime) -> None:
    ids = [row.source_id for row in rows if row.source_id is not None]
    last = ledger.last_generations(db, source_kind=SOURCE, source_ids=ids)
    grants = []
    for row in rows:
        good, person_id = row.good, row.person_id
        if good is None or person_id is None:
            raise RuntimeError("a row with errors passed for a good one")
        if good.is_approved:
            generation = last.get((good.source_id(person_id), person_id), 0) + 1
            grants.append(grant_of(db, good, person_id=person_id, generation=generation, caller=caller, now=now))
        else:
            db.add(record_of(good, person_id=person_id, now=now))
    db.flush()
    if ledger.post_many(db, grants).already:
        raise RuntimeError("a grant appeared in the ledger while its turn was held")


def _rows_of(db: Session, found: CreditImport) -> list[CreditImportRow]:
    wanted = select(CreditImportRow).where(CreditImportRow.import_id == found.id)
    return list(db.scalars(wanted.order_by(CreditImportRow.number)))


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
