"""Reads a frame of a challenge with the mesh: the head's direction, the mouth, the skin, and the scene around."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from faces.engine import MeshReading
from faces.finding.alignment import CHIP, CHIP_PADDING, AlignedFace, Points, moved, padded_frame, similarity
from faces.finding.mesh import SIDE, FaceMesh, Mesh
from faces.finding.skin_map import SkinMap
from faces.photos.photo import Pixels

# With this padding round dlib's chip, the picture is as large as the one that the network was trained with.
PADDING = 0.35
GREY = 128
# Indexes among the 468 points: both sides of the face, forehead and chin, the lips' inner edge, the mouth's corners.
SIDES, FOREHEAD_AND_CHIN, LIPS, CORNERS = (234, 454), (10, 152), (13, 14), (78, 308)
EYES = ((33, 133), (263, 362))
COLOUR_STEPS = 4  # for each of red, green and blue
AROUND = 1.6  # sides of the face; what lies farther from its middle is the scene
MIDDLE_GREY = 110.0
SCENE_PX = 96  # longer side of the picture for its colours


class FrameReader:
    """Reads frames. Several threads may call it at once."""

    def __init__(self, mesh: FaceMesh) -> None:
        self._mesh = mesh
        self._map = SkinMap.of(mesh.points(np.full((SIDE, SIDE, 3), GREY, np.uint8)))

    def mesh_of(self, face: AlignedFace) -> Mesh:
        """Return the 468 points (x, y, z) of a face, in pixels of its photo."""
        frame = padded_frame(SIDE, PADDING)
        mesh = self._mesh.points(face.picture(frame, SIDE))
        into_picture = similarity(face.points, moved(face.marks.positions, frame))
        back = np.linalg.inv(into_picture[:, :2])
        flat = (mesh[:, :2] - into_picture[:, 2]) @ back.T
        return np.column_stack([flat, mesh[:, 2] / max(float(np.hypot(*into_picture[:, 0])), 1e-6)])

    def read(self, face: AlignedFace) -> MeshReading:
        """Return what the mesh tells of an aligned face."""
        frame = padded_frame(SIDE, PADDING)
        picture = face.picture(frame, SIDE)
        mesh = self._mesh.points(picture)
        yaw, pitch, mouth = angles_of(mesh)
        middle, side = _place(face)
        shorter = min(face.pixels.shape[:2])
        return MeshReading(
            yaw=yaw,
            pitch=pitch,
            mouth=mouth,
            middle=(middle[0] / shorter, middle[1] / shorter),
            size=side / shorter,
            points=(mesh[:, :2] / _eye_distance(mesh)).astype(np.float32),
            skin=self._map.skin(picture, mesh),
            scene=_scene(face.pixels, middle, side),
        )


def angles_of(mesh: Mesh) -> tuple[float, float, float]:
    """Return yaw and pitch in degrees of the mesh, and the gap between the lips as a share of the mouth's width."""
    across, down = mesh[SIDES[1]] - mesh[SIDES[0]], mesh[FOREHEAD_AND_CHIN[1]] - mesh[FOREHEAD_AND_CHIN[0]]
    yaw = math.degrees(math.atan2(across[2], across[0]))
    pitch = math.degrees(math.atan2(down[2], down[1]))
    gap, width = (float(np.linalg.norm(mesh[one] - mesh[other])) for one, other in (LIPS, CORNERS))
    return yaw, pitch, gap / max(width, 1e-6)


def _eye_distance(mesh: Mesh) -> float:
    left, right = (mesh[list(each), :2].mean(axis=0) for each in EYES)
    return max(float(np.linalg.norm(left - right)), 1e-6)


def _place(face: AlignedFace) -> tuple[tuple[float, float], float]:
    """Return the middle of a face and its side, in pixels of the photo."""
    into_chip = similarity(face.points, moved(face.marks.positions, padded_frame(CHIP, CHIP_PADDING)))
    back = np.linalg.inv(into_chip[:, :2])
    middle = back @ (np.array([CHIP / 2, CHIP / 2]) - into_chip[:, 2])
    side = CHIP / (1 + 2 * CHIP_PADDING) / max(float(np.hypot(*into_chip[:, 0])), 1e-6)
    return (float(middle[0]), float(middle[1])), side


def _scene(pixels: Pixels, middle: tuple[float, float], side: float) -> NDArray[np.float32]:
    """Return the shares of colours away from the face; of the whole picture where the face fills it.

    They are made equally bright: a phone adapts its exposure while a head turns.
    """
    scale = SCENE_PX / max(pixels.shape[:2])
    size = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
    small: Pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    across, down = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
    away = np.hypot(across - middle[0] * scale, down - middle[1] * scale) > AROUND / 2 * side * scale
    colours = small[away] if away.mean() > 0.1 else small.reshape(-1, 3)
    seen = colours.reshape(-1, 3).astype(np.float64)
    return _shares(np.minimum(seen * MIDDLE_GREY / max(float(seen.mean()), 1.0), 255))


def _shares(colours: Points) -> NDArray[np.float32]:
    """Return the shares of the cells of the colour cube; a colour between two cells counts for both in part."""
    at = np.clip(colours / 255 * COLOUR_STEPS - 0.5, 0, COLOUR_STEPS - 1)
    low = np.minimum(at.astype(int), COLOUR_STEPS - 2)
    part = at - low
    cells = np.zeros(COLOUR_STEPS**3)
    for corner in np.ndindex(2, 2, 2):
        weight = np.prod(np.where(np.array(corner), part, 1 - part), axis=1)
        index = (low + corner) @ (COLOUR_STEPS**2, COLOUR_STEPS, 1)
        cells += np.bincount(index, weight, COLOUR_STEPS**3)
    return np.asarray(cells / max(float(cells.sum()), 1e-9), np.float32)
