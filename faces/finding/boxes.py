"""Which of the faces found in a photo is the one meant."""

from dataclasses import dataclass

from faces.engine import Purpose
from faces.errors import MultipleFaces

# HOG's sizes come in steps of 6/5, so a face two steps smaller has 0.69 of the side, one three steps 0.58.
RIVAL_SHARE = {Purpose.ENROL: 0.65, Purpose.CHECK_IN: 0.75}


@dataclass(frozen=True, slots=True)
class Box:
    """A face's square in pixels of the picture it was found in.

    score: more is surer, on the finder's own scale. points: (x, y) each, where the finder gives them with the box.
    """

    left: float
    top: float
    side: float
    score: float
    points: tuple[tuple[float, float], ...] = ()

    @property
    def middle(self) -> tuple[float, float]:
        """Where the square's middle lies."""
        return self.left + self.side / 2, self.top + self.side / 2

    def moved(self, scale: float, left: float = 0.0, top: float = 0.0) -> "Box":
        """Give the same box in another picture, so many times as large and then shifted."""
        points = tuple((x * scale + left, y * scale + top) for x, y in self.points)
        return Box(self.left * scale + left, self.top * scale + top, self.side * scale, self.score, points)

    def turned(self, quarters: int, width: int, height: int) -> "Box":
        """Give the same box in the picture, of this size, turned clockwise by so many right angles."""
        if not quarters:
            return self
        points = tuple((height - y, x) for x, y in self.points)
        turned = Box(height - self.top - self.side, self.left, self.side, self.score, points)
        return turned.turned(quarters - 1, height, width)

    def share_outside(self, width: int, height: int) -> float:
        """Give the share of the square's area that lies outside a picture of this size, 0 to 1."""
        across = max(0.0, min(self.left + self.side, width) - max(self.left, 0))
        down = max(0.0, min(self.top + self.side, height) - max(self.top, 0))
        return 1 - across * down / self.side**2


def nearest_face(boxes: list[Box], purpose: Purpose) -> tuple[Box, int]:
    """Choose the face meant, the largest, and count the others.

    Raises MultipleFaces where another one rivals it in size: at enrolment a face in the second row already does, at
    check-in, with a queue of people behind, only one as near as the first.
    """
    ordered = sorted(boxes, key=lambda box: box.side, reverse=True)
    largest, others = ordered[0], ordered[1:]
    if others and others[0].side >= RIVAL_SHARE[purpose] * largest.side:
        raise MultipleFaces
    return largest, len(others)
