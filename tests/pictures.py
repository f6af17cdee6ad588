"""Painted pictures instead of faces, for tests of what becomes of an image file: JPEGs, and an engine that reads them.

The left half has the colour of somebody, the right half's grey tells how far it is from their usual photo.
"""

import functools
import hashlib
import io
import json

from PIL import Image, ImageOps

from faces.engine import Look, Purpose
from faces.errors import FaceError
from tests.faces.images import oriented
from tests.fakes import FakeEngine, face

_ARTIST, _GPS = 0x013B, 0x8825
ARTIST = "Sentinel-artist-7391"


@functools.cache
def picture(name: str, *, off: float = 0.0, orientation: int = 6, width: int = 160, height: int = 120) -> bytes:
    """A photo of somebody as a phone stores it, turned and with tags; off: distance in steps of 0.05, as in `face`."""
    upright = Image.new("RGB", (width, height), (round(off / 0.05) * 10,) * 3)
    upright.paste(tuple(20 + 40 * level for level in _levels(name)), (0, 0, width // 2, height))
    plain = oriented(upright, orientation)
    with Image.open(io.BytesIO(plain)) as stored:
        exif = stored.getexif()
        exif[_ARTIST] = ARTIST
        exif.get_ifd(_GPS)[1] = "N"
        buffer = io.BytesIO()
        stored.save(buffer, "JPEG", quality=95, exif=exif.tobytes(), comment=ARTIST.encode())
    return buffer.getvalue()


class PaintedEngine(FakeEngine):
    """A fake engine that sees whose colours a picture has; what `face` makes it reads too."""

    def __init__(self, name: str | None = None, also: tuple[str, ...] | None = None) -> None:
        super().__init__()
        self.name = self.name if name is None else name
        self.also = self.also if also is None else also
        self.failing: dict[str, type[FaceError] | type[BaseException]] = {}  # by name of the person

    def refuse(self, name: str, error: type[BaseException]) -> None:
        """Raise this instead of seeing this person."""
        self.failing[_told(_levels(name))] = error

    def look(self, photo: bytes, purpose: Purpose, model: str | None = None) -> Look:
        if not photo.startswith(b"\xff\xd8"):
            return super().look(photo, purpose, model)
        with Image.open(io.BytesIO(photo)) as stored:
            seen = ImageOps.exif_transpose(stored)
        colour, grey = (seen.getpixel((seen.width * at // 4, seen.height // 2)) for at in (1, 3))
        who = _told([round((channel - 20) / 40) for channel in colour])
        if who in self.failing:
            raise self.failing[who]
        told = json.loads(face(who, off=round(grey[0] / 10) * 0.05))
        told["seed"] = hashlib.sha256(photo).hexdigest()  # the same picture looks the same again
        return super().look(json.dumps(told).encode(), purpose, model)


def _levels(name: str) -> list[int]:
    return [byte % 6 for byte in hashlib.sha256(name.encode()).digest()[:3]]


def _told(levels: list[int]) -> str:
    return json.dumps(levels)
