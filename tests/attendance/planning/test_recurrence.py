"""On which days a session is repeated: the wall clock decides, also where the clocks change and at the date line."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.planning.recurrence import MOST, Repetition, Rhythm, Weekday, moved_by_days, repeat
from attendance.sessions.sessions import NewSession
from attendance.sessions.windows import WindowWishes
from models.projects import Liveness, QrMode

ZONES = (
    "Asia/Shanghai",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Kiritimati",
    "Africa/Cairo",
)


def planned(zone: str, start: str, hours: float = 3, windows: WindowWishes | None = None) -> NewSession:
    """A session whose start is a local time."""
    starts_at = datetime.fromisoformat(start).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return NewSession(
        title="讲座", venue="大厅", starts_at=starts_at, ends_at=starts_at + timedelta(hours=hours), zone=zone,
        qr_mode=QrMode.ROTATING, liveness=Liveness.NONE, windows=windows or WindowWishes(),
    )  # fmt: skip


def walls(plans: list[NewSession]) -> list[str]:
    """The local starts."""
    return [each.starts_at.astimezone(ZoneInfo(each.zone)).strftime("%m-%d %H:%M") for each in plans]


def test_each_day_until_a_day_and_that_day_too() -> None:
    first = planned("Asia/Shanghai", "2026-11-30 08:30")
    found = repeat(first, Repetition(Rhythm.DAY, until=date(2026, 12, 2)))
    assert walls(found) == ["11-30 08:30", "12-01 08:30", "12-02 08:30"]
    assert found[0] == first
    assert [each.ends_at - each.starts_at for each in found] == [timedelta(hours=3)] * 3


def test_weekdays_of_every_other_week_without_holidays() -> None:
    rhythm = Repetition(
        Rhythm.WEEK, interval=2, weekdays=frozenset({Weekday.WEDNESDAY, Weekday.MONDAY}), count=4,
        without=frozenset({date(2026, 11, 16)}),
    )  # fmt: skip
    assert walls(repeat(planned("Asia/Shanghai", "2026-11-03 18:30"), rhythm)) == [
        "11-04 18:30", "11-18 18:30", "11-30 18:30", "12-02 18:30",
    ]  # fmt: skip


def test_without_weekdays_it_is_that_of_the_first_day() -> None:
    assert walls(repeat(planned("Asia/Shanghai", "2026-11-03 18:30"), Repetition(Rhythm.WEEK, count=3))) == [
        "11-03 18:30", "11-10 18:30", "11-17 18:30",
    ]  # fmt: skip


def test_the_day_is_that_of_the_venue_and_not_that_of_utc() -> None:
    early = planned("Asia/Shanghai", "2026-11-03 07:00")  # a Monday still in UTC
    assert walls(repeat(early, Repetition(Rhythm.WEEK, weekdays=frozenset({Weekday.TUESDAY}), count=2))) == [
        "11-03 07:00", "11-10 07:00",
    ]  # fmt: skip


def test_the_clocks_change_and_the_time_on_the_wall_stays() -> None:
    windows = WindowWishes(in_opens_at=datetime(2026, 10, 24, 5, tzinfo=UTC))
    first = planned("Europe/Berlin", "2026-10-24 08:30", windows=windows)
    found = repeat(first, Repetition(Rhythm.DAY, count=2))
    assert walls(found) == ["10-24 08:30", "10-25 08:30"]
    assert found[1].starts_at - found[0].starts_at == timedelta(hours=25)
    assert found[1].windows.in_opens_at == datetime(2026, 10, 25, 6, tzinfo=UTC)


def test_a_local_time_that_the_clocks_skip_is_the_one_after_the_gap() -> None:
    found = repeat(planned("Europe/Berlin", "2026-03-28 02:30", hours=2), Repetition(Rhythm.DAY, count=3))
    assert walls(found) == ["03-28 02:30", "03-29 03:30", "03-30 02:30"]
    assert all(each.starts_at < each.ends_at for each in found)


def test_a_day_that_the_zone_does_not_have_is_left_out() -> None:
    found = repeat(planned("Pacific/Apia", "2011-12-28 09:00"), Repetition(Rhythm.DAY, until=date(2012, 1, 1)))
    assert walls(found) == ["12-28 09:00", "12-29 09:00", "12-31 09:00", "01-01 09:00"]
    assert len({each.starts_at for each in found}) == 4


def test_no_more_than_one_beyond_the_limit_is_computed() -> None:
    first = planned("Asia/Shanghai", "2026-01-01 08:30")
    assert len(repeat(first, Repetition(Rhythm.DAY, until=date(2099, 12, 31)))) == MOST + 1
    assert len(repeat(first, Repetition(Rhythm.DAY, count=MOST))) == MOST
    assert repeat(first, Repetition(Rhythm.DAY, until=date(2025, 12, 31))) == []


@pytest.mark.parametrize("rhythm", Rhythm)
@given(
    day=st.dates(date(2020, 1, 1), date(2035, 12, 31)),
    minute=st.integers(0, 24 * 60 - 1),
    zone=st.sampled_from(ZONES),
    interval=st.integers(1, 4),
    weekdays=st.frozensets(st.sampled_from(list(Weekday))),
    without=st.frozensets(st.integers(0, 60)),
)
def test_whatever_is_asked_days_rise_are_wanted_and_keep_their_time(
    rhythm: Rhythm, day: date, minute: int, zone: str, interval: int, weekdays: frozenset[Weekday],
    without: frozenset[int],
) -> None:  # fmt: skip
    start = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minute)
    first = planned(zone, start.isoformat(), hours=2)
    out = frozenset(day + timedelta(days=each) for each in without)
    chosen, until = weekdays if rhythm is Rhythm.WEEK else frozenset(), day + timedelta(days=60)
    rule = Repetition(rhythm, interval, chosen, until=until, without=out)
    found = repeat(first, rule)
    local = [each.starts_at.astimezone(ZoneInfo(zone)) for each in found]
    days = [each.date() for each in local]
    assert days == sorted(set(days))
    assert not set(days) & out
    assert all(day <= each <= day + timedelta(60) for each in days)
    if rhythm is Rhythm.WEEK:
        wanted = weekdays or {list(Weekday)[day.weekday()]}
        assert {list(Weekday)[each.weekday()] for each in days} <= wanted
    for each, at in zip(found, local, strict=True):
        back = moved_by_days(each.starts_at, timedelta(0), zone)
        assert back == each.starts_at
        wall = at.replace(tzinfo=None).time()
        expected = first.starts_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None).time()
        shift = abs(timedelta(hours=wall.hour - expected.hour, minutes=wall.minute - expected.minute))
        assert shift in (timedelta(0), timedelta(minutes=30), timedelta(hours=1))  # in a gap the clocks skip that much
