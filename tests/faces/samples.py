"""Looks and templates made up for tests that are not about recognising."""

from collections.abc import Sequence

import numpy as np

from faces.engine import Look, Quality
from faces.matching.policy import Policy
from faces.matching.template import Template

QUALITY = Quality(sharpness=200.5, brightness=120.0, face_px=300, roll=1.5, yaw=-0.03, cut_off=0.0, others=0)


def direction(seed: int) -> np.ndarray:
    """A random unit vector of 128 numbers."""
    drawn = np.random.default_rng(seed).normal(size=128)
    return drawn / np.linalg.norm(drawn)


def look(policy: Policy, person: int, off: float = 0.0, way: int = 1) -> Look:
    """A look at a made-up person, at distance `off` from their usual one in one of many directions."""
    embedding = 1.4 * direction(person) + off * direction(1000 * way + person)
    return Look(embedding.astype(np.float32), QUALITY, policy.engine)


def template(policy: Policy, person: int, photos: int = 3) -> Template:
    """The template of a made-up person's usual look."""
    return Template(look(policy, person).embedding, photos, policy.engine, (QUALITY,) * photos)


def mean(looks: Sequence[Look]) -> np.ndarray:
    return np.mean([each.embedding for each in looks], axis=0)
