"""Measures a challenge on volunteers: who shows which step, who passes, and which attacks on their stills pass.

A folder has one folder for each person, and in it one for each take: frames of one go, named by what they show:
`front.jpg`, `left.jpg`, `right.jpg`, `open_mouth.jpg`, and perhaps `up.jpg` and `down.jpg`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from faces.calibration.attacks import BENDS, Bend, Counts, attack, look, passes
from faces.calibration.stills import Still
from faces.engine import FaceEngine, Look
from faces.liveness.rule import amounts
from faces.liveness.steps import TURNS, Step, challenges
from faces.matching.policy import PolicySet

FRONT = "front"
LEAST_PEOPLE = 10
"""A step needs so many volunteers who were asked for it."""
SHOWN_BY = 0.9
"""Share of their frames that must show it."""
HONEST_PASS = 0.9
"""Share of honest tries that must pass. The others try again, or go to the staff."""
ATTACKS_PASS = 0.1
"""Share of the tries of each attack that may pass."""


@dataclass(frozen=True, eq=False)
class Take:
    """The frames of one go. frames: by what they show; None where no usable face was found."""

    person: str
    front: Look | None
    frames: Mapping[Step, Look | None]


@dataclass(frozen=True)
class StepCount:
    """How many people were asked for a step, and how many of their frames show it."""

    people: int
    frames: int
    shown: int

    @property
    def is_measured(self) -> bool:
        """Whether enough people showed it."""
        return self.people >= LEAST_PEOPLE and self.shown >= SHOWN_BY * self.frames


@dataclass(frozen=True)
class VolunteerFigures:
    """What a folder told. honest: tries of the measured steps; reversed_order: the same in the other order."""

    people: int
    steps: Mapping[Step, StepCount]
    honest: Counts
    reversed_order: Counts
    attacks: Mapping[str, Counts]

    @property
    def allowed(self) -> tuple[Step, ...]:
        """The steps that challenges may be drawn from."""
        return tuple(step for step, count in self.steps.items() if count.is_measured)

    @property
    def objections(self) -> list[str]:
        """Why sessions may not ask for a challenge; empty where they may."""
        found = []
        if not set(TURNS) <= set(self.allowed):
            found.append(
                f"turns to both sides need {LEAST_PEOPLE} volunteers each, of whose frames {SHOWN_BY:.0%} show them"
            )
        if self.honest.passed < HONEST_PASS * self.honest.tries:
            found.append(f"fewer than {HONEST_PASS:.0%} of the honest tries passed")
        if self.reversed_order.passed:
            found.append("frames in the wrong order passed")
        if not all(each.tries for each in self.attacks.values()):
            found.append("there is no frontal frame to try attacks with")
        leaky = [name for name, each in self.attacks.items() if each.passed > ATTACKS_PASS * each.tries]
        if leaky:
            found.append(f"more than {ATTACKS_PASS:.0%} passed of: {', '.join(leaky)}")
        return found


def read_takes(folder: Path, engine: FaceEngine) -> list[Take]:
    """Look at all frames of a folder of volunteers."""
    takes = []
    for place in sorted(each for each in folder.glob("*/*") if each.is_dir()):
        shown = {path.stem: look(engine, path.read_bytes()) for path in sorted(place.iterdir()) if path.is_file()}
        steps = {Step(name): seen for name, seen in shown.items() if name in set(Step)}
        takes.append(Take(place.parent.name, shown.get(FRONT), steps))
    return takes


def measure(takes: Sequence[Take], policies: PolicySet, attacks: Mapping[str, Counts]) -> VolunteerFigures:
    """Return what the takes and the attacks tell."""
    steps = {step: _count(takes, step) for step in Step}
    allowed = tuple(step for step, count in steps.items() if count.is_measured)
    honest = _try(takes, allowed, policies, is_reversed=False)
    wrong = _try(takes, allowed, policies, is_reversed=True)
    return VolunteerFigures(len({take.person for take in takes}), steps, honest, wrong, attacks)


def attack_all(engine: FaceEngine, found: Iterable[Still], policies: PolicySet) -> dict[str, Counts]:
    """Try each attack with each still, and return the counts by attack."""
    rng = np.random.default_rng(0)
    stills = list(found)
    return {name: _sum(engine, stills, bend, policies, rng) for name, bend in BENDS.items()}


def _sum(
    engine: FaceEngine, found: Sequence[Still], bend: Bend, policies: PolicySet, rng: np.random.Generator
) -> Counts:
    counts = [attack(engine, still, bend, policies, rng=rng) for still in found]
    return Counts(sum(each.tries for each in counts), sum(each.passed for each in counts))


def _count(takes: Sequence[Take], step: Step) -> StepCount:
    asked = [take for take in takes if step in take.frames]
    return StepCount(len({take.person for take in asked}), len(asked), sum(_shows(take, step) for take in asked))


def _shows(take: Take, step: Step) -> bool:
    """Return whether the frame of a step shows it, compared with the take's frontal frame."""
    front, frame = take.front, take.frames[step]
    if front is None or front.mesh is None or frame is None or frame.mesh is None:
        return False
    return amounts(frame.mesh, front.mesh)[step] >= 1


def _try(takes: Sequence[Take], allowed: Sequence[Step], policies: PolicySet, *, is_reversed: bool) -> Counts:
    """Try each challenge of the allowed steps with each take that has both."""
    tries = passed = 0
    for take in takes:
        for steps in challenges(allowed):
            if not set(steps) <= set(take.frames):
                continue
            tries += 1
            shown = [take.front, *(take.frames[step] for step in steps)]
            passed += passes(shown, steps[::-1] if is_reversed else steps, policies)
    return Counts(tries, passed)
