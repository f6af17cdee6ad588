"""The queue that wakes job workers: huey over PostgreSQL, or over an SQLite file of its own beside SQLite.

It carries ids of jobs and nothing else. What it loses (huey takes a task off before running it), the sweep tells again.
"""

import json
import logging
import threading
import uuid
from collections.abc import Callable
from typing import Any, Protocol, cast

from huey import Huey, PostgresHuey, SqliteHuey
from huey.registry import Message
from huey.serializer import Serializer

from service.configuration.settings import Settings

_NAME = "cme-jobs"
_WAIT_SECONDS = 1  # a request that has committed says so and goes on: it waits for no busy queue
_log = logging.getLogger(__name__)


class JobQueue(Protocol):
    """Says which jobs to look at; may lose, repeat or delay it."""

    def tell(self, job_id: uuid.UUID) -> None:
        """Have a worker look at a job soon. Never raises: what isn't told now is told by the sweep."""


class HueyQueue:
    """Tells job workers, in this process or another one, through huey's storage."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._opening = threading.Lock()
        self._huey: Huey | None = None

    def tell(self, job_id: uuid.UUID) -> None:
        """Have a worker look at a job soon. Never raises: what isn't told now is told by the sweep."""
        try:
            tell(self._opened(), job_id)
        except Exception as error:  # each storage has errors of its own, and none of them may harm who tells
            _log.warning("the job queue could not be told: %s", type(error).__name__)

    def close(self) -> None:
        """Close the connection, where there is one; the next use opens it again."""
        with self._opening:
            if self._huey is not None:
                self._huey.storage.close()

    def _opened(self) -> Huey:
        """Open at the first use, which comes after the fork: no connection is shared by processes."""
        with self._opening:
            if self._huey is None:
                self._huey = open_huey(self._settings)
        return self._huey


def make_tables(settings: Settings) -> None:
    """Make what the queue needs; run it once, before anybody opens the queue."""
    if settings.job_queue_url.startswith("postgresql"):
        with _connect(settings.job_queue_url) as connection:
            connection.execute("CREATE SCHEMA IF NOT EXISTS job_queue")
    open_huey(settings, create_tables=True).storage.close()


def open_huey(
    settings: Settings, run: Callable[[uuid.UUID], None] | None = None, *, create_tables: bool = False
) -> Huey:
    """Open the queue. run: what a worker does with a job; None for who only tells."""

    def job(job_id: str) -> None:
        if run is not None:
            run(uuid.UUID(job_id))

    huey = _storage(settings, create_tables)
    huey.tell = huey.task(name="job")(job)
    return huey


def tell(huey: Huey, job_id: uuid.UUID) -> None:
    """Put a job's id into an open queue. Raises what its storage raises."""
    huey.tell(str(job_id))


def _storage(settings: Settings, create_tables: bool) -> Huey:
    url = settings.job_queue_url
    common: dict[str, Any] = {"results": False, "serializer": _Readable(), "create_tables": create_tables}
    if url.startswith("postgresql"):
        return PostgresHuey(_NAME, connection=lambda: _connect(url), **common)
    path = url.removeprefix("sqlite:///")
    return SqliteHuey(_NAME, filename=path, timeout=_WAIT_SECONDS, cache_mb=0, **common)


def _connect(url: str) -> Any:
    """A connection whose tables lie in a schema of their own, out of the way of ours."""
    import psycopg

    dsn = url.replace("postgresql+psycopg://", "postgresql://")
    connection = psycopg.connect(dsn, autocommit=True, connect_timeout=5)
    connection.execute("SET search_path TO job_queue")
    return connection


class _Readable(Serializer):  # type: ignore[misc] # huey has no types
    """A task as JSON and not as a pickle: who can write to the queue must not be able to run code."""

    def _serialize(self, data: Any) -> bytes:
        return json.dumps([data.id, data.name, list(data.args)]).encode()

    def _deserialize(self, data: bytes) -> Any:
        task_id, name, args = cast(list[Any], json.loads(data))
        return Message(task_id, name, args=tuple(args), kwargs={})
