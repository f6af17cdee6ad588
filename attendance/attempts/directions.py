"""In or out: the one rule for scans of the venue code, punches of machines, and kiosks. Rules without a database."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from attendance.sessions.windows import is_open, status_of
from models.attendance import CheckInStatus, Direction
from models.projects import Session as VenueSession

_MINUTE = timedelta(minutes=1)


def choose_direction(open_now: Collection[Direction], *, wanted: Direction | None, is_in: bool) -> Direction | None:
    """Return the direction of a scan or a punch, or None where that direction isn't open.

    wanted: the direction that the person or the machine named; it is the only choice then. is_in: the person was in
    before this moment.

    - A person who isn't in yet checks in if that is open, else out.
    - A person who is in checks out if that is open, else in again. In again changes nothing: the earliest in counts.

    Short sessions have both windows open at once. A session from 08:30 to 09:00 can be entered from 08:00 to 08:50 and
    left from 08:40 to 09:30. Punches at 08:20 and 08:45 are in and out. A single punch at 08:45 is in, and late.
    """
    if wanted is not None:
        order = [wanted]
    else:
        order = [Direction.OUT, Direction.IN] if is_in else [Direction.IN, Direction.OUT]
    return next((direction for direction in order if direction in open_now), None)


def open_directions(session: VenueSession, at: datetime) -> frozenset[Direction]:
    """Return the directions that are open at an instant."""
    return frozenset(direction for direction in Direction if is_open(session, direction, at))


@dataclass(frozen=True)
class Punch:
    """A moment that a machine wrote. said: the direction in the file; None where the windows decide.

    Many machines write no seconds, and spreadsheets turn their 08:30 into 08:30:00. So a time without seconds, or with
    00 seconds, means the whole minute: it is within whatever begins or ends in that minute.
    """

    at: datetime
    said: Direction | None = None

    @property
    def is_minute(self) -> bool:
        """Return whether the time means a whole minute."""
        return (self.at.second, self.at.microsecond) == (0, 0)


def open_for(session: VenueSession, punch: Punch) -> frozenset[Direction]:
    """Return the directions whose window was open at a punch. Closing a session later doesn't matter here."""
    windows = {
        Direction.IN: (session.in_opens_at, session.in_closes_at),
        Direction.OUT: (session.out_opens_at, session.out_closes_at),
    }
    return frozenset(
        direction for direction, (opens_at, closes_at) in windows.items() if _is_within(punch, opens_at, closes_at)
    )


def status_at(session: VenueSession, direction: Direction, punch: Punch) -> CheckInStatus:
    """Return present or late. A whole minute in which late begins is present: 08:30 is within 08:30."""
    if punch.is_minute and punch.at <= session.late_from:
        return CheckInStatus.PRESENT
    return status_of(session, direction, punch.at)


def directions_of(
    session: VenueSession, punches: Iterable[Punch], *, arrived_at: datetime | None
) -> dict[Punch, Direction | None]:
    """Return the direction of each punch of one person at one session, whatever the order of the punches.

    arrived_at: when the person checked in by face, ticket or hand; None if they didn't.
    """
    found: dict[Punch, Direction | None] = {}
    for punch in sorted(punches, key=in_order_of_time):
        is_in = arrived_at is not None and arrived_at < punch.at
        direction = choose_direction(open_for(session, punch), wanted=punch.said, is_in=is_in)
        if direction is Direction.IN:
            arrived_at = punch.at if arrived_at is None else min(arrived_at, punch.at)
        found[punch] = direction
    return found


def in_order_of_time(punch: Punch) -> tuple[datetime, str]:
    """Return the sort key of a punch."""
    return punch.at, punch.said or ""


def _is_within(punch: Punch, opens_at: datetime, closes_at: datetime) -> bool:
    if punch.is_minute:
        return opens_at < punch.at + _MINUTE and punch.at <= closes_at
    return opens_at <= punch.at < closes_at
