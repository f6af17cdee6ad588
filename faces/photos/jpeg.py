"""The segments and scans of a JPEG file, read without decoding a pixel (ITU-T T.81)."""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from faces.errors import PhotoBroken

MOST_SEGMENTS = 1000  # a real file has a few dozen; a file of empty ones would keep us reading
START_OF_SCAN, END_OF_IMAGE, HUFFMAN_TABLES = 0xDA, 0xD9, 0xC4
# In a scan's own bytes 0xFF is always followed by 0x00 or a restart marker.
_MARKER = re.compile(rb"\xff[^\x00\x01\xff\xd0-\xd7]")
_BARE = {0x01, *range(0xD0, 0xD8)}  # markers without a length
_END = bytes([0xFF, END_OF_IMAGE])
_MOST_PADDING = 4096  # bytes
_COEFFICIENTS = 64
_END_OF_BLOCK = 0  # a symbol of the tables for AC coefficients


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment. start, end: of its content, without marker and length."""

    marker: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Scans:
    """The scans of a picture. count: at least 1; end: of the whole picture in the file, in bytes.

    is_whole: whether the scans hold all that was begun: each component, and each coefficient to its last bit.
    """

    count: int
    end: int
    is_whole: bool


def segments(data: bytes) -> Iterator[Segment]:
    """Walk the segments up to the first start of a scan, which is the last one. Raises PhotoBroken, IndexError."""
    at = 2
    for _ in range(MOST_SEGMENTS):
        if data[at] != 0xFF:
            raise PhotoBroken
        marker = data[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
        elif marker in _BARE:
            at += 2
        elif marker == END_OF_IMAGE:
            return
        else:
            length: int = struct.unpack_from(">H", data, at + 2)[0]
            yield Segment(marker, at + 4, at + 2 + length)
            if marker == START_OF_SCAN:
                return
            at += 2 + max(length, 2)


def read_scans(data: bytes, first: Segment, components: int) -> Scans:
    """Walk all scans to the picture's end; what a phone appends behind it, a video or a preview, doesn't count.

    first: the start of the first scan; components: of the frame.
    """
    found, scans, end = first, [first], len(data)
    for _ in range(MOST_SEGMENTS):
        at = _MARKER.search(data, found.end)
        if at is None:
            break
        marker = data[at.start() + 1]
        if marker == END_OF_IMAGE:
            end = at.end()
            break
        length: int = struct.unpack_from(">H", data, at.end())[0]
        found = Segment(marker, at.end() + 2, at.end() + max(length, 2))
        if marker == START_OF_SCAN:
            scans.append(found)
    return Scans(len(scans), end, _are_whole([data[scan.start : scan.end] for scan in scans], components))


def components_of_scan(data: bytes, scan: Segment) -> int:
    """Return how many components a scan holds. Raises IndexError."""
    return data[scan.start]


def picture_end(data: bytes) -> int:
    """Return where the picture ends in the file. Raises PhotoBroken, IndexError or struct.error."""
    return read_scans(data, _first_scan(list(segments(data))), 1).end


def has_hole(data: bytes, hole: bytes) -> bool:
    """Return whether zeros lie in the only scan of a sequential JPEG and can't be part of its picture.

    Zeros are the shortest code of each table. A flat picture with tables of its own may consist of them, if the code
    says that the block ends. In the usual tables it says that a value follows, 63 times a block.
    """
    found = list(segments(data))
    scan = _first_scan(found)
    at = data.find(hole, scan.end)
    if at < 0:
        return False
    end = picture_end(data)
    if at >= end:
        return False
    if data[end - 2 : end] != _END:  # the zeros go on to the end of the file
        return True
    if is_padding(data[at : end - 2], end):
        return False
    tables: dict[tuple[int, int], int] = {}
    for segment in found:
        if segment.marker == HUFFMAN_TABLES:
            tables.update(_shortest_codes(data[segment.start : segment.end]))
    of_ac = [data[scan.start + 2 + 2 * n] & 0x0F for n in range(components_of_scan(data, scan))]
    return any(tables.get((1, table), _END_OF_BLOCK) != _END_OF_BLOCK for table in of_ac)


def is_padding(tail: bytes, length: int) -> bool:
    """Return whether the last bytes of a scan fill it up, as some cameras do. length: of the whole picture."""
    return len(tail) <= min(_MOST_PADDING, length // 20) and not tail.strip(b"\0\xff")


def _first_scan(found: list[Segment]) -> Segment:
    if not found or found[-1].marker != START_OF_SCAN:
        raise PhotoBroken
    return found[-1]


def _shortest_codes(content: bytes) -> dict[tuple[int, int], int]:
    """Return the symbol whose code is all zeros, by class (1: AC) and number, of the tables in one segment."""
    found, at = {}, 0
    while at + 17 < len(content):
        symbols = sum(content[at + 1 : at + 17])
        found[content[at] >> 4, content[at] & 0x0F] = content[at + 17]
        at += 17 + symbols
    return found


def _are_whole(scans: list[bytes], components: int) -> bool:
    """Return whether scans hold each component, and each coefficient that was begun to its last bit."""
    missing: dict[int, list[int | None]] = {}  # by component: the bits that are missing of each coefficient
    for scan in scans:
        count = scan[0]
        first, last, bits = struct.unpack_from("3B", scan, 1 + 2 * count)
        for n in range(count):
            of_component = missing.setdefault(scan[1 + 2 * n], [None] * _COEFFICIENTS)
            band = slice(first, min(last, _COEFFICIENTS - 1) + 1)
            of_component[band] = [bits & 0x0F] * len(of_component[band])
    each = list(missing.values())
    is_begun = len(each) == components and None not in each[0] and all(bits[0] is not None for bits in each)
    return is_begun and not any(bit for bits in each for bit in bits)
