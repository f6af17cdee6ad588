"""Drawing a PDF, as the process of its own does it, and what the person who sent it is told."""

import io

import pytest
from PIL import Image

from credit.evidence.pdf_pages import LONGEST_SIDE, MOST_BYTES, MOST_PAGES, Refused, draw
from tests.api import Api
from tests.credit.evidence import files
from tests.credit.evidence.files import upload
from tests.factories import Factories

_PDF = files.plain_pdf()


@pytest.fixture
def me(api: Api, make: Factories) -> Api:
    return api.as_(make.person())


def _box(width: float, height: float) -> bytes:
    """A PDF with one page of so many points."""
    return _PDF.replace(b"[0 0 595 842]", f"[0 0 {width} {height}]".encode())


def _noise(pages: int) -> bytes:
    """A PDF whose pages all show one photo of noise, which no JPEG makes small."""
    buffer = io.BytesIO()
    Image.effect_noise((1414, 2000), 120).save(buffer, "JPEG", quality=60)
    shown = files.stream(
        buffer.getvalue(),
        b"/Type /XObject /Subtype /Image /Width 1414 /Height 2000 /ColorSpace /DeviceGray /BitsPerComponent 8 "
        b"/Filter /DCTDecode",
    )
    found = files.plain_pdf(pages, page=b"/Resources << /XObject << /I 4 0 R >> >>", more=[shown])
    return found.replace(b"0 0 0 rg 100 100 200 200 re f", b"q 595 0 0 842 0 0 cm /I Do Q ")


def _encrypted() -> bytes:
    entries = b"<< /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P -44 >>" % (b"41" * 32, b"42" * 32)
    body = files.plain_pdf(more=[entries])
    return body.replace(b"/Root 1 0 R ", b"/Root 1 0 R /Encrypt 4 0 R /ID [<00><00>] ")


def test_each_page_is_a_jpeg_in_its_order_with_the_drawing_on_it() -> None:
    pages = draw(files.plain_pdf(MOST_PAGES))
    assert len(pages) == MOST_PAGES
    for width, height, jpeg in pages:
        with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as shown:
            assert shown.size == (width, height)
            scale = height / 842
            assert shown.convert("L").getpixel((int(200 * scale), int(height - 200 * scale))) < 30  # the square
            assert shown.convert("L").getpixel((5, 5)) > 225


@pytest.mark.parametrize(
    ("size", "longest"), [((595, 842), LONGEST_SIDE), ((14_400, 200), LONGEST_SIDE), ((72, 144), 600), ((1, 1), 5)]
)
def test_a_page_has_at_most_two_thousand_pixels_and_three_hundred_an_inch(size: tuple[int, int], longest: int) -> None:
    ((width, height, _),) = draw(_box(*size))
    assert abs(max(width, height) - longest) <= 1
    assert (width >= height) == (size[0] >= size[1])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (_encrypted(), "encrypted"),
        (_PDF[:40], "broken"),
        (files.pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"]), "broken"),
        (_box(15_001, 100), "broken"),
        (_box(0.5, 0.5), "broken"),
        (files.plain_pdf(MOST_PAGES + 1), "too_many_pages"),
        (_noise(10), "too_complex"),
    ],
    ids=["a password", "cut", "no pages", "a page too wide", "a page too small", "too many", "pages too heavy"],
)
def test_what_the_drawing_refuses_is_what_its_owner_is_told(me: Api, content: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        draw(content)
    assert refused.value.code == code
    told = upload(me, content, "x.pdf")
    assert (told.status_code, told.json["code"]) == (422, f"evidence_{code}")


def test_pages_of_noise_are_taken_as_long_as_they_are_few(me: Api) -> None:
    pages = draw(_noise(1))
    assert len(pages[0][2]) > MOST_BYTES / 10  # so ten are too many
    assert upload(me, _noise(1), "x.pdf").json["pages"] == 1
