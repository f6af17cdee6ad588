"""How like two frames are: by the skin, by the shape that a flat picture would have, by the colours around."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from faces.engine import NO_SKIN, MeshReading

PATCH, STEP, REACH = 12, 6, 3  # pixels of the skin's map: side of a patch, from one to the next, how far it is searched
MOSTLY = 0.9  # share of a patch that must be skin
PLAIN = 2.0  # grey levels; a patch that differs less from its mean tells nothing
FEWEST_PATCHES = 5

Skin = NDArray[np.float64]


def skin_likeness(one: MeshReading, other: MeshReading) -> float | None:
    """Return the median correlation of patches of the skin, each at its best place, up to 1; None for too few patches.

    The texture follows the mesh, so it says whether one picture was bent into the other, however it was bent.
    """
    first, second = one.skin.astype(np.float64), other.skin.astype(np.float64)
    is_skin = (one.skin != NO_SKIN) & (other.skin != NO_SKIN)
    first, second = np.where(is_skin, first, 0.0), np.where(is_skin, second, 0.0)
    side = len(first)
    found = []
    for row in range(REACH, side - PATCH - REACH + 1, STEP):
        for column in range(REACH, side - PATCH - REACH + 1, STEP):
            patch = first[row : row + PATCH, column : column + PATCH]
            if is_skin[row : row + PATCH, column : column + PATCH].mean() < MOSTLY or patch.std() < PLAIN:
                continue
            around = second[row - REACH : row + PATCH + REACH, column - REACH : column + PATCH + REACH]
            found.append(_best_correlation(patch, around))
    return float(np.median(found)) if len(found) >= FEWEST_PATCHES else None


def _best_correlation(patch: Skin, around: Skin) -> float:
    windows = sliding_window_view(around, patch.shape).reshape(-1, patch.size)
    centred = windows - windows.mean(axis=1, keepdims=True)
    wanted = (patch - patch.mean()).ravel()
    lengths = np.linalg.norm(centred, axis=1) * np.linalg.norm(wanted)
    return float(np.max(centred @ wanted / np.maximum(lengths, 1e-9)))


def relief(one: MeshReading, other: MeshReading) -> float:
    """Return how far the points of one frame lie from a flat picture of the other's.

    It is their root mean square, in eye distances. A photo that is tilted, scaled or bent in perspective moves its
    points by a homography; a head that turns does not.
    """
    source, target = one.points.astype(np.float64), other.points.astype(np.float64)
    source_unit, target_unit = _unit(source), _unit(target)
    x, y = (source @ source_unit[:, :2].T + source_unit[:, 2]).T
    u, v = (target @ target_unit[:, :2].T + target_unit[:, 2]).T
    nothing, ones = np.zeros_like(x), np.ones_like(x)
    rows = np.concatenate(
        [
            np.stack([x, y, ones, nothing, nothing, nothing, -u * x, -u * y, -u], axis=1),
            np.stack([nothing, nothing, nothing, x, y, ones, -v * x, -v * y, -v], axis=1),
        ]
    )
    _, vectors = np.linalg.eigh(rows.T @ rows)
    moved = np.stack([x, y, ones], axis=1) @ vectors[:, 0].reshape(3, 3).T
    apart = (moved[:, :2] / moved[:, 2:] - np.stack([u, v], axis=1)) / target_unit[0, 0]
    return float(np.sqrt((apart**2).sum(axis=1).mean()))


def _unit(points: Skin) -> Skin:
    """Return the (2, 3) matrix that brings points to the origin, at a mean distance of about 1."""
    middle = points.mean(axis=0)
    scale = 1 / max(float(np.linalg.norm(points - middle, axis=1).mean()), 1e-9)
    return np.array([[scale, 0, -scale * middle[0]], [0, scale, -scale * middle[1]]])


def scene_likeness(one: MeshReading, other: MeshReading) -> float:
    """Return the share of colours around the face that two frames have in common, 0 to 1."""
    return float(np.minimum(one.scene, other.scene).sum())
