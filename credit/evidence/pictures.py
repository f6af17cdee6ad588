"""Makes a picture harmless: decoded, turned upright, and encoded anew. Nothing of the file but its pixels is kept."""

import threading
from dataclasses import dataclass

from PIL import Image

from credit.evidence.errors import EvidenceBroken, EvidenceBusy, EvidenceTooLarge, EvidenceUnsupported
from faces.errors import PhotoRefused, PhotoTooLarge, PhotoTooManyPixels, PhotoUnsupported
from faces.photos.headers import Kind, read_header
from faces.photos.small_photo import encode, read_upright

LONGEST_SIDE = 2480
"""Pixels: a page of A4 at 210 dots an inch, so that small print of a certificate can be read."""
QUALITY = 85
THUMBNAIL_SIDE, THUMBNAIL_QUALITY = 320, 75
_KINDS = frozenset({Kind.JPEG, Kind.PNG, Kind.HEIC})
_MOST_PIXELS = 60_000_000  # what phones send; faces.photos.photo has the same limits
_MOST_WHOLE_PIXELS = 24_000_000  # of a PNG, which can only be decoded whole
_MOST_SCAN_PIXELS = 1_000_000_000  # pixels times passes of a progressive JPEG
_MOST_SIDE = 16_384
_PATIENCE = 10.0  # seconds
_one_at_a_time = threading.Semaphore(1)
"""A picture of the largest size takes 180 MB while it is decoded: one at a time in a process."""


@dataclass(frozen=True)
class Harmless:
    """A file that was made anew. media_type: of the content; thumbnail: JPEG; pages: 1 for a picture."""

    media_type: str
    content: bytes
    thumbnail: bytes
    pages: int = 1


def clean_picture(data: bytes) -> Harmless:
    """Return a JPEG of what the picture shows. Raises EvidenceUnsupported, EvidenceTooLarge, EvidenceBroken.

    EvidenceBusy if other pictures take too long.
    """
    _check_header(data)
    if not _one_at_a_time.acquire(timeout=_PATIENCE):
        raise EvidenceBusy(retry_after=int(_PATIENCE))
    try:
        picture = read_upright(data, LONGEST_SIDE)
        return Harmless("image/jpeg", encode(picture, QUALITY), thumbnail_of(picture))
    except (
        MemoryError,
        PhotoRefused,
        ValueError,
        OSError,
        SyntaxError,
        EOFError,
        ArithmeticError,
        LookupError,
    ) as error:
        raise EvidenceBroken(field="file") from error  # whatever a decoder says of a file that is damaged
    finally:
        _one_at_a_time.release()


def thumbnail_of(picture: Image.Image) -> bytes:
    """Return a small JPEG of a picture, which it makes small."""
    picture.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.BILINEAR)
    return encode(picture, THUMBNAIL_QUALITY)


def _check_header(data: bytes) -> None:
    try:
        header = read_header(data)
    except PhotoUnsupported:
        raise EvidenceUnsupported(field="file") from None
    except PhotoRefused as error:
        is_large = isinstance(error, PhotoTooLarge | PhotoTooManyPixels)
        raise (EvidenceTooLarge if is_large else EvidenceBroken)(field="file") from None
    if header.kind not in _KINDS:
        raise EvidenceUnsupported(field="file")
    if header.frames > 1:
        raise EvidenceUnsupported(field="file")
    most = _MOST_WHOLE_PIXELS if header.kind is Kind.PNG else _MOST_PIXELS
    pixels = header.width * header.height
    if pixels > most or max(header.width, header.height) > _MOST_SIDE or pixels * header.scans > _MOST_SCAN_PIXELS:
        raise EvidenceTooLarge(field="file", facts={"why": "too_many_pixels"})
