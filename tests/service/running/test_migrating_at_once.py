"""Several hosts may start on one database at the same moment: one migrates it, the others wait."""

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import Engine

from migrations import online
from models.base import new_id
from service.configuration.settings import Settings
from service.edge import migrating
from service.edge.database import prepare_engine
from service.edge.migrating import CannotMigrate, alembic_config, migrate
from tests.databases import copied_database

ROOT = Path(__file__).parents[3]
BEFORE_NOTICES = "e7b40a6d1c93"  # after it comes one that works in a transaction
IS_VALID = text("SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_large_number'::regclass")
START = """
import sys
from service.configuration.settings import Settings
from service.edge.migrating import migrate
import alembic.command, migrations.online, models
print("ready", flush=True)
sys.stdin.readline()
migrate(Settings())
"""


@contextlib.contextmanager
def _blank(database: str, folder: Path) -> Iterator[Settings]:
    """A database without a single table."""
    if database.startswith("sqlite"):
        yield Settings(var=folder)
        return
    name = f"migrating_{new_id().hex}"
    yield Settings(var=folder, database_url=copied_database(database, name, "template0"))
    server = create_engine(database, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture
def blank(database: str, tmp_path: Path) -> Iterator[Settings]:
    with _blank(database, tmp_path) as settings:
        yield settings


@pytest.fixture
def opened(blank: Settings) -> Iterator[Engine]:
    engine = create_engine(blank.database)
    prepare_engine(engine)
    yield engine
    engine.dispose()


def head(connection: Connection) -> str | None:
    return ScriptDirectory.from_config(alembic_config(connection)).get_current_head()


def revision(engine: Engine) -> str:
    with engine.connect() as connection:
        return str(connection.scalar(text("SELECT version_num FROM alembic_version")))


@pytest.mark.slow
def test_hosts_that_start_on_an_empty_database_at_the_same_moment_both_find_it_migrated(
    blank: Settings, opened: Engine
) -> None:
    environment = {**os.environ, "VAR": str(blank.var), "DATABASE_URL": blank.database}
    hosts = [
        subprocess.Popen(  # noqa: S603 - our own Python
            [sys.executable, "-c", START],
            cwd=ROOT,
            env=environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    for host in hosts:
        assert host.stdout is not None
        assert host.stdout.readline() == "ready\n"
    for host in hosts:
        assert host.stdin is not None
        host.stdin.write("go\n")
        host.stdin.flush()
    ends = [host.communicate(timeout=180) for host in hosts]
    assert [host.returncode for host in hosts] == [0, 0], ends
    with opened.connect() as connection:
        assert revision(opened) == head(connection)


def test_a_database_of_a_newer_version_is_named_and_left_alone(blank: Settings, opened: Engine) -> None:
    with opened.connect() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('ffffffffffff')"))
        connection.commit()
    with pytest.raises(CannotMigrate, match="migration ffffffffffff, which this version does not know"):
        migrate(blank)
    assert revision(opened) == "ffffffffffff"


def test_a_migration_waits_for_a_table_in_use_only_for_a_moment_and_tries_again(
    blank: Settings, opened: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    if opened.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    migrate(blank)
    before = revision(opened)
    with opened.connect() as connection:
        command.downgrade(alembic_config(connection), BEFORE_NOTICES)  # the next one locks tables in its transaction
        connection.commit()
    assert revision(opened) != before
    monkeypatch.setattr(migrating, "_LOCK_TIMEOUT", "50ms")
    monkeypatch.setattr(migrating, "_PAUSE_SECONDS", 0.0)
    with opened.connect() as other:
        other.execute(text("LOCK TABLE alembic_version IN ACCESS SHARE MODE"))
        tables = other.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        for name in tables:
            other.execute(text(f"LOCK TABLE {name} IN SHARE ROW EXCLUSIVE MODE"))
        with pytest.raises(CannotMigrate, match="stays in use"):
            migrate(blank)
        other.rollback()
    migrate(blank)
    assert revision(opened) == before


def test_an_index_of_a_large_table_is_made_while_others_write_and_an_interrupted_one_is_replaced(
    blank: Settings, opened: Engine
) -> None:
    def make(connection: Connection, run: Callable[[], None]) -> None:
        context = MigrationContext.configure(connection, opts={"transaction_per_migration": True})
        with context.begin_transaction(), Operations.context(context):
            run()

    with opened.connect() as connection:
        connection.execute(text("CREATE TABLE large (number INTEGER)"))
        connection.execute(text("INSERT INTO large VALUES (1), (1)"))
        connection.commit()
        if opened.dialect.name == "postgresql":
            interrupted = connection.execution_options(isolation_level="AUTOCOMMIT")
            with contextlib.suppress(Exception):
                interrupted.execute(text("CREATE UNIQUE INDEX CONCURRENTLY ix_large_number ON large (number)"))
            assert (
                interrupted.scalar(
                    text("SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_large_number'::regclass")
                )
                is False
            )
    with opened.connect() as connection:
        make(connection, lambda: online.create_index("ix_large_number", "large", ["number"]))
        connection.commit()
    with opened.connect() as connection:
        if opened.dialect.name == "postgresql":
            assert connection.scalar(IS_VALID) is True
        else:
            assert connection.scalar(text("SELECT name FROM sqlite_master WHERE type = 'index'")) == "ix_large_number"


def test_who_waits_for_the_migration_of_another_host_does_not_stop_its_concurrent_index(
    blank: Settings, opened: Engine
) -> None:
    if opened.dialect.name != "postgresql":
        pytest.skip("only PostgreSQL makes an index concurrently")
    with migrating._turn_by_advisory_lock(opened):
        waiting = threading.Thread(target=migrate, args=(blank,))
        waiting.start()
        with opened.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("CREATE TABLE large (number INTEGER)"))
            connection.execute(text("SET lock_timeout = '10s'"))
            connection.execute(text("CREATE INDEX CONCURRENTLY ix_large ON large (number)"))
    waiting.join(timeout=120)
    with opened.connect() as connection:
        assert revision(opened) == head(connection)
