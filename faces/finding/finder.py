"""The interface of a face finder."""

from dataclasses import dataclass, field
from typing import Protocol

from faces.engine import Purpose
from faces.finding.alignment import AlignedFace
from faces.finding.boxes import Box
from faces.photos.photo import Photo, Pixels


@dataclass(frozen=True, slots=True, eq=False)
class FoundFaces:
    """The faces in a photo, possibly none. pixels: the decoded photo; boxes: in these pixels.

    faint: where there is no face, what may be a blurred one.
    """

    pixels: Pixels = field(repr=False)
    boxes: list[Box]
    faint: Box | None = None


class Finder(Protocol):
    """An object that finds and aligns faces. Several threads may call it at once."""

    def find(self, photo: Photo, purpose: Purpose) -> FoundFaces:
        """Decode a photo as large as needed, and find all faces in it; raises PhotoBroken."""

    def align(self, pixels: Pixels, box: Box) -> AlignedFace:
        """Align one of the faces found. pixels: the photo, perhaps decoded larger; box: in these pixels."""

    def warm(self) -> None:
        """Run every step once, so that the first photo takes no longer than the next one."""
