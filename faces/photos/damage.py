"""Damage inside a photo's file that its decoder passes over: holes of zeros, and bytes that it didn't use.

A resumed upload or a bad memory card leaves zeros where the picture was, at the file's full length. Decoders then show
half a face, or a smeared one, without an error. PNG needs no check of ours: it has checksums.
"""

import re
import struct

from faces.photos import heic, jpeg
from faces.photos.headers import Header, Kind

HOLE = bytes(64)
HEVC_HOLE = bytes(16)  # H.265 forbids three zeros in a row inside its data
# The warnings of libjpeg that a good file never causes.
_CORRUPT = re.compile(rb"premature end of data|bad Huffman code|bad arithmetic code|instead of RST")
_UNUSED = re.compile(rb"(\d+) extraneous bytes before marker 0x([0-9a-f]{2})")
FEW_UNUSED = 16  # bytes; some cameras leave a few before the end
END = b"\xff\xd9"
CUT = 32  # bytes, more than a decoder of WebP reads ahead


def has_hole(data: bytes, header: Header) -> bool:
    """Return whether zeros lie where this kind of picture can't have them. It reads bytes, and decodes nothing."""
    if header.kind is Kind.JPEG:
        return header.scans == 1 and jpeg.has_hole(data, HOLE)
    if header.kind is Kind.HEIC:
        coded = (piece for piece in heic.pieces(data) if piece.kind == heic.CODED)
        return any(data.find(HEVC_HOLE, piece.start, piece.end) >= 0 for piece in coded)
    return False


def tells_damage(warnings: bytes, data: bytes) -> bool:
    """Return whether libjpeg's warnings about a JPEG tell that a part of the picture is lost."""
    if _CORRUPT.search(warnings):
        return True
    unused = _UNUSED.search(warnings)
    if unused is None or int(unused[1]) <= FEW_UNUSED:
        return False
    end = jpeg.picture_end(data)
    tail = data[max(0, end - len(END) - int(unused[1])) : end - len(END)]
    return unused[2] != b"d9" or not jpeg.is_padding(tail, end)


def shortened_webp(data: bytes) -> bytes | None:
    """Return a WebP whose compressed data lack their last bytes; None where they hold no zeros that could be a hole.

    A flat picture may hold such zeros. But a decoder needs a good file's last bytes, and in a file with a hole it has
    filled the picture before it comes to them. So if the shortened file can be decoded, the file has a hole.
    """
    name, start, end = _coded_webp(data)
    at = data.find(HOLE, start, end)
    if at < 0:
        return None
    coded = data[start:end]
    first_part = 10 + (int.from_bytes(coded[:3], "little") >> 5)  # of VP8: the modes; then come the coefficients
    if name == b"VP8 " and at - start < first_part <= len(coded):
        tag = int.from_bytes(coded[:3], "little") - (CUT << 5)
        coded = tag.to_bytes(3, "little") + coded[3 : first_part - CUT] + coded[first_part:]
    else:
        coded = coded[:-CUT]
    coded += b"\0" * (len(coded) % 2)
    chunk = struct.pack("<4sI", name, len(coded)) + coded
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def _coded_webp(data: bytes) -> tuple[bytes, int, int]:
    """Return name, start and end of the chunk that holds the pixels; no bytes where there is none."""
    at = 12
    while at + 8 <= len(data):
        name, length = struct.unpack_from("<4sI", data, at)
        if name in (b"VP8 ", b"VP8L"):
            return name, at + 8, min(at + 8 + length, len(data))
        at += 8 + length + length % 2
    return b"", 0, 0
