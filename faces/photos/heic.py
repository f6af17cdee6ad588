"""The boxes of a HEIC file: where the pieces of its pictures lie (ISO/IEC 14496-12, 23008-12)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

MOST_BOXES = 2000
MOST_PIECES = 20_000  # a picture of 60 million pixels has 230 tiles
CODED = b"hvc1"
_FULL = 4  # bytes of version and flags


@dataclass(frozen=True, slots=True)
class Piece:
    """Coded bytes of one item in the file. kind: four letters, `CODED` for a picture or a tile of one."""

    kind: bytes
    start: int
    end: int


def pieces(data: bytes) -> list[Piece]:
    """Return the pieces of all items. Raises struct.error or IndexError for a file that is cut short."""
    meta = next((box for box in _boxes(data, 0, len(data)) if box.kind == b"meta"), None)
    if meta is None:
        return []
    inside = {box.kind: box for box in _boxes(data, meta.start + _FULL, meta.end)}
    if b"iloc" not in inside or b"iinf" not in inside:
        return []
    kinds = dict(_kinds(data, inside[b"iinf"]))
    return [Piece(kinds.get(item, b""), start, end) for item, start, end in _places(data, inside[b"iloc"].start)]


def picture_end(data: bytes) -> int:
    """Return where the last item ends; what follows is a video. Raises struct.error or IndexError."""
    return min(len(data), max((piece.end for piece in pieces(data)), default=len(data)))


def _boxes(data: bytes, at: int, end: int) -> Iterator[Piece]:
    for _ in range(MOST_BOXES):
        if at + 8 > end:
            return
        size, kind = struct.unpack_from(">I4s", data, at)
        head = 8
        if size == 1:
            size, head = struct.unpack_from(">Q", data, at + 8)[0], 16
        size = size or end - at  # 0: to the end
        yield Piece(kind, at + head, min(at + size, end))
        at += max(size, head)


def _kinds(data: bytes, table: Piece) -> Iterator[tuple[int, bytes]]:
    """Walk the items' numbers and kinds. table: the box iinf."""
    first = table.start + _FULL + (2 if data[table.start] == 0 else 4)
    for entry in _boxes(data, first, table.end):
        if entry.kind == b"infe" and data[entry.start] >= 2:
            form = ">H2x4s" if data[entry.start] == 2 else ">I2x4s"
            number, kind = struct.unpack_from(form, data, entry.start + _FULL)
            yield number, kind


def _places(data: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Walk the items' numbers with start and end of each piece. at: the content of the box iloc."""
    version = data[at]
    sizes, bases = data[at + 4], data[at + 5]
    of_offset, of_length, of_base = sizes >> 4, sizes & 0x0F, bases >> 4
    of_index = bases & 0x0F if version else 0
    wide = 4 if version == 2 else 2
    count, at = _number(data, at + 6, wide)
    left = MOST_PIECES
    for _ in range(min(count, MOST_PIECES)):
        item, at = _number(data, at, wide)
        method, at = _number(data, at, 2) if version else (0, at)
        base, at = _number(data, at + 2, of_base)
        extents, at = _number(data, at, 2)
        for _ in range(extents):
            left -= 1
            if left < 0:
                return
            offset, at = _number(data, at + of_index, of_offset)
            length, at = _number(data, at, of_length)
            if method & 0x0F == 0:
                start = base + offset
                yield item, start, start + length if length else len(data)


def _number(data: bytes, at: int, size: int) -> tuple[int, int]:
    """Return a number of 0 to 8 bytes, and where it ends."""
    if at + size > len(data):
        raise IndexError
    return int.from_bytes(data[at : at + size]), at + size
