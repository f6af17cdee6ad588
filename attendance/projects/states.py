"""The life of a project (W) as one state machine: which steps there are, who takes them, which need a reason.

    draft -> filed -> approved -> announced -> running -> ended -> in_review -> settled -> archived
    beside it: returned (退回), changed (变更), cancelled (取消)

Nothing here knows of a database; `attendance/projects/transitions.py` takes the steps.
"""

import enum
from dataclasses import dataclass

from models.projects import ProjectStatus as S


class Actor(enum.Enum):
    """In what part somebody acts: for the organizer, for the reviewing unit (最终审核单位), or as settlement itself."""

    ORGANIZER = "organizer"
    REVIEWER = "reviewer"
    SETTLEMENT = "settlement"


@dataclass(frozen=True)
class Step:
    """A step from one status to another. by: who may take it."""

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
    _step(S.FILED, S.DRAFT, _ORGANIZER),  # taken back before anybody decided (O-12)
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
    _step(S.SETTLED, S.ENDED, _SETTLEMENT, needs_reason=True),  # corrected grants follow those that were taken back
    _step(S.SETTLED, S.ARCHIVED, _ORGANIZER, _REVIEWER),
    _step(S.ARCHIVED, S.ENDED, _SETTLEMENT, needs_reason=True),  # what is wrong may show years later
)
_BY_ENDS = {(step.source, step.target): step for step in STEPS}

EDITABLE = frozenset({S.DRAFT, S.RETURNED, S.CHANGED})
"""Where the facts of a project may be changed: what was approved stays as it was approved."""
FROZEN = frozenset({S.IN_REVIEW, S.SETTLED, S.ARCHIVED, S.CANCELLED})
"""Where roster and attendance stand still: credits are decided from them, or were, or never will be."""
OVER = FROZEN | {S.ENDED}
"""Where there are no more sessions to be made."""
UNTOLD = frozenset({S.DRAFT, S.FILED, S.RETURNED, S.APPROVED, S.CHANGED})
"""Where nobody can come yet: learners aren't told of it, or what they were told is being changed."""
NOT_TOLD = frozenset({S.DRAFT, S.FILED, S.RETURNED})
"""Where a project is a plan of its organizer: neither calendars nor histories of learners show it."""


def find_step(source: S, target: S) -> Step | None:
    """Return the step between two statuses, if there is one."""
    return _BY_ENDS.get((source, target))


def next_steps(source: S, actors: frozenset[Actor]) -> list[Step]:
    """Return the steps that any of `actors` may take from here."""
    return [step for step in STEPS if step.source is source and step.by & actors]
