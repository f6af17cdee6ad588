"""What an image file says of itself, read without decoding a pixel.

Own readers of a few fields rather than a library's: a library that opens a file to tell its size may already
allocate the canvas that the size promises. Formats: ITU-T T.81 (JPEG), W3C PNG 3, RFC 9649 (WebP), ISO/IEC 14496-12
(the brand of HEIC), Exif 2.3 (orientation).
"""

import struct
from dataclasses import dataclass
from enum import StrEnum

from faces.errors import PhotoBroken, PhotoUnsupported
from faces.photos import heic, jpeg
from faces.photos.jpeg import MOST_SEGMENTS

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1"}
HEIC_SEQUENCES = {b"hevc", b"hevx", b"hevm", b"hevs", b"msf1"}
JPEG_FRAMES = {0xC0, 0xC1, 0xC2}  # baseline, extended, progressive: what cameras and browsers write
JPEG_OTHER_FRAMES = {0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
PROGRESSIVE = 0xC2
ORIENTATION = 0x0112
NUMBERS = {1: "B", 3: "H", 4: "I"}  # Exif's types of a number, and their forms for struct


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


def picture_end(data: bytes) -> int:
    """Return where the picture ends in its file. What a phone appends behind it, a video or a preview, doesn't count.

    The whole length where the file tells no end.
    """
    try:
        if data.startswith(b"\xff\xd8\xff"):
            return jpeg.picture_end(data)
        if data[:4] == b"RIFF":
            return min(len(data), 8 + int(struct.unpack_from("<I", data, 4)[0]))
        if data[4:8] == b"ftyp":
            return heic.picture_end(data)
    except (struct.error, IndexError, PhotoBroken):
        pass
    return len(data)


def _jpeg(data: bytes) -> Header:
    orientation, frame, size, components = 1, 0, (0, 0), 0
    for segment in jpeg.segments(data):
        marker, start, end = segment.marker, segment.start, segment.end
        if marker in JPEG_FRAMES:
            precision, height, width, components = struct.unpack_from(">BHHB", data, start)
            if precision != 8:
                raise PhotoUnsupported
            frame, size = marker, (width, height)
        elif marker in JPEG_OTHER_FRAMES:
            raise PhotoUnsupported
        elif marker == 0xE1 and data[start : start + 6] == b"Exif\0\0":
            orientation = _exif_orientation(data[start + 6 : end])
        elif marker == jpeg.START_OF_SCAN and all(size):
            scans = 1
            if frame == PROGRESSIVE or jpeg.components_of_scan(data, segment) < components:
                found = jpeg.read_scans(data, segment, components)
                scans, is_whole = found.count, found.is_whole
                if not is_whole and scans < MOST_SEGMENTS:
                    raise PhotoBroken
            return Header(Kind.JPEG, *size, scans=scans, orientation=orientation)
    raise PhotoBroken


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
            at = directory + 2 + 12 * entry
            tag, form = struct.unpack_from(order + "HH", exif, at)
            if tag == ORIENTATION and form in NUMBERS:
                value: int = struct.unpack_from(order + NUMBERS[form], exif, at + 8)[0]
                return value if 1 <= value <= 8 else 1
    except struct.error:
        pass
    return 1
