"""The database: Flask-SQLAlchemy with the tables in `models`, and the options for SQLite and PostgreSQL."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from foundation.transactions import may_write, read_only
from models import Base
from service.configuration.settings import Settings

if TYPE_CHECKING:
    from alembic.config import Config

db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})

_ROOT = Path(__file__).parents[2]
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


def migrate(settings: Settings) -> None:
    """Migrate the database to the newest schema. Changes nothing if it has that already."""
    from alembic import command  # web workers never migrate, and start sooner without it

    settings.var.mkdir(parents=True, exist_ok=True)
    engine = create_engine(settings.database)
    prepare_engine(engine)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _let_tables_be_rebuilt)
    try:
        with engine.connect() as connection:
            before = _revision(connection)
            command.upgrade(alembic_config(connection), "head")
            if engine.dialect.name == "sqlite" and _revision(connection) != before:
                _check_references(connection)
            connection.commit()
    finally:
        engine.dispose()


def _revision(connection: Connection) -> str | None:
    from alembic.runtime.migration import MigrationContext

    return MigrationContext.configure(connection).get_current_revision()


def _let_tables_be_rebuilt(connection: DBAPIConnection, record: Any) -> None:
    """Switch SQLite's foreign keys off: it changes a column by copying the table and dropping the old one."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=OFF")
    cursor.close()


def _check_references(connection: Connection) -> None:
    """Check the references that a migration did not check. Raises RuntimeError, which leaves the database as it was."""
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise RuntimeError(f"the migration left a row of {broken[0]} without its {broken[2]}")


def alembic_config(connection: Connection) -> "Config":
    """Return Alembic's configuration for an open connection."""
    from alembic.config import Config

    config = Config(str(_ROOT / "migrations" / "alembic.ini"))
    config.attributes["connection"] = connection
    return config
