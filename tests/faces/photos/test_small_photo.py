"""What is left of a photo that is kept: upright pixels, few of them, and nothing else."""

import contextlib
import io

import numpy as np
import pytest
from PIL import Image

from faces.engine import Purpose
from faces.engines.photo_engine import PhotoEngine
from faces.errors import MultipleFaces
from faces.matching.policy import Band, Policy
from faces.matching.template import make_template
from faces.matching.verify import verify
from faces.photos.small_photo import LONGEST_SIDE, make_small
from tests.faces.conftest import LookAt
from tests.faces.images import HOSTILE, STORED, encoded, gradient, hostile, oriented
from tests.photos import people
from tests.pictures import ARTIST, picture


def opened(photo: bytes | None) -> Image.Image:
    assert photo is not None
    return Image.open(io.BytesIO(photo))


def apart(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of two pictures in grey levels, 0 to 255."""
    return float(np.abs(np.asarray(one, np.float64) - np.asarray(other, np.float64)).mean())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_every_accepted_kind_becomes_a_jpeg_of_the_same_picture(kind: str) -> None:
    small = opened(make_small(encoded(gradient(400, 300), kind)))
    assert (small.format, small.mode, small.size) == ("JPEG", "RGB", (400, 300))
    assert apart(small, gradient(400, 300)) < 4


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", [1, *STORED])
def test_it_is_upright_however_the_camera_was_held(kind: str, orientation: int) -> None:
    small = opened(make_small(oriented(gradient(400, 300), orientation, kind)))
    assert small.size == (400, 300)
    assert apart(small, gradient(400, 300)) < 4


def test_heic_is_upright_once_and_not_turned_twice() -> None:
    small = opened(make_small(oriented(gradient(400, 300), 6, "HEIF")))
    assert apart(small, gradient(400, 300)) < 4


@pytest.mark.parametrize(
    ("sent", "kept"), [((3000, 1500), (1280, 640)), ((900, 1800), (640, 1280)), ((64, 48), (64, 48))]
)
def test_it_is_small_and_never_enlarged(sent: tuple[int, int], kept: tuple[int, int]) -> None:
    small = opened(make_small(encoded(gradient(*sent))))
    assert (small.size, max(small.size) <= LONGEST_SIDE) == (kept, True)


def test_no_tag_no_comment_and_no_profile_is_left() -> None:
    sent = picture("li")
    assert ARTIST.encode() in sent
    small = make_small(sent)
    assert set(opened(small).info) == {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert small is not None
    assert ARTIST.encode() not in small
    assert b"Exif" not in small


def test_what_is_transparent_lies_on_white() -> None:
    clear = Image.new("RGBA", (40, 40), (255, 0, 0, 0))
    for kind in ("PNG", "WEBP"):
        assert opened(make_small(encoded(clear, kind, lossless=True))).getpixel((20, 20)) == (255, 255, 255)
    assert opened(make_small(encoded(clear.convert("P"), "PNG", transparency=0))).getpixel((20, 20)) == (255, 255, 255)


def test_grey_with_sixteen_bits_keeps_its_greys() -> None:
    for grey in (0, 30_000, 65_535):
        small = opened(make_small(encoded(Image.new("I;16", (40, 40), grey), "PNG")))
        assert small.getpixel((20, 20)) == (grey >> 8,) * 3


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_kept_small_or_not_at_all(name: str) -> None:
    small = make_small(hostile()[name])
    assert small is None or max(opened(small).size) <= LONGEST_SIDE


@pytest.mark.parametrize("name", ["text", "gif", "tiff", "truncated jpeg", "truncated png", "truncated heic"])
def test_what_is_no_photo_is_not_kept(name: str) -> None:
    assert make_small(hostile()[name]) is None


@pytest.mark.slow
def test_small_photos_of_real_people_are_still_them(engine: PhotoEngine, policy: Policy, seen: LookAt) -> None:
    bands = {}
    for name, photos in people().items():
        with contextlib.suppress(MultipleFaces):
            template = make_template([seen(photo) for photo in photos[:3]], policy)
            small = [make_small(photo.read_bytes()) or b"" for photo in photos[:3]]
            bands[name] = verify([engine.look(photo, Purpose.ENROL) for photo in small], template, policy).band
    assert len(bands) >= 2
    assert set(bands.values()) == {Band.ACCEPT}
