"""The boxes of faces, and the choice of the person's face among several."""

from dataclasses import dataclass

from faces.engine import Purpose
from faces.errors import MultipleFaces

# From this share of the largest face's side on, a second face makes it unclear whose face is meant. Of a poster and the
# person beside it, the poster's face may be the larger one.
RIVAL_SHARE = {Purpose.ENROL: 0.5, Purpose.CHECK_IN: 0.6, Purpose.CHALLENGE: 0.6}


@dataclass(frozen=True, slots=True)
class Box:
    """The square round a face, in pixels of the picture where it was found.

    score: a higher score is more certain; each finder has its own scale. points: (x, y) each, if the finder returns
    them.
    """

    left: float
    top: float
    side: float
    score: float
    points: tuple[tuple[float, float], ...] = ()

    @property
    def middle(self) -> tuple[float, float]:
        """The middle of the square, (x, y)."""
        return self.left + self.side / 2, self.top + self.side / 2

    def moved(self, scale: float, left: float = 0.0, top: float = 0.0) -> "Box":
        """Return the box in another picture: scaled, then shifted."""
        points = tuple((x * scale + left, y * scale + top) for x, y in self.points)
        return Box(self.left * scale + left, self.top * scale + top, self.side * scale, self.score, points)

    def turned(self, quarters: int, width: int, height: int) -> "Box":
        """Return the box after the picture (width, height) is turned clockwise by this many right angles."""
        if not quarters:
            return self
        points = tuple((height - y, x) for x, y in self.points)
        turned = Box(height - self.top - self.side, self.left, self.side, self.score, points)
        return turned.turned(quarters - 1, height, width)

    def share_outside(self, width: int, height: int) -> float:
        """Return the share of the square's area that lies outside a picture of this size, 0 to 1."""
        across = max(0.0, min(self.left + self.side, width) - max(self.left, 0))
        down = max(0.0, min(self.top + self.side, height) - max(self.top, 0))
        return 1 - across * down / self.side**2


def overlap(one: Box, other: Box) -> float:
    """Return the area that two boxes share, as a share of the smaller box, 0 to 1."""
    across = min(one.left + one.side, other.left + other.side) - max(one.left, other.left)
    down = min(one.top + one.side, other.top + other.side) - max(one.top, other.top)
    return max(0.0, across) * max(0.0, down) / min(one.side, other.side) ** 2


def nearest_face(boxes: list[Box], purpose: Purpose) -> tuple[Box, int]:
    """Return the largest face, which is the person's, and the number of the others.

    Raises MultipleFaces where another face is more than half as large. Check-in, where people queue behind, is a little
    less strict than enrolment.
    """
    ordered = sorted(boxes, key=lambda box: box.side, reverse=True)
    largest, others = ordered[0], ordered[1:]
    if others and others[0].side >= RIVAL_SHARE[purpose] * largest.side:
        raise MultipleFaces
    return largest, len(others)
