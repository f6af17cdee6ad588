"""Storing uploads of many rows: a commit after each portion, so that nobody waits long for the write lock."""

from collections.abc import Generator
from typing import TypeVar

from sqlalchemy.orm import Session

T = TypeVar("T")


def commit_portions(db: Session, storing: Generator[None, None, T]) -> T:
    """Commit after each portion except the last one, which the request commits; return what was stored."""
    while True:
        try:
            next(storing)
        except StopIteration as ended:
            stored: T = ended.value
            return stored
        db.commit()
