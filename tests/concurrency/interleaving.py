"""Another request in the middle of a transaction: at a certain statement, and until it waits for a lock."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

from tests.concurrency.at_once import GUARD_SECONDS

_WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
_A_MOMENT = 0.005


@contextmanager
def meanwhile(db: Session, statement: str, act: Callable[[], object]) -> Iterator[list[object]]:
    """Do something in a thread of its own just before the first statement that begins so; give what it returned.

    On PostgreSQL the statement goes on when the other one has ended or waits for a lock. SQLite has one writer, so
    there the other one simply follows.
    """
    answers: list[object] = []
    other = threading.Thread(target=lambda: answers.append(act()))
    has_begun = threading.Event()

    def pause(connection: Any, cursor: Any, said: str, *_: Any) -> None:
        if not said.startswith(statement) or has_begun.is_set():
            return
        has_begun.set()
        other.start()
        if connection.dialect.name == "postgresql":
            _await(db, other)

    event.listen(Engine, "before_cursor_execute", pause)
    try:
        yield answers
    finally:
        if has_begun.is_set():
            other.join(GUARD_SECONDS)  # before the list of listeners changes, through which its statements go
        event.remove(Engine, "before_cursor_execute", pause)
    assert has_begun.is_set(), f"no statement began with: {statement}"
    assert not other.is_alive()


def _await(db: Session, other: threading.Thread) -> None:
    for _ in range(round(GUARD_SECONDS / _A_MOMENT)):
        other.join(_A_MOMENT)
        if not other.is_alive() or db.scalar(_WAITING):
            return
    raise AssertionError("the other one neither ends nor waits")
