"""Which sessions of a project count for a learner: one rule, for the grid, the person, and settlement."""

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
    """counted: sessions attended that count; required: sessions there were to attend, overlapping ones once."""

    counted: int
    required: int

    @property
    def share(self) -> Decimal:
        """0 to 1; 0 for a project without sessions, where there was nothing to attend."""
        return Decimal(self.counted) / self.required if self.required else Decimal(0)

    def meets(self, min_attendance: Decimal) -> bool:
        """Return whether at least this share was attended. With a least share of 0 nobody needs to come."""
        return self.share >= min_attendance


def attended_of(facts: Mapping[uuid.UUID, Facts], project: Project) -> frozenset[uuid.UUID]:
    """Return the sessions that count once all is over, for somebody of whom these facts are on record, by session.

    A session counts once it is attended as the project's conditions say: with check-out where that is needed.
    """
    return frozenset(each for each, found in facts.items() if outcome_of(found, project, is_over=True).counts)


def share_of(groups: Iterable[ParallelSessions], attended: Collection[uuid.UUID]) -> Share:
    """Return the share of somebody for whom these sessions count."""
    counted = [(group.counted(attended), group.required) for group in groups]
    return Share(sum(count for count, _ in counted), sum(required for _, required in counted))


def parallel_groups(sessions: Iterable[VenueSession]) -> list[ParallelSessions]:
    """Return what there is to attend: overlapping sessions as one slot."""
    return group_parallel(SessionTime(each.id, each.track, each.starts_at, each.ends_at) for each in sessions)


def outcome_of(facts: Facts, project: Project, *, is_over: bool) -> SessionOutcome:
    """Return what the facts come to by the conditions of the project."""
    needs_out = project.needs_check_out
    return judge(facts.arrival, facts.departure, facts.mark, needs_check_out=needs_out, is_over=is_over)
