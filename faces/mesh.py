"""The face mesh, asked one thing: is this a face at all."""

import math
from pathlib import Path

import numpy as np

from faces.alignment import warp
from faces.boxes import Box
from faces.conversion.human import MESH, load_human
from faces.human_models import FOLDER
from faces.onnx_session import open_session
from faces.photo import Pixels

SIDE = MESH.feeding.side
ROUND_THE_BOX = 1.5


class FaceMesh:
    """The network of the mesh, loaded; safe to call from several threads."""

    def __init__(self, folder: Path, models: Path = FOLDER) -> None:
        """folder: where the converted file is kept. Raises UnusableNetwork or OSError."""
        self._session = open_session(load_human(MESH, folder, models))

    def flag(self, pixels: Pixels, box: Box) -> float:
        """Say how surely a box with its points shows a face, 0 to 1; turned by the eyes, as the network wants it."""
        (left, top), (right, bottom), *_ = box.points
        angle = math.atan2(bottom - top, right - left)
        scale = SIDE / (ROUND_THE_BOX * box.side)
        along, across = scale * math.cos(angle), scale * math.sin(angle)
        turn = np.array([[along, across], [-across, along]])
        matrix = np.column_stack([turn, SIDE / 2 - turn @ box.middle])
        _, flag = self._session.run_all(warp(pixels, matrix, SIDE)[None])
        return float(flag[0, 0])
