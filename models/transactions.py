"""When a transaction is open, and whether it means to write.

SQLite fails at once, whatever its busy timeout, when a transaction that has read begins to write while another one
writes. Every transaction that may write therefore takes the write lock as it begins, and those that only
read say so with `read_only`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import DeclarativeBase, Session

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
    insert = sqlite_insert if db.get_bind().dialect.name == "sqlite" else postgresql_insert
    db.execute(insert(table).values(**values).on_conflict_do_nothing())


def insert_or_none(db: Session, table: type[Row], **values: Any) -> Row | None:
    """Insert one row and give it; None if it clashes with one that is there, or that another makes first."""
    insert = sqlite_insert if db.get_bind().dialect.name == "sqlite" else postgresql_insert
    made = insert(table).values(**values).on_conflict_do_nothing().returning(table)
    return db.scalars(made).first()
