"""Photos that are spoiled on purpose, as people spoil them: held too near, shaken, in the dark, beside a poster.

Sizes are shares of the side of the face's box, so that photos of different sizes are spoiled alike.
"""

import cv2
import numpy as np

from faces.finding.boxes import Box
from faces.photos.photo import Pixels

CHIP_SCALE = 112.0  # pixels of the face's box; noise is added at this scale, where the networks see it
HEAD = 480  # pixels of a head beside a poster
SCENE = (1300, 1700)  # rows and columns of the picture of both


def too_near(pixels: Pixels, box: Box, share: float) -> Pixels:
    """Return the part of a photo that a phone sees if the face's box is `share` of the frame; 1080 pixels wide."""
    (x, y), half = box.middle, box.side / share / 2
    left, top = max(0, int(x - half)), max(0, int(y - half))
    cut = pixels[top : int(y + half), left : int(x + half)]
    height = max(1, round(1080 * cut.shape[0] / cut.shape[1]))
    return _resized(cut, (1080, height))


def out_of_focus(pixels: Pixels, box: Box, share: float) -> Pixels:
    """Return the photo with Gaussian blur; share: its standard deviation."""
    return cv2.GaussianBlur(pixels, (0, 0), share * box.side)  # type: ignore[return-value]


def shaken(pixels: Pixels, box: Box, share: float, degrees: float = 35.0) -> Pixels:
    """Return the photo as a phone takes it that moves; share: the length of the way, in the direction of an angle."""
    length = max(2, round(share * box.side))
    along = length / 2 * np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
    middle = np.full(2, length / 2)
    kernel = np.zeros((length + 1, length + 1), np.float32)
    cv2.line(kernel, np.rint(middle - along).astype(int).tolist(), np.rint(middle + along).astype(int).tolist(), 1)
    return cv2.filter2D(pixels, -1, kernel / kernel.sum())  # type: ignore[return-value]


def darkened(pixels: Pixels, box: Box, light: float) -> Pixels:
    """Return the photo with a share of its light."""
    return np.asarray(pixels * light, np.uint8)


def noisy(pixels: Pixels, box: Box, spread: float, light: float = 1.0, seed: int = 0) -> Pixels:
    """Return the photo with a share of its light and with noise; spread: its standard deviation in grey levels."""
    scale = min(1.0, CHIP_SCALE / box.side)
    small = _resized(pixels, (round(pixels.shape[1] * scale), round(pixels.shape[0] * scale)))
    noise = np.random.default_rng(seed).normal(0, spread, (*small.shape[:2], 1))
    return np.clip(small * light + noise, 0, 255).astype(np.uint8)


def turned(pixels: Pixels, quarters: int) -> Pixels:
    """Return the photo turned counter-clockwise by right angles."""
    return np.ascontiguousarray(np.rot90(pixels, quarters))


def head(pixels: Pixels, box: Box) -> Pixels:
    """Return a square picture of a head, `HEAD` pixels wide, with the face in its middle."""
    half = int(1.1 * box.side)
    padded = cv2.copyMakeBorder(pixels, half, half, half, half, cv2.BORDER_REPLICATE)
    left, top = (max(0, int(at)) for at in box.middle)
    return _resized(padded[top : top + 2 * half, left : left + 2 * half], (HEAD, HEAD))  # type: ignore[arg-type]


def beside_poster(own: Pixels, other: Pixels, ratio: float) -> Pixels:
    """Return a picture of a person beside a poster. own, other: their heads; ratio: the poster's side to one's own."""
    scene = np.full((*SCENE, 3), (150, 160, 170), np.uint8)
    side = min(round(HEAD * ratio), *SCENE)
    scene[:side, -side:] = _resized(other, (side, side))
    left = max(0, min(SCENE[1] // 2 - HEAD // 2, SCENE[1] - side - HEAD))
    scene[-HEAD:, left : left + HEAD] = own
    return scene


def _resized(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    way = cv2.INTER_AREA if size[0] < pixels.shape[1] else cv2.INTER_CUBIC
    return cv2.resize(pixels, size, interpolation=way)  # type: ignore[return-value]
