"""Sessions side by side: the examples of decision 29, and what holds for any plan."""

import time
import uuid
from fractions import Fraction
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.record.shares import Share, share_of
from attendance.sessions.parallel_sessions import ParallelSessions, SessionTime, group_parallel, overlaps

HOUR = 3600


def held(start: float, end: float) -> SessionTime:
    return SessionTime(uuid.uuid4(), round(start * HOUR), round(end * HOUR))


def share(sessions: list[SessionTime], attended: list[SessionTime]) -> Share:
    return share_of(group_parallel(sessions), {each.id for each in attended})


A, C = held(8, 12), held(14, 17)
B = [held(hour, hour + 1) for hour in (8, 9, 10, 11)]
DAY = [A, *B, C]


@pytest.mark.parametrize(
    ("attended", "counted"),
    [
        ([A], 1), (B, 1), (B[3:], Fraction(1, 4)), (B[:2], Fraction(1, 2)), ([C], 1), ([A, C], 2), ([*B, C], 2),
        ([A, *B], 1), ([*B[3:], C], Fraction(5, 4)), ([], 0),
    ],
)  # fmt: skip
def test_a_morning_of_two_tracks_is_one_session_whichever_track_was_attended(
    attended: list[SessionTime], counted: Fraction
) -> None:
    assert share(DAY, attended) == Share(counted, 2)


def test_the_last_of_four_hours_beside_one_of_four_hours_is_a_quarter() -> None:
    assert share([A, *B], [B[3]]).share == Fraction(1, 4)


def test_posters_over_two_days_beside_half_days_are_no_session_for_one_look() -> None:
    main = [held(8, 12), held(14, 17), held(32, 36), held(38, 41)]
    posters = held(8, 41)
    (group,) = group_parallel([*main, posters])
    assert group.weight == 1  # the posters are the only full track: a session this long counts only where it did before
    assert group.share({main[0].id}) == Fraction(4, 33)


def test_half_days_that_merely_touch_are_counted_one_by_one() -> None:
    halves = [held(8, 12), held(12, 15), held(15, 18)]
    assert [group.weight for group in group_parallel(halves)] == [1, 1, 1]
    assert share(halves, halves[:1]) == Share(1, 3)


def test_a_track_that_covers_four_fifths_is_full_and_the_shortest_one_is_what_is_asked() -> None:
    long, most, part = held(8, 13), held(8, 12), held(8, 11.9)
    assert share([long, most, part], [most]) == Share(1, 1)
    assert share([long, most, part], [part]).share == Fraction(39, 40)


def test_where_no_track_is_full_the_one_that_covers_most_is_the_only_one() -> None:
    early, late = held(8, 11), held(10, 14)  # seven tenths and less of six hours
    assert share([early, late], [late]) == Share(1, 1)
    assert share([early, late], [early]).share == Fraction(3, 4)
    assert share([early, late], [early, late]) == Share(1, 1)


def test_the_group_weighs_as_many_sessions_as_the_full_track_with_the_fewest() -> None:
    two, three = [held(8, 10), held(10, 12)], [held(8, 9), held(9, 11), held(11, 12)]
    (group,) = group_parallel([*two, *three])
    assert group.weight == 2
    assert group.share({each.id for each in three}) == 1


def test_forty_sessions_all_at_once_take_no_time() -> None:
    crowd = [held(8 + place / 100, 13 + (place * 37 % 40) / 41) for place in range(40)]
    chain = [held(place * 5, place * 5 + 6 + place / 997) for place in range(40)]
    begun = time.process_time()
    for sessions in (crowd, chain, [*crowd, *chain]):
        for group in group_parallel(sessions):
            assert group.share({each.id for each in sessions}) == 1
    assert time.process_time() - begun < 1


def test_weeks_of_overlapping_sessions_to_the_second_are_bounded_too() -> None:
    weeks = [SessionTime(uuid.uuid4(), place * 40_000, place * 40_000 + 43_201 + place) for place in range(200)]
    (group,) = group_parallel(weeks)
    assert group.share({each.id for each in weeks}) == 1


SESSIONS = st.lists(
    st.builds(lambda start, long: held(start / 4, (start + long) / 4), st.integers(0, 40), st.integers(1, 24)),
    min_size=1, max_size=8,
)  # fmt: skip


def tracks(group: ParallelSessions) -> list[tuple[SessionTime, ...]]:
    """All sets of sessions without an overlap, found the long way."""
    return [
        chosen
        for size in range(1, len(group.sessions) + 1)
        for chosen in combinations(group.sessions, size)
        if not any(overlaps(one, other) for one, other in combinations(chosen, 2))
    ]


def full_tracks(group: ParallelSessions) -> list[tuple[SessionTime, ...]]:
    found = {chosen: sum(each.seconds for each in chosen) for chosen in tracks(group)}
    union = max(each.end for each in group.sessions) - min(each.start for each in group.sessions)
    enough = min(Fraction(4, 5) * union, max(found.values()))
    return [chosen for chosen, seconds in found.items() if seconds >= enough]


@given(sessions=SESSIONS)
def test_all_of_any_full_track_is_all_and_weight_and_time_are_those_of_the_least(sessions: list[SessionTime]) -> None:
    for group in group_parallel(sessions):
        full = full_tracks(group)
        assert all(group.share({each.id for each in chosen}) == 1 for chosen in full)
        assert group.weight == min(map(len, full))
        assert group.full_seconds == min(sum(each.seconds for each in chosen) for chosen in full)


@given(sessions=SESSIONS, data=st.data())
def test_the_share_never_falls_by_attending_more(sessions: list[SessionTime], data: st.DataObject) -> None:
    groups = group_parallel(sessions)
    assert sorted(each.id for group in groups for each in group.sessions) == sorted(each.id for each in sessions)
    for one, other in pairwise(groups):
        assert not any(overlaps(a, b) for a in one.sessions for b in other.sessions)
    everything = sorted(each.id for each in sessions)
    some = data.draw(st.sets(st.sampled_from(everything)))
    more = some | data.draw(st.sets(st.sampled_from(everything)))
    assert 0 <= share_of(groups, some).share <= share_of(groups, more).share <= 1
    assert share_of(groups, set(everything)).share == 1
