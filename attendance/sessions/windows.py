"""When a session is open for checking in and out, and what is late (W: 签到 start -30 to +20 min, 签退 end -20 to +30).

All times are instants, so a session may cross midnight or a change of the clocks.
"""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from attendance.errors import PeriodInvalid
from models.attendance import CheckInStatus, Direction
from models.projects import Session as VenueSession

_IN_BEFORE, _IN_AFTER = timedelta(minutes=30), timedelta(minutes=20)
_OUT_BEFORE, _OUT_AFTER = timedelta(minutes=20), timedelta(minutes=30)


@dataclass(frozen=True)
class Windows:
    """The check-in windows of a session. The first instant of a window belongs to it, the last doesn't."""

    in_opens_at: datetime
    late_from: datetime
    in_closes_at: datetime
    out_opens_at: datetime
    out_closes_at: datetime


@dataclass(frozen=True)
class WindowWishes:
    """The times that the organizer sets; None for the default."""

    in_opens_at: datetime | None = None
    late_from: datetime | None = None
    in_closes_at: datetime | None = None
    out_opens_at: datetime | None = None
    out_closes_at: datetime | None = None

    def moved(self, *, start_by: timedelta, end_by: timedelta) -> "WindowWishes":
        """Return the wishes after a session moved: check-in moves with its start, check-out with its end."""
        into = (self.in_opens_at, self.late_from, self.in_closes_at)
        out = (self.out_opens_at, self.out_closes_at)
        return WindowWishes(*(each and each + start_by for each in into), *(each and each + end_by for each in out))


def plan_windows(starts_at: datetime, ends_at: datetime, wishes: WindowWishes) -> Windows:
    """Return the windows of a session: the wished times, or the defaults of W. After its start people are late (迟到).

    Nobody can check out before check-out opens, so a person who leaves early (早退) has no check-out. Raises
    PeriodInvalid where the times are out of order.
    """
    if starts_at >= ends_at:
        raise PeriodInvalid(field="ends_at")
    by_default = _default_windows(starts_at, ends_at)
    names = [each.name for each in fields(Windows)]
    windows = Windows(**{name: getattr(wishes, name) or getattr(by_default, name) for name in names})
    if not (
        windows.in_opens_at < windows.in_closes_at <= windows.out_closes_at
        and windows.in_opens_at <= windows.late_from <= windows.in_closes_at
        and windows.out_opens_at < windows.out_closes_at
        and windows.in_opens_at < ends_at
        and windows.out_closes_at > starts_at
    ):
        raise PeriodInvalid(field="windows")
    return windows


def windows_of(session: VenueSession) -> Windows:
    """Return the windows of a session."""
    return Windows(
        session.in_opens_at, session.late_from, session.in_closes_at, session.out_opens_at, session.out_closes_at
    )


def wishes_of(session: VenueSession) -> WindowWishes:
    """Return the windows of a session that differ from the defaults of its times; None for the others."""
    by_default = _default_windows(session.starts_at, session.ends_at)
    names = [each.name for each in fields(Windows)]
    present = {name: getattr(session, name) for name in names}
    return WindowWishes(**{name: at if at != getattr(by_default, name) else None for name, at in present.items()})


def _default_windows(starts_at: datetime, ends_at: datetime) -> Windows:
    return Windows(
        in_opens_at=starts_at - _IN_BEFORE,
        late_from=starts_at,
        in_closes_at=min(starts_at + _IN_AFTER, ends_at),
        out_opens_at=max(ends_at - _OUT_BEFORE, starts_at),
        out_closes_at=ends_at + _OUT_AFTER,
    )


def is_open(session: VenueSession, direction: Direction, at: datetime) -> bool:
    """Return whether people can check in, or out, at this instant."""
    if session.closed_at is not None and at >= session.closed_at:
        return False
    if direction is Direction.IN:
        return session.in_opens_at <= at < session.in_closes_at
    return session.out_opens_at <= at < session.out_closes_at


def status_of(session: VenueSession, direction: Direction, scanned_at: datetime) -> CheckInStatus:
    """Return present or late, by the instant of the scan."""
    is_late = direction is Direction.IN and scanned_at >= session.late_from
    return CheckInStatus.LATE if is_late else CheckInStatus.PRESENT
