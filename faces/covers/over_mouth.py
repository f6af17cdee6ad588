"""What hides a mouth, drawn on a photo, and what only seems to: beards, masks under the chin, scarfs round the neck."""

import numpy as np

from faces.covers.brushes import PATTERNS, Coat, Colour, Random, cloth, draw_line, ellipse, paint, smooth, strokes
from faces.covers.frame import BRIDGE, CHIN, MOUTH, NOSE_BASE, NOSE_TIP, FaceFrame, Points
from faces.photos.photo import Pixels

MASK_COLOURS: tuple[Colour, ...] = (
    (150, 190, 222),
    (176, 208, 230),
    (120, 165, 205),
    (170, 215, 205),
    (238, 240, 242),
    (245, 246, 246),
    (225, 185, 195),
    (30, 30, 34),
    (45, 48, 56),
    (35, 45, 80),
    (110, 112, 118),
    (90, 30, 40),
)
SURGICAL = 7  # so many of the colours are those of surgical masks
HAIR: tuple[Colour, ...] = ((22, 18, 18), (40, 32, 28), (70, 50, 36), (120, 118, 116), (190, 188, 186))


def surgical_mask(pixels: Pixels, frame: FaceFrame, random: Random) -> Pixels:
    """Draw a surgical mask with pleats, from the bridge of the nose to under the chin."""
    colour = MASK_COLOURS[random.integers(SURGICAL)]
    top = frame.points[BRIDGE] + random.uniform(0.25, 0.95) * (frame.points[NOSE_TIP] - frame.points[BRIDGE])
    return _mask(pixels, frame, random, top, colour, "pleats" if random.random() < 0.7 else "plain")


def cloth_mask(pixels: Pixels, frame: FaceFrame, random: Random) -> Pixels:
    """Draw a mask of black or of patterned cloth."""
    dark = random.random() < 0.4
    colour: Colour = (
        MASK_COLOURS[random.integers(SURGICAL, len(MASK_COLOURS))] if dark else random.uniform(25, 245, 3).tolist()
    )
    top = frame.points[BRIDGE] + random.uniform(0.2, 0.95) * (frame.points[NOSE_TIP] - frame.points[BRIDGE])
    return _mask(pixels, frame, random, top, colour, "plain" if dark else str(random.choice(PATTERNS)))


def mask_below_the_nose(pixels: Pixels, frame: FaceFrame, random: Random) -> Pixels:
    """Draw a mask that leaves the nose free and covers the mouth."""
    lip = frame.points[MOUTH.start + 3]
    top = frame.points[NOSE_BASE] + random.uniform(-0.1, 0.45) * (lip - frame.points[NOSE_BASE])
    colour = MASK_COLOURS[random.integers(len(MASK_COLOURS))]
    return _mask(pixels, frame, random, top, colour, str(random.choice(PATTERNS[:4])), first=3)


def respirator(pixels: Pixels, frame: FaceFrame, random: Random) -> Pixels:
    """Draw a respirator of the N95 kind: a cup with a seam or a valve, and two straps."""
    colour = [(240, 240, 238), (225, 228, 232), (60, 62, 66), (200, 205, 210)][random.integers(4)]
    width, top, bottom = random.uniform(0.62, 0.85), random.uniform(0.1, 0.4), random.uniform(1.35, 1.75)
    shape = [(-0.14, top), (0.14, top), (width * 0.8, 0.62), (width, 1.0), (width * 0.6, bottom - 0.12), (0, bottom)]
    shape += [(-x, y) for x, y in reversed(shape[2:5])]
    base = cloth(pixels.shape, colour, random, frame.distance, "plain")
    out = paint(pixels, smooth(frame.at(shape)), base, _coat(frame, random), random)
    shade = np.asarray(colour) * 0.8
    seam = [(random.uniform(-0.02, 0.02), top), (0.01, 0.8), (0, bottom)]
    side = random.random()
    if side < 0.5:
        out = draw_line(out, frame.at(seam), shade.tolist(), frame.distance * 0.02)
    elif side < 0.8:
        valve = ellipse(frame.at([(0.02, 1.0)])[0], *_axes(frame, 0.13, 0.13))
        out = paint(out, valve, shade.tolist(), Coat(frame.distance * 0.01), random)
    for y in (0.35, 1.2):
        for sign in (-1, 1):
            strap = frame.at([(sign * width * 0.95, 0.95), (sign * 1.25, y - 0.35)])
            out = draw_line(out, strap, (225, 222, 200), frame.distance * 0.03)
    return out


def scarf(pixels: Pixels, frame: FaceFrame, random: Random) -> Pixels:
    """Draw a scarf or a high collar from the nose or the lip down over the neck."""
    return _scarf(pixels, frame, random, random.uniform(0.35, 0.8))


def bandana(pixels: Pixels, frame: FaceFrame, random: Random) -> Pixels:
    """Draw a bandana: a triangle of cloth from the nose down."""
    top, width = random.uniform(0.25, 0.6), random.uniform(0.9, 1.1)
    shape = [(-width, top - 0.1), (-0.4, top), (0, top - 0.06), (0.4, top), (width, top - 0.1), (0.75, 1.3)]
    shape += [(random.uniform(-0.1, 0.1), random.uniform(2.0, 2.6)), (-0.75, 1.3)]
    colour = random.uniform(20, 240, 3).tolist()
    base = cloth(pixels.shape, colour, random, frame.distance, str(random.choice(PATTERNS[3:])))
    return paint(pixels, frame.at(shape), base, _coat(frame, random), random)


def wide_mask(pixels: Pixels, frame: FaceFrame, random: Random) -> Pixels:
    """Draw a mask whose form is one polygon in eye distances, whatever the jaw is like."""
    top, width, bottom = random.uniform(0.1, 0.45), random.uniform(0.8, 1.0), random.uniform(1.45, 1.85)
    half = [(0, top), (0.45, top + 0.06), (width, top + 0.15), (width * 0.9, 1.1), (0.5, bottom - 0.15), (0, bottom)]
    shape = half + [(-x, y) for x, y in reversed(half[1:-1])]
    colour = MASK_COLOURS[random.integers(len(MASK_COLOURS))]
    base = cloth(pixels.shape, colour, random, frame.distance, str(random.choice(("plain", "plain", "pleats"))))
    out = paint(pixels, frame.at(shape), base, _coat(frame, random), random)
    for sign in (-1, 1):
        loop = frame.at([(sign * width, top + 0.2), (sign * 1.2, 0.1)])
        out = draw_line(out, loop, (205, 208, 212), frame.distance * 0.03)
    return out


def hand(pixels: Pixels, frame: FaceFrame, random: Random) -> Pixels:
    """Draw a hand over the mouth: a palm from the side or from below, and fingers."""
    turn = random.choice((-1, 1)) * random.uniform(0.2, 1.5)
    middle = np.array([random.uniform(-0.15, 0.15), random.uniform(0.85, 1.1)])
    return draw_hand(pixels, frame, random, middle, turn, random.uniform(0.9, 1.25))


def fist(pixels: Pixels, frame: FaceFrame, random: Random) -> Pixels:
    """Draw a fist before the mouth: knuckles side by side over an oval."""
    skin = _skin(pixels, frame) * random.uniform(0.8, 1.2)
    middle = frame.at([(random.uniform(-0.1, 0.1), random.uniform(0.85, 1.1))])[0]
    oval = ellipse(middle + frame.at([(0, 0.2)])[0] - frame.at([(0, 0)])[0], *_axes(frame, 0.6, 0.55), power=2.6)
    out = paint(pixels, oval, (skin * 0.9).tolist(), _coat(frame, random), random)
    for at in (-0.39, -0.13, 0.13, 0.39):
        knuckle = ellipse(middle + frame.at([(at, -0.02)])[0] - frame.at([(0, 0)])[0], *_axes(frame, 0.125, 0.3))
        out = paint(out, knuckle, (skin * 0.7).tolist(), Coat(frame.distance * 0.02), random)
        out = paint(out, middle + (knuckle - middle) * 0.94, skin.tolist(), Coat(frame.distance * 0.03), random)
    return out


def held_thing(pixels: Pixels, frame: FaceFrame, random: Random) -> Pixels:
    """Draw a sheet of paper, a phone or a cup before the mouth."""
    middle = frame.at([(random.uniform(-0.2, 0.2), random.uniform(0.95, 1.15))])[0]
    across, down = _axes(frame, random.uniform(0.45, 0.9), random.uniform(0.4, 0.7), random.uniform(-0.5, 0.5))
    base = cloth(
        pixels.shape, random.uniform(15, 250, 3).tolist(), random, frame.distance, str(random.choice(PATTERNS))
    )
    return paint(pixels, ellipse(middle, across, down, random.uniform(2.5, 12)), base, _coat(frame, random), random)


def beard(pixels: Pixels, frame: FaceFrame, random: Random) -> Pixels:
    """Draw a beard that leaves the lips free."""
    inside = frame.shares(np.vstack([frame.jaw(2, 14), frame.points[NOSE_BASE : NOSE_BASE + 1]]))
    lips = frame.shares(frame.points[MOUTH])
    (left, top), (right, bottom) = lips.min(axis=0) - 0.03, lips.max(axis=0) + 0.03
    low, high = inside.min(axis=0), inside.max(axis=0)
    roots = random.uniform([low[0], 0.55], [high[0], high[1] + 0.1], (random.integers(250, 1200), 2))
    x, y = roots.T
    near_jaw = np.abs(x) / max(high[0], 0.1) + (y - 0.5) * 0.5 > 0.62
    over_lip = (top - 0.12 < y) & (y < top) & (np.abs(x) < 0.4)
    on_lips = (left < x) & (x < right) & (top < y) & (y < bottom)
    roots = roots[(near_jaw | over_lip) & ~on_lips]
    tips = roots + np.column_stack([random.normal(0, 0.03, len(roots)), random.uniform(0.03, 0.12, len(roots))])
    return _hairs(pixels, frame, random, roots, tips)


def moustache(pixels: Pixels, frame: FaceFrame, random: Random) -> Pixels:
    """Draw a moustache."""
    nose, lip = frame.shares(frame.points[[NOSE_BASE, MOUTH.start + 3]])
    x = random.uniform(-0.38, 0.38, random.integers(60, 260))
    y = random.uniform(nose[1] + 0.04, lip[1] + 0.02, len(x)) + 0.15 * np.abs(x)
    roots, tips = np.column_stack([nose[0] + x, y]), np.column_stack([nose[0] + x * 1.15, y + 0.07])
    return _hairs(pixels, frame, random, roots, tips)


def mask_under_the_chin(pixels: Pixels, frame: FaceFrame, random: Random) -> Pixels:
    """Draw a mask that was pulled down under the chin: the mouth is free."""
    chin = frame.shares(frame.points[CHIN : CHIN + 1])[0, 1]
    lower = frame.shares(frame.points[MOUTH])[:, 1].max()
    top = lower + random.uniform(0.45, 1.0) * (chin - lower)
    shape = [(-0.85, top - 0.3), (-0.4, top - 0.03), (0, top), (0.4, top - 0.03), (0.85, top - 0.3)]
    shape += [(0.7, chin + 0.3), (0, chin + 0.55), (-0.7, chin + 0.3)]
    base = cloth(pixels.shape, MASK_COLOURS[random.integers(len(MASK_COLOURS))], random, frame.distance, "pleats")
    return paint(pixels, frame.at(shape), base, _coat(frame, random), random)


def scarf_round_the_neck(pixels: Pixels, frame: FaceFrame, random: Random) -> Pixels:
    """Draw a scarf that ends at the chin: the mouth is free."""
    chin = frame.shares(frame.points[CHIN : CHIN + 1])[0, 1]
    return _scarf(pixels, frame, random, chin - random.uniform(-0.15, 0.12))


def hand_at_the_cheek(pixels: Pixels, frame: FaceFrame, random: Random) -> Pixels:
    """Draw a hand that supports the cheek or the chin: the mouth is free."""
    sign = random.choice((-1, 1))
    if random.random() < 0.3:
        middle, turn = np.array([random.uniform(-0.2, 0.2), 2.05]), random.uniform(-0.3, 0.3)
    else:
        middle, turn = np.array([sign * random.uniform(1.2, 1.45), random.uniform(0.7, 1.3)]), sign * 0.2
    return draw_hand(pixels, frame, random, middle, float(turn), random.uniform(0.6, 0.85))


def draw_hand(pixels: Pixels, frame: FaceFrame, random: Random, middle: Points, turn: float, size: float) -> Pixels:
    """Draw a hand by the position of the fingers' roots; turn: radians from fingers that point upwards."""
    skin = _skin(pixels, frame) * random.uniform(0.8, 1.2)
    turned = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])

    def place(points: Points) -> Points:
        return frame.at(middle + (points * size) @ turned)

    palm = ellipse(np.array([0, 0.28]), np.array([0.48, 0]), np.array([0, 0.55]), 2.8)
    out = paint(pixels, place(palm), skin.tolist(), _coat(frame, random), random)
    spread = random.uniform(0.0, 0.06)
    for at, length in ((-0.36, 0.5), (-0.12, 0.6), (0.12, 0.62), (0.36, 0.52)):
        tip = np.array([at * (1 + 4 * spread), -length / 2 - 0.05])
        finger = ellipse(tip, np.array([0.125, 0]), np.array([at * spread * 2, length * 0.75]), 3.0)
        out = paint(out, place(finger), (skin * 0.65).tolist(), Coat(frame.distance * 0.015), random)
        narrow = tip + (finger - tip) * np.array([0.85, 0.97])
        out = paint(out, place(narrow), (skin * random.uniform(0.95, 1.05)).tolist(), _coat(frame, random), random)
    return out


def _mask(
    pixels: Pixels, frame: FaceFrame, random: Random, top: Points, colour: Colour, pattern: str, first: int = 1
) -> Pixels:
    """Draw a mask along the jaw; top: its highest point on the nose; first: number of the highest point of the jaw."""
    first += int(random.integers(0, 2))
    jaw = frame.jaw(first, 16 - first, random.uniform(0.97, 1.08))
    y = frame.shares(top[None])[0, 1]
    side = random.uniform(0.3, 0.5)
    wing = frame.at([(side, y + random.uniform(0.03, 0.16)), (-side, y + random.uniform(0.03, 0.16))])
    shape = np.vstack([jaw, wing[:1], top[None], wing[1:]])
    base = cloth(pixels.shape, colour, random, frame.distance, pattern)
    out = paint(pixels, shape, base, _coat(frame, random), random)
    for tip, sign in ((jaw[0], -1), (jaw[-1], 1)):
        loop = np.vstack([tip, frame.at([(sign * random.uniform(1.1, 1.35), random.uniform(-0.1, 0.3))])])
        out = draw_line(out, loop, (215, 218, 222), frame.distance * random.uniform(0.015, 0.04))
    return out


def _hairs(pixels: Pixels, frame: FaceFrame, random: Random, roots: Points, tips: Points) -> Pixels:
    hairs = np.stack([frame.at(roots), frame.at(tips)], axis=1)
    return strokes(pixels, hairs, HAIR[random.integers(len(HAIR))], frame.distance * 0.012, random)


def _scarf(pixels: Pixels, frame: FaceFrame, random: Random, top: float) -> Pixels:
    tilt = random.uniform(-0.12, 0.12)
    upper = [(x, top + tilt * x - 0.12 * abs(x) + random.normal(0, 0.03)) for x in np.linspace(-1.15, 1.15, 7)]
    shape = [*upper, (1.7, 2.1), (1.9, 3.6), (-1.9, 3.6), (-1.7, 2.1)]
    base = cloth(
        pixels.shape, random.uniform(15, 235, 3).tolist(), random, frame.distance, str(random.choice(PATTERNS))
    )
    return paint(pixels, frame.at(shape), base, _coat(frame, random), random)


def _coat(frame: FaceFrame, random: Random) -> Coat:
    return Coat(
        frame.distance * random.uniform(0.004, 0.03), light=random.uniform(0.4, 1.0), grain=random.uniform(0, 4)
    )


def _axes(frame: FaceFrame, across: float, down: float, turn: float = 0.0) -> tuple[Points, Points]:
    zero = frame.at([(0, 0)])[0]
    cos, sin = np.cos(turn), np.sin(turn)
    return frame.at([(across * cos, across * sin)])[0] - zero, frame.at([(-down * sin, down * cos)])[0] - zero


def _skin(pixels: Pixels, frame: FaceFrame) -> Points:
    """Return the colour of the person's cheeks, scaled to what `paint` takes for even light."""
    height, width = pixels.shape[:2]
    spots = np.clip(frame.at([(-0.45, 0.5), (0.45, 0.5), (0, 0.3)]), 0, (width - 1, height - 1)).astype(int)
    seen = np.median([pixels[y, x] for x, y in spots], axis=0).astype(np.float64)
    return np.asarray(seen / np.clip(seen.mean() / 130, 0.4, 1.2), np.float64)
