"""The database: Flask-SQLAlchemy with the tables in `models`, and the options for SQLite and PostgreSQL."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from foundation.transactions import may_write, read_only
from models import Base

db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})

_WRITE_WAIT_SECONDS = 20.0


class DatabaseBusy(Exception):
    """Another write held the lock of the database for longer than a request may wait."""


def engine_options(url: str) -> dict[str, Any]:
    """Return the pool and driver options for the database at `url`."""
    if url.startswith("sqlite"):
        driver = {"timeout": _WRITE_WAIT_SECONDS, "check_same_thread": False}
        return {"connect_args": driver, "poolclass": QueuePool, "pool_size": 16, "max_overflow": 48}
    return {"pool_pre_ping": True, "pool_size": 8, "max_overflow": 24}


def prepare_engine(engine: Engine) -> None:
    """Set `engine` to open SQLite with our options and write lock. Other databases stay as they are."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _open_sqlite)
        turns = _WriteTurns()
        event.listen(engine, "begin", turns.begin)
        event.listen(engine, "checkin", turns.end)  # "commit" would come before the commit itself


def _open_sqlite(connection: DBAPIConnection, record: Any) -> None:
    """Set a new connection to durable commits, the write-ahead log and foreign keys, without the driver's own BEGIN."""
    connection.isolation_level = None  # BEGIN is ours, see _WriteTurns
    cursor = connection.cursor()
    wait = f"busy_timeout={int(_WRITE_WAIT_SECONDS * 1000)}"
    for pragma in (wait, "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@contextmanager
def session_to_read(engine: Engine) -> Iterator[Session]:
    """Yield a separate session that only reads, for work that continues after the view has returned."""
    with Session(engine) as session, read_only(session):
        yield session


class _WriteTurns:
    """A lock for the writes of this process's threads.

    SQLite has one writer at a time, and the others poll. With this lock the longest wait of eight threads is a fifth
    (measured, docs/decisions/0004-sqlite-writes.md). Between processes SQLite's own lock decides.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()

    def begin(self, connection: Connection) -> None:
        if not may_write.get():
            connection.exec_driver_sql("BEGIN")
            return
        has_turn = connection.info.get("has_turn", False)  # a second transaction before the connection went back
        if not has_turn and not self._turn.acquire(timeout=_WRITE_WAIT_SECONDS):
            raise DatabaseBusy
        connection.info["has_turn"] = True  # the record's info: `end` finds it when the connection goes back
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    def end(self, connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
        if record.info.pop("has_turn", False):
            self._turn.release()
