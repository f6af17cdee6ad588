"""What time it is: a Protocol, so that tests can turn the clock."""

from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

_HOME = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the present, as an aware UTC instant."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present, as an aware UTC instant."""
        return datetime.now(UTC)


def day_at_home(now: datetime) -> date:
    """Return the calendar day in the province at an instant: where a year of credits begins and ends."""
    return now.astimezone(_HOME).date()
