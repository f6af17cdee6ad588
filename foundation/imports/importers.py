"""What a domain tells the engine about its imports: their tables, and what is done with a portion of their rows."""

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
    """What is done once with each row of an import, a portion at a time.

    is_open: which rows still wait for it. act: does it with up to PORTION rows, and leaves none of them open. lock: is
    called before a portion is read; what it locks holds until the portion is committed. order: of the rows; by their
    number unless said otherwise.
    """

    is_open: ColumnElement[bool]
    act: Callable[[Session, ImportT, Sequence[RowT], datetime], None]
    lock: Callable[[Session, ImportT], None] = _lock_nothing
    order: ColumnElement[Any] | InstrumentedAttribute[Any] | None = None


@dataclass(frozen=True)
class Claim(Generic[ImportT, RowT]):
    """Check the rows once more and reserve what they bring, before the first of them is committed.

    Needed where another import may bring the same meanwhile. take: marks good rows as claimed and the others as bad;
    in a portion with a bad row it claims none. Rows must come in an order that is the same for all imports: of those
    that want the same things, one then gets all of them. give_back: opens all rows to the check again.
    """

    take: RowPass[ImportT, RowT]
    give_back: RowPass[ImportT, RowT]


@dataclass(frozen=True, kw_only=True)
class ImportTables(Generic[ImportT, RowT]):
    """Where one kind of imports is kept.

    name: its jobs are called `name.check`, `name.commit`, `name.undo`. made_at: the column with the instant of the
    upload. rows_in_request: up to so many rows (PORTION at most) each step is done in its request; 0 where jobs do all.
    is_bad: which rows have errors.
    """

    name: str
    imports: type[ImportT]
    rows: type[RowT]
    made_at: InstrumentedAttribute[datetime]
    rows_in_request: int
    is_bad: ColumnElement[bool]

    def is_large(self, found: ImportT) -> bool:
        """Return whether jobs work on an import, for it has more rows than one request may take."""
        return self.rows_in_request == 0 or found.total > self.rows_in_request


@dataclass(frozen=True, kw_only=True)
class Importer(ImportTables[ImportT, RowT]):
    """One kind of imports: where it is kept, and what is done with its rows.

    ended: called in the transaction that ends a step, with the new status set; returns the job's result.
    """

    check: RowPass[ImportT, RowT]
    commit: RowPass[ImportT, RowT]
    undo: RowPass[ImportT, RowT]
    ended: Callable[[Session, ImportT, datetime], Result]
    claim: Claim[ImportT, RowT] | None = None
