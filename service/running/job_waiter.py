"""Waits for a new job: PostgreSQL sends a notice; on SQLite the waiter polls for commits of other connections.

The waiter has its own connection. If the connection fails, jobs only start later: workers also look every few seconds.
"""

import logging
import select
import time
from contextlib import suppress
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from foundation.jobs import CHANNEL

POLL_SECONDS = 0.2  # between two polls of SQLite, each of some microseconds
_LONGEST_PAUSE = 60.0  # seconds at most until a failed connection is opened again; one second the first time
_log = logging.getLogger("cme.jobs")


class JobWaiter:
    """Waits for new jobs. stop: a file descriptor; a wait ends when it becomes readable."""

    def __init__(self, engine: Engine, stop: int) -> None:
        self._engine, self._stop = engine, stop
        self._driver_error: type[Exception] = engine.dialect.loaded_dbapi.Error
        self._source: _Notices | _Changes | None = None
        self._failures = 0  # since the last successful wait
        self._opens_at = time.monotonic()

    def wait(self, seconds: float) -> None:
        """Wait until there may be a new job, at most `seconds`."""
        try:
            if self._source is None and time.monotonic() >= self._opens_at:
                self._open()
                return  # jobs committed before the connection was open have sent no notice
            if self._source is not None:
                self._source.wait(seconds, self._stop)
                self._failures = 0
                return
        except (self._driver_error, SQLAlchemyError, OSError) as error:
            self._give_up(error)
        select.select([self._stop], [], [], min(seconds, max(0.0, self._opens_at - time.monotonic())))

    def close(self) -> None:
        """Close the connection; the next wait opens it again."""
        if self._source is not None:
            self._source.close()
            self._source = None

    def _open(self) -> None:
        opened = self._engine.raw_connection()
        driver = opened.driver_connection
        opened.detach()  # the pool does not get it back
        source = _Notices if self._engine.dialect.name == "postgresql" else _Changes
        try:
            self._source = source(driver)
        except BaseException:
            opened.close()
            raise

    def _give_up(self, error: Exception) -> None:
        if not self._failures:
            _log.warning("new jobs start later, because their notices can't be received: %s", type(error).__name__)
        self._opens_at = time.monotonic() + min(2.0**self._failures, _LONGEST_PAUSE)
        self._failures += 1
        with suppress(Exception):
            self.close()
        self._source = None


class _Notices:
    """PostgreSQL's notices, which arrive with the commit that made a job."""

    def __init__(self, connection: Any) -> None:
        connection.autocommit = True
        connection.execute(f"LISTEN {CHANNEL}")
        self._connection = connection

    def wait(self, seconds: float, stop: int) -> None:
        readable, _, _ = select.select([self._connection.fileno(), stop], [], [], seconds)
        if self._connection.fileno() in readable:
            self._connection.pgconn.consume_input()  # raises if the connection is lost
            while self._connection.pgconn.notifies() is not None:
                pass

    def close(self) -> None:
        self._connection.close()


class _Changes:
    """The commits of other connections to an SQLite file: SQLite changes a number in shared memory at each commit."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._version = self._read()

    def wait(self, seconds: float, stop: int) -> None:
        ends_at = time.monotonic() + seconds
        while (version := self._read()) == self._version:
            left = ends_at - time.monotonic()
            if left <= 0 or select.select([stop], [], [], min(left, POLL_SECONDS))[0]:
                return
        self._version = version

    def close(self) -> None:
        self._connection.close()

    def _read(self) -> int:
        ((version,),) = self._connection.execute("PRAGMA data_version").fetchall()
        return int(version)
