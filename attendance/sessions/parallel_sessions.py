"""What a learner can attend of a project with several tracks: overlapping sessions are alternatives. Pure rules.

Sessions that overlap, directly or through others, form one slot. Nobody can be asked for more of it than the shortest
track offers, nor be counted for two sessions held at the same time.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class SessionTime:
    """A session, as far as it matters when it is. track: None for all."""

    id: uuid.UUID
    track: str | None
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class ParallelSessions:
    """Sessions that overlap, in order of their end; required: how many of them make it full."""

    sessions: tuple[SessionTime, ...]
    required: int

    def counted(self, attended: Collection[uuid.UUID]) -> int:
        """Return how many of the sessions attended count."""
        return min(self.required, _most_disjoint(each for each in self.sessions if each.id in attended))


def group_parallel(sessions: Iterable[SessionTime]) -> list[ParallelSessions]:
    """Return the slots of a project, in order of their start."""
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
    """Return whether two sessions are held at the same time; one may begin as the other ends."""
    return one.id != other.id and one.starts_at < other.ends_at and other.starts_at < one.ends_at


def _group(sessions: list[SessionTime]) -> ParallelSessions:
    by_track = defaultdict(list)
    for session in sessions:
        by_track[session.track].append(session)
    required = min(_most_disjoint(each) for each in by_track.values())
    return ParallelSessions(tuple(sorted(sessions, key=lambda each: each.ends_at)), required)


def _most_disjoint(sessions: Iterable[SessionTime]) -> int:
    """Return how many of them one person can sit through: always the next one to end."""
    count, free_from = 0, None
    for session in sorted(sessions, key=lambda each: each.ends_at):
        if free_from is None or session.starts_at >= free_from:
            count, free_from = count + 1, session.ends_at
    return count
