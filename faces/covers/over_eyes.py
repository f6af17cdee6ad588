"""What hides eyes, drawn on a photo, and what only seems to: clear spectacles, a fringe above the eyes, a cap."""

import numpy as np

from faces.covers.brushes import Coat, Colour, Layer, Random, cloth, draw_line, ellipse, paint, smooth, strokes
from faces.covers.frame import BROWS, FaceFrame, Points
from faces.covers.over_mouth import HAIR, draw_hand
from faces.photos.photo import Pixels

FRAMES: tuple[Colour, ...] = ((18, 17, 18), (60, 40, 28), (140, 130, 110), (170, 172, 178), (110, 30, 30), (30, 40, 90))
GLASS: tuple[Colour, ...] = ((12, 12, 14), (12, 12, 14), (30, 26, 22), (45, 34, 24), (26, 34, 30), (28, 30, 46))
MIRRORS: tuple[Colour, ...] = ((60, 90, 150), (150, 110, 50), (120, 130, 140), (60, 130, 90))


def aviators(pixels: Pixels, frame: FaceFrame, random: Random) -> Pixels:
    """Draw sunglasses whose lenses are drops."""
    wide, high = random.uniform(0.38, 0.46), random.uniform(0.34, 0.44)
    half = [(-0.8, -0.55), (0.2, -0.7), (0.95, -0.55), (0.95, 0.2), (0.4, 0.95), (-0.3, 0.9), (-0.85, 0.3)]
    return _glasses(pixels, frame, random, half, (wide, high), _dark(random))


def square_sunglasses(pixels: Pixels, frame: FaceFrame, random: Random) -> Pixels:
    """Draw sunglasses with broad frames and lenses nearly square."""
    wide, high = random.uniform(0.38, 0.46), random.uniform(0.26, 0.36)
    half = [(-0.9, -0.9), (0, -0.98), (1, -0.85), (0.95, 0.3), (0.7, 0.9), (-0.5, 0.9), (-0.85, 0.5)]
    return _glasses(pixels, frame, random, half, (wide, high), _dark(random))


def round_sunglasses(pixels: Pixels, frame: FaceFrame, random: Random) -> Pixels:
    """Draw sunglasses with round lenses."""
    wide = random.uniform(0.3, 0.45)
    turn = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    half = [(float(np.cos(each)), float(np.sin(each))) for each in turn]
    return _glasses(pixels, frame, random, half, (wide, wide * random.uniform(0.85, 1.0)), _dark(random))


def mirrored_shield(pixels: Pixels, frame: FaceFrame, random: Random) -> Pixels:
    """Draw one broad lens over both eyes, dark or mirrored."""
    high, wide = random.uniform(0.24, 0.36), random.uniform(0.92, 1.08)
    half = [(0, -high), (0.6, -high), (wide, -high * 0.7), (wide, high * 0.4), (0.5, high), (0.15, high * 0.6)]
    shape = half + [(-x, y) for x, y in reversed(half) if x]
    colour = MIRRORS[random.integers(len(MIRRORS))] if random.random() < 0.6 else GLASS[random.integers(len(GLASS))]
    out = paint(pixels, smooth(frame.at(shape)), _glass(pixels, frame, random, colour), _coat(frame, random), random)
    return _temples(out, frame, FRAMES[random.integers(len(FRAMES))], 0.05)


def cat_eye_sunglasses(pixels: Pixels, frame: FaceFrame, random: Random) -> Pixels:
    """Draw sunglasses whose outer corners rise."""
    wide, high = random.uniform(0.36, 0.45), random.uniform(0.26, 0.36)
    half = [(-0.9, -0.5), (0.2, -0.75), (1.1, -1.1), (1.0, 0.1), (0.5, 0.85), (-0.4, 0.85), (-0.9, 0.2)]
    return _glasses(pixels, frame, random, half, (wide, high), _dark(random))


def six_sided_sunglasses(pixels: Pixels, frame: FaceFrame, random: Random) -> Pixels:
    """Draw sunglasses whose lenses have six corners."""
    half = [(-0.95, 0), (-0.5, -0.9), (0.5, -0.9), (0.95, 0), (0.5, 0.9), (-0.5, 0.9)]
    size = random.uniform(0.36, 0.44), random.uniform(0.3, 0.4)
    return _glasses(pixels, frame, random, half, size, _dark(random), rounded=False)


def sleep_mask(pixels: Pixels, frame: FaceFrame, random: Random) -> Pixels:
    """Draw a band of cloth over the eyes."""
    high = random.uniform(0.22, 0.4)
    shape = [(-1.15, -high * 0.7), (0, -high), (1.15, -high * 0.7), (1.1, high * 0.6), (0.4, high), (0, high * 0.5)]
    shape += [(-0.4, high), (-1.1, high * 0.6)]
    base = cloth(pixels.shape, random.uniform(10, 240, 3).tolist(), random, frame.distance, "plain")
    return paint(pixels, smooth(frame.at(shape)), base, _coat(frame, random), random)


def hair_over_the_eyes(pixels: Pixels, frame: FaceFrame, random: Random) -> Pixels:
    """Draw hair that hangs from the forehead over both eyes."""
    return _fringe(pixels, frame, random, random.uniform(0.15, 0.35), int(random.integers(350, 700)))


def hand_over_the_eyes(pixels: Pixels, frame: FaceFrame, random: Random) -> Pixels:
    """Draw a hand that lies over both eyes."""
    turn = random.choice((-1, 1)) * random.uniform(1.2, 1.6)
    middle = np.array([-0.15 * np.sign(turn), random.uniform(-0.08, 0.08)])
    return draw_hand(pixels, frame, random, middle, float(turn), random.uniform(1.15, 1.5))


def spectacles(pixels: Pixels, frame: FaceFrame, random: Random) -> Pixels:
    """Draw clear spectacles of some form, with reflections or without."""
    forms = (
        [(float(np.cos(each)), float(np.sin(each))) for each in np.linspace(0, 2 * np.pi, 12, endpoint=False)],
        [(-0.9, -0.9), (0, -0.98), (1, -0.85), (0.95, 0.3), (0.7, 0.9), (-0.5, 0.9), (-0.85, 0.5)],
        [(-0.95, -0.7), (0.95, -0.75), (0.95, 0.6), (0.6, 0.9), (-0.6, 0.9), (-0.95, 0.6)],
    )
    size = random.uniform(0.3, 0.42), random.uniform(0.2, 0.34)
    return _spectacles(pixels, frame, random, forms[random.integers(len(forms))], size)


def other_spectacles(pixels: Pixels, frame: FaceFrame, random: Random) -> Pixels:
    """Draw clear spectacles of further forms: six corners, cat's eyes, drops."""
    forms = (
        [(-0.95, 0), (-0.5, -0.9), (0.5, -0.9), (0.95, 0), (0.5, 0.9), (-0.5, 0.9)],
        [(-0.9, -0.5), (0.2, -0.75), (1.1, -1.05), (1.0, 0.1), (0.5, 0.85), (-0.4, 0.85), (-0.9, 0.2)],
        [(-0.8, -0.55), (0.2, -0.7), (0.95, -0.55), (0.95, 0.2), (0.4, 0.95), (-0.3, 0.9), (-0.85, 0.3)],
    )
    size = random.uniform(0.32, 0.44), random.uniform(0.26, 0.38)
    return _spectacles(pixels, frame, random, forms[random.integers(len(forms))], size)


def fringe_above_the_eyes(pixels: Pixels, frame: FaceFrame, random: Random) -> Pixels:
    """Draw a fringe that ends above the eyes."""
    brows = frame.shares(frame.points[BROWS])[:, 1].mean()
    return _fringe(pixels, frame, random, float(brows) - random.uniform(-0.05, 0.15), int(random.integers(200, 600)))


def cap(pixels: Pixels, frame: FaceFrame, random: Random) -> Pixels:
    """Draw a cap or a nurse's hood over the forehead; the eyes are free."""
    brows = float(frame.shares(frame.points[BROWS])[:, 1].min())
    low, side = brows - random.uniform(0.05, 0.3), random.uniform(1.1, 1.4)
    shape = [(-side, low + 0.1), (-0.5, low), (0.5, low), (side, low + 0.1), (side, low - 0.8), (0, low - 1.5)]
    shape += [(-side, low - 0.8)]
    base = cloth(pixels.shape, random.uniform(15, 245, 3).tolist(), random, frame.distance, "plain")
    return paint(pixels, frame.at(shape), base, _coat(frame, random), random)


def _dark(random: Random) -> Colour:
    return GLASS[random.integers(len(GLASS))] if random.random() < 0.8 else MIRRORS[random.integers(len(MIRRORS))]


def _glasses(
    pixels: Pixels,
    frame: FaceFrame,
    random: Random,
    half: list[tuple[float, float]],
    size: tuple[float, float],
    colour: Colour,
    rounded: bool = True,
) -> Pixels:
    """Draw sunglasses. half: a lens, its outer side to the right, in half widths and heights; size: of these."""
    out, rim = pixels, FRAMES[random.integers(len(FRAMES))]
    glass, low = _glass(pixels, frame, random, colour), random.uniform(0.0, 0.08)
    opacity, width = random.uniform(0.82, 1.0), random.uniform(0.0, 0.05)
    for lens in _lenses(frame, half, size, low, rounded=rounded):
        out = paint(out, lens, glass, _coat(frame, random, opacity), random)
        if width > 0.01:
            out = draw_line(out, np.vstack([lens, lens[:1]]), rim, frame.distance * width)
    bridge = frame.at([(-0.5 + size[0] * 0.9, low - 0.06), (0, low - 0.1), (0.5 - size[0] * 0.9, low - 0.06)])
    out = draw_line(out, bridge, rim, frame.distance * 0.035)
    return _temples(out, frame, rim, random.uniform(0.02, 0.07))


def _spectacles(
    pixels: Pixels, frame: FaceFrame, random: Random, half: list[tuple[float, float]], size: tuple[float, float]
) -> Pixels:
    out, rim = pixels, FRAMES[random.integers(len(FRAMES))]
    width, low = random.uniform(0.012, 0.06), random.uniform(0.0, 0.08)
    half_rim = random.random() < 0.2
    for lens in _lenses(frame, half, size, low):
        if random.random() < 0.4:  # a tint that leaves the eyes to be seen
            tint = random.uniform(60, 235, 3).tolist()
            out = paint(out, lens, tint, Coat(frame.distance * 0.01, random.uniform(0.05, 0.25)), random)
        if random.random() < 0.25:
            spot = lens.mean(axis=0) + random.uniform(-0.12, 0.12, 2) * frame.distance
            glare = ellipse(spot, np.array([0.16, 0.02]) * frame.distance, np.array([0.05, 0.08]) * frame.distance)
            out = paint(out, glare, (250, 250, 250), Coat(frame.distance * 0.02, random.uniform(0.3, 0.8)), random)
        outline = lens[len(lens) // 3 :] if half_rim else np.vstack([lens, lens[:1]])
        out = draw_line(out, outline, rim, frame.distance * width)
    bridge = frame.at([(-0.5 + size[0] * 0.9, low - 0.05), (0, low - 0.09), (0.5 - size[0] * 0.9, low - 0.05)])
    return _temples(draw_line(out, bridge, rim, frame.distance * width), frame, rim, width)


def _lenses(
    frame: FaceFrame,
    half: list[tuple[float, float]],
    size: tuple[float, float],
    low: float,
    *,
    rounded: bool = True,
) -> list[Points]:
    """Return both lenses, the left one mirrored; low: eye distances below the middle of the eyes."""
    shape = np.array(half) * size
    made = []
    for sign in (-1, 1):
        lens = frame.at(shape * (sign, 1) + (sign * 0.5, low))
        made.append(smooth(lens) if rounded else lens)
    return made


def _glass(pixels: Pixels, frame: FaceFrame, random: Random, colour: Colour) -> Layer:
    """Return the colour of lenses over the whole photo: even, lighter towards the bottom, or with a reflection."""
    height, width = pixels.shape[:2]
    made = np.broadcast_to(np.asarray(colour, np.float32), (height, width, 3)).copy()
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    kind, (x, y) = random.random(), frame.at([(0, 0)])[0]
    if kind < 0.3:
        made *= (1 + np.clip((rows - y) / frame.distance + 0.3, 0, 1) * random.uniform(0.5, 2.0))[..., None]
    elif kind < 0.6:
        slope = random.uniform(-1, 1)
        stripe = ((columns - x) + slope * (rows - y)) / frame.distance + random.uniform(-0.6, 0.6)
        made += (np.exp(-((stripe / random.uniform(0.05, 0.25)) ** 2)) * random.uniform(20, 110))[..., None]
    return np.asarray(np.clip(made, 0, 255), np.float32)


def _temples(pixels: Pixels, frame: FaceFrame, rim: Colour, width: float) -> Pixels:
    for sign in (-1, 1):
        pixels = draw_line(pixels, frame.at([(sign * 0.9, -0.04), (sign * 1.2, -0.07)]), rim, frame.distance * width)
    return pixels


def _fringe(pixels: Pixels, frame: FaceFrame, random: Random, low: float, count: int) -> Pixels:
    lean, x = random.uniform(-0.3, 0.3), random.uniform(-1.05, 1.05, count)
    top, end = -0.95 + 0.25 * x**2 + random.normal(0, 0.05, count), low + random.normal(0, 0.05, count)
    bent = x + lean * 0.5 + random.normal(0, 0.03, count)
    ways = [(x * 0.9, top), (bent, (top + end) / 2), (bent + lean * 0.4, end)]
    hairs = np.stack([frame.at(np.column_stack(way)) for way in ways], axis=1)
    return strokes(pixels, hairs, HAIR[random.integers(3)], frame.distance * 0.03, random)


def _coat(frame: FaceFrame, random: Random, opacity: float = 1.0) -> Coat:
    return Coat(frame.distance * random.uniform(0.004, 0.02), opacity, random.uniform(0.0, 0.6), random.uniform(0, 3))
