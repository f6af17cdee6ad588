"""How sessions count in a project with parallel tracks. Pure rules.

Sessions that overlap, directly or through others, form one group of parallel sessions. The group requires as many
sessions as its track with the fewest sessions has. Two sessions at the same time never both count for one person.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class SessionTime:
    """The time of a session. track: None for a session of all tracks."""

    id: uuid.UUID
    track: str | None
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class ParallelSessions:
    """A group of overlapping sessions, in order of their end. required: how many of them a learner must attend."""

    sessions: tuple[SessionTime, ...]
    required: int

    def counted(self, attended: Collection[uuid.UUID]) -> int:
        """Return how many of the attended sessions count, at most `required`."""
        return min(self.required, _most_disjoint(each for each in self.sessions if each.id in attended))


def group_parallel(sessions: Iterable[SessionTime]) -> list[ParallelSessions]:
    """Return the groups of parallel sessions, in order of their start."""
    groups: list[list[SessionTime]] = []
    end: datetime | None = None
    for session in sorted(sessions, key=lambda each: each.starts_at):
        if end is None or session.starts_at >= end:
            groups.append([])
            end = session.ends_at
        groups[-1].append(session)
        end = max(end, session.ends_at)
    return [_group(each) for each in groups]


def overlaps(one: SessionTime, other: SessionTime) -> bool:
    """Return whether two sessions overlap. A session that begins when the other ends doesn't."""
    return one.id != other.id and one.starts_at < other.ends_at and other.starts_at < one.ends_at


def _group(sessions: list[SessionTime]) -> ParallelSessions:
    by_track = defaultdict(list)
    for session in sessions:
        by_track[session.track].append(session)
    required = min(_most_disjoint(each) for each in by_track.values())
    return ParallelSessions(tuple(sorted(sessions, key=lambda each: each.ends_at)), required)


def _most_disjoint(sessions: Iterable[SessionTime]) -> int:
    """Return how many of the sessions one person can attend. Taking the session that ends first gives the maximum."""
    count, free_from = 0, None
    for session in sorted(sessions, key=lambda each: each.ends_at):
        if free_from is None or session.starts_at >= free_from:
            count, free_from = count + 1, session.ends_at
    return count
