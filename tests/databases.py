"""An empty database for each test, from the one database that a worker of the suite migrates."""

import shutil
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Engine, Table, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection

from models import Base

BLANK = "blank"  # the migrated database of a PostgreSQL server, of which others are copied


def table_of(model: type[Base]) -> Table:
    """Return the table of a model: statements on it change rows and leave the objects of a session alone."""
    return cast(Table, model.__table__)


class Place:
    """Where the test that runs now has its database.

    An engine keeps what it has compiled of each statement, a third of what a test costs: the worker's engines live as
    long as the worker, and each connection that they open leads to the database of the test that runs.
    """

    def __init__(self) -> None:
        self.url = ""
        self.is_open = False

    def lead_to(self, url: str) -> None:
        """Have all connections from now on lead to a database that nobody has opened yet."""
        self.url, self.is_open = url, False

    def guide(self, engine: Engine) -> Engine:
        """Have `engine` open the SQLite file of the test that runs; on PostgreSQL all tests have the same database.

        It forgets no statement that it has compiled: all tests together make more than the 500 that it would keep.
        """
        engine.update_execution_options(compiled_cache={})
        if engine.dialect.name == "sqlite":
            event.listen(engine, "do_connect", self._go_there)
            event.listen(engine, "connect", _skip_disk)
        return engine

    def _go_there(self, dialect: Any, record: Any, arguments: list[Any], options: dict[str, Any]) -> None:
        self.is_open = True
        arguments[:] = [self.url.removeprefix("sqlite:///")]


def _skip_disk(connection: DBAPIConnection, record: object) -> None:
    """Let commits stay in the page cache: what survives a crash is for the tests with real processes."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=OFF")
    cursor.close()


def copy_blank(url: str, folder: Path) -> Path:
    """Copy the migrated SQLite file at `url` to where settings for `folder` look for it."""
    return Path(shutil.copy(url.removeprefix("sqlite:///"), folder / "cme.db"))


def forgo_durability(url: str) -> None:
    """Have a PostgreSQL of the suite's own never wait for the disk, nor clean up on its own in the middle of a test."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()


def copied_database(url: str, name: str, source: str) -> str:
    """Copy a database of the PostgreSQL server at `url`, to which nobody may be connected; gives the copy's URL."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {source}"))
    engine.dispose()
    return make_url(url).set(database=name).render_as_string(hide_password=False)


class Emptier:
    """Empties PostgreSQL after a test: only the tables that hold something, since each of sixty costs.

    Their files are cut to nothing too, as TRUNCATE would do in four times as long: rows never lie in the gaps that
    earlier ones have left, so that a test sees the same whatever ran before it.
    """

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url, isolation_level="AUTOCOMMIT")
        names = [table.name for table in Base.metadata.sorted_tables]
        self._find = text(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (TABLE {name})" for name in names))

    def empty(self) -> None:
        """Delete every row of every table."""
        with self._engine.connect() as connection:
            connection.execute(text("SET lock_timeout = '20s'"))  # a session left open is named, not waited for
            connection.execute(text("SET session_replication_role = replica"))  # no triggers: some refuse it
            filled = connection.scalars(self._find).all()
            for name in filled:
                connection.execute(text(f"DELETE FROM {name}"))  # noqa: S608 - our own names
            if filled:
                connection.execute(text(f"VACUUM (TRUNCATE, PROCESS_TOAST FALSE) {', '.join(filled)}"))

    def close(self) -> None:
        """Close its connection."""
        self._engine.dispose()
