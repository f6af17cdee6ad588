"""How good a face's photo is: measured on the aligned chip, advised on freely, refused only where surely useless.

The limits for advice are comfortable. Those for refusal come from spoiling eleven good photos step by step: darkened to
a mean grey of 11 they still lay within 0.44 of the same person, and at 6 some beyond 0.6, where they'd be anybody;
shrunk to a face of 27 pixels they lay within 0.42, and cut off by a quarter within 0.26; blurred until the sharpness
fell to 4 most were beyond 0.6.
"""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from faces.engine import Quality
from faces.errors import LowQuality
from faces.finding.alignment import DLIB_MARKS, AlignedFace, Marks
from faces.finding.boxes import Box

MARGIN = 25  # pixels of the chip round the face itself: 150 / (1 + 2 * 0.25) leaves 100 for the face

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
    """Measure the quality of one face; scale: pixels of the photo as sent for one of those that it was aligned in."""
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
    """Give roll in degrees and yaw in eye distances, as dlib's base of the nose would tell it."""
    right, left, nose = points[marks.right].mean(axis=0), points[marks.left].mean(axis=0), points[marks.nose]
    across = right - left
    distance = float(np.hypot(*across)) or 1.0
    roll = math.degrees(math.atan2(across[1], across[0]))
    yaw = float(np.dot(nose - (left + right) / 2, across)) / distance**2 / marks.swing
    return roll, yaw


def advice(quality: Quality) -> tuple[str, ...]:
    """List what would make the photo better, most useful first."""
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
    """Give the sharpness as it would be in good light: a dark photo's contrasts shrink with its brightness."""
    return quality.sharpness * max(1.0, EVEN_LIGHT / max(quality.brightness, 1.0)) ** 2


def refuse_the_useless(quality: Quality) -> None:
    """Raise LowQuality for a face from which surely nobody could be recognised."""
    if (
        quality.face_px < TINY_PX
        or not BLACK <= quality.brightness <= WHITE
        or in_even_light(quality) < BLURRED
        or quality.cut_off > CUT_OFF
    ):
        raise LowQuality(advice=quality.advice)
