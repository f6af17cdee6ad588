"""The share of sessions that a learner attended. The grid, the learner's page and settlement use this one rule."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from attendance.record.facts import Facts
from attendance.record.outcomes import SessionOutcome, judge
from attendance.sessions.parallel_sessions import ParallelSessions, SessionTime, group_parallel
from models.projects import Project
from models.projects import Session as VenueSession


@dataclass(frozen=True)
class Share:
    """A share of sessions. counted: attended sessions that count; required: the denominator, parallel sessions once."""

    counted: int
    required: int

    @property
    def share(self) -> Decimal:
        """Return the share, 0 to 1; 0 for a project without sessions."""
        return Decimal(self.counted) / self.required if self.required else Decimal(0)

    def meets(self, min_attendance: Decimal) -> bool:
        """Return whether the share is at least `min_attendance`. With a minimum of 0 everybody meets it."""
        return self.share >= min_attendance


def attended_of(facts: Mapping[uuid.UUID, Facts], project: Project) -> frozenset[uuid.UUID]:
    """Return the sessions that a person attended. facts: the facts about the person, by session.

    Sessions are judged as if they were over: where the project needs a check-out, sessions without one don't count.
    """
    return frozenset(each for each, found in facts.items() if outcome_of(found, project, is_over=True).counts)


def share_of(groups: Iterable[ParallelSessions], attended: Collection[uuid.UUID]) -> Share:
    """Return the share of a person who attended these sessions."""
    counted = [(group.counted(attended), group.required) for group in groups]
    return Share(sum(count for count, _ in counted), sum(required for _, required in counted))


def parallel_groups(sessions: Iterable[VenueSession]) -> list[ParallelSessions]:
    """Return the sessions in groups: overlapping sessions are one group of parallel sessions."""
    return group_parallel(SessionTime(each.id, each.track, each.starts_at, each.ends_at) for each in sessions)


def outcome_of(facts: Facts, project: Project, *, is_over: bool) -> SessionOutcome:
    """Return the outcome of the facts by the conditions of the project."""
    needs_out = project.needs_check_out and not facts.is_check_out_waived
    return judge(facts.arrival, facts.departure, facts.mark, needs_check_out=needs_out, is_over=is_over)
