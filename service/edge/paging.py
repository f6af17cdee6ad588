"""Keyset lists: `?limit=&cursor=` in, `next_cursor` out; never OFFSET."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import TypeVar

from foundation.errors import Refusal

Row = TypeVar("Row")


class CursorInvalid(Refusal):
    """The cursor is none that this service gave out."""

    code = "invalid_input"


def encode_cursor(*keys: str) -> str:
    """Pack the sort keys of the last row of a page."""
    return base64.urlsafe_b64encode(json.dumps(keys, separators=(",", ":")).encode()).rstrip(b"=").decode()


def decode_cursor(cursor: str | None, size: int) -> list[str] | None:
    """The `size` sort keys in a cursor; None for no cursor. Raises CursorInvalid on anything else.

    The keys come from outside: parse each one strictly before it meets the database.
    """
    if cursor is None:
        return None
    try:
        keys = json.loads(base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        raise CursorInvalid(field="cursor") from None
    if not isinstance(keys, list) or len(keys) != size or not all(isinstance(key, str) for key in keys):
        raise CursorInvalid(field="cursor")
    return keys


def cut(found: Sequence[Row], limit: int, keys_of: Callable[[Row], Sequence[str]]) -> tuple[Sequence[Row], str | None]:
    """The page of at most `limit` rows, and the cursor of the next one where one more row was found."""
    page = found[:limit]
    return page, encode_cursor(*keys_of(page[-1])) if len(found) > limit else None
