"""Controls when a transaction is open, and whether it may write.

SQLite fails at once, in spite of its busy timeout, if a transaction that has read begins to write while another one
writes. So every transaction that may write takes the write lock when it begins. A transaction that only reads uses
`read_only`.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Insert, inspect
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import DeclarativeBase, Session, make_transient_to_detached
from sqlalchemy.sql.dml import ReturningInsert

Row = TypeVar("Row", bound=DeclarativeBase)

may_write: ContextVar[bool] = ContextVar("may_write", default=True)


@contextmanager
def read_only(db: Session) -> Iterator[None]:
    """Read in a separate transaction, which ends with the block. Loaded objects stay usable.

    After the block no transaction is open until the database is used again: slow work belongs there. Raises
    RuntimeError if there are changes to write, or if something was written in the block.
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
    """End the open transaction, if there is one. Nothing may have been written in it.

    Raises RuntimeError if there are changes, which would be lost or only partly committed.
    """
    if db.new or db.dirty or db.deleted:
        raise RuntimeError("there are changes waiting to be written: commit is the edge's work")
    if db.in_transaction():
        db.commit()


def insert_new(db: Session, table: type[DeclarativeBase], **values: Any) -> bool:
    """Insert one row unless it exists; return whether it was inserted. Of two calls at once, one inserts it.

    The other one waits for it. It makes no object, which costs a third of what `insert_object` does.
    """
    return _insert(db, table, values)


def insert_object(db: Session, row: DeclarativeBase) -> bool:
    """Insert a new object at once, unless its row exists; return whether it was inserted.

    It is one statement without the unit of work, which takes nearly twice the CPU, and a savepoint if another row may
    conflict. The object must have its key; values that are not set become NULL. If it was inserted, it belongs to the
    session; otherwise nothing was changed.
    """
    values = {name: value for name, value in inspect(row).dict.items() if not name.startswith("_")}
    if not _insert(db, type(row), values):
        return False
    make_transient_to_detached(row)
    db.add(row)
    return True


def insert_rows(db: Session, table: type[DeclarativeBase], rows: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    """Insert rows unless they exist, in one statement; return the keys of those that were inserted.

    Give the rows in the order of their keys: two calls at once then wait for each other and never both.
    """
    db.flush()  # rows that these refer to may not be written yet
    return [tuple(row) for row in db.execute(_insert_telling_keys(table, db.get_bind().dialect.name), list(rows))]


def _insert(db: Session, table: type[DeclarativeBase], values: Mapping[str, Any]) -> bool:
    db.flush()  # rows that this row refers to may not be written yet
    connection = db.connection()  # the session would look for objects in the statement
    return connection.execute(_insert_unless_there(table, connection.dialect.name), values).rowcount == 1


@cache
def _insert_unless_there(table: type[DeclarativeBase], dialect: str) -> Insert:
    """Return the statement, built once for each table."""
    insert = sqlite_insert if dialect == "sqlite" else postgresql_insert
    made = insert(inspect(table).local_table).on_conflict_do_nothing()  # type: ignore[arg-type] # it is a Table
    return made.execution_options(preserve_rowcount=True)


@cache
def _insert_telling_keys(table: type[DeclarativeBase], dialect: str) -> ReturningInsert[Any]:
    """Return the statement, built once for each table. It returns the key of each inserted row."""
    return _insert_unless_there(table, dialect).returning(*inspect(table).local_table.primary_key)


def insert_or_none(db: Session, table: type[Row], **values: Any) -> Row | None:
    """Insert one row and return it; None if it conflicts with a row that exists or that another call inserts first."""
    insert = sqlite_insert if db.get_bind().dialect.name == "sqlite" else postgresql_insert
    made = insert(table).values(**values).on_conflict_do_nothing().returning(table)
    return db.scalars(made).first()
