"""Encoded photo -> upright RGB pixels, no more of them than needed, and none before the header was judged."""

import os
import struct
from dataclasses import dataclass, replace

# OpenCV reads its limit once, when it is loaded. Our own check comes first; this is for a file whose parts disagree.
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(64_000_000))

import cv2
import numpy as np
import pillow_heif
from numpy.typing import NDArray

from faces.errors import PhotoAnimated, PhotoBroken, PhotoTooLarge, PhotoTooManyPixels
from faces.photos import damage
from faces.photos.decoder_warnings import listen
from faces.photos.headers import Header, Kind, picture_end, read_header

Pixels = NDArray[np.uint8]
WHITE = 255
REDUCED = {
    1: cv2.IMREAD_COLOR,
    2: cv2.IMREAD_REDUCED_COLOR_2,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    8: cv2.IMREAD_REDUCED_COLOR_8,
}

pillow_heif.options.DECODE_THREADS = 1  # a worker has one core
pillow_heif.options.THUMBNAILS = False


@dataclass(frozen=True, slots=True)
class PhotoLimits:
    """What a photo may be, judged from its header.

    max_bytes: of the picture in the file, without the video of a motion photo.
    max_pixels: width times height; the largest phone sensors in use send 50 million.
    max_whole_pixels: the same for PNG and WebP, which can only be decoded whole.
    max_side: pixels; a strip of one row is no photo either.
    max_scan_pixels: pixels times passes of a progressive JPEG, which is what decoding it costs.
    """

    max_bytes: int = 12 * 2**20
    max_pixels: int = 60_000_000
    max_whole_pixels: int = 24_000_000
    max_side: int = 16_384
    max_frames: int = 1
    max_scan_pixels: int = 1_000_000_000


@dataclass(frozen=True, slots=True, repr=False)
class Photo:
    """An encoded photo whose header is within the limits; nothing of it is decoded yet."""

    data: bytes
    header: Header

    @property
    def long_side(self) -> int:
        """The longer side in pixels as sent."""
        return max(self.header.width, self.header.height)

    def decode(self, long_side: int) -> Pixels:
        """Return the upright pixels, (height, width, 3) RGB. Raises PhotoBroken.

        The scale is the smallest of 1/8, 1/4, 1/2 and 1/1 whose longer side has at least `long_side` pixels.
        """
        factor = next((n for n in (8, 4, 2) if self.long_side // n >= long_side), 1)
        try:
            if damage.has_hole(self.data, self.header):
                raise PhotoBroken
            pixels = _DECODERS[self.header.kind](self.data, factor)
        except (
            struct.error,
            IndexError,
            cv2.error,
            ValueError,
            OSError,
            RuntimeError,
            EOFError,
            SyntaxError,
        ) as failed:
            raise PhotoBroken from failed
        return np.ascontiguousarray(_turn(pixels, self.header.orientation))


def open_photo(data: bytes, limits: PhotoLimits) -> Photo:
    """Judge an encoded photo by its size and header alone; raises a PhotoRefused."""
    if len(data) > limits.max_bytes:
        data = data[: picture_end(data)]  # a phone appends the video of a motion photo
        if len(data) > limits.max_bytes:
            raise PhotoTooLarge
    header = read_header(data)
    if header.frames > limits.max_frames:
        raise PhotoAnimated
    if header.kind is Kind.HEIC:
        header = _with_heic_size(data, header)
    pixels = header.width * header.height
    most = limits.max_whole_pixels if header.kind in (Kind.PNG, Kind.WEBP) else limits.max_pixels
    if max(header.width, header.height) > limits.max_side or pixels > most:
        raise PhotoTooManyPixels
    if header.scans > 1 and pixels * header.scans > limits.max_scan_pixels:
        raise PhotoTooManyPixels
    return Photo(data, header)


def _with_heic_size(data: bytes, header: Header) -> Header:
    width, height = _open_heic(data).size
    return replace(header, width=width, height=height)


def _open_heic(data: bytes) -> pillow_heif.HeifFile:
    """Open without decoding; the library turns the picture upright itself, so its Exif orientation doesn't count."""
    try:
        return pillow_heif.open_heif(data, convert_hdr_to_8bit=True)
    except (ValueError, OSError, RuntimeError, EOFError, SyntaxError) as failed:
        raise PhotoBroken from failed


def _decode_jpeg(data: bytes, factor: int) -> Pixels:
    pixels, warnings = listen(lambda: _imdecode(data, REDUCED[factor]))
    if warnings and damage.tells_damage(warnings, data):
        raise PhotoBroken
    return _bgr_to_rgb(pixels)


def _decode_lossless(data: bytes, factor: int) -> Pixels:
    """Decode PNG and WebP: 16 bits are cut to 8, and what is transparent lies on white, as a viewer shows it."""
    pixels = _shrink(_imdecode(data, cv2.IMREAD_UNCHANGED), factor)
    if pixels.dtype == np.uint16:
        pixels = (pixels >> 8).astype(np.uint8)
    if pixels.ndim == 2 or pixels.shape[2] == 1:
        return cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB).astype(np.uint8, copy=False)
    if pixels.shape[2] == 4:
        return _on_white(pixels)
    return _bgr_to_rgb(pixels)


def _decode_webp(data: bytes, factor: int) -> Pixels:
    pixels = _decode_lossless(data, factor)
    shortened = damage.shortened_webp(data)
    if shortened is not None and _can_be_decoded(shortened):
        raise PhotoBroken
    return pixels


def _decode_heic(data: bytes, factor: int) -> Pixels:
    picture = _open_heic(data).to_pillow()
    if picture.mode == "RGB":
        return _shrink(np.asarray(picture), factor)
    rgba = _shrink(np.asarray(picture.convert("RGBA")), factor)
    return _on_white(rgba[:, :, [2, 1, 0, 3]])


_DECODERS = {
    Kind.JPEG: _decode_jpeg,
    Kind.PNG: _decode_lossless,
    Kind.WEBP: _decode_webp,
    Kind.HEIC: _decode_heic,
}


def _can_be_decoded(data: bytes) -> bool:
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED) is not None


def _imdecode(data: bytes, flags: int) -> Pixels:
    # OpenCV gives nothing at all for a truncated file, which is what we want: never half a face on grey.
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flags | cv2.IMREAD_IGNORE_ORIENTATION)
    if pixels is None:
        raise PhotoBroken
    return pixels  # type: ignore[return-value]


def _bgr_to_rgb(pixels: Pixels) -> Pixels:
    return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)  # type: ignore[return-value]


def _shrink(pixels: Pixels, factor: int) -> Pixels:
    if factor == 1:
        return pixels
    size = (max(1, pixels.shape[1] // factor), max(1, pixels.shape[0] // factor))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)  # type: ignore[return-value]


def _on_white(bgra: Pixels) -> Pixels:
    alpha = bgra[:, :, 3:].astype(np.uint16)
    colour = bgra[:, :, 2::-1].astype(np.uint16)
    return ((colour * alpha + WHITE * (255 - alpha)) // 255).astype(np.uint8)


def _turn(pixels: Pixels, orientation: int) -> Pixels:
    """Apply an Exif orientation: 5 to 8 exchange rows and columns, the rest is mirroring."""
    if orientation >= 5:
        pixels = pixels.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return pixels
