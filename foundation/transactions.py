"""When a transaction is open, and whether it means to write.

SQLite fails at once, whatever its busy timeout, when a transaction that has read begins to write while another one
writes. Every transaction that may write therefore takes the write lock as it begins, and those that only
read say so with `read_only`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Result, inspect
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import DeclarativeBase, Session, make_transient_to_detached
from sqlalchemy.sql.dml import ReturningInsert

Row = TypeVar("Row", bound=DeclarativeBase)

may_write: ContextVar[bool] = ContextVar("may_write", default=True)


@contextmanager
def read_only(db: Session) -> Iterator[None]:
    """Read in a transaction of its own that is ended on leaving; what was loaded stays usable.

    What comes after it runs outside any transaction until the database is touched again: that is the place for slow
    work. Raises RuntimeError if something is waiting to be written, or was written inside.
    """
    end_reading(db)
    token = may_write.set(False)
    try:
        yield
        end_reading(db)
    except BaseException:
        db.rollback()
        raise
    finally:
        may_write.reset(token)


def end_reading(db: Session) -> None:
    """End the open transaction, if there is one, in which nothing was written.

    Raises RuntimeError if there are changes that this would lose or commit half-way.
    """
    if db.new or db.dirty or db.deleted:
        raise RuntimeError("there are changes waiting to be written: commit is the edge's work")
    if db.in_transaction():
        db.commit()


def insert_new(db: Session, table: type[DeclarativeBase], **values: Any) -> None:
    """Insert one row unless it is there already; of two that come at once, one makes it and the other waits for it."""
    _insert(db, table, values)


def insert_object(db: Session, row: DeclarativeBase) -> bool:
    """Insert a new object at once, unless its row is there already; says whether it was inserted.

    One statement past the unit of work, which takes nearly twice the CPU for it, and a savepoint besides where another
    row may be in the way. The object must have its key; values that were not set are NULL. Inserted, it belongs
    to the session like any other; else it doesn't, and nothing was changed.
    """
    values = {name: value for name, value in inspect(row).dict.items() if not name.startswith("_")}
    if _insert(db, type(row), values).first() is None:
        return False
    make_transient_to_detached(row)
    db.add(row)
    return True


def _insert(db: Session, table: type[DeclarativeBase], values: Mapping[str, Any]) -> Result[Any]:
    db.flush()  # what the row refers to may still wait to be written
    return db.execute(_insert_unless_there(table, db.get_bind().dialect.name), values)


@cache
def _insert_unless_there(table: type[DeclarativeBase], dialect: str) -> ReturningInsert[Any]:
    """Return the statement, made once for each table. It returns the key of what it inserted, if it did."""
    insert = sqlite_insert if dialect == "sqlite" else postgresql_insert
    rows = inspect(table).local_table
    return insert(rows).on_conflict_do_nothing().returning(*rows.primary_key)  # type: ignore[arg-type] # it is a Table


def insert_or_none(db: Session, table: type[Row], **values: Any) -> Row | None:
    """Insert one row and give it; None if it clashes with one that is there, or that another makes first."""
    insert = sqlite_insert if db.get_bind().dialect.name == "sqlite" else postgresql_insert
    made = insert(table).values(**values).on_conflict_do_nothing().returning(table)
    return db.scalars(made).first()
