"""A still and how it is bent: what somebody makes of one photo who wants it to pass a challenge.

Turning bends the picture by the mesh of its own face: the points are turned in space, and the picture follows them
smoothly. This is as good as a simple tool does it. A rendered head or a video is better, and nothing here measures it.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from faces.finding.frame_reader import LIPS, SIDES
from faces.finding.mesh import Mesh
from faces.photos.photo import Pixels

GRID = 8  # pixels between the points where a bend is computed
EYES = ((33, 133), (263, 362))
INNER_LIPS = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95)
CHIN = 152
DARK_MOUTH = (40, 20, 20)
BEHIND = 0.9  # quantile of the depth of the points; the axis of the turn lies there
# In eye distances: how far the picture around a point follows it, at a turn and at an opening mouth.
REACH_OF_A_TURN, REACH_OF_A_MOUTH = 0.35, 0.15

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Still:
    """One photo of a face. pixels: RGB; mesh: (n, 3) in these pixels."""

    pixels: Pixels
    mesh: Mesh

    @property
    def eye_distance(self) -> float:
        """The distance of the eyes in pixels."""
        left, right = (self.mesh[list(each), :2].mean(axis=0) for each in EYES)
        return float(np.linalg.norm(left - right))


def turned(still: Still, degrees: float) -> Pixels:
    """Bend the picture as if the head turned; positive degrees are to the person's own left."""
    axis = np.append(still.mesh[:, :2].mean(axis=0), np.quantile(still.mesh[:, 2], BEHIND))
    across, _, depth = (still.mesh - axis).T
    angle = math.radians(degrees)
    target = np.stack([across * math.cos(angle) - depth * math.sin(angle) + axis[0], still.mesh[:, 1]], axis=1)
    return _bent(still, target, REACH_OF_A_TURN)


def with_open_mouth(still: Still, amount: float, *, is_drawn: bool = True) -> Pixels:
    """Bend the picture as if the mouth opened. amount: eye distances; is_drawn: whether its inside is painted dark."""
    target = still.mesh[:, :2].copy()
    middle = still.mesh[list(LIPS), 1].mean()
    lower = target[:, 1] > middle
    nearness = np.exp(-(((target[:, 0] - target[LIPS[0], 0]) / (0.45 * still.eye_distance)) ** 2))
    target[lower, 1] += (amount * still.eye_distance * nearness)[lower]
    bent = _bent(still, target, REACH_OF_A_MOUTH)
    if not is_drawn:
        return bent
    inside = np.zeros(bent.shape[:2], np.uint8)
    cv2.fillPoly(inside, [np.rint(target[list(INNER_LIPS)]).astype(np.int32)], 255)
    share = cv2.GaussianBlur(inside, (0, 0), 2)[..., None] / 255
    return np.asarray(bent * (1 - share) + np.array(DARK_MOUTH) * share, np.uint8)


def tilted(still: Still, degrees: float, *, upwards: float = 0.0) -> Pixels:
    """Tilt the picture in space, as a printed photo is tilted before a camera."""
    height, width = still.pixels.shape[:2]
    aside, up = math.radians(degrees), math.radians(upwards)
    corners = np.array([[0, 0, 0], [width, 0, 0], [width, height, 0], [0, height, 0]]) - [width / 2, height / 2, 0]
    turn = np.array([[math.cos(aside), 0, math.sin(aside)], [0, 1, 0], [-math.sin(aside), 0, math.cos(aside)]])
    nod = np.array([[1, 0, 0], [0, math.cos(up), -math.sin(up)], [0, math.sin(up), math.cos(up)]])
    moved = corners @ (turn @ nod).T
    far = 1.5 * width
    seen = moved[:, :2] * (far / (far + moved[:, 2]))[:, None] + [width / 2, height / 2]
    return _warped(still.pixels, seen)


def squeezed(still: Still, by: float, rng: np.random.Generator) -> Pixels:
    """Move the corners at random by up to this share of the sides: a strong perspective."""
    height, width = still.pixels.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    return _warped(still.pixels, corners + rng.uniform(-by, by, (4, 2)) * [width, height])


def rolled(still: Still, degrees: float, scale: float) -> Pixels:
    """Roll the picture in its plane, and scale it."""
    height, width = still.pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, scale)
    warped = cv2.warpAffine(still.pixels, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, np.uint8)


def mirrored(still: Still) -> Pixels:
    """Mirror the picture."""
    return np.ascontiguousarray(still.pixels[:, ::-1])


def direction_of(still: Still) -> float:
    """Return the yaw of the still in degrees of the mesh."""
    across = still.mesh[SIDES[1]] - still.mesh[SIDES[0]]
    return math.degrees(math.atan2(across[2], across[0]))


def _warped(pixels: Pixels, corners: Points) -> Pixels:
    height, width = pixels.shape[:2]
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(source, corners.astype(np.float32))
    return np.asarray(cv2.warpPerspective(pixels, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _bent(still: Still, target: Points, reach: float) -> Pixels:
    """Move the mesh's points to their targets, and the picture between and around them smoothly with them."""
    height, width = still.pixels.shape[:2]
    across, down = np.meshgrid(np.arange(0, width + GRID, GRID), np.arange(0, height + GRID, GRID))
    grid = np.stack([across.ravel(), down.ravel()], axis=1).astype(np.float64)
    reached = reach * still.eye_distance
    apart = ((grid[:, None] - target[None]) ** 2).sum(axis=2)
    weights = np.exp(-apart / (2 * (reached / 3) ** 2))
    moves = weights @ (target - still.mesh[:, :2]) / np.maximum(weights.sum(axis=1), 1e-9)[:, None]
    moves *= np.exp(-apart.min(axis=1) / (2 * reached) ** 2)[:, None]
    field = moves.reshape(*across.shape, 2).astype(np.float32)
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    whole = cv2.remap(field, x / GRID, y / GRID, cv2.INTER_LINEAR)
    bent = cv2.remap(
        still.pixels, x - whole[..., 0], y - whole[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(bent, np.uint8)
