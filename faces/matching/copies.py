"""Tells copies of one picture from other pictures of the same face.

A copy that was saved, resized or lightly cropped again lies much nearer than the next picture of the same person.
How near is `Policy.same_photo`, which belongs to the policy's measure. What it misses is in the README.
"""

from collections.abc import Sequence

from faces.engine import Look
from faces.matching.measure import Descriptors
from faces.matching.policy import Policy, PolicySet
from faces.matching.template import Template


def distinct_photos(looks: Sequence[Look], policies: PolicySet) -> list[int]:
    """Return the places of the photos that are no copies of an earlier one, in order."""
    if not looks:
        return []
    policy = policies.choose([look.descriptors for look in looks])
    kept: list[int] = []
    for place, look in enumerate(looks):
        if not any(_is_same(look, looks[earlier], policy) for earlier in kept):
            kept.append(place)
    return kept


def find_enrolled_copy(looks: Sequence[Look], template: Template, policies: PolicySet) -> int | None:
    """Return the place of the first photo that copies an enrolled one; None if there is none.

    looks, template: of one engine. A template of several photos that has no single ones (of before) tells no copies.
    """
    policy = policies.choose([template.descriptors, *(look.descriptors for look in looks)])
    pictures = template.pictures
    for place, look in enumerate(looks):
        if any(_is_near(look.descriptors, picture, policy) for picture in pictures):
            return place
    return None


def _is_same(one: Look, other: Look, policy: Policy) -> bool:
    first, second = one.fingerprint, other.fingerprint
    if first and second and (first.file == second.file or first.pixels == second.pixels):
        return True
    seen = other.descriptors
    return _is_near(one.descriptors, seen, policy) or _is_near(one.mirrored, seen, policy)


def _is_near(one: Descriptors, other: Descriptors, policy: Policy) -> bool:
    """Return whether two faces are as near as copies; False where one lacks a network of the measure."""
    if any(model not in each for each in (one, other) for model in policy.measure.models):
        return False
    return policy.measure.distance(one, other) < policy.same_photo
