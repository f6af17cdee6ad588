"""Columns for credits and hours, whose places the manual fixes (M-X.6)."""

from models.base import Exact


class CreditAmount(Exact):
    """Credits (学分): Decimal with two places. Raises ValueError for a finer one rather than round it silently."""

    cache_ok = True

    def __init__(self) -> None:
        super().__init__(2)


class HourAmount(Exact):
    """Hours (学时): Decimal with one place. Raises ValueError for a finer one rather than round it silently."""

    cache_ok = True

    def __init__(self) -> None:
        super().__init__(1)
