"""Which of the faces found in a photo is the one meant."""

from dataclasses import dataclass

from faces.engine import Purpose
from faces.errors import MultipleFaces

# The detector's sizes come in steps of 6/5, so a face two steps smaller has 0.69 of the side, one three steps 0.58.
RIVAL_SHARE = {Purpose.ENROL: 0.65, Purpose.CHECK_IN: 0.75}
FAINT, CLEAR = 0.2, 0.8


@dataclass(frozen=True, slots=True)
class Box:
    """A face's square in pixels of the picture it was found in; score: the detector's margin, more is surer."""

    left: float
    top: float
    side: float
    score: float

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
    clear = _without_texture(boxes)
    ordered = sorted(clear, key=lambda box: box.side, reverse=True)
    largest, others = ordered[0], ordered[1:]
    if others and others[0].side >= RIVAL_SHARE[purpose] * largest.side:
        raise MultipleFaces
    return largest, len(others)


def _without_texture(boxes: list[Box]) -> list[Box]:
    """Drop faint finds beside a clear one: curtains and sleeves, or one face found twice."""
    if max(box.score for box in boxes) < CLEAR:
        return boxes
    return [box for box in boxes if box.score >= FAINT]
