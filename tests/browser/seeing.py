"""What stands on a picture of a page: its QR code, and whether the code has white around it."""

import cv2
import numpy as np

_SCALES = (1, 0.5, 1.5, 0.75, 2)
_WHITE = 250  # of 255
_QUIET_MODULES = 4  # as the standard asks


def code_on(picture: bytes) -> str:
    """Return the text of the QR code on a screenshot, read at several sizes; an empty string where there is none."""
    image = _grey(picture)
    for scale in _SCALES:
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        text, _, _ = cv2.QRCodeDetector().detectAndDecode(
            cv2.resize(image, None, fx=scale, fy=scale, interpolation=how)
        )
        if text:
            return str(text)
    return ""


def has_quiet_zone(picture: bytes, modules: int) -> bool:
    """Return whether a screenshot of a code alone, quiet zone included, is white four modules wide on each side."""
    image = _grey(picture)
    wide = int(image.shape[1] / (modules + 2 * _QUIET_MODULES) * _QUIET_MODULES) - 2
    edges = (image[:wide], image[-wide:], image[:, :wide], image[:, -wide:])
    return wide > 0 and all(int(np.min(each)) >= _WHITE for each in edges) and int(np.min(image)) < 10


def _grey(picture: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_GRAYSCALE)
