"""One rule says whether a scan or a punch is in or out, and whether it is late."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.attempts.directions import Punch, choose_direction, directions_of, open_directions, open_for, status_at
from attendance.sessions.windows import WindowWishes, plan_windows
from models.attendance import CheckInStatus, Direction
from models.projects import Session as VenueSession

START = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)
IN, OUT = Direction.IN, Direction.OUT
MOMENTS = st.integers(-2400, 5400).map(lambda seconds: START + timedelta(seconds=seconds))


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def a_session(length: float = 180) -> VenueSession:
    ends_at = START + minutes(length)
    return VenueSession(starts_at=START, ends_at=ends_at, **asdict(plan_windows(START, ends_at, WindowWishes())))


@pytest.mark.parametrize(
    ("after", "is_in", "wanted", "found"),
    [
        (0, False, None, IN),
        (0, True, None, IN),
        (180, True, None, OUT),
        (180, False, None, OUT),
        (60, True, None, None),
        (60, False, None, None),
        (0, True, OUT, None),
    ],
)
def test_the_window_that_is_open_says_in_or_out(
    after: float, is_in: bool, wanted: Direction | None, found: Direction | None
) -> None:
    open_now = open_directions(a_session(), START + minutes(after))
    assert choose_direction(open_now, wanted=wanted, is_in=is_in) is found


@pytest.mark.parametrize(("is_in", "wanted", "found"), [(False, None, IN), (True, None, OUT), (True, IN, IN)])
def test_where_both_windows_are_open_who_is_in_goes_out(
    is_in: bool, wanted: Direction | None, found: Direction
) -> None:
    open_now = open_directions(a_session(30), START + minutes(15))
    assert open_now == {IN, OUT}
    assert choose_direction(open_now, wanted=wanted, is_in=is_in) is found


def test_two_punches_at_a_short_session_are_in_and_out_in_any_order() -> None:
    came, left = Punch(START - minutes(10)), Punch(START + minutes(15))
    for punches in ([came, left], [left, came]):
        assert directions_of(a_session(30), punches, arrived_at=None) == {came: IN, left: OUT}
    assert directions_of(a_session(30), [left], arrived_at=None) == {left: IN}
    assert directions_of(a_session(30), [left], arrived_at=came.at) == {left: OUT}


@pytest.mark.parametrize(
    ("seconds", "status"), [(-1, "present"), (0, "present"), (1, "late"), (59, "late"), (60, "late")]
)
def test_half_past_eight_of_a_clock_without_seconds_is_within_half_past_eight(seconds: int, status: str) -> None:
    assert status_at(a_session(), IN, Punch(START + timedelta(seconds=seconds))) is CheckInStatus(status)


def test_a_whole_minute_is_within_the_windows_that_begin_or_end_in_it() -> None:
    session = a_session()
    assert open_for(session, Punch(session.in_closes_at)) == {IN}
    assert open_for(session, Punch(session.in_closes_at + timedelta(seconds=1))) == set()
    assert open_for(session, Punch(session.in_opens_at - minutes(1))) == set()
    session.in_opens_at += timedelta(seconds=30)
    assert open_for(session, Punch(START - minutes(30))) == {IN}


@given(
    st.lists(st.builds(Punch, MOMENTS, st.sampled_from([None, IN, OUT]))),
    st.randoms(),
)
def test_the_order_of_punches_doesnt_matter(punches: list[Punch], dice: object) -> None:
    shuffled = list(punches)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    session = a_session(30)
    assert directions_of(session, punches, arrived_at=None) == directions_of(session, shuffled, arrived_at=None)
