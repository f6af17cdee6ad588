"""What the routes of imports share: a commit after each portion of rows, and the status of an answer."""

from collections.abc import Generator
from typing import TypeVar

from sqlalchemy.orm import Session

from models.imports import ImportStatus

T = TypeVar("T")


def commit_portions(db: Session, storing: Generator[None, None, T]) -> T:
    """Commit after each portion except the last one, which the request commits; return what was stored.

    So nobody waits long for the write lock.
    """
    while True:
        try:
            next(storing)
        except StopIteration as ended:
            stored: T = ended.value
            return stored
        db.commit()


def status_of_answer(status: ImportStatus, *, done: int) -> int:
    """Return 202 while a job is at work on an import of this status, otherwise `done`."""
    at_work = (ImportStatus.CHECKING, ImportStatus.COMMITTING, ImportStatus.UNDOING)
    return 202 if status in at_work else done
