"""What the mesh read from a frame, as values for JSON and back."""

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faces.engine import MeshReading


def write_reading(reading: MeshReading) -> dict[str, Any]:
    """Return a reading as values for JSON."""
    return {
        "yaw": reading.yaw,
        "pitch": reading.pitch,
        "mouth": reading.mouth,
        "middle": list(reading.middle),
        "size": reading.size,
        "points": _text(reading.points.astype(np.float32)),
        "skin": _text(reading.skin.astype(np.int8)),
        "scene": _text(reading.scene.astype(np.float32)),
    }


def read_reading(content: dict[str, Any]) -> MeshReading:
    """Return the reading from the values of `write_reading`."""
    skin = np.frombuffer(base64.b64decode(content["skin"]), np.int8)
    side = round(len(skin) ** 0.5)
    return MeshReading(
        yaw=content["yaw"],
        pitch=content["pitch"],
        mouth=content["mouth"],
        middle=(content["middle"][0], content["middle"][1]),
        size=content["size"],
        points=np.frombuffer(base64.b64decode(content["points"]), np.float32).reshape(-1, 2),
        skin=skin.reshape(side, side),
        scene=np.frombuffer(base64.b64decode(content["scene"]), np.float32),
    )


def _text(numbers: NDArray[Any]) -> str:
    return base64.b64encode(np.ascontiguousarray(numbers).tobytes()).decode()
