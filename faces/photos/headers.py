"""What an image file says of itself, read without decoding a pixel.

Own readers of a few fields rather than a library's: a library that opens a file to tell its size may already
allocate the canvas that the size promises. Formats: ITU-T T.81 (JPEG), W3C PNG 3, RFC 9649 (WebP), ISO/IEC 14496-12
(the brand of HEIC), Exif 2.3 (orientation).
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from faces.errors import PhotoBroken, PhotoUnsupported

MOST_SEGMENTS = 1000  # a real file has a few dozen; a file of empty ones would keep us reading
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1"}
HEIC_SEQUENCES = {b"hevc", b"hevx", b"hevm", b"hevs", b"msf1"}
JPEG_FRAMES = {0xC0, 0xC1, 0xC2}  # baseline, extended, progressive: what cameras and browsers write
JPEG_OTHER_FRAMES = {0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
# In a scan's own bytes 0xFF is always followed by 0x00 or a restart marker.
JPEG_MARKER = re.compile(rb"\xff[^\x00\x01\xff\xd0-\xd7]")
JPEG_BARE = {0x01, *range(0xD0, 0xD8)}  # markers without a length
ORIENTATION = 0x0112


class Kind(StrEnum):
    """The kinds of image that are accepted."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    HEIC = "heic"


@dataclass(frozen=True, slots=True)
class Header:
    """What the file promises.

    width, height: pixels as stored, before the orientation is applied; 0 for HEIC, whose reader asks its own library.
    frames: pictures shown one after the other.
    scans: how often a decoder passes over the picture; above 1 in a progressive JPEG.
    orientation: Exif, 1 to 8.
    """

    kind: Kind
    width: int
    height: int
    frames: int = 1
    scans: int = 1
    orientation: int = 1


def read_header(data: bytes) -> Header:
    """Read kind, size, frames and orientation; raises PhotoUnsupported or PhotoBroken."""
    if not data:
        raise PhotoBroken
    try:
        if data.startswith(b"\xff\xd8\xff"):
            return _jpeg(data)
        if data.startswith(PNG_SIGNATURE):
            return _png(data)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp(data)
        if data[4:8] == b"ftyp":
            return _heic(data)
    except (struct.error, IndexError) as cut_short:
        raise PhotoBroken from cut_short
    raise PhotoUnsupported


def _jpeg(data: bytes) -> Header:
    orientation = 1
    for marker, start, end in _jpeg_segments(data):
        if marker in JPEG_FRAMES:
            precision, height, width = struct.unpack_from(">BHH", data, start)
            if precision != 8:
                raise PhotoUnsupported
            if not (width and height):
                raise PhotoBroken
            return Header(Kind.JPEG, width, height, scans=_jpeg_scans(data, end), orientation=orientation)
        if marker in JPEG_OTHER_FRAMES:
            raise PhotoUnsupported
        if marker == 0xE1 and data[start : start + 6] == b"Exif\0\0":
            orientation = _exif_orientation(data[start + 6 : end])
    raise PhotoBroken


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Walk (marker, start, end of its content) up to the first scan."""
    at = 2
    for _ in range(MOST_SEGMENTS):
        if data[at] != 0xFF:
            raise PhotoBroken
        marker = data[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
        elif marker in JPEG_BARE:
            at += 2
        elif marker in (0xD9, 0xDA):
            return
        else:
            length: int = struct.unpack_from(">H", data, at + 2)[0]
            yield marker, at + 4, at + 2 + length
            at += 2 + max(length, 2)


def _jpeg_scans(data: bytes, at: int) -> int:
    """Count the scans up to the picture's end; what a phone appends behind it, a film or a preview, doesn't count."""
    scans = 0
    for _ in range(MOST_SEGMENTS):
        found = JPEG_MARKER.search(data, at)
        if found is None or data[found.start() + 1] == 0xD9:
            break
        scans += data[found.start() + 1] == 0xDA
        at = found.end() + struct.unpack_from(">H", data, found.end())[0]
    return max(1, scans)


def _png(data: bytes) -> Header:
    width, height, frames, orientation = 0, 0, 1, 1
    at = len(PNG_SIGNATURE)
    for _ in range(MOST_SEGMENTS):
        length, name = struct.unpack_from(">I4s", data, at)
        content = at + 8
        if name == b"IHDR":
            width, height = struct.unpack_from(">II", data, content)
        elif name == b"acTL":
            frames = struct.unpack_from(">I", data, content)[0]
        elif name == b"eXIf":
            orientation = _exif_orientation(data[content : content + length])
        elif name in (b"IDAT", b"IEND"):
            break
        at = content + length + 4
    if not (width and height):
        raise PhotoBroken
    return Header(Kind.PNG, width, height, frames=max(1, frames), orientation=orientation)


def _webp(data: bytes) -> Header:
    size, frames, orientation = (0, 0), 0, 1
    at = 12
    for _ in range(MOST_SEGMENTS):
        if at + 8 > len(data):
            break
        name, length = struct.unpack_from("<4sI", data, at)
        content = at + 8
        if name in (b"VP8X", b"VP8 ", b"VP8L") and not any(size):
            size = _webp_size(name, data, content)
        frames += name == b"ANMF"
        if name == b"EXIF":
            exif = data[content : content + length]
            orientation = _exif_orientation(exif.removeprefix(b"Exif\0\0"))
        at = content + length + length % 2
    if not all(size):
        raise PhotoBroken
    return Header(Kind.WEBP, *size, frames=max(1, frames), orientation=orientation)


def _webp_size(name: bytes, data: bytes, at: int) -> tuple[int, int]:
    if name == b"VP8X":
        return (
            1 + int.from_bytes(data[at + 4 : at + 7], "little"),
            1 + int.from_bytes(data[at + 7 : at + 10], "little"),
        )
    if name == b"VP8L":
        bits = struct.unpack_from("<I", data, at + 1)[0]
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack_from("<HH", data, at + 6)
    return width & 0x3FFF, height & 0x3FFF


def _heic(data: bytes) -> Header:
    length = struct.unpack_from(">I", data)[0]
    if data[8:12] in HEIC_SEQUENCES:
        return Header(Kind.HEIC, 0, 0, frames=2)
    brands = {data[8:12], *(data[at : at + 4] for at in range(16, min(length, 200, len(data)), 4))}
    if b"avif" in brands or not brands & HEIC_BRANDS:
        raise PhotoUnsupported
    return Header(Kind.HEIC, 0, 0)


def _exif_orientation(exif: bytes) -> int:
    """Read the orientation from the first directory; 1 where there is none or it makes no sense."""
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None:
        return 1
    try:
        directory = struct.unpack_from(order + "I", exif, 4)[0]
        for entry in range(struct.unpack_from(order + "H", exif, directory)[0]):
            tag, _, _, value = struct.unpack_from(order + "HHIH", exif, directory + 2 + 12 * entry)
            if tag == ORIENTATION:
                return value if 1 <= value <= 8 else 1
    except struct.error:
        pass
    return 1
