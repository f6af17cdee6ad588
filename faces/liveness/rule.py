"""The rule of a challenge: which frames show which step, and whether they are one living person's.

The limits come from the mesh's own spread, and from attacks on stills. Under small
disturbances of a photo yaw spreads by 0.2 to 0.55 degrees, and the mouth's gap by 0.001 to 0.02 of its width: a step
is at least ten times as much. A photo that was tilted by up to 35 degrees changes yaw by 7.4 degrees at most.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median

from faces.engine import Look, MeshReading
from faces.errors import ChallengeUnavailable, LivenessFailed
from faces.liveness.likeness import relief, scene_likeness, skin_likeness
from faces.liveness.steps import TURNS, USUAL, Step
from faces.matching.policy import Policy

RULE = "mesh-1"
"""The version of these limits; a calibration belongs to one version."""
FEWEST_FRAMES = 3
MIRRORED = {Step.LEFT: Step.RIGHT, Step.RIGHT: Step.LEFT}
TURN, NOD, OPENING = 10.0, 10.0, 0.2
"""Degrees of the mesh, and share of the mouth's width: so much more than in the frontal frame shows a step."""
FRONTAL = 8.0
"""Degrees of the mesh; the frontal frame is not turned farther."""
FLAT = 0.04
"""Eye distances. A head that turned by 9 degrees and more had at least 0.036 (5% under 0.048), a tilted photo 0.04."""
SAME_SKIN = 0.935
"""Of turned heads 1% were as like (2 of 268 pairs), of stills that were bent into a turn 97% (66 of 68)."""
SAME_SCENE = 0.6
"""Of photos that were moved, zoomed and relit as a hand does it none was under 0.77; of other occasions 64% were."""
LARGEST_CHANGE, FARTHEST = 1.5, 1.0
"""How much larger a face may become between two frames, and how many of its sides its middle may move."""


def judge(looks: Sequence[Look], steps: Sequence[Step]) -> int:
    """Return the index of the frontal frame, if the frames show the steps in order and move like a living face.

    Raises LivenessFailed with what to do, ChallengeUnavailable for looks without a mesh. It doesn't compare identities.
    """
    check_frames(looks)
    readings = [each.mesh for each in looks]
    frames = [each for each in readings if each is not None]
    if len(frames) < len(looks):
        raise ChallengeUnavailable
    _refuse_repeated(looks)
    front = _frontal(frames)
    if abs(frames[front].yaw) > FRONTAL:
        raise LivenessFailed(advice=("look_straight", "follow_steps"))
    _refuse_jumps(frames)
    shown = [shown_step(each, frames[front], steps) for each in frames]
    found = _in_order(shown)
    if found != list(steps):
        is_mirrored = found == [MIRRORED.get(step, step) for step in steps]
        raise LivenessFailed(advice=("own_left", "follow_steps") if is_mirrored else ("follow_steps",))
    for place, step in enumerate(shown):
        if step in TURNS:
            _refuse_bent_still(frames[front], frames[place], place)
    return front


def check_frames(frames: Sequence[object]) -> None:
    """Raise LivenessFailed for too few frames, before anybody looks at them."""
    if len(frames) < FEWEST_FRAMES:
        raise LivenessFailed(advice=("more_frames", "follow_steps"))


def check_one_person(looks: Sequence[Look], front: int, policy: Policy) -> None:
    """Raise LivenessFailed unless each frame is the person of the frontal one, by the limits for one enrolment."""
    shown = looks[front].descriptors
    limit = policy.one_person_limit(len(looks))
    for place, look in enumerate(looks):
        seen, guard = look.descriptors, policy.guard
        if policy.measure.distance(shown, seen) > limit or (
            guard is not None and guard.measure.distance(shown, seen) > guard.one_person
        ):
            raise LivenessFailed(photo=place, advice=("one_person_only", "follow_steps"))


def amounts(frame: MeshReading, front: MeshReading) -> dict[Step, float]:
    """Return how far a frame shows each step, compared with the frontal one; from 1 on the step counts as shown."""
    turned, nodded = (frame.yaw - front.yaw) / TURN, (frame.pitch - front.pitch) / NOD
    return {
        Step.LEFT: turned,
        Step.RIGHT: -turned,
        Step.UP: -nodded,
        Step.DOWN: nodded,
        Step.OPEN_MOUTH: (frame.mouth - front.mouth) / OPENING,
    }


def shown_step(frame: MeshReading, front: MeshReading, asked: Iterable[Step]) -> Step | None:
    """Return the step that a frame shows most clearly; None for a frame on the way.

    Steps that weren't asked count too: otherwise frames of all steps would fit nearly every challenge.
    """
    known = {*USUAL, *asked}
    step, amount = max(
        ((each, amount) for each, amount in amounts(frame, front).items() if each in known), key=lambda each: each[1]
    )
    return step if amount >= 1 else None


def _frontal(frames: Sequence[MeshReading]) -> int:
    """Return the index of the calmest frame: least turned, with the mouth least open."""
    closed, level = min(each.mouth for each in frames), median(each.pitch for each in frames)

    def effort(place: int) -> float:
        frame = frames[place]
        return abs(frame.yaw) / TURN + (frame.mouth - closed) / OPENING + abs(frame.pitch - level) / NOD

    return min(range(len(frames)), key=effort)


def _in_order(shown: Iterable[Step | None]) -> list[Step]:
    """Return the steps in the order in which they began; a step that is held over several frames counts once."""
    found: list[Step] = []
    for step in shown:
        if step is not None and (not found or found[-1] is not step):
            found.append(step)
    return found


def _refuse_repeated(looks: Sequence[Look]) -> None:
    seen: set[bytes] = set()
    for place, look in enumerate(looks):
        if look.fingerprint is None:
            continue
        if look.fingerprint.pixels in seen:
            raise LivenessFailed(photo=place, advice=("live_camera", "follow_steps"))
        seen.add(look.fingerprint.pixels)


def _refuse_jumps(frames: Sequence[MeshReading]) -> None:
    """Raise LivenessFailed for frames of different places, or a face that jumps from one frame to the next."""
    for place, (before, frame) in enumerate(pairwise(frames), start=1):
        smaller, larger = sorted((before.size, frame.size))
        moved = sum((one - other) ** 2 for one, other in zip(before.middle, frame.middle, strict=True)) ** 0.5
        is_jump = larger > LARGEST_CHANGE * smaller or moved > FARTHEST * larger
        if is_jump or scene_likeness(before, frame) < SAME_SCENE:
            raise LivenessFailed(photo=place, advice=("stay_in_place", "follow_steps"))


def _refuse_bent_still(front: MeshReading, turned: MeshReading, place: int) -> None:
    """Raise LivenessFailed for a turned frame that is the frontal one, moved as a flat picture or bent by a mesh."""
    alike = skin_likeness(front, turned)
    if relief(front, turned) < FLAT or (alike is not None and alike > SAME_SKIN):
        raise LivenessFailed(photo=place, advice=("live_camera", "follow_steps"))
