"""The sort keys inside a cursor, read strictly: whatever is none of ours is told so, and never meets the database."""

import uuid
from datetime import UTC, date, datetime

from service.edge.paging import CursorInvalid


def read_id(text: str) -> uuid.UUID:
    """An id. Raises CursorInvalid."""
    try:
        return uuid.UUID(text)
    except ValueError:
        raise CursorInvalid(field="cursor") from None


def read_instant(text: str) -> datetime:
    """An aware instant. Raises CursorInvalid."""
    try:
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is None:
            raise ValueError
        return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        raise CursorInvalid(field="cursor") from None


def read_date(text: str) -> date:
    """A date. Raises CursorInvalid."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CursorInvalid(field="cursor") from None


def read_number(text: str) -> int:
    """A whole number from 0 on that fits a column. Raises CursorInvalid."""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise CursorInvalid(field="cursor")
    return int(text)
