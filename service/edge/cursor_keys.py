"""The sort keys inside a cursor, read strictly: whatever is none of ours is told so, and never meets the database.

A list names the keys by which it is sorted: `BY_ID`, `by_id("record.id")`, `by_day_and_id(ProjectKey, ...)`. Names are
attributes of its rows, with dots for attributes of attributes.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from operator import attrgetter
from typing import Any, Generic, TypeVar

from foundation.errors import Refusal

Key = TypeVar("Key")


class CursorInvalid(Refusal):
    """The cursor is none that this service gave out."""

    code = "invalid_input"


@dataclass(frozen=True)
class CursorKey(Generic[Key]):
    """By what a list is sorted. readers: one for each key's text; make: what the domain takes, from all of them."""

    names: tuple[str, ...]
    readers: tuple[Callable[[str], Any], ...]
    make: Callable[..., Key]

    def read(self, texts: list[str]) -> Key:
        """Return the place in the list that a cursor's texts tell of. Raises CursorInvalid."""
        return self.make(*(read(text) for read, text in zip(self.readers, texts, strict=True)))

    def write(self, row: Any) -> list[str]:
        """Return the texts that tell of a row's place."""
        return [_text(attrgetter(name)(row)) for name in self.names]


def by_id(name: str = "id") -> CursorKey[uuid.UUID]:
    """Sort by an id, which grows with time."""
    return CursorKey((name,), (read_id,), _same)


def by_number(name: str) -> CursorKey[int]:
    """Sort by a number from 0 on."""
    return CursorKey((name,), (read_number,), _same)


def by_day_and_id(make: Callable[[date, uuid.UUID], Key], day: str, name: str = "id") -> CursorKey[Key]:
    """Sort by a day, and by an id within it."""
    return CursorKey((day, name), (read_date, read_id), make)


def by_instant_and_id(make: Callable[[datetime, uuid.UUID], Key], instant: str, name: str = "id") -> CursorKey[Key]:
    """Sort by an instant, and by an id where several have the same."""
    return CursorKey((instant, name), (read_instant, read_id), make)


def by_code_and_number(code: str, number: str) -> CursorKey[tuple[str, int]]:
    """Sort by a code, and by a number within it."""
    return CursorKey((code, number), (str, read_number), lambda *keys: keys)


def read_id(text: str) -> uuid.UUID:
    """Read an id. Raises CursorInvalid."""
    try:
        return uuid.UUID(text)
    except ValueError:
        raise CursorInvalid(field="cursor") from None


def read_instant(text: str) -> datetime:
    """Read an aware instant. Raises CursorInvalid."""
    try:
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is None:
            raise ValueError
        return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        raise CursorInvalid(field="cursor") from None


def read_date(text: str) -> date:
    """Read a date. Raises CursorInvalid."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CursorInvalid(field="cursor") from None


def read_number(text: str) -> int:
    """Read a whole number from 0 on that fits a column. Raises CursorInvalid."""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise CursorInvalid(field="cursor")
    return int(text)


def _same(key: Key) -> Key:
    return key


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)  # a datetime is a date


BY_ID = by_id()
