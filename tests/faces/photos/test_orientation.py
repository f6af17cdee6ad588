"""The orientation is read however its writer stored the number."""

import struct
from collections.abc import Callable

import numpy as np
import pytest

from faces.photos.photo import PhotoLimits, open_photo
from tests.faces.images import STORED, encoded, gradient

PICTURE = gradient(160, 120)
EXIF = b"Exif\0\0"
FORMS = {1: "B3x", 3: "H2x", 4: "I"}  # Exif's types BYTE, SHORT and LONG


def exif(order: str, form: int, value: int, tags_before: int = 0) -> bytes:
    """One directory whose last tag is the orientation."""
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, 8)
    others = b"".join(struct.pack(order + "HHII", 0x0100 + n, 4, 1, 77) for n in range(tags_before))
    tag = struct.pack(order + "HHI" + FORMS[form], 0x0112, form, 1, value)
    return head + struct.pack(order + "H", tags_before + 1) + others + tag + bytes(4)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("orientation", [3, 6, 8])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_byte_short_and_long_turn_alike_in_both_byte_orders(order: str, form: int, orientation: int, kind: str) -> None:
    stored = PICTURE.transpose(STORED[orientation])
    photo = encoded(stored, kind, exif=EXIF + exif(order, form, orientation, tags_before=2))
    pixels = open_photo(photo, PhotoLimits()).decode(160)
    assert float(np.abs(pixels.astype(int) - np.asarray(PICTURE).astype(int)).mean()) < 4


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("value", [0, 9, 70_000, 6 << 16])
def test_a_number_that_is_no_orientation_turns_nothing(order: str, value: int) -> None:
    photo = encoded(PICTURE, exif=EXIF + exif(order, 4, value))
    assert open_photo(photo, PhotoLimits()).header.orientation == 1


@pytest.mark.parametrize("place", [lambda photo: photo.index(b"\xff\xda"), lambda _: 2])
def test_tags_count_wherever_they_stand_before_the_first_scan(place: Callable[[bytes], int]) -> None:
    photo, tags = encoded(PICTURE), EXIF + exif(">", 3, 6)
    at = place(photo)
    tagged = photo[:at] + b"\xff\xe1" + struct.pack(">H", len(tags) + 2) + tags + photo[at:]
    assert open_photo(tagged, PhotoLimits()).header.orientation == 6
