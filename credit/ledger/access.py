"""Checks who may see entries of the ledger."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from credit.access import CREDIT_ADMINS, LEDGER_READERS
from foundation.callers import Caller
from foundation.errors import Forbidden, NotFound
from models.ledger import LedgerEntry
from models.people import Person, Unit, UnitKind


def get_entry(db: Session, *, entry_id: uuid.UUID, caller: Caller) -> LedgerEntry:
    """Return an entry of the caller or of a person within the caller's reach. Raises NotFound otherwise."""
    found = db.execute(
        select(LedgerEntry, Unit.path)
        .join(Person, Person.id == LedgerEntry.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(LedgerEntry.id == entry_id)
    ).first()
    if found is None:
        raise NotFound
    entry, path = found
    if entry.person_id != caller.person_id and not caller.may({*CREDIT_ADMINS, *LEDGER_READERS}, path):
        raise NotFound
    return entry


def list_entries(db: Session, *, caller: Caller, after: int, limit: int) -> list[LedgerEntry]:
    """Return all entries by position, for callers who may see the whole province.

    Raises Forbidden for all others, because a part of the ledger can't be verified.
    """
    roots = select(Unit.path).where(Unit.kind == UnitKind.PROVINCE)
    if not all(caller.may(LEDGER_READERS, path) for path in db.scalars(roots)):
        raise Forbidden
    wanted = select(LedgerEntry).where(LedgerEntry.position > after).order_by(LedgerEntry.position)
    return list(db.scalars(wanted.limit(limit)))
