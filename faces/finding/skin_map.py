"""The texture of a face as if seen from the front, whatever the head's direction: read through the mesh.

The layout is the mesh that the network answers to an empty grey picture: a plain face, so that no data file is needed.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from faces.engine import NO_SKIN
from faces.finding.mesh import Mesh
from faces.photos.photo import Pixels

SIDE = 64
BORDER = 2
LIPS = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185)
MOUTH_MARGIN = 5  # pixels of the map; the skin around the lips moves with them
EDGE = 3  # pixels of the map; at its edge a turned face shows the background
# The texture is what lies between these two blurs. Light and its direction are coarser, noise is finer.
FINE, COARSE = 0.7, 8.0


@dataclass(frozen=True, slots=True, eq=False)
class SkinMap:
    """Where each pixel of the map lies on the mesh. corners: (m, m, 3) points of its triangle; weights: of them."""

    corners: NDArray[np.intp]
    weights: NDArray[np.float64]
    is_skin: NDArray[np.bool_]

    @classmethod
    def of(cls, shape: Mesh) -> "SkinMap":
        """Return the map with the layout of one mesh."""
        flat = shape[:, :2]
        low, high = flat.min(axis=0), flat.max(axis=0)
        laid = (flat - (low + high) / 2) / (high - low).max() * (SIDE - 2 * BORDER) + SIDE / 2
        corners, weights = np.zeros((SIDE, SIDE, 3), np.intp), np.zeros((SIDE, SIDE, 3))
        for triangle in _triangles(laid):
            _fill(corners, weights, laid, triangle)
        inside = (weights.sum(axis=2) > 0).astype(np.uint8)
        mouth = np.zeros_like(inside)
        cv2.fillPoly(mouth, [np.rint(laid[list(LIPS)]).astype(np.int32)], 1)
        mouth = np.asarray(cv2.dilate(mouth, np.ones((MOUTH_MARGIN, MOUTH_MARGIN))), np.uint8)
        inner = cv2.erode(inside, np.ones((EDGE, EDGE)))
        return cls(corners, weights, (inner > 0) & (mouth == 0))

    def skin(self, picture: Pixels, mesh: Mesh) -> NDArray[np.int8]:
        """Return the texture of a face, (m, m), in grey levels around 0. mesh: in pixels of the RGB picture."""
        at = (mesh[self.corners, :2] * self.weights[..., None]).sum(axis=2).astype(np.float32)
        inside = (self.weights.sum(axis=2) > 0).astype(np.float32)
        grey = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32), (0, 0), 1.0)
        seen = cv2.remap(grey, at[..., 0], at[..., 1], cv2.INTER_LINEAR) * inside
        texture = _blurred(seen, inside, FINE) - _blurred(seen, inside, COARSE)
        levels = np.clip(np.rint(texture), NO_SKIN + 1, -NO_SKIN - 1)
        return np.where(self.is_skin, levels, NO_SKIN).astype(np.int8)


def _blurred(seen: NDArray[np.float32], inside: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    """Blur what is inside, with nothing from outside."""
    weight = np.maximum(cv2.GaussianBlur(inside, (0, 0), sigma), 1e-3)
    return np.asarray(cv2.GaussianBlur(seen, (0, 0), sigma) / weight, np.float32)


def _triangles(laid: NDArray[np.float64]) -> list[list[int]]:
    """Return the triangles between the points, as indexes."""
    points = laid.astype(np.float32)
    plane = cv2.Subdiv2D((0, 0, SIDE, SIDE))
    for x, y in points:
        plane.insert((float(x), float(y)))
    places = {(float(x), float(y)): index for index, (x, y) in enumerate(points)}
    found = []
    for corners in plane.getTriangleList():
        indexes = [places.get((float(corners[at]), float(corners[at + 1]))) for at in (0, 2, 4)]
        if None not in indexes:  # the others touch the border of the plane
            found.append([index for index in indexes if index is not None])
    return found


def _fill(
    corners: NDArray[np.intp], weights: NDArray[np.float64], laid: NDArray[np.float64], triangle: list[int]
) -> None:
    """Write a triangle into the map."""
    first, second, third = laid[triangle]
    sides = np.column_stack([second - first, third - first])
    if abs(np.linalg.det(sides)) < 1e-9:
        return
    low = np.maximum(np.floor(laid[triangle].min(axis=0)).astype(int), 0)
    high = np.minimum(np.ceil(laid[triangle].max(axis=0)).astype(int), SIDE - 1)
    across, down = np.meshgrid(np.arange(low[0], high[0] + 1), np.arange(low[1], high[1] + 1))
    along = np.linalg.solve(sides, np.stack([across.ravel(), down.ravel()]) - first[:, None])
    shares = np.stack([1 - along.sum(axis=0), *along], axis=1)
    inside = (shares >= -1e-6).all(axis=1)
    rows, columns = down.ravel()[inside], across.ravel()[inside]
    corners[rows, columns], weights[rows, columns] = triangle, shares[inside]
