"""The sort keys inside a cursor. They are parsed strictly, so that no text from a client reaches a statement.

A list has the keys by which it is sorted: `BY_ID`, `by_id("record.id")`, `by_day_and_id(ProjectKey, ...)`. Names are
attributes of its rows, with a dot for an attribute of an attribute.
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
    """The cursor is not one that this service made."""

    code = "invalid_input"


@dataclass(frozen=True)
class CursorKey(Generic[Key]):
    """The sort keys of a list. readers: parse the text of each key; make: builds the domain's key from all of them."""

    names: tuple[str, ...]
    readers: tuple[Callable[[str], Any], ...]
    make: Callable[..., Key]

    def read(self, texts: list[str]) -> Key:
        """Return the domain's key from a cursor's texts. Raises CursorInvalid."""
        return self.make(*(read(text) for read, text in zip(self.readers, texts, strict=True)))

    def write(self, row: Any) -> list[str]:
        """Return the sort keys of a row as texts."""
        return [_text(attrgetter(name)(row)) for name in self.names]


def by_id(name: str = "id") -> CursorKey[uuid.UUID]:
    """Return the sort key of a list that is ordered by id, which is the order of creation."""
    return CursorKey((name,), (read_id,), _same)


def by_number(name: str) -> CursorKey[int]:
    """Return the sort key of a list that is ordered by a whole number from 0 on."""
    return CursorKey((name,), (read_number,), _same)


def by_day_and_id(make: Callable[[date, uuid.UUID], Key], day: str, name: str = "id") -> CursorKey[Key]:
    """Return the sort key of a list that is ordered by day, then by id."""
    return CursorKey((day, name), (read_date, read_id), make)


def by_instant_and_id(make: Callable[[datetime, uuid.UUID], Key], instant: str, name: str = "id") -> CursorKey[Key]:
    """Return the sort key of a list that is ordered by time, then by id."""
    return CursorKey((instant, name), (read_instant, read_id), make)


def by_code_and_number(code: str, number: str) -> CursorKey[tuple[str, int]]:
    """Return the sort key of a list that is ordered by code, then by a number."""
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
