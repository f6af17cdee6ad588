"""Frames of a challenge for the fake engine: made-up readings of a mesh, which turn and open the mouth as real ones do.

What the real mesh reads from real photos is tested in tests/faces/finding.
"""

import hashlib
import json
import math
from typing import Any

import numpy as np

from faces.engine import NO_SKIN, MeshReading
from faces.liveness.steps import Step

TURNED, OPENED, NODDED = 15.0, 0.5, 14.0
_SKIN = 64
_NUMBER = iter(range(1, 10**9))


def frame(name: str, step: str = "front", *, number: int | None = None, **more: Any) -> bytes:
    """A frame of somebody. number: of a certain picture, else a new one.

    more: `amount` of the step, from 0 to 1 and over; `skin`, the name of its texture, by default a new one for each
    step; `is_flat` for a picture that only moved; `scene`, the name of the place; `size` and `x` of the face.
    """
    told = {"face": name, "off": 0.0, "picture": number or next(_NUMBER), "light": 0, "tags": 0, "mirrored": False}
    return json.dumps(told | {"step": step} | more).encode()


def frames(name: str, *steps: str, **more: Any) -> list[bytes]:
    """A frontal frame, and one for each step in this order."""
    return [frame(name, step, **more) for step in ("front", *steps)]


def reading_of(told: dict[str, Any]) -> MeshReading | None:
    """What the mesh would read from a frame; None from a photo that is none."""
    if "step" not in told:
        return None
    step, amount = told["step"], told.get("amount", 1.0)
    yaw = {Step.LEFT: TURNED, Step.RIGHT: -TURNED}.get(step, 0.0) * amount
    pitch = {Step.UP: -NODDED, Step.DOWN: NODDED}.get(step, 0.0) * amount
    return MeshReading(
        yaw=1.0 + yaw,
        pitch=7.0 + pitch,
        mouth=0.03 + (OPENED * amount if step == Step.OPEN_MOUTH else 0.0),
        middle=(told.get("x", 0.5), 0.5),
        size=told.get("size", 0.4),
        points=_points(0.0 if told.get("is_flat") else yaw),
        skin=_skin(f"{told['face']} {told.get('skin', step)}"),
        scene=_scene(told.get("scene", "room")),
    )


def _points(yaw: float) -> np.ndarray[Any, np.dtype[np.float32]]:
    """A plane with a nose in its middle, which is nearer than the rest and moves farther at a turn."""
    across, down = (each.ravel() for each in np.meshgrid(np.linspace(-1, 1, 20), np.linspace(-1, 1, 20)))
    near = np.exp(-(across**2 + down**2) / 0.2)
    angle = math.radians(yaw)
    return np.stack([across * math.cos(angle) + near * math.sin(angle), down], axis=1).astype(np.float32)


def _skin(name: str) -> np.ndarray[Any, np.dtype[np.int8]]:
    texture = _noise(name).normal(0, 12, (_SKIN, _SKIN)).clip(-100, 100).astype(np.int8)
    texture[:3] = texture[-3:] = NO_SKIN
    return texture


def _scene(name: str) -> np.ndarray[Any, np.dtype[np.float32]]:
    shares = _noise(name).random(64) ** 8  # few colours, so that two places share little
    return (shares / shares.sum()).astype(np.float32)


def _noise(name: str) -> np.random.Generator:
    return np.random.default_rng(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]))
