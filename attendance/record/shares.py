"""The share of sessions that a learner attended. The grid, the learner's page and settlement use this one rule."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor

from attendance.record.facts import Facts
from attendance.record.outcomes import SessionOutcome, judge
from attendance.sessions.held import is_counted
from attendance.sessions.parallel_sessions import ParallelSessions, SessionTime, group_parallel
from models.projects import Project
from models.projects import Session as VenueSession


@dataclass(frozen=True)
class Share:
    """A share of sessions. counted: sessions attended, also in part; required: of how many.

    Sessions side by side are counted as one group (`attendance/sessions/parallel_sessions.py`).
    """

    counted: Fraction | int
    required: int

    @property
    def share(self) -> Fraction:
        """Return the exact share, 0 to 1; 0 for a project without sessions."""
        return Fraction(self.counted) / self.required if self.required else Fraction(0)

    @property
    def shown(self) -> Decimal:
        """Return the share in steps of 0.01, rounded down, so that what isn't met never looks as if it were."""
        return _rounded(self.share)

    @property
    def shown_counted(self) -> Decimal:
        """Return the sessions attended in steps of 0.01, rounded down."""
        return _rounded(self.counted)

    def meets(self, min_attendance: Decimal) -> bool:
        """Return whether the share is at least `min_attendance`. With a minimum of 0 everybody meets it."""
        return self.share >= Fraction(min_attendance)


def attended_of(facts: Mapping[uuid.UUID, Facts], project: Project) -> frozenset[uuid.UUID]:
    """Return the sessions that a person attended. facts: the facts about the person, by session.

    Sessions are judged as if they were over: where the project needs a check-out, sessions without one don't count.
    """
    return frozenset(each for each, found in facts.items() if outcome_of(found, project, is_over=True).counts)


def share_of(groups: Iterable[ParallelSessions], attended: Collection[uuid.UUID]) -> Share:
    """Return the share of a person who attended these sessions."""
    counted, required = Fraction(0), 0
    for group in groups:
        counted += group.weight * group.share(attended)
        required += group.weight
    return Share(counted, required)


def parallel_groups(sessions: Iterable[VenueSession]) -> list[ParallelSessions]:
    """Return those of the sessions that count, in groups of overlapping ones."""
    counted = (each for each in sessions if is_counted(each))
    return group_parallel(SessionTime.of(each.id, each.starts_at, each.ends_at) for each in counted)


def outcome_of(facts: Facts, project: Project, *, is_over: bool) -> SessionOutcome:
    """Return the outcome of the facts by the conditions of the project."""
    needs_out = project.needs_check_out and not facts.is_check_out_waived
    return judge(facts.arrival, facts.departure, facts.mark, needs_check_out=needs_out, is_over=is_over)


def _rounded(exact: Fraction | int) -> Decimal:
    hundredths = floor(exact * 100)
    return Decimal(hundredths).scaleb(-2) if hundredths % 100 else Decimal(hundredths // 100)
