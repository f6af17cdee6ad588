"""1:N: is this newcomer's face enrolled already."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from faces.matching.index import FaceIndex, Match
from faces.matching.measure import Descriptors
from faces.matching.policy import DuplicateLimits, Policy, PolicySet
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


_FROM_LEAST = (DuplicateBand.NONE, DuplicateBand.HELD, DuplicateBand.CERTAIN)


@dataclass(frozen=True, slots=True)
class DuplicateFinding:
    """The answer, and all that explains it.

    match, distance: the most certain, then the nearest of `gallery` others, None where there is no other. certain_at,
    held_to: the limits that this size of gallery gives. distance and limits are by the policy's measure.
    guard_distance: the plain distance that the guard of the policy judged, None where there is no guard.
    """

    band: DuplicateBand
    match: UUID | None
    distance: float | None
    certain_at: float
    held_to: float
    gallery: int
    policy_version: str
    guard_distance: float | None = None


def search(
    template: Template,
    index: FaceIndex,
    policies: PolicySet,
    look_up: Lookup | None = None,
    but_not: Collection[UUID] = (),
) -> DuplicateFinding:
    """Look for a new template among all others; raises OtherEngineError for a template of another engine.

    Each of the nearest is judged once, by the policy that uses most of the networks of both faces. index: of templates
    of the policies' engine, as the first part of their measures views them; ValueError for another metric. look_up:
    needed where a measure has several parts or a policy has a guard, ValueError without it. but_not: templates known to
    be other people's, however near.
    """
    if template.engine != policies.engine:
        raise OtherEngineError(policies.engine)
    if any(index.metric is not policy.measure.metric for policy in policies.policies):
        raise ValueError("the index measures otherwise than the policies")
    gallery = len(index)
    found = list(_judge_nearest(template, index, policies, look_up, but_not))
    if not found:
        policy = policies.choose([template.descriptors])
        limits = policy.duplicate_limits(template.photos, gallery)
        return DuplicateFinding(
            DuplicateBand.NONE, None, None, limits.certain_at, limits.held_to, gallery, policy.version
        )
    return max(found, key=_certainty)


def _judge_nearest(
    template: Template, index: FaceIndex, policies: PolicySet, look_up: Lookup | None, but_not: Collection[UUID]
) -> Iterator[DuplicateFinding]:
    first, is_bare = policies.best.measure.shares[0], _holds_all(policies)
    probe = first.view(template.embedding).astype("float32")
    wanted = 1 if is_bare else CANDIDATES
    nearest = [near for near in index.nearest(probe, wanted + len(but_not)) if near.id not in but_not][:wanted]
    if is_bare:
        yield from (_finding(near, None, policies.best, template.photos, len(index)) for near in nearest)
        return
    if look_up is None:
        raise ValueError("the policies need more of a face than the index holds")
    for person, face in look_up([near.id for near in nearest]).items():
        policy = policies.choose([template.descriptors, face])
        near = Match(person, policy.measure.distance(template.descriptors, face))
        plain = None if policy.guard is None else policy.guard.measure.distance(template.descriptors, face)
        yield _finding(near, plain, policy, template.photos, len(index))


def _holds_all(policies: PolicySet) -> bool:
    """Return whether the numbers in the index are all that the policies want to know of a face."""
    return all(len(policy.measure.shares) == 1 and policy.guard is None for policy in policies.policies)


def _finding(near: Match, plain: float | None, policy: Policy, photos: int, gallery: int) -> DuplicateFinding:
    limits = policy.duplicate_limits(photos, gallery)
    band = _band_of(near.distance, limits)
    if policy.guard is not None and plain is not None:
        band = min(band, _band_of(plain, policy.guard.duplicates), key=_FROM_LEAST.index)
    return DuplicateFinding(
        band, near.id, near.distance, limits.certain_at, limits.held_to, gallery, policy.version, plain
    )


def _band_of(distance: float, limits: DuplicateLimits) -> DuplicateBand:
    if distance <= limits.certain_at:
        return DuplicateBand.CERTAIN
    return DuplicateBand.HELD if distance <= limits.held_to else DuplicateBand.NONE


def _certainty(finding: DuplicateFinding) -> tuple[int, float]:
    """Return what orders findings. Distances of two measures are compared as shares of their limits."""
    distance = finding.distance if finding.distance is not None else float("inf")
    return _FROM_LEAST.index(finding.band), -distance / finding.held_to
