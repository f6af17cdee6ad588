"""The face mesh. It answers whether a box holds a face, and whether the face has the direction of the box's points."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from faces.conversion.human import MESH, load_human
from faces.finding.alignment import moved, warp
from faces.finding.boxes import Box
from faces.model_files.human_models import FOLDER
from faces.model_files.onnx_session import open_session
from faces.photos.photo import Pixels

SIDE = MESH.feeding.side
ROUND_THE_BOX = 1.5
# Indexes among the 468 points: of the eye at an upright picture's left, the other eye, the tip of the nose, the mouth.
FEATURES = ((33, 133), (263, 362), (1, 1), (13, 14))

Mesh = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fit:
    """The result of the mesh for a box with its points.

    flag: how certainly the box holds a face, 0 to 1. misfit: distance of the mesh's eyes, nose and mouth from those of
    the box, the mean of the four in eye distances. On 255 upright photos it is 0.05 (median); with points of a wrong
    direction it is 0.17.
    """

    flag: float
    misfit: float


class FaceMesh:
    """The loaded network of the mesh. Several threads may call it at once."""

    def __init__(self, folder: Path, models: Path = FOLDER) -> None:
        """folder: where the converted file is stored. Raises UnusableNetwork or OSError."""
        self._session = open_session(load_human(MESH, folder, models))

    def points(self, picture: Pixels) -> Mesh:
        """Return the 468 points (x, y, z) of the face in a picture of `SIDE` pixels, in these pixels."""
        found, _ = self._session.run_all(picture[None])
        return np.asarray(found.reshape(-1, 3), np.float64)

    def fit(self, pixels: Pixels, box: Box) -> Fit:
        """Return the fit of the mesh to a box with its points. The picture is turned until the eyes are level."""
        (left, top), (right, bottom), *_ = box.points
        angle = math.atan2(bottom - top, right - left)
        scale = SIDE / (ROUND_THE_BOX * box.side)
        along, across = scale * math.cos(angle), scale * math.sin(angle)
        turn = np.array([[along, across], [-across, along]])
        matrix = np.column_stack([turn, SIDE / 2 - turn @ box.middle])
        found, flag = self._session.run_all(warp(pixels, matrix, SIDE)[None])
        mesh = found.reshape(-1, 3)[:, :2]
        features = np.array([mesh[list(each)].mean(axis=0) for each in FEATURES])
        told = moved(np.array(box.points[: len(FEATURES)], np.float64), matrix)
        apart = np.linalg.norm(features - told, axis=1).mean() / max(float(np.linalg.norm(told[0] - told[1])), 1e-6)
        return Fit(float(flag[0, 0]), float(apart))
