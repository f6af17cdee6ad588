"""1:N: is this newcomer's face enrolled already."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from faces.matching.index import FaceIndex, Match
from faces.matching.measure import Descriptors
from faces.matching.policy import Policy
from faces.matching.template import OtherEngineError, Template

CANDIDATES = 50
"""How many of the nearest by the first network are measured by all of them: to hold the numbers of every network in
memory would cost ten times as much."""

Lookup = Callable[[Sequence[UUID]], Mapping[UUID, Descriptors]]
"""Gives what is stored of these templates; those that are gone are missing."""


class DuplicateBand(StrEnum):
    """What the search found."""

    NONE = "none"
    HELD = "held"
    CERTAIN = "certain"


@dataclass(frozen=True, slots=True)
class DuplicateFinding:
    """The answer, and all that explains it.

    match, distance: the nearest of `gallery` others, None where there is no other. certain_at, held_to: the limits that
    this size of gallery gives. All distances are by the policy's measure.
    """

    band: DuplicateBand
    match: UUID | None
    distance: float | None
    certain_at: float
    held_to: float
    gallery: int
    policy_version: str


def search(
    template: Template,
    index: FaceIndex,
    policy: Policy,
    look_up: Lookup | None = None,
    but_not: Collection[UUID] = (),
) -> DuplicateFinding:
    """Look for a new template among all others; raises OtherEngineError for a template of another engine.

    index: of templates of the policy's engine, as the first part of the policy's measure views them; ValueError for
    another metric. look_up: needed where the measure has several parts, ValueError without it. but_not: templates
    known to be other people's, however near.
    """
    if template.engine != policy.engine:
        raise OtherEngineError(policy.engine)
    if index.metric is not policy.measure.metric:
        raise ValueError("the index measures otherwise than the policy")
    gallery = len(index)
    limits = policy.duplicate_limits(template.photos, gallery)
    nearest = _nearest(template, index, policy, look_up, but_not)
    if nearest is None:
        return DuplicateFinding(
            DuplicateBand.NONE, None, None, limits.certain_at, limits.held_to, gallery, policy.version
        )
    band = DuplicateBand.NONE
    if nearest.distance <= limits.certain_at:
        band = DuplicateBand.CERTAIN
    elif nearest.distance <= limits.held_to:
        band = DuplicateBand.HELD
    return DuplicateFinding(
        band, nearest.id, nearest.distance, limits.certain_at, limits.held_to, gallery, policy.version
    )


def _nearest(
    template: Template, index: FaceIndex, policy: Policy, look_up: Lookup | None, but_not: Collection[UUID]
) -> Match | None:
    first, wanted = policy.measure.shares[0], CANDIDATES if len(policy.measure.shares) > 1 else 1
    probe = first.view(template.embedding).astype("float32")
    found = [near for near in index.nearest(probe, wanted + len(but_not)) if near.id not in but_not]
    if len(policy.measure.shares) == 1:
        return found[0] if found else None
    if look_up is None:
        raise ValueError("several networks are measured, and the index holds one of them")
    stored = look_up([near.id for near in found])
    measured = [
        Match(person, policy.measure.distance(template.descriptors, face))
        for person, face in stored.items()
        if all(model in face for model in policy.measure.models)
    ]
    return min(measured, key=lambda match: match.distance, default=None)
