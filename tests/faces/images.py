"""Images as tests need them: one picture in any encoding, and files that mean harm."""

import functools
import io
import struct
import zlib

import numpy as np
import pillow_heif
from PIL import Image

pillow_heif.register_heif_opener()
ORIENTED = 0x0112
# The names of the hostile files, so that pytest finds its tests without making 30 MB of files in every process.
HOSTILE = (
    "zero bytes",
    "text",
    "html before a jpeg",
    "zip",
    "pdf",
    "svg",
    "gif",
    "animated gif",
    "tiff",
    "bmp",
    "animated png",
    "animated webp",
    "truncated jpeg",
    "jpeg without its last bytes",
    "jpeg of a header only",
    "truncated png",
    "png of a signature only",
    "truncated webp",
    "truncated heic",
    "heic of a header only",
    "png bomb 16000x16000",
    "png that promises 2^31 pixels a side",
    "png without rows",
    "png without pixels",
    "jpeg that promises 65500x65500",
    "jpeg that promises more than it has",
    "jpeg of many passes",
    "jpeg of nothing but segments",
    "noise behind a jpeg's first bytes",
    "13 megabytes",
)
MOST_UNPACKED = 1_000_000  # pixels: of more, the file itself would be too large for a photo
# How a camera that notes this orientation must have stored the picture for it to come out upright.
STORED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def encoded(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    """Encode a picture; quickly rather than well, which is ten times as fast for a PNG and seven times for a HEIC."""
    if kind == "PNG":
        options.setdefault("compress_level", 0 if image.width * image.height <= MOST_UNPACKED else 1)
    elif kind == "HEIF":
        options.setdefault("enc_params", {"preset": "ultrafast"})
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def oriented(image: Image.Image, orientation: int, kind: str = "JPEG") -> bytes:
    """Encode a picture as a camera held that way stores it."""
    exif = Image.Exif()
    exif[ORIENTED] = orientation
    stored = image.transpose(STORED[orientation]) if orientation in STORED else image
    return encoded(stored, kind, exif=exif.tobytes())


def gradient(width: int = 64, height: int = 48) -> Image.Image:
    """A colourful picture without a face, no two places of it alike."""
    colours = np.full((height, width, 3), 90, np.uint8)
    colours[:, :, 0] = np.arange(width) * 255 // width
    colours[:, :, 1] = (np.arange(height) * 255 // height)[:, None]
    return Image.fromarray(colours)


@functools.cache
def png(width: int, height: int, *, bits: int = 8, colour: int = 0, rows: int | None = None) -> bytes:
    """A black PNG made row by row, so that a bomb doesn't go off here; rows: how many are really there."""
    channels = {0: 1, 2: 3, 6: 4}[colour]
    row = b"\0" + bytes(width * channels * bits // 8)
    packer = zlib.compressobj(1)
    packed = b"".join(packer.compress(row) for _ in range(height if rows is None else rows)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def with_jpeg_size(photo: bytes, width: int, height: int) -> bytes:
    """Lie about the size in a JPEG's frame header."""
    at = next(at for at in range(len(photo)) if photo[at] == 0xFF and photo[at + 1] in (0xC0, 0xC2)) + 5
    return photo[:at] + struct.pack(">HH", height, width) + photo[at + 4 :]


def many_scans(photo: bytes, scans: int) -> bytes:
    """Repeat the last scan of a progressive JPEG, each of which costs a decoder a pass over the whole picture."""
    last = photo.rindex(b"\xff\xda")
    return photo[:-2] + photo[last:-2] * scans + photo[-2:]


@functools.cache
def hostile() -> dict[str, bytes]:
    """Files that mean harm or come from a broken phone, each to be refused: `HOSTILE` has their names."""
    photo = encoded(gradient(400, 300), quality=95)
    webp, heic = encoded(gradient(400, 300), "WEBP"), encoded(gradient(400, 300), "HEIF")
    frames: dict[str, object] = {"save_all": True, "append_images": [gradient(400, 300).rotate(90)]}
    still = encoded(gradient(400, 300), "PNG")
    made = {
        "zero bytes": b"",
        "text": b"this is no image at all",
        "html before a jpeg": b"<html><script>alert(1)</script></html>" + photo,
        "zip": b"PK\x03\x04" + bytes(100),
        "pdf": b"%PDF-1.7\n" + bytes(100),
        "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "gif": encoded(gradient(), "GIF"),
        "animated gif": encoded(gradient(), "GIF", **frames),
        "tiff": encoded(gradient(), "TIFF"),
        "bmp": encoded(gradient(), "BMP"),
        "animated png": encoded(gradient(400, 300), "PNG", **frames),
        "animated webp": encoded(gradient(400, 300), "WEBP", **frames),
        "truncated jpeg": _two_thirds(photo),
        "jpeg without its last bytes": photo[:-40],
        "jpeg of a header only": photo[:20],
        "truncated png": _two_thirds(still),
        "png of a signature only": still[:8],
        "truncated webp": _two_thirds(webp),
        "truncated heic": _two_thirds(heic),
        "heic of a header only": heic[:40],
        "png bomb 16000x16000": png(16_000, 16_000),
        "png that promises 2^31 pixels a side": _promise(2**31 - 1, 2**31 - 1),
        "png without rows": png(2000, 2000, rows=0),
        "png without pixels": _promise(0, 0),
        "jpeg that promises 65500x65500": with_jpeg_size(photo, 65_500, 65_500),
        "jpeg that promises more than it has": with_jpeg_size(photo, 5000, 5000),
        "jpeg of many passes": many_scans(encoded(gradient(3000, 2000), progressive=True), 400),
        "jpeg of nothing but segments": b"\xff\xd8" + b"\xff\xe1\x00\x02" * 500_000,
        "noise behind a jpeg's first bytes": photo[:3] + bytes(range(256)) * 100,
        "13 megabytes": photo[:-2] + b"\x5a" * (13 * 2**20) + photo[-2:],
    }
    assert tuple(made) == HOSTILE
    return made


def _two_thirds(whole: bytes) -> bytes:
    return whole[: len(whole) * 2 // 3]


def _promise(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(b"")) + _chunk(b"IEND", b"")


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
