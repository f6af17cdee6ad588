"""When a session is open, and what is late."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from attendance.errors import PeriodInvalid
from attendance.sessions.windows import WindowWishes, is_open, plan_windows, status_of
from models.attendance import CheckInStatus, Direction
from models.projects import Session as VenueSession

START = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)
END = START + timedelta(hours=3)
MOMENT = timedelta(milliseconds=1)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def a_session(start: datetime = START, end: datetime = END, **wishes: datetime) -> VenueSession:
    return VenueSession(starts_at=start, ends_at=end, **asdict(plan_windows(start, end, WindowWishes(**wishes))))


@pytest.mark.parametrize(
    ("at", "is_in_open", "is_out_open"),
    [
        (START - minutes(30) - MOMENT, False, False),
        (START - minutes(30), True, False),
        (START + minutes(20) - MOMENT, True, False),
        (START + minutes(20), False, False),
        (END - minutes(20) - MOMENT, False, False),
        (END - minutes(20), False, True),
        (END + minutes(30) - MOMENT, False, True),
        (END + minutes(30), False, False),
    ],
)
def test_the_windows_are_those_of_the_field(
    at: datetime, is_in_open: bool, is_out_open: bool, machine_zone: str
) -> None:
    session = a_session()
    assert is_open(session, Direction.IN, at) is is_in_open
    assert is_open(session, Direction.OUT, at) is is_out_open


def test_late_begins_with_the_session_and_going_out_is_never_late() -> None:
    session = a_session()
    assert status_of(session, Direction.IN, START - MOMENT) is CheckInStatus.PRESENT
    assert status_of(session, Direction.IN, START) is CheckInStatus.LATE
    assert status_of(session, Direction.OUT, END) is CheckInStatus.PRESENT
    patient = a_session(late_from=START + minutes(10))
    assert status_of(patient, Direction.IN, START + minutes(10) - MOMENT) is CheckInStatus.PRESENT


def test_an_organizer_may_move_any_edge() -> None:
    session = a_session(in_opens_at=START - timedelta(hours=2), out_closes_at=END + timedelta(hours=2))
    assert is_open(session, Direction.IN, START - timedelta(hours=2))
    assert is_open(session, Direction.OUT, END + minutes(119))
    assert is_open(session, Direction.IN, START + minutes(19))


@pytest.mark.parametrize(
    "wishes",
    [
        {"in_opens_at": START + minutes(20)},
        {"in_closes_at": START - minutes(30)},
        {"late_from": START - minutes(31)},
        {"late_from": START + minutes(21)},
        {"out_opens_at": END + minutes(30)},
        {"out_closes_at": END - minutes(20)},
        {"in_opens_at": END, "in_closes_at": END + minutes(9), "late_from": END},
        {"in_closes_at": END + minutes(31)},
    ],
)
def test_windows_out_of_order_are_refused(wishes: dict[str, datetime]) -> None:
    with pytest.raises(PeriodInvalid):
        a_session(**wishes)


@pytest.mark.parametrize("end", [START, START - minutes(1)])
def test_a_session_must_end_after_its_start(end: datetime) -> None:
    with pytest.raises(PeriodInvalid):
        a_session(START, end)


def test_the_night_when_clocks_change_has_windows_of_the_same_length(machine_zone: str) -> None:
    new_york = ZoneInfo("America/New_York")
    start = datetime(2026, 11, 1, 0, 45, tzinfo=new_york)  # an hour before the clocks go back
    end = start.astimezone(UTC) + timedelta(hours=3)
    session = a_session(start.astimezone(UTC), end)
    assert session.in_closes_at - session.in_opens_at == minutes(50)
    assert session.out_closes_at - session.out_opens_at == minutes(50)
    assert is_open(session, Direction.IN, datetime(2026, 11, 1, 1, 0, tzinfo=new_york))
    assert not is_open(session, Direction.IN, datetime(2026, 11, 1, 1, 10, fold=1, tzinfo=new_york))
