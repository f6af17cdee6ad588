"""The sort keys inside a cursor. They are parsed strictly, so that no text from a client reaches a statement.

A list has the keys by which it is sorted: `BY_ID`, `by_id("record.id")`, `by_day_and_id(ProjectKey, ...)`. Names are
attributes of its rows, with a dot for an attribute of an attribute.
"""

import uuid
from collections.abc import Callable, Sequence
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


def by_id_alone(name: str = "id") -> CursorKey[Sequence[Any]]:
    """Return the sort key of a list that `foundation.listing.Order` sorts by id."""
    return CursorKey((name,), (read_id,), _keys)


def by_text_and_id(text: str, name: str = "id") -> CursorKey[Sequence[Any]]:
    """Return the sort key of a list that is ordered by a text, then by id. An attribute of None counts as empty."""
    return CursorKey((text, name), (read_text, read_id), _keys)


def by_date_and_id(day: str, name: str = "id") -> CursorKey[Sequence[Any]]:
    """Return the sort key of a list that `foundation.listing.Order` sorts by day, then by id."""
    return CursorKey((day, name), (read_date, read_id), _keys)


def by_instant_and_id_alone(instant: str, name: str = "id") -> CursorKey[Sequence[Any]]:
    """Return the sort key of a list that `foundation.listing.Order` sorts by time, then by id."""
    return CursorKey((instant, name), (read_instant, read_id), _keys)


def by_code_and_number(code: str, number: str) -> CursorKey[tuple[str, int]]:
    """Return the sort key of a list that is ordered by code, then by a number."""
    return CursorKey((code, number), (read_text, read_number), _keys)


def read_id(text: str) -> uuid.UUID:
    """Return the id in a text. Raises CursorInvalid."""
    try:
        return uuid.UUID(text)
    except ValueError:
        raise CursorInvalid(field="cursor") from None


def read_text(text: str) -> str:
    """Return the text, which a database can compare with others. Raises CursorInvalid."""
    if "\x00" in text or any("\ud800" <= each <= "\udfff" for each in text):
        raise CursorInvalid(field="cursor")
    return text


def read_instant(text: str) -> datetime:
    """Return the time in a text, with its time zone. Raises CursorInvalid."""
    try:
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is None:
            raise ValueError
        return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        raise CursorInvalid(field="cursor") from None


def read_date(text: str) -> date:
    """Return the date in a text. Raises CursorInvalid."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CursorInvalid(field="cursor") from None


def read_number(text: str) -> int:
    """Return the whole number in a text, from 0 on and within the range of a column. Raises CursorInvalid."""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise CursorInvalid(field="cursor")
    return int(text)


def _same(key: Key) -> Key:
    return key


def _keys(*keys: Any) -> Any:
    return keys


def _text(value: object) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)  # a datetime is a date


BY_ID = by_id()
