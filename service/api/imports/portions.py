"""Storing an upload of many rows: committed a portion at a time, so that nobody waits for the write lock meanwhile."""

from collections.abc import Generator
from typing import TypeVar

from sqlalchemy.orm import Session

T = TypeVar("T")


def commit_portions(db: Session, storing: Generator[None, None, T]) -> T:
    """Commit at each portion but the last one, which is the request's to commit; return what was stored."""
    while True:
        try:
            next(storing)
        except StopIteration as ended:
            stored: T = ended.value
            return stored
        db.commit()
