"""Sessions side by side: what a group of overlapping sessions weighs, and what attending some of them is worth.

Pure rules (docs/decisions/0029-sessions-side-by-side.md). Sessions that overlap, directly or through others, form one
group; sessions that merely touch don't overlap. A track is any set of the group's sessions of which no two overlap. A
full track covers at least four fifths of the group's time; where no track does, the one that covers most is the only
full one. The group weighs as many sessions as the full track with the fewest. A person's share of it is the time of
the sessions that they attended over the time of the shortest full track, and at most 1.

All times are whole seconds, and all shares are exact fractions.
"""

import uuid
from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from math import gcd

_FULL, _WHOLE = 4, 5  # a full track covers four fifths
_MOST_STEPS = 80_000_000  # of sessions times units of time: 10 MB of bits, and some milliseconds


@dataclass(frozen=True)
class SessionTime:
    """The time of a session, in seconds of Unix time."""

    id: uuid.UUID
    start: int
    end: int

    @classmethod
    def of(cls, id: uuid.UUID, starts_at: datetime, ends_at: datetime) -> "SessionTime":
        """Return the time of a session, in whole seconds; it lasts one at least."""
        start = int(starts_at.timestamp())
        return cls(id, start, max(int(ends_at.timestamp()), start + 1))

    @property
    def seconds(self) -> int:
        """Return how long the session lasts."""
        return self.end - self.start


@dataclass(frozen=True)
class ParallelSessions:
    """A group of overlapping sessions, in order of their end. A single session is a group too.

    weight: how many sessions it stands for in the sum of a project. full_seconds: the time of the shortest full track.
    """

    sessions: tuple[SessionTime, ...]
    weight: int
    full_seconds: int

    def share(self, attended: Collection[uuid.UUID]) -> Fraction:
        """Return the share of the group, 0 to 1, that attending these sessions is worth."""
        if len(self.sessions) == 1:
            return Fraction(self.sessions[0].id in attended)
        covered = _union_seconds(each for each in self.sessions if each.id in attended)
        return min(Fraction(1), Fraction(covered, self.full_seconds))


def group_parallel(sessions: Iterable[SessionTime]) -> list[ParallelSessions]:
    """Return the groups of overlapping sessions, in order of their start."""
    groups: list[list[SessionTime]] = []
    end = 0
    for session in sorted(sessions, key=lambda each: (each.start, each.end)):
        if not groups or session.start >= end:
            groups.append([])
            end = session.end
        groups[-1].append(session)
        end = max(end, session.end)
    return [_group(each) for each in groups]


def overlaps(one: SessionTime, other: SessionTime) -> bool:
    """Return whether two sessions overlap. A session that begins when the other ends doesn't."""
    return one.id != other.id and one.start < other.end and other.start < one.end


def _group(sessions: list[SessionTime]) -> ParallelSessions:
    ordered = sorted(sessions, key=lambda each: (each.end, each.start))
    unit = gcd(*(each.seconds for each in ordered))
    lengths = [each.seconds // unit for each in ordered]
    before = _before(ordered)
    union = _union_seconds(ordered)
    enough = -(-union * _FULL // (_WHOLE * unit))  # in units, rounded up
    most = _longest_track(lengths, before)
    if most < enough:  # no track is full: the one that covers most stands in
        return ParallelSessions(tuple(ordered), _fewest_sessions(lengths, before, most), most * unit)
    weight = _fewest_sessions(lengths, before, enough)
    return ParallelSessions(tuple(ordered), weight, _shortest_track(lengths, before, enough, most) * unit)


def _before(ordered: Sequence[SessionTime]) -> list[int]:
    """Return for each session how many of the sessions are over when it begins. ordered: by their end."""
    ends = [each.end for each in ordered]
    return [bisect_right(ends, each.start) for each in ordered]


def _longest_track(lengths: Sequence[int], before: Sequence[int]) -> int:
    """Return the time of the track that covers most."""
    best = [0]
    for length, place in zip(lengths, before, strict=True):
        best.append(max(best[-1], best[place] + length))
    return best[-1]


def _fewest_sessions(lengths: Sequence[int], before: Sequence[int], wanted: int) -> int:
    """Return the fewest sessions of a track that covers `wanted`. Some track does."""
    best, count = [0] * (len(lengths) + 1), 0  # the most that `count` of the first sessions cover
    while best[-1] < wanted:
        longer = [0]
        for length, place in zip(lengths, before, strict=True):
            longer.append(max(longer[-1], best[place] + length))
        best, count = longer, count + 1
    return count


def _shortest_track(lengths: Sequence[int], before: Sequence[int], enough: int, most: int) -> int:
    """Return the time of the shortest track that covers `enough`. most: what the longest one covers.

    Bit n of a number says whether some track takes exactly n units of time, so that tracks are never listed one by
    one. A group too large for that (weeks of sessions that all overlap, to the second) takes `enough` itself: no full
    track is shorter, so all of any full track is still 1.
    """
    if len(lengths) * most > _MOST_STEPS:
        return enough
    reached = [1]
    for length, place in zip(lengths, before, strict=True):
        reached.append(reached[-1] | (reached[place] << length))
    beyond = reached[-1] >> enough
    return enough + (beyond & -beyond).bit_length() - 1


def _union_seconds(sessions: Iterable[SessionTime]) -> int:
    """Return how long at least one of the sessions is held."""
    covered, free_from = 0, None
    for each in sorted(sessions, key=lambda each: each.start):
        start = each.start if free_from is None else max(each.start, free_from)
        covered += max(0, each.end - start)
        free_from = max(each.end, start)
    return covered
