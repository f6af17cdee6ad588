"""The steps of a challenge: what a person shows to the camera on demand."""

import enum
import secrets
from collections.abc import Collection

STEPS_OF_A_CHALLENGE = 2


class Step(enum.StrEnum):
    """One step. Left and right are the person's own; frames are never mirrored."""

    LEFT = "left"
    RIGHT = "right"
    UP = "up"
    DOWN = "down"
    OPEN_MOUTH = "open_mouth"


USUAL = (Step.LEFT, Step.RIGHT, Step.OPEN_MOUTH)
"""What is asked for; up and down only where they were measured."""
TURNS = (Step.LEFT, Step.RIGHT)
NODS = (Step.UP, Step.DOWN)


def challenges(among: Collection[Step] = USUAL) -> list[tuple[Step, ...]]:
    """Return all challenges of some steps: two different ones in order, one of them at least a turn to a side.

    An open mouth or a nod alone is drawn into a still too easily.
    """
    ordered = sorted(among)
    return [
        (first, second)
        for first in ordered
        for second in ordered
        if first is not second and (first in TURNS or second in TURNS)
    ]


def draw_steps(among: Collection[Step] = USUAL) -> tuple[Step, ...]:
    """Return a challenge that nobody can guess."""
    return secrets.choice(challenges(among))
