"""Lists by keyset paging: `?limit=&cursor=` in the query, `next_cursor` in the answer; no OFFSET.

A list view is one statement: `SomeList.of(paged(query, BY_ID, find), SomeOut.model_validate)`.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, Self, TypeVar

from foundation.listing import Count
from service.edge.answers.bodies import Out, Page
from service.edge.answers.cursor_keys import CursorInvalid, CursorKey

Row = TypeVar("Row")


class PageQuery(Protocol):
    """The query of a list: `Page`, or one with another largest number of rows."""

    @property
    def limit(self) -> int:
        """The largest number of rows."""

    @property
    def cursor(self) -> str | None:
        """The cursor of the page."""


Key = TypeVar("Key")


@dataclass(frozen=True)
class Paged(Generic[Row]):
    """The rows of one page, and the cursor of the next page; None on the last page."""

    rows: Sequence[Row]
    next_cursor: str | None


class ListOut(Out):
    """A page of a list in an answer. A subclass sets the type of its `items`."""

    @classmethod
    def of(cls, page: Paged[Row], show: Callable[[Row], Any], **more: Any) -> Self:
        """Return the answer with `show(row)` for each row of the page. more: the other fields of the answer."""
        items = [show(row) for row in page.rows]
        return cls.model_validate({"items": items, "next_cursor": page.next_cursor, **more})


class CountedList(ListOut):
    """A page of a list that people look through.

    count: the number of rows of all pages, up to 1,000, on the first page; null on the others. is_count_capped: there
    are more than `count`.
    """

    count: int | None
    is_count_capped: bool


def counted(query: Page, page: Paged[Any], count: Callable[[], Count]) -> dict[str, int | bool | None]:
    """Return the fields of CountedList. count: counts all rows; it is called for a first page that isn't the last."""
    if query.cursor is not None:
        return {"count": None, "is_count_capped": False}
    found = Count(len(page.rows), is_capped=False) if page.next_cursor is None else count()
    return {"count": found.rows, "is_count_capped": found.is_capped}


def paged(query: PageQuery, key: CursorKey[Key], find: Callable[[Key | None, int], Sequence[Row]]) -> Paged[Row]:
    """Return the page of a list that `query` asks for.

    find: returns the rows after a key (None: from the first row on), in order, up to a number. Raises CursorInvalid.
    """
    keys = decode_cursor(query.cursor, len(key.names))
    after = key.read(keys) if keys else None
    return split_page(find(after, query.limit + 1), query.limit, key)


def encode_cursor(*keys: str) -> str:
    """Return the cursor that holds the sort keys of the last row of a page."""
    text = json.dumps(keys, separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def decode_cursor(cursor: str | None, size: int) -> list[str] | None:
    """Return the `size` sort keys in a cursor; None for no cursor. Raises CursorInvalid if it can't be read.

    The keys come from a client. Parse each key strictly before a statement uses it.
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


def split_page(found: Sequence[Row], limit: int, key: CursorKey[Any]) -> Paged[Row]:
    """Return the page of at most `limit` rows. It has a cursor if `found` has one more row."""
    page = found[:limit]
    last = key.write(page[-1]) if page else []  # on each page, so that a wrong name fails on the first one already
    return Paged(page, encode_cursor(*last) if len(found) > limit else None)
