"""What finds faces in a photo."""

from dataclasses import dataclass, field
from typing import Protocol

from faces.engine import Purpose
from faces.finding.alignment import AlignedFace
from faces.finding.boxes import Box
from faces.photos.photo import Photo, Pixels


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The faces in a photo, none or more. pixels: the photo as it was decoded for that; boxes: in these pixels."""

    pixels: Pixels = field(repr=False)
    boxes: list[Box]


class Finder(Protocol):
    """Finds and aligns faces; safe to call from several threads."""

    def find(self, photo: Photo, purpose: Purpose) -> Found:
        """Decode as much of a photo as it takes, and find all faces in it; raises PhotoBroken."""

    def align(self, pixels: Pixels, box: Box) -> AlignedFace:
        """Align one of the faces found. pixels: the photo, perhaps decoded larger; box: in these."""

    def warm(self) -> None:
        """Do everything once, so that the first photo takes no longer than the next."""
