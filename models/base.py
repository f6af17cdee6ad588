"""The declarative base, and the column types that all tables share."""

import enum
import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Enum, MetaData, types
from sqlalchemy.orm import DeclarativeBase
from uuid_utils.compat import uuid7


class Base(DeclarativeBase):
    """The base of all tables; constraints are named, so that migrations can name them too."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(types.TypeDecorator[datetime]):
    """An aware UTC instant. SQLite keeps no zone, so it is put back on reading.

    Raises ValueError on a naive datetime: a local time that slipped in would be wrong by hours.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime can't be stored: give it a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        assert isinstance(value, datetime)  # noqa: S101 - for the type checker: both drivers give datetimes
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Exact(types.TypeDecorator[Decimal]):
    """A Decimal of so many places, kept as a whole number of its smallest steps: SQLite has no exact fractions.

    Sums in SQL are sums of steps: the result, typed by the column, is a Decimal again. Raises ValueError for a number
    with more places: rounding is a rule's business and never a column's.
    """

    impl = BigInteger
    cache_ok = True

    def __init__(self, places: int) -> None:
        super().__init__()
        self.places = places

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        steps = Decimal(value).scaleb(self.places)
        if steps != int(steps):
            raise ValueError(f"{value} has more than {self.places} places")
        return int(steps)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(int(value)).scaleb(-self.places)


def words(kind: type[enum.StrEnum]) -> Enum:
    """Return a column that holds the words of `kind`, as text in both databases."""
    return Enum(kind, native_enum=False, length=40, values_callable=lambda members: [m.value for m in members])


def new_id() -> uuid.UUID:
    """Return a UUIDv7: unique anywhere, and in order of time, so that indexes grow at one end."""
    return uuid7()
