"""Honest files of odd kinds, which other programs that take uploads show wrongly."""

import io
from collections.abc import Callable

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from tests.api import Api
from tests.credit.evidence import files
from tests.credit.evidence.files import upload
from tests.factories import Factories


@pytest.fixture
def me(api: Api, make: Factories) -> Api:
    return api.as_(make.person())


def _saved(shown: Image.Image, form: str) -> bytes:
    out = io.BytesIO()
    shown.save(out, form)
    return out.getvalue()


def _cmyk() -> bytes:
    return _saved(Image.new("RGB", (80, 60), "white").convert("CMYK"), "JPEG")


def _transparent() -> bytes:
    return _saved(Image.new("RGBA", (80, 60), (0, 0, 0, 0)), "PNG")


def _palette() -> bytes:
    shown = Image.new("P", (80, 60), 0)
    shown.putpalette([255, 255, 255] + [0, 0, 0] * 255)
    return _saved(shown, "PNG")


def _sixteen_bits() -> bytes:
    return _saved(Image.fromarray(np.full((60, 80), 65_535, dtype=np.uint16)), "PNG")


def _one_bit() -> bytes:
    return _saved(Image.new("1", (80, 60), 1), "PNG")


@pytest.mark.parametrize("made_by", [_cmyk, _transparent, _palette, _sixteen_bits, _one_bit])
def test_a_white_page_of_any_kind_stays_white(me: Api, made_by: Callable[[], bytes]) -> None:
    made = upload(me, made_by())
    assert made.status_code == 201, made.json
    shown = Image.open(io.BytesIO(me.get(f"/evidence/{made.json['id']}").data))
    assert (shown.mode, shown.size) == ("RGB", (80, 60))
    darkest = min(low for low, _ in shown.getextrema())
    assert darkest > 245


def test_a_turned_page_of_a_pdf_is_shown_as_readers_show_it(me: Api) -> None:
    made = upload(me, files.plain_pdf(page=b"/Rotate 90")).json
    width, height = pypdfium2.PdfDocument(me.get(f"/evidence/{made['id']}").data)[0].get_size()
    assert width > height


def test_pages_of_different_sizes_keep_their_shape(me: Api) -> None:
    wide = files.plain_pdf(2).replace(b"[0 0 595 842]", b"[0 0 842 595]", 1)
    shown = pypdfium2.PdfDocument(me.get(f"/evidence/{upload(me, wide).json['id']}").data)
    assert [shown[k].get_width() > shown[k].get_height() for k in range(2)] == [True, False]


def test_deleting_a_file_leaves_the_same_file_of_somebody_else(me: Api, api: Api, make: Factories) -> None:
    other = api.as_(make.person())
    mine, theirs = upload(me, files.picture()).json["id"], upload(other, files.picture()).json["id"]
    assert me.delete(f"/evidence/{mine}").status_code == 204
    assert other.get(f"/evidence/{theirs}").status_code == 200


def test_a_name_that_no_file_system_takes_is_no_matter(me: Api) -> None:
    for name in ("../../etc/passwd", "证书 ☃.jpg", "a" * 300 + ".jpg", "x.jpg\\0.exe"):
        assert upload(me, files.picture(), name).status_code == 201
