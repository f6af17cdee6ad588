"""What time it is: a Protocol, so that tests can turn the clock."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present, as an aware UTC instant."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present, as an aware UTC instant."""
        return datetime.now(UTC)
