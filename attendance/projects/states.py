"""The state machine of a project (W): which steps there are, who takes them, and which need a reason.

    draft -> filed -> approved -> announced -> running -> ended -> in_review -> settled -> archived
    other statuses: returned (退回), changed (变更), cancelled (取消)

This module has no database code; `attendance/projects/transitions.py` takes the steps.
"""

import enum
from dataclasses import dataclass

from models.projects import ProjectStatus as S


class Actor(enum.Enum):
    """Who takes a step: the organizer, the reviewing unit (最终审核单位), or the settlement."""

    ORGANIZER = "organizer"
    REVIEWER = "reviewer"
    SETTLEMENT = "settlement"


@dataclass(frozen=True)
class Step:
    """A step from one status to another. by: the actors who may take it."""

    source: S
    target: S
    by: frozenset[Actor]
    needs_reason: bool = False


def _step(source: S, target: S, *by: Actor, needs_reason: bool = False) -> Step:
    return Step(source, target, frozenset(by), needs_reason)


_ORGANIZER, _REVIEWER, _SETTLEMENT = Actor.ORGANIZER, Actor.REVIEWER, Actor.SETTLEMENT
_CANCELLABLE = (S.DRAFT, S.FILED, S.RETURNED, S.APPROVED, S.CHANGED, S.ANNOUNCED, S.RUNNING)
STEPS: tuple[Step, ...] = (
    _step(S.DRAFT, S.FILED, _ORGANIZER),
    _step(S.FILED, S.DRAFT, _ORGANIZER),  # the organizer withdraws it before a decision (O-12)
    _step(S.FILED, S.APPROVED, _REVIEWER),
    _step(S.FILED, S.RETURNED, _REVIEWER, needs_reason=True),
    _step(S.RETURNED, S.FILED, _ORGANIZER),
    _step(S.APPROVED, S.ANNOUNCED, _ORGANIZER),
    _step(S.ANNOUNCED, S.RUNNING, _ORGANIZER),
    _step(S.RUNNING, S.ENDED, _ORGANIZER),
    _step(S.APPROVED, S.CHANGED, _ORGANIZER, needs_reason=True),
    _step(S.ANNOUNCED, S.CHANGED, _ORGANIZER, needs_reason=True),
    _step(S.CHANGED, S.APPROVED, _REVIEWER),
    _step(S.CHANGED, S.RETURNED, _REVIEWER, needs_reason=True),
    *(_step(source, S.CANCELLED, _ORGANIZER, _REVIEWER, needs_reason=True) for source in _CANCELLABLE),
    _step(S.ENDED, S.IN_REVIEW, _SETTLEMENT),
    _step(S.IN_REVIEW, S.ENDED, _SETTLEMENT, needs_reason=True),  # the reviewing unit returned the settlement
    _step(S.IN_REVIEW, S.SETTLED, _SETTLEMENT),
    _step(S.SETTLED, S.IN_REVIEW, _SETTLEMENT),  # a supplementary round, for people whom the first one waited for
    _step(S.ARCHIVED, S.IN_REVIEW, _SETTLEMENT),
    _step(S.SETTLED, S.ENDED, _SETTLEMENT, needs_reason=True),  # to give corrected grants after reversals
    _step(S.SETTLED, S.ARCHIVED, _ORGANIZER, _REVIEWER),
    _step(S.ARCHIVED, S.ENDED, _SETTLEMENT, needs_reason=True),  # an error may be found years later
)
_BY_ENDS = {(step.source, step.target): step for step in STEPS}

EDITABLE = frozenset({S.DRAFT, S.RETURNED, S.CHANGED})
"""The statuses in which the facts of a project may be edited. An approved project needs a change (变更) first."""
FROZEN = frozenset({S.IN_REVIEW, S.SETTLED, S.ARCHIVED, S.CANCELLED})
"""The statuses in which roster and attendance don't change: credits are or were decided, or are never given."""
OVER = FROZEN | {S.ENDED}
"""The statuses in which no session can be added."""
NOT_ANNOUNCED = frozenset({S.DRAFT, S.FILED, S.RETURNED, S.APPROVED, S.CHANGED})
"""The statuses in which nobody can check in: the project isn't announced, or it is being changed."""


def find_step(source: S, target: S) -> Step | None:
    """Return the step between two statuses, or None."""
    return _BY_ENDS.get((source, target))


def next_steps(source: S, actors: frozenset[Actor]) -> list[Step]:
    """Return the steps from a status that at least one of `actors` may take."""
    return [step for step in STEPS if step.source is source and step.by & actors]
