"""On which days a session is repeated, and its plan on each of them. Pure rules.

A day is one of the venue's clock, and each repetition has the local times of the first: across a change of the clocks
the instants move, the times on the wall stay. A day that the zone doesn't have is left out: at the date line, Samoa had
no 30 December 2011.
"""

import enum
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta

from attendance.sessions.sessions import NewSession
from attendance.sessions.windows import WindowWishes
from foundation.clock import local_day

MOST = 100
"""Sessions of one series: half a year of weekdays, and no more than a page of a list."""


class Rhythm(enum.StrEnum):
    """Whether a session is repeated by days or by weeks."""

    DAY = "day"
    WEEK = "week"


class Weekday(enum.StrEnum):
    """A day of the week."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


_ORDER = tuple(Weekday)


@dataclass(frozen=True)
class Repetition:
    """How a session is repeated. interval: every so many days or weeks; weekdays: empty for that of the first day.

    until: the last day that may have one; count: how many there are, without the days left out. One of them is None.
    without: days that are left out, such as holidays.
    """

    rhythm: Rhythm
    interval: int = 1
    weekdays: frozenset[Weekday] = frozenset()
    until: date | None = None
    count: int | None = None
    without: frozenset[date] = frozenset()


def repeat(first: NewSession, repetition: Repetition) -> list[NewSession]:
    """Return the plans of a series in order of their days, up to one more than MOST. The first one may be missing.

    It is missing where its own day is left out, or is none of the weekdays.
    """
    found: list[NewSession] = []
    for day in _days(local_day(first.starts_at, first.zone), repetition):
        if len(found) in (repetition.count, MOST + 1):
            break
        if day in repetition.without:
            continue
        planned = on_day(first, day)
        if local_day(planned.starts_at, planned.zone) == day:
            found.append(planned)
    return found


def on_day(plan: NewSession, day: date) -> NewSession:
    """Return the plan with the same local times, beginning on another day."""
    days = day - local_day(plan.starts_at, plan.zone)
    wishes = {each.name: getattr(plan.windows, each.name) for each in fields(WindowWishes)}
    return replace(
        plan,
        starts_at=moved_by_days(plan.starts_at, days, plan.zone),
        ends_at=moved_by_days(plan.ends_at, days, plan.zone),
        windows=WindowWishes(**{name: at and moved_by_days(at, days, plan.zone) for name, at in wishes.items()}),
    )


def moved_by_days(at: datetime, days: timedelta, zone: str) -> datetime:
    """Return the instant with the same local time some days later, also across a change of the clocks.

    A local time that the clocks skip becomes the one an hour later, as they show it.
    """
    moved = at.astimezone(zoneinfo.ZoneInfo(zone)) + days  # in Python, arithmetic within one zone keeps the local time
    return moved.astimezone(UTC)


def _days(first: date, repetition: Repetition) -> Iterator[date]:
    """Yield the days of the rhythm from the first day on."""
    last = repetition.until or date.max
    if repetition.rhythm is Rhythm.DAY:
        step = timedelta(days=repetition.interval)
        while first <= last:
            yield first
            first += step
        return
    wanted = repetition.weekdays or {_ORDER[first.weekday()]}
    offsets = [timedelta(days=place) for place, weekday in enumerate(_ORDER) if weekday in wanted]
    monday = first - timedelta(days=first.weekday())
    while monday <= last:
        yield from (monday + each for each in offsets if first <= monday + each <= last)
        monday += timedelta(weeks=repetition.interval)
