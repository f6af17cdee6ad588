"""Encoded photos become upright RGB pixels, or are refused by what their header says."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from faces.errors import (
    PhotoAnimated,
    PhotoBroken,
    PhotoRefused,
    PhotoTooLarge,
    PhotoTooManyPixels,
    PhotoUnsupported,
)
from faces.photos.photo import PhotoLimits, open_photo
from tests.faces.images import HOSTILE, STORED, encoded, gradient, hostile, oriented, png, with_jpeg_size

LIMITS = PhotoLimits()
PICTURE = gradient(160, 120)


def decoded(photo: bytes, long_side: int = 160) -> np.ndarray:
    return open_photo(photo, LIMITS).decode(long_side)


def apart(pixels: np.ndarray, image: Image.Image) -> float:
    """Mean difference in grey levels."""
    assert pixels.shape == (image.height, image.width, 3)
    assert pixels.dtype == np.uint8
    return float(np.abs(pixels.astype(int) - np.asarray(image.convert("RGB")).astype(int)).mean())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
@pytest.mark.parametrize("orientation", [1, *STORED])
def test_every_kind_comes_out_upright_however_the_camera_was_held(kind: str, orientation: int) -> None:
    assert apart(decoded(oriented(PICTURE, orientation, kind)), PICTURE) < 4


@pytest.mark.parametrize("mode", ["L", "CMYK", "RGB"])
@pytest.mark.parametrize("progressive", [False, True])
def test_grey_and_cmyk_and_progressive_jpegs_have_their_colours(mode: str, progressive: bool) -> None:
    photo = encoded(PICTURE.convert(mode), quality=95, progressive=progressive)
    assert apart(decoded(photo), PICTURE.convert("L") if mode == "L" else PICTURE) < 4


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "RGB"])
def test_every_mode_of_png_has_its_colours(mode: str) -> None:
    stored = PICTURE.quantize(255) if mode == "P" else PICTURE.convert(mode)
    assert apart(decoded(encoded(stored, "PNG")), stored) < 1


def test_a_grey_png_of_16_bits_is_cut_to_8_and_not_white() -> None:
    grey = PICTURE.convert("L")
    deep = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    assert apart(decoded(encoded(deep, "PNG")), grey) < 1


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "HEIF"])
def test_what_is_transparent_is_white_as_a_viewer_shows_it(kind: str) -> None:
    hidden = PICTURE.convert("RGBA")
    hidden.putalpha(0)
    assert decoded(encoded(hidden, kind, **({"lossless": True} if kind == "WEBP" else {}))).min() > 250


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_a_large_photo_is_decoded_no_larger_than_asked_for(kind: str) -> None:
    photo = open_photo(encoded(gradient(2000, 1500), kind), LIMITS)
    assert [photo.decode(side).shape for side in (200, 400, 960, 2000)] == [
        (188, 250, 3) if kind == "JPEG" else (187, 250, 3),
        (375, 500, 3),
        (750, 1000, 3),
        (1500, 2000, 3),
    ]


def test_what_follows_a_whole_jpeg_is_not_looked_at() -> None:
    photo = encoded(PICTURE)
    polyglot = photo + b"PK\x03\x04<script>alert(1)</script>"
    assert np.array_equal(decoded(polyglot), decoded(photo))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused(name: str) -> None:
    with pytest.raises(PhotoRefused):
        open_photo(hostile()[name], LIMITS).decode(960)


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("zero bytes", PhotoBroken),
        ("text", PhotoUnsupported),
        ("gif", PhotoUnsupported),
        ("animated png", PhotoAnimated),
        ("animated webp", PhotoAnimated),
        ("truncated jpeg", PhotoBroken),
        ("jpeg without its last bytes", PhotoBroken),
        ("truncated heic", PhotoBroken),
        ("png bomb 16000x16000", PhotoTooManyPixels),
        ("jpeg that promises 65500x65500", PhotoTooManyPixels),
        ("jpeg that promises more than it has", PhotoBroken),
        ("jpeg of many passes", PhotoTooManyPixels),
        ("13 megabytes", PhotoTooLarge),
    ],
)
def test_a_refusal_says_what_is_wrong(name: str, refusal: type[PhotoRefused]) -> None:
    with pytest.raises(refusal):
        open_photo(hostile()[name], LIMITS).decode(960)


@pytest.mark.parametrize(
    "make",
    [
        lambda: png(16_000, 16_000),
        lambda: with_jpeg_size(encoded(PICTURE), 60_000, 2000),
        lambda: with_jpeg_size(encoded(PICTURE), 16_385, 10),
        lambda: encoded(PICTURE, "WEBP", save_all=True, append_images=[PICTURE.rotate(90)]),
        lambda: bytes(12 * 2**20 + 1),
    ],
)
def test_limits_are_checked_before_any_pixel_is_decoded(
    make: Callable[[], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = make()
    monkeypatch.setattr("cv2.imdecode", None)  # calling it would be a TypeError
    with pytest.raises((PhotoTooManyPixels, PhotoAnimated, PhotoTooLarge)):
        open_photo(photo, LIMITS)


def test_a_file_at_the_limit_passes_and_one_byte_more_does_not() -> None:
    photo = encoded(PICTURE)
    limits = PhotoLimits(max_bytes=len(photo), max_pixels=160 * 120)
    open_photo(photo, limits)
    open_photo(photo + b"what a phone appends", limits)
    with pytest.raises(PhotoTooLarge):
        open_photo(photo[:-2] + b"\0" + photo[-2:], limits)
    with pytest.raises(PhotoTooManyPixels):
        open_photo(photo, PhotoLimits(max_pixels=160 * 120 - 1))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_a_file_cut_anywhere_is_refused_and_never_half_a_picture(kind: str) -> None:
    photo = encoded(gradient(300, 200), kind)
    for end in range(0, len(photo) - 1, max(1, len(photo) // 60)):
        with pytest.raises(PhotoRefused):
            decoded(photo[:end])


def test_a_film_behind_a_photo_is_not_taken_for_its_passes() -> None:
    photo = encoded(gradient(4000, 3000)) + b"\xff\xda\x00\x08" * 500
    assert open_photo(photo, LIMITS).decode(200).shape == (375, 500, 3)


def test_a_pass_hidden_behind_the_end_in_a_comment_is_counted() -> None:
    photo = encoded(gradient(3000, 2000), progressive=True)
    hiding = photo[:-2] + b"\xff\xfe\x00\x04\xff\xd9" + photo[photo.rindex(b"\xff\xda") : -2] * 400 + b"\xff\xd9"
    with pytest.raises(PhotoTooManyPixels):
        open_photo(hiding, LIMITS)


def test_a_jpeg_closed_before_its_last_row_is_refused_and_not_filled_with_grey() -> None:
    photo = encoded(gradient(300, 200))
    with pytest.raises(PhotoBroken):
        decoded(photo[: len(photo) * 2 // 3] + b"\xff\xd9")


@pytest.mark.slow
def test_truncated_photos_are_refused_after_face_recognition_was_imported() -> None:
    # Importing it switches Pillow to accepting truncated files for the whole process.
    program = """
import io, sys, warnings
warnings.simplefilter("ignore")
import face_recognition
from faces.errors import PhotoBroken
from faces.photos.photo import PhotoLimits, open_photo
from tests.faces.images import encoded, gradient
for kind in ("JPEG", "PNG", "WEBP", "HEIF"):
    photo = encoded(gradient(300, 200), kind)
    try:
        open_photo(photo[: len(photo) * 2 // 3], PhotoLimits()).decode(300)
    except PhotoBroken:
        continue
    sys.exit(kind)
"""
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, timeout=120, check=False).returncode == 0  # noqa: S603


def test_hostile_files_need_little_memory() -> None:
    # In a process of its own: the peak of this one says nothing. A 16000x16000 bomb alone would take 768 MB.
    program = """
import resource, sys
from faces.errors import PhotoRefused
from faces.photos.photo import PhotoLimits, open_photo
from tests.faces.images import encoded, gradient, hostile
files = hostile()
open_photo(encoded(gradient(3000, 2000)), PhotoLimits()).decode(3000)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for name, file in files.items():
    try:
        open_photo(file, PhotoLimits()).decode(960)
    except PhotoRefused:
        continue
    sys.exit(name)
grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
sys.exit(f"grew by {grown} MiB" if grown > 150 else 0)
"""
    ended = subprocess.run(  # noqa: S603
        [sys.executable, "-c", program], cwd=ROOT, timeout=120, check=False, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stderr[-500:]


ROOT = Path(__file__).parents[3]
