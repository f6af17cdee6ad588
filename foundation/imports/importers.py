"""How a domain describes its imports to the engine: their tables, and what is done with a portion of rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute, Session

from foundation.jobs import Result
from models.imports import ImportColumns, ImportRowColumns

PORTION = 200
"""Rows in one transaction: nobody waits longer for the write lock. Jobs work on any import of more rows."""

ImportT = TypeVar("ImportT", bound=ImportColumns)
RowT = TypeVar("RowT", bound=ImportRowColumns)


def _lock_nothing(db: Session, found: Any) -> None:
    """Lock no more than the import."""


@dataclass(frozen=True)
class RowPass(Generic[ImportT, RowT]):
    """An action that runs once for each row of an import, in portions.

    is_open: selects the rows that still need it. act: runs it for up to PORTION rows, and leaves none of them open.
    lock: is called before a portion is read; its locks are held until the portion is committed. order: of the rows;
    by default by number.
    """

    is_open: ColumnElement[bool]
    act: Callable[[Session, ImportT, Sequence[RowT], datetime], None]
    lock: Callable[[Session, ImportT], None] = _lock_nothing
    order: ColumnElement[Any] | InstrumentedAttribute[Any] | None = None


@dataclass(frozen=True)
class Claim(Generic[ImportT, RowT]):
    """A pass that checks the rows again and reserves their content before the first row is committed.

    It is needed if another import may have the same content. take: marks good rows as claimed and the others as bad; in
    a portion with a bad row it claims none. The order of rows must be the same for all imports, so that of imports with
    the same content one claims all of it. give_back: returns all rows to the check.
    """

    take: RowPass[ImportT, RowT]
    give_back: RowPass[ImportT, RowT]


@dataclass(frozen=True, kw_only=True)
class ImportTables(Generic[ImportT, RowT]):
    """The tables of one kind of import.

    name: its jobs are called `name.check`, `name.commit`, `name.undo`. made_at: the column with the instant of the
    upload. rows_in_request: up to this many rows (PORTION at most) a step runs in its request; 0 if jobs run all steps.
    is_bad: selects the rows with errors.
    """

    name: str
    imports: type[ImportT]
    rows: type[RowT]
    made_at: InstrumentedAttribute[datetime]
    rows_in_request: int
    is_bad: ColumnElement[bool]

    def is_large(self, found: ImportT) -> bool:
        """Return whether an import has more rows than one request may process, so that jobs run its steps."""
        return self.rows_in_request == 0 or found.total > self.rows_in_request


@dataclass(frozen=True, kw_only=True)
class Importer(ImportTables[ImportT, RowT]):
    """One kind of import: its tables, and what is done with its rows.

    ended: called in the transaction that ends a step, with the new status set; returns the job's result.
    """

    check: RowPass[ImportT, RowT]
    commit: RowPass[ImportT, RowT]
    undo: RowPass[ImportT, RowT]
    ended: Callable[[Session, ImportT, datetime], Result]
    claim: Claim[ImportT, RowT] | None = None
