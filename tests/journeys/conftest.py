"""A database of its own for a service that runs as processes."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import create_engine, make_url, text

from models.base import new_id


@pytest.fixture
def empty_database(database: str) -> Iterator[dict[str, str]]:
    """The environment that gives a service an empty database of its own."""
    with an_empty_database(database) as environment:
        yield environment


@contextmanager
def an_empty_database(database: str) -> Iterator[dict[str, str]]:
    """An SQLite file in the service's data folder, or a fresh database on the suite's PostgreSQL."""
    if database.startswith("sqlite"):
        yield {"DATABASE_URL": ""}
        return
    name = f"journey_{new_id().hex}"
    server = create_engine(database, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield {"DATABASE_URL": make_url(database).set(database=name).render_as_string(hide_password=False)}
    finally:
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        server.dispose()
