"""Attacks on a challenge with one photo: for each step a frame that is made of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np

from faces.calibration import stills
from faces.calibration.stills import Still
from faces.engine import FaceEngine, Look, Purpose
from faces.errors import FaceError, LivenessFailed
from faces.liveness.rule import check_one_person, judge
from faces.liveness.steps import USUAL, Step, challenges
from faces.matching.policy import PolicySet
from faces.photos.photo import Pixels

Bend = Callable[[Still, Step, np.random.Generator], Pixels]
"""Makes the frame of a step."""
JPEG_QUALITY = 92
TOWARDS = {Step.LEFT: 1.0, Step.RIGHT: -1.0}
WIDE = 0.3  # eye distances; an open mouth
NOISE = 12.0  # grey levels


@dataclass(frozen=True)
class Counts:
    """How many tries there were, and how many of them passed."""

    tries: int
    passed: int


def encoded(pixels: Pixels) -> bytes:
    """Return an RGB picture as JPEG."""
    _, content = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return content.tobytes()


def _roll(still: Still, step: Step, rng: np.random.Generator) -> Pixels:
    return stills.rolled(still, 9 * TOWARDS.get(step, 0.5), 1.05)


def _tilt(still: Still, step: Step, rng: np.random.Generator, degrees: float) -> Pixels:
    if step not in TOWARDS:
        return stills.tilted(still, 0.0, upwards=degrees)
    return stills.tilted(still, degrees * TOWARDS[step])


def _squeeze(still: Still, step: Step, rng: np.random.Generator) -> Pixels:
    return stills.squeezed(still, 0.2, rng)


def _bend(still: Still, step: Step, rng: np.random.Generator, degrees: float, is_drawn: bool = True) -> Pixels:
    if step not in TOWARDS:
        return stills.with_open_mouth(still, WIDE, is_drawn=is_drawn)
    return stills.turned(still, degrees * TOWARDS[step])


def _bend_and_spoil(still: Still, step: Step, rng: np.random.Generator) -> Pixels:
    bent = _bend(still, step, rng, 30)
    noisy = bent + rng.normal(0, NOISE, bent.shape)
    return np.asarray(np.clip(cv2.GaussianBlur(noisy, (0, 0), 1.0) * 0.9 + 8, 0, 255), np.uint8)


BENDS: Mapping[str, Bend] = {
    "the same frame": lambda still, step, rng: still.pixels,
    "rolled and scaled": _roll,
    "tilted by 25 degrees": partial(_tilt, degrees=25),
    "tilted by 35 degrees": partial(_tilt, degrees=35),
    "strong perspective": _squeeze,
    "bent by a mesh, 20 degrees": partial(_bend, degrees=20),
    "bent by a mesh, 30 degrees": partial(_bend, degrees=30),
    "bent by a mesh, 40 degrees": partial(_bend, degrees=40),
    "bent, mouth not drawn": partial(_bend, degrees=30, is_drawn=False),
    "bent, then blurred, noisy, darker": _bend_and_spoil,
}


def attack(engine: FaceEngine, still: Still, bend: Bend, policies: PolicySet, *, rng: np.random.Generator) -> Counts:
    """Try all challenges of the usual steps with one still, and return how many passed."""
    front = look(engine, encoded(still.pixels))
    shown = {step: look(engine, encoded(bend(still, step, rng))) for step in USUAL}
    passed = sum(passes([front, *(shown[step] for step in steps)], steps, policies) for steps in challenges())
    return Counts(len(challenges()), passed)


def passes(looks: Sequence[Look | None], steps: Sequence[Step], policies: PolicySet) -> bool:
    """Return whether frames pass a challenge; a frame without a usable face passes nothing."""
    seen = [each for each in looks if each is not None]
    if len(seen) < len(looks):
        return False
    try:
        front = judge(seen, steps)
        check_one_person(seen, front, policies.choose([each.descriptors for each in seen]))
    except LivenessFailed:
        return False
    return True


def look(engine: FaceEngine, photo: bytes) -> Look | None:
    """Return the look at a frame; None without a usable face."""
    try:
        return engine.look(photo, Purpose.CHALLENGE)
    except FaceError:
        return None
