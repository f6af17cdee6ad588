"""Lists that people search and sort: the text that they typed, the order, and how many rows there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, func, or_, select, true
from sqlalchemy.orm import Session

MOST_COUNTED = 1000
"""Rows are counted up to here. Nobody reads a longer list to its end, and a count of everything is slow."""

Wanted = TypeVar("Wanted", bound=Select[*tuple[Any, ...]])


@dataclass(frozen=True)
class Count:
    """How many rows a list has. is_capped: there are more than `rows`."""

    rows: int
    is_capped: bool


@dataclass(frozen=True)
class Order:
    """An order by columns that have no NULL. The last one is unique."""

    columns: tuple[SQLColumnExpression[Any], ...]
    is_descending: bool = False

    def page(self, wanted: Wanted, *, after: Sequence[Any] | None, limit: int | None) -> Wanted:
        """Return the statement for `limit` rows in this order (None: all), those behind a row with the keys `after`."""
        if after is not None:
            wanted = wanted.where(self._behind(after))
        sorted_by = (each.desc() if self.is_descending else each.asc() for each in self.columns)
        return wanted.order_by(*sorted_by).limit(limit)

    def _behind(self, after: Sequence[Any]) -> ColumnElement[bool]:
        """Return the condition for the rows behind one. Both databases use an index for its first part."""
        column, rest = self.columns[0], Order(self.columns[1:], self.is_descending)
        value = after[0]
        beyond: ColumnElement[bool] = column < value if self.is_descending else column > value
        if not rest.columns:
            return beyond
        up_to: ColumnElement[bool] = column <= value if self.is_descending else column >= value
        return and_(up_to, or_(beyond, rest._behind(after[1:])))


def holds(text: str | None, *columns: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """Return the condition that one of the columns holds the text, in any case of Latin letters; true for no text.

    `%` and `_` in the text stand for themselves.
    """
    if not text:
        return true()
    if text.lower() == text.upper():  # Chinese, digits: PostgreSQL takes four times as long to fold the case of rows
        return or_(*(each.contains(text, autoescape=True) for each in columns))
    return or_(*(each.icontains(text, autoescape=True) for each in columns))


def count_rows(db: Session, wanted: Select[*tuple[Any, ...]]) -> Count:
    """Return how many rows a statement has, up to MOST_COUNTED."""
    some = wanted.order_by(None).limit(MOST_COUNTED + 1).subquery()
    found = db.scalar(select(func.count()).select_from(some)) or 0
    return Count(min(found, MOST_COUNTED), is_capped=found > MOST_COUNTED)
