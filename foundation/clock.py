"""The clock, as a Protocol, so that tests can set the time."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

HOME = ZoneInfo("Asia/Shanghai")
"""The zone of the province, for days and times that belong to no venue."""


class Clock(Protocol):
    """A clock."""

    def now(self) -> datetime:
        """Return the present time as an aware UTC instant."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present time as an aware UTC instant."""
        return datetime.now(UTC)


def day_at_home(now: datetime) -> date:
    """Return the calendar day in the province at an instant. A year of credits begins and ends by it."""
    return now.astimezone(HOME).date()


def local_day(at: datetime, zone: str) -> date:
    """Return the calendar day of an instant in a zone, such as that of a venue."""
    return at.astimezone(ZoneInfo(zone)).date()


def end_at_home(day: date) -> datetime:
    """Return the instant at which a calendar day ends in the province."""
    return datetime.combine(day + timedelta(days=1), time(), HOME)
