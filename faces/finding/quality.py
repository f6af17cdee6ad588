"""The quality of a photo of a face, measured on the aligned chip.

Advice is given early. A photo is refused only if it is certainly useless. The limits for advice have a wide margin. The
limits for refusal come from eleven good photos that were made worse step by step, and compared with other photos of the
same person. Darkened to a mean grey of 11, they lay within 0.44; at a grey of 6, some lay beyond 0.6, as photos of
other people do. Shrunk to a face of 27 pixels, they lay within 0.42. Cut off by a quarter, they lay within 0.26.
Blurred to a sharpness of 4, most lay beyond 0.6.
"""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from faces.engine import Quality
from faces.errors import LowQuality
from faces.finding.alignment import DLIB_MARKS, AlignedFace, Marks
from faces.finding.boxes import Box

MARGIN = 25  # pixels of the chip round the face: 150 / (1 + 2 * 0.25) leaves 100 for the face

SMALL_PX, TINY_PX = 120, 25
DARK, BLACK = 60.0, 10.0
BRIGHT, WHITE = 215.0, 250.0
SOFT, BLURRED = 60.0, 4.0
EVEN_LIGHT = 128.0
TURNED = 0.25
LEANING = 20.0
CLIPPED, CUT_OFF = 0.08, 0.45

Points = NDArray[np.float64]


def measure(face: AlignedFace, box: Box, scale: float, others: int) -> Quality:
    """Return the quality of one face; scale: pixels of the photo as sent for one decoded pixel."""
    grey = cv2.cvtColor(face.chip[MARGIN:-MARGIN, MARGIN:-MARGIN], cv2.COLOR_RGB2GRAY)
    roll, yaw = pose(face.points, face.marks)
    height, width = face.pixels.shape[:2]
    quality = Quality(
        sharpness=round(float(cv2.Laplacian(grey, cv2.CV_64F).var()), 1),
        brightness=round(float(grey.mean()), 1),
        face_px=round(box.side * scale),
        roll=round(roll, 1),
        yaw=round(yaw, 3),
        cut_off=round(box.share_outside(width, height), 3),
        others=others,
    )
    return Quality(**{**quality.as_dict(), "advice": advice(quality)})


def pose(points: Points, marks: Marks = DLIB_MARKS) -> tuple[float, float]:
    """Return roll in degrees, and yaw in eye distances on the scale of dlib's base of the nose."""
    right, left, nose = points[marks.right].mean(axis=0), points[marks.left].mean(axis=0), points[marks.nose]
    across = right - left
    distance = float(np.hypot(*across)) or 1.0
    roll = math.degrees(math.atan2(across[1], across[0]))
    yaw = float(np.dot(nose - (left + right) / 2, across)) / distance**2 / marks.swing
    return roll, yaw


def advice(quality: Quality) -> tuple[str, ...]:
    """Return the codes of what would make the photo better, most useful first."""
    found = {
        "whole_face": quality.cut_off > CLIPPED,
        "more_light": quality.brightness < DARK,
        "less_light": quality.brightness > BRIGHT,
        "move_closer": quality.face_px < SMALL_PX,
        "hold_still": in_even_light(quality) < SOFT,
        "look_straight": abs(quality.yaw) > TURNED or abs(quality.roll) > LEANING,
        "one_person_only": quality.others > 0,
    }
    return tuple(code for code, applies in found.items() if applies)


def in_even_light(quality: Quality) -> float:
    """Return the sharpness that the photo would have in good light.

    A dark photo has less contrast, so it seems less sharp.
    """
    return quality.sharpness * max(1.0, EVEN_LIGHT / max(quality.brightness, 1.0)) ** 2


def refuse_the_useless(quality: Quality) -> None:
    """Raise LowQuality for a face that certainly can't be recognised."""
    if (
        quality.face_px < TINY_PX
        or not BLACK <= quality.brightness <= WHITE
        or in_even_light(quality) < BLURRED
        or quality.cut_off > CUT_OFF
    ):
        raise LowQuality(advice=quality.advice)
