"""Damage inside a file of full length is found, and a good picture that looks like damage is accepted."""

import os
import re
import struct
from collections.abc import Callable, Iterator

import cv2
import numpy as np
import pytest
from PIL import Image

from faces.errors import PhotoBroken
from faces.photos.decoder_warnings import listen
from faces.photos.photo import PhotoLimits, open_photo
from tests.faces.images import encoded, gradient

KINDS: dict[str, tuple[str, dict[str, object]]] = {
    "jpeg": ("JPEG", {"quality": 92}),
    "jpeg with tables of its own": ("JPEG", {"quality": 92, "optimize": True}),
    "jpeg with restarts": ("JPEG", {"quality": 92, "restart_marker_rows": 1}),
    "jpeg in full colour": ("JPEG", {"quality": 92, "subsampling": 0}),
    "progressive jpeg": ("JPEG", {"quality": 92, "progressive": True}),
    "png": ("PNG", {}),
    "webp": ("WEBP", {"quality": 90}),
    "lossless webp": ("WEBP", {"lossless": True, "method": 2}),
    "heic": ("HEIF", {"quality": 80}),
}


def scenery(width: int = 600, height: int = 450) -> Image.Image:
    """A picture with grain and shapes, as a camera makes."""
    drawn = np.random.default_rng(5)
    rough = drawn.integers(0, 255, (height // 50, width // 50, 3), dtype=np.uint8)
    smooth = cv2.resize(rough, (width, height), interpolation=cv2.INTER_CUBIC).astype(float)
    return Image.fromarray(np.clip(smooth + drawn.normal(0, 5, smooth.shape), 0, 255).astype(np.uint8))


SCENERY = scenery()


def boxed(colour: int) -> Image.Image:
    """The picture between two bars of one colour."""
    box = Image.new("RGB", (SCENERY.width, SCENERY.height + 400), (colour,) * 3)
    box.paste(SCENERY, (0, 200))
    return box


def decode(photo: bytes) -> np.ndarray:
    return open_photo(photo, PhotoLimits()).decode(640)


def is_broken(photo: bytes) -> bool:
    try:
        decode(photo)
    except PhotoBroken:
        return True
    return False


def with_hole(photo: bytes, at: float, size: int = 1024) -> bytes:
    start = int(len(photo) * at)
    return photo[:start] + bytes(size) + photo[start + size :]


@pytest.mark.parametrize("kind", KINDS)
def test_a_hole_of_zeros_is_found_wherever_it_lies(kind: str) -> None:
    form, options = KINDS[kind]
    photo = encoded(SCENERY, form, **options)
    assert not is_broken(photo)
    # The last third of a progressive JPEG is the last bit of each coefficient: a hole there hardly shows.
    places = (0.3, 0.45, 0.6) if kind == "progressive jpeg" else (0.3, 0.45, 0.6, 0.75, 0.9)
    assert [is_broken(with_hole(photo, at)) for at in places] == [True] * len(places)


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_half_of_zeros_is_found(kind: str) -> None:
    form, options = KINDS[kind]
    for picture in (SCENERY, boxed(0), boxed(128)):
        photo = encoded(picture, form, **options)
        assert not is_broken(photo)
        assert is_broken(photo[: len(photo) // 2] + bytes(len(photo) - len(photo) // 2))
        assert is_broken(photo[: len(photo) // 2])


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_cut_at_half_and_closed_is_found_in_any_colours(mode: str, progressive: bool) -> None:
    photo = encoded(SCENERY.convert(mode), quality=92, progressive=progressive)
    assert is_broken(photo[: len(photo) // 2] + b"\xff\xd9")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("colour", [0, 1, 128, 255])
def test_bars_of_one_colour_and_flat_pictures_are_no_damage(kind: str, colour: int) -> None:
    form, options = KINDS[kind]
    for picture in (boxed(colour), boxed(colour).convert("L"), Image.new("RGB", (600, 450), (colour,) * 3)):
        pixels = decode(encoded(picture, form, **options))
        assert abs(int(pixels[-1, -1, 0]) - colour) < 3


@pytest.mark.parametrize("quality", [5, 50, 75, 100])
def test_flat_pictures_of_any_quality_and_encoder_are_no_damage(quality: int) -> None:
    pictures = [boxed(0), boxed(128), gradient(800, 600), Image.new("RGB", (1600, 1200))]
    ways = [
        [cv2.IMWRITE_JPEG_QUALITY, quality],
        [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_OPTIMIZE, 1],
        [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_PROGRESSIVE, 1],
    ]
    for picture in pictures:
        for way in ways:
            assert not is_broken(cv2.imencode(".jpg", np.asarray(picture), way)[1].tobytes())
        assert not is_broken(
            cv2.imencode(".webp", np.asarray(picture), [cv2.IMWRITE_WEBP_QUALITY, quality])[1].tobytes()
        )
        assert not is_broken(encoded(picture, "WEBP", quality=quality, method=0))
        assert not is_broken(encoded(picture, "WEBP", lossless=True, method=0, quality=quality))


@pytest.mark.parametrize("padding", [bytes(600), b"\xff" * 600, b"\x12\x34\x56"])
def test_a_camera_may_pad_a_jpeg_before_its_end(padding: bytes) -> None:
    photo = encoded(SCENERY)
    assert not is_broken(photo[:-2] + padding + photo[-2:])


def test_zeros_in_a_jpegs_tags_and_in_its_film_are_no_damage() -> None:
    photo = encoded(SCENERY, quality=90)
    tagged = photo[:2] + b"\xff\xe1" + struct.pack(">H", 5002) + bytes(5000) + photo[2:]
    assert not is_broken(tagged + b"MotionPhoto_Data" + bytes(50_000))


def scans_of(photo: bytes) -> Iterator[int]:
    """Where each scan of a JPEG starts, with the tables before it."""
    for found in re.finditer(rb"\xff[\xda]", photo):
        yield found.start()


def test_a_progressive_jpeg_without_its_last_scans_is_found() -> None:
    photo = encoded(SCENERY, quality=90, progressive=True)
    starts = list(scans_of(photo))
    assert len(starts) > 5
    for start in starts[1:]:
        tables = photo.rfind(b"\xff\xc4", 0, start)  # the table of this scan stands before it
        assert is_broken(photo[: tables if tables > starts[0] else start] + b"\xff\xd9")


def test_what_others_print_during_a_decoding_is_still_printed(capfd: pytest.CaptureFixture[str]) -> None:
    def act() -> str:
        os.write(2, b"said by a thread\nCorrupt JPEG data: premature end of data segment\n")
        return "done"

    result, warnings = listen(act)
    assert (result, b"premature end" in warnings) == ("done", True)
    assert capfd.readouterr().err == "said by a thread\n"


def test_standard_error_is_as_before_after_a_decoder_failed(capfd: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        listen(fail)
    os.write(2, b"heard")
    assert capfd.readouterr().err == "heard"


@pytest.mark.parametrize(
    "make",
    [
        lambda photo: photo[:2] + photo[2:].replace(b"\xff\xda", b"\xff\xda\x00\x02", 1),
        lambda photo: photo.replace(b"\xff\xda\x00\x0c\x03", b"\xff\xda\x00\x0c\xff", 1),
        lambda photo: photo[:-2] + b"\xff\xda\x00\x02\xff\xd9",
        lambda photo: photo[:-2] + b"\xff\xda\xff",
    ],
)
@pytest.mark.parametrize("progressive", [False, True])
def test_scans_that_make_no_sense_are_refused_or_ignored(make: Callable[[bytes], bytes], progressive: bool) -> None:
    photo = make(encoded(SCENERY, progressive=progressive))
    assert is_broken(photo) in (True, False)


def test_a_box_of_heic_that_counts_without_end_is_read_no_longer_than_a_photo_needs() -> None:
    photo = encoded(SCENERY, "HEIF")
    at = photo.index(b"iloc")
    counted = photo[: at + 8] + b"\x00\x00" + b"\xff\xff" * 40 + photo[at + 90 :]
    assert is_broken(counted)
