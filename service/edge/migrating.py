"""Migrates the database to the newest schema, one process at a time, also where several hosts start at once."""

import fcntl
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError

from service.configuration.settings import Settings
from service.edge.database import prepare_engine

if TYPE_CHECKING:
    from alembic.config import Config

_ROOT = Path(__file__).parents[2]
_TURN = 7_303_016  # the number of the advisory lock for migrating, on PostgreSQL
_LOCK_TIMEOUT = "5s"
"""How long a migration waits for a table that is in use. Meanwhile all others who want the table wait behind it."""
_TRIES, _PAUSE_SECONDS = 5, 3.0
_LOOK_SECONDS, _TELL_SECONDS = 0.2, 30.0
_log = logging.getLogger("cme.migrations")


class CannotMigrate(RuntimeError):
    """The database can't be migrated. The message is one line for the person at the terminal."""


def migrate(settings: Settings) -> None:
    """Migrate the database to the newest schema. Changes nothing if it has that already.

    Other processes that migrate are waited for. Raises CannotMigrate for a database of a newer version, or for a table
    that stays in use; OperationalError if the database can't be reached.
    """
    settings.var.mkdir(parents=True, exist_ok=True)
    url = settings.database
    engine = create_engine(url, connect_args={"connect_timeout": 10} if url.startswith("postgresql") else {})
    prepare_engine(engine)
    try:
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _let_tables_be_rebuilt)
            with _turn_by_file(engine.url.database or ""):
                _migrate_sqlite(engine)
        else:
            with _turn_by_advisory_lock(engine):
                _migrate_postgresql(engine)
    finally:
        engine.dispose()


def alembic_config(connection: Connection) -> "Config":
    """Return Alembic's configuration for an open connection."""
    from alembic.config import Config

    config = Config(str(_ROOT / "migrations" / "alembic.ini"))
    config.attributes["connection"] = connection
    return config


@contextmanager
def _turn_by_file(database: str) -> Iterator[None]:
    """Hold a lock on a file beside the database. SQLite's own lock comes too late: two opening a new file collide."""
    if not Path(database).parent.is_dir():
        raise CannotMigrate(f"the folder of the database is missing: {Path(database).parent} (DATABASE_URL)")
    with Path(f"{database}-migrating").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


@contextmanager
def _turn_by_advisory_lock(engine: Engine) -> Iterator[None]:
    """Hold an advisory lock for a connection of its own, outside of any transaction.

    It is asked for again and again rather than waited for: CREATE INDEX CONCURRENTLY waits for every open statement, so
    one that waits for the lock of the migration would end in a deadlock.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        waited = 0.0
        while not connection.scalar(text("SELECT pg_try_advisory_lock(:turn)"), {"turn": _TURN}):
            if waited % _TELL_SECONDS < _LOOK_SECONDS:
                _log.info("another host migrates the database; waiting for it")
            time.sleep(_LOOK_SECONDS)
            waited += _LOOK_SECONDS
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:turn)"), {"turn": _TURN})


def _migrate_sqlite(engine: Engine) -> None:
    """Migrate in one transaction, so that a migration that fails leaves the database as it was."""
    with engine.connect() as connection:
        before = _revision(connection)
        if _needs_upgrade(connection, before):
            _upgrade(connection)
        if _revision(connection) != before:
            _check_references(connection)
        connection.commit()


def _migrate_postgresql(engine: Engine) -> None:
    """Migrate in one transaction for each migration, and wait for a table that is in use only for a moment."""
    with engine.connect() as connection:
        for left in reversed(range(_TRIES)):
            is_due = _needs_upgrade(connection, _revision(connection))
            connection.execute(text(f"SET lock_timeout = '{_LOCK_TIMEOUT}'"))
            connection.commit()  # the transactions from here on are Alembic's
            if not is_due:
                return
            try:
                _upgrade(connection)
                return
            except OperationalError as error:
                connection.rollback()
                if getattr(error.orig, "sqlstate", "") != "55P03":  # lock_not_available
                    raise
                if not left:
                    raise CannotMigrate("a table that a migration changes stays in use: end what uses it") from None
                _log.warning("a table that a migration changes is in use; trying again")
                time.sleep(_PAUSE_SECONDS)


def _upgrade(connection: Connection) -> None:
    from alembic import command

    command.upgrade(alembic_config(connection), "head")


def _needs_upgrade(connection: Connection, revision: str | None) -> bool:
    """Return whether the newest migration is still to run. Raises CannotMigrate for a revision that is not ours."""
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    script = ScriptDirectory.from_config(alembic_config(connection))
    try:
        if revision is not None:
            script.get_revision(revision)
    except CommandError:
        raise CannotMigrate(
            f"the database has migration {revision}, which this version does not know: start a newer version"
        ) from None
    return revision != script.get_current_head()


def _revision(connection: Connection) -> str | None:
    from alembic.runtime.migration import MigrationContext

    return MigrationContext.configure(connection).get_current_revision()


def _let_tables_be_rebuilt(connection: DBAPIConnection, record: object) -> None:
    """Switch SQLite's foreign keys off: it changes a column by copying the table and dropping the old one."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=OFF")
    cursor.close()


def _check_references(connection: Connection) -> None:
    """Check the references that a migration did not check. Raises RuntimeError, which leaves the database as it was."""
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise RuntimeError(f"the migration left a row of {broken[0]} without its {broken[2]}")
