"""What the camera of the pictures sees: a drawn face, for no real person belongs into the documentation."""

import cv2
import numpy as np

from faces.photos.photo import Pixels
from tests.browser.films import HEIGHT, film

_SKIN, _HAIR, _SHIRT, _INK = (236, 196, 168), (52, 42, 40), (92, 128, 152), (60, 44, 40)


def face_film() -> bytes:
    """Return a film of a drawn face before a wall."""
    return film(_face())


def _face() -> Pixels:
    side = HEIGHT
    canvas = np.full((side, side, 3), (200, 206, 206), np.uint8)
    middle = side // 2
    cv2.ellipse(canvas, (middle, side + 40), (260, 190), 0, 180, 360, _SHIRT, -1, cv2.LINE_AA)
    cv2.rectangle(canvas, (middle - 55, 470), (middle + 55, 600), tuple(int(part * 0.92) for part in _SKIN), -1)
    cv2.ellipse(canvas, (middle, 300), (192, 222), 0, 0, 360, _HAIR, -1, cv2.LINE_AA)
    cv2.ellipse(canvas, (middle, 345), (165, 205), 0, 0, 360, _SKIN, -1, cv2.LINE_AA)
    cv2.ellipse(canvas, (middle, 175), (165, 70), 0, 0, 360, _HAIR, -1, cv2.LINE_AA)
    for at in (middle - 68, middle + 68):
        cv2.ellipse(canvas, (at, 325), (26, 14), 0, 0, 360, (250, 250, 250), -1, cv2.LINE_AA)
        cv2.circle(canvas, (at, 325), 11, _INK, -1, cv2.LINE_AA)
        cv2.ellipse(canvas, (at, 285), (36, 9), 0, 200, 340, _INK, 5, cv2.LINE_AA)
    cv2.ellipse(canvas, (middle, 385), (16, 26), 0, 20, 160, (196, 150, 126), 4, cv2.LINE_AA)
    cv2.ellipse(canvas, (middle, 440), (46, 20), 0, 10, 170, (176, 92, 88), 6, cv2.LINE_AA)
    return canvas
