"""The quality of a photo of a face, measured on the aligned chip, and the gates that refuse a photo.

Advice is given early: its limits have a wide margin. There are two gates, because a photo has two purposes.

Enrolment decides for years who somebody is, so it refuses photos that make people look alike. 66 photos of 26 people
were spoiled step by step, and compared with strangers whose photos were spoiled in the same way. Of sharp pairs 1.2%
lay within a plain distance of 0.47. At a Gaussian blur of 1.5, 2.5, 3.5 and 5% of the face's box 1.9, 2.9, 4.3 and 13%
did; at a noise of 12, 24, 40 and 65 grey levels 4, 9, 25 and 60%; at a mean grey of 40, 20 and 9 they were 2.4, 3.1 and
11%. The limits are near the first step. Of 245 good photos of both test folders none is refused.

Check-in compares with a sharp template, and then no spoiled stranger passed more often than a sharp one. So check-in
refuses only a photo that tells nothing. Of the same person's photos 82% passed at 0.42 when they were sharp, and 0 to
2% when they were blurred by 5%, shaken by 28% of the box, or at a noise of 65; these are refused. Between the two gates
a photo is doubtful. It may pass, and 10% still did at a blur of 3.5% or a noise of 40, but it is no evidence of another
person.

Earlier, eleven good photos were shrunk and cut off. Shrunk to a face of 27 pixels they lay within 0.42 of other photos
of the same person, cut off by a quarter within 0.26.
"""

import math
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from faces.engine import Purpose, Quality
from faces.errors import LowQuality
from faces.finding.alignment import CHIP, DLIB_MARKS, AlignedFace, Marks
from faces.finding.boxes import Box
from faces.photos.photo import Pixels

MARGIN = 25  # pixels of the chip round the face: 150 / (1 + 2 * 0.25) leaves 100 for the face

SMALL_PX, TINY_PX = 120, 25
DARK, TOO_DARK, BLACK = 60.0, 40.0, 10.0  # for advice, for enrolment, for check-in; so are the next lines
BRIGHT, WHITE = 215.0, 250.0
SOFT, BLURRED = 60.0, 15.0
VAGUE, SHAPELESS = 0.38, 0.05
NOISY, DROWNED = 4.0, 11.5
EVEN_LIGHT = 128.0
LEAST_PX = 40  # of what may be a blurred face; a smaller part of a photo always lacks detail
CONTRAST = 20.0  # standard deviation of the grey levels; faces have 24 and more
FILLING, LARGE = 0.8, 0.55
TURNED = 0.25
LEANING = 20.0
CLIPPED, CUT_OFF = 0.08, 0.45

# Where a picture is smooth, this filter responds to nothing but noise (Immerkaer 1996). The mean size of its response
# is NOISE_GAIN standard deviations. Hair and skin respond too, so it is read in the smoothest tenth of the face.
NOISE_FILTER = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
NOISE_GAIN = 6 * math.sqrt(2 / math.pi)
BLOCKS, SMOOTHEST = 12, 0.1
SMOOTHING = 2.0  # pixels of the chip; fine noise is gone after it, and a face that is not blurred still has detail
NOISE_LEFT = 0.02  # of the noise's square; what is left of it in the detail
SECOND_DERIVATIVES = (
    np.array([[1, -2, 1]], np.float32),
    np.array([[1], [-2], [1]], np.float32),
    np.array([[0.25, 0, -0.25], [0, 0, 0], [-0.25, 0, 0.25]], np.float32),
)
ANGLES = np.arange(8) * np.pi / 8
DIRECTIONS = np.stack([np.cos(ANGLES) ** 2, np.sin(ANGLES) ** 2, 2 * np.sin(ANGLES) * np.cos(ANGLES)], axis=1)

Points = NDArray[np.float64]


def measure(face: AlignedFace, box: Box, scale: float, others: int) -> Quality:
    """Return the quality of one face; scale: pixels of the photo as sent for one decoded pixel."""
    grey: Pixels = cv2.cvtColor(face.chip[MARGIN:-MARGIN, MARGIN:-MARGIN], cv2.COLOR_RGB2GRAY)  # type: ignore[assignment]
    roll, yaw = pose(face.points, face.marks)
    height, width = face.pixels.shape[:2]
    noise = noise_of(grey)
    quality = Quality(
        sharpness=round(float(cv2.Laplacian(grey, cv2.CV_64F).var()), 1),
        brightness=round(float(grey.mean()), 1),
        face_px=round(box.side * scale),
        roll=round(roll, 1),
        yaw=round(yaw, 3),
        cut_off=round(box.share_outside(width, height), 3),
        others=others,
        filling=round(box.side / min(width, height), 2),
        noise=round(noise, 2),
        detail=round(detail_of(grey, noise), 3),
    )
    return replace(quality, advice=advice(quality), is_doubtful=not may_enrol(quality))


def noise_of(grey: Pixels) -> float:
    """Return the standard deviation of the noise in grey levels; good photos have 0.3 to 2.5."""
    response = np.abs(cv2.filter2D(grey, cv2.CV_32F, NOISE_FILTER))[2:-2, 2:-2]
    blocks = cv2.resize(response, (BLOCKS, BLOCKS), interpolation=cv2.INTER_AREA)
    return float(np.quantile(blocks, SMOOTHEST)) / NOISE_GAIN


def detail_of(grey: Pixels, noise: float) -> float:
    """Return the detail in the direction that has least of it: a shaken photo has none in one direction.

    It is the least variance of the second derivatives after smoothing, in grey levels squared, without the noise.
    """
    smooth = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), SMOOTHING)
    inside = slice(4, -4)  # the edge of the cut is no detail
    curves = [cv2.filter2D(smooth, -1, each)[inside, inside].ravel() for each in SECOND_DERIVATIVES]
    along = np.einsum("ij,jk,ik->i", DIRECTIONS, np.cov(np.stack(curves)), DIRECTIONS)
    return max(0.0, float(along.min()) - NOISE_LEFT * noise**2)


def is_blurred(pixels: Pixels, box: Box) -> bool:
    """Return whether a part of a photo has the contrast of a face, but not its detail: it may be a blurred face."""
    left, top, right, bottom = (max(0, int(at)) for at in (box.left, box.top, box.left + box.side, box.top + box.side))
    cut = pixels[top:bottom, left:right]
    if min(cut.shape[:2]) < LEAST_PX:
        return False
    side = CHIP - 2 * MARGIN
    grey: Pixels = cv2.resize(cv2.cvtColor(cut, cv2.COLOR_RGB2GRAY), (side, side))  # type: ignore[assignment]
    lift = missing_light(float(grey.mean()))
    return float(grey.std()) * lift >= CONTRAST and detail_of(grey, noise=0.0) * lift**2 < VAGUE


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
    is_large = quality.filling > LARGE
    fills = quality.filling > FILLING
    found = {
        "move_back": fills or (is_large and quality.cut_off > CLIPPED),
        "whole_face": fills or quality.cut_off > CLIPPED,
        "more_light": quality.brightness < DARK or noise_in_even_light(quality) > NOISY,
        "less_light": quality.brightness > BRIGHT,
        "move_closer": quality.face_px < SMALL_PX and not is_large,
        "hold_still": in_even_light(quality) < SOFT or detail_in_even_light(quality) < VAGUE,
        "look_straight": abs(quality.yaw) > TURNED or abs(quality.roll) > LEANING,
        "one_person_only": quality.others > 0,
    }
    return tuple(code for code, applies in found.items() if applies)


def in_even_light(quality: Quality) -> float:
    """Return the sharpness that the photo would have in good light.

    A dark photo has less contrast, so it seems less sharp.
    """
    return quality.sharpness * missing_light(quality.brightness) ** 2


def detail_in_even_light(quality: Quality) -> float:
    """Return the detail that the photo would have in good light; infinite where it was not measured."""
    return math.inf if quality.detail is None else quality.detail * missing_light(quality.brightness) ** 2


def noise_in_even_light(quality: Quality) -> float:
    """Return the noise that the photo would have if it were made as bright as a photo in good light."""
    return quality.noise * missing_light(quality.brightness)


def may_enrol(quality: Quality) -> bool:
    """Return whether light, sharpness and noise are good enough to tell this person from others."""
    return (
        quality.brightness >= TOO_DARK
        and in_even_light(quality) >= BLURRED
        and detail_in_even_light(quality) >= VAGUE
        and noise_in_even_light(quality) <= NOISY
    )


def refuse_the_useless(quality: Quality, purpose: Purpose) -> None:
    """Raise LowQuality, with what to do, for a face that the purpose can't use."""
    if (
        quality.face_px < TINY_PX
        or not BLACK <= quality.brightness <= WHITE
        or detail_in_even_light(quality) < SHAPELESS
        or noise_in_even_light(quality) > DROWNED
        or quality.cut_off > CUT_OFF
        or (purpose is Purpose.ENROL and not may_enrol(quality))
    ):
        raise LowQuality(advice=quality.advice)


def missing_light(brightness: float) -> float:
    """Return the factor from a face's mean grey level to that in good light, at least 1."""
    return max(1.0, EVEN_LIGHT / max(brightness, 1.0))
