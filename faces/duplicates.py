"""1:N: is this newcomer's face enrolled already."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from faces.index import FaceIndex
from faces.policy import Policy
from faces.template import OtherEngineError, Template


class DuplicateBand(StrEnum):
    """What the search found."""

    NONE = "none"
    HELD = "held"
    CERTAIN = "certain"


@dataclass(frozen=True, slots=True)
class DuplicateFinding:
    """The answer, and all that explains it.

    match, distance: the nearest of `gallery` others, None where there is no other. certain_at, held_to: the limits that
    this size of gallery gives. All distances are in the policy's metric.
    """

    band: DuplicateBand
    match: UUID | None
    distance: float | None
    certain_at: float
    held_to: float
    gallery: int
    policy_version: str


def search(template: Template, index: FaceIndex, policy: Policy, but_not: Collection[UUID] = ()) -> DuplicateFinding:
    """Look for a new template among all others; raises OtherEngineError for a template of another engine.

    index: of templates of the policy's engine, in the policy's metric; ValueError for another metric.
    but_not: templates known to be other people's, however near.
    """
    if template.engine != policy.engine:
        raise OtherEngineError(policy.engine)
    if index.metric is not policy.metric:
        raise ValueError("the index measures otherwise than the policy")
    gallery = len(index)
    limits = policy.duplicate_limits(template.photos, gallery)
    found = [near for near in index.nearest(template.embedding, 1 + len(but_not)) if near.id not in but_not]
    if not found:
        return DuplicateFinding(
            DuplicateBand.NONE, None, None, limits.certain_at, limits.held_to, gallery, policy.version
        )
    nearest = found[0]
    band = DuplicateBand.NONE
    if nearest.distance <= limits.certain_at:
        band = DuplicateBand.CERTAIN
    elif nearest.distance <= limits.held_to:
        band = DuplicateBand.HELD
    return DuplicateFinding(
        band, nearest.id, nearest.distance, limits.certain_at, limits.held_to, gallery, policy.version
    )
