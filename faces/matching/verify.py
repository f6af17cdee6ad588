"""1:1: is this the person of the template."""

from collections.abc import Sequence

from faces.engine import Look
from faces.matching.measure import Descriptors, Measure
from faces.matching.policy import Decision, Policy, decide
from faces.matching.template import OtherEngineError, Template


def verify(looks: Sequence[Look], template: Template, policy: Policy) -> Decision:
    """Decide whether the looks, one to five of one check-in, show the person of the template.

    The rule is the mean of the distances of each look to the template, by the policy's measure. More looks then lower
    the false rejects and don't raise the false accepts, so one threshold serves any number of looks; the smallest
    distance would give an impostor as many tries as photos, and the distance of the mean descriptor is lower for
    everybody. The rates of all three rules are in bench/results/face_distances.json. And a look at somebody else,
    slipped in among the right ones, raises the mean. The order of the looks doesn't matter. A policy's guard judges the
    mean of the plain distances in the same way, and the worse answer counts.

    Raises OtherEngineError where looks, template and policy are not of one engine, or lack a network that the policy's
    measure wants; ValueError for no look.
    """
    if not looks:
        raise ValueError("no looks to verify")
    if {template.engine, *(look.engine for look in looks)} != {policy.engine}:
        raise OtherEngineError(policy.engine)
    stored, seen = template.descriptors, [look.descriptors for look in looks]
    if any(model not in each for each in (stored, *seen) for model in policy.measure.models):
        raise OtherEngineError(policy.engine)
    plain = None if policy.guard is None else _mean_distance(policy.guard.measure, seen, stored)
    return decide(_mean_distance(policy.measure, seen, stored), template.photos, policy, plain)


def _mean_distance(measure: Measure, seen: Sequence[Descriptors], stored: Descriptors) -> float:
    distances = sorted(measure.distance(each, stored) for each in seen)  # sorted, so that no order rounds otherwise
    return sum(distances) / len(distances)
