"""Columns for credits and hours: whole numbers of their smallest step, so that both databases add them up exactly."""

from decimal import Decimal
from typing import Any

from sqlalchemy import Dialect, Integer, types


class _Steps(types.TypeDecorator[Decimal]):
    """A Decimal kept as an integer number of steps. SQLite has no decimal type, and would sum floats."""

    impl = Integer
    cache_ok = True
    step: Decimal

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        count = value / self.step
        if count != count.to_integral_value():
            raise ValueError(f"{value} is finer than the column's step of {self.step}")
        return int(count)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else (Decimal(value) * self.step).quantize(self.step)


class CreditAmount(_Steps):
    """Credits (学分): Decimal with two places. Raises ValueError for a finer one rather than round it silently."""

    cache_ok = True
    step = Decimal("0.01")


class HourAmount(_Steps):
    """Hours (学时): Decimal with one place. Raises ValueError for a finer one rather than round it silently."""

    cache_ok = True
    step = Decimal("0.1")
