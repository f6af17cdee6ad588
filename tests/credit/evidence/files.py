"""Files that people, and others, upload as evidence."""

import io
import struct
import zlib
from collections.abc import Sequence

from PIL import Image

from tests.api import Api, Reply

EXIF_PLACE = b"GPS-30.2741,120.1551"


def picture(form: str = "JPEG", size: tuple[int, int] = (400, 300), color: str = "white", turn: int = 1) -> bytes:
    """A picture whose left upper quarter is red, with EXIF that tells a place and how it is turned."""
    shown = Image.new("RGB", size, color)
    shown.paste("red", (0, 0, size[0] // 2, size[1] // 2))
    exif = Image.Exif()
    exif[0x0112] = turn
    exif[0x010E] = EXIF_PLACE.decode()
    buffer = io.BytesIO()
    shown.save(buffer, form, exif=exif)
    return buffer.getvalue()


def pdf(objects: Sequence[bytes], *, root: bytes = b"", trailer: bytes = b"") -> bytes:
    """A PDF of these objects; the first one is the catalog, the second the tree of pages."""
    out, places = io.BytesIO(), []
    out.write(b"%PDF-1.7\n")
    for number, content in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start))
    return out.getvalue()


def stream(content: bytes, entries: bytes = b"") -> bytes:
    """A stream object."""
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries, len(content), content)


def plain_pdf(pages: int = 1, *, catalog: bytes = b"", page: bytes = b"", more: Sequence[bytes] = ()) -> bytes:
    """A PDF whose pages have a black square. catalog, page: further entries; more: objects from number 4 on."""
    drawing = b"0 0 0 rg 100 100 200 200 re f"
    first = 4 + len(more)
    kids = b" ".join(b"%d 0 R" % (first + k) for k in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, pages),
        stream(drawing),
        *more,
    ]
    shown = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R %s >>" % page
    return pdf([*objects, *[shown] * pages])


SCRIPT = b"app.alert('x')"
ACTIONS = {
    "a script at the opening": plain_pdf(catalog=b"/OpenAction << /S /JavaScript /JS (%s) >>" % SCRIPT),
    "a program to launch": plain_pdf(catalog=b"/OpenAction << /S /Launch /F (cmd.exe) >>"),
    "an address to open": plain_pdf(catalog=b"/OpenAction << /S /URI /URI (http://evil.example/) >>"),
    "a script on the page": plain_pdf(page=b"/AA << /O << /S /JavaScript /JS (%s) >> >>" % SCRIPT),
    "a link": plain_pdf(
        page=b"/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 595 842] "
        b"/A << /S /URI /URI (http://evil.example/) >> >>]"
    ),
    "an embedded file": plain_pdf(
        catalog=b"/Names << /EmbeddedFiles << /Names [(x.exe) "
        b"<< /Type /Filespec /F (x.exe) /EF << /F 4 0 R >> >>] >> >>",
        more=[stream(b"MZ evil program", b"/Type /EmbeddedFile")],
    ),
}
"""PDFs that do more than show a page."""
ACTIVE = (b"JavaScript", b"/JS", b"Launch", b"/URI", b"/OpenAction", b"/AA", b"Embedded", b"evil", b"/Annot", b"MZ")
"""Words that none of them leaves behind."""


def chunk(kind: bytes, content: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_that_promises(width: int, height: int, content: bytes = b"") -> bytes:
    """A small PNG whose header promises so many pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(content)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def png_of_zeros(width: int, height: int) -> bytes:
    """A PNG of some kilobytes with so many black pixels."""
    return png_that_promises(width, height, bytes((1 + 3 * width) * height))


def pdf_bomb() -> bytes:
    """A PDF of some kilobytes whose page is a picture of many gigabytes."""
    packed = zlib.compress(zlib.compress(bytes(40_000_000)))
    drawn = stream(
        packed,
        b"/Type /XObject /Subtype /Image /Width 60000 /Height 60000 /ColorSpace /DeviceRGB /BitsPerComponent 8 "
        b"/Filter [/FlateDecode /FlateDecode]",
    )
    resources = b"/Resources << /XObject << /I 4 0 R >> >>"
    found = plain_pdf(page=resources, more=[drawn])
    return found.replace(b"0 0 0 rg 100 100 200 200 re f", b"q 595 0 0 842 0 0 cm /I Do Q ")


def slow_pdf() -> bytes:
    """A PDF of some kilobytes that takes minutes to draw: forms that draw ten others each, at ten levels."""
    levels = 10
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 600 850] /Resources << /XObject << /F %d 0 R >> >>"
    more = [stream(b"/F Do " * 10, form % (5 + k)) for k in range(levels)]
    more.append(stream(b"0 0 0 rg 0 0 500 500 re f", b"/Type /XObject /Subtype /Form /BBox [0 0 600 850]"))
    found = plain_pdf(page=b"/Resources << /XObject << /F 4 0 R >> >>", more=more)
    return found.replace(b"0 0 0 rg 100 100 200 200 re f", b"/F Do                        ")


def upload(who: Api, content: bytes, name: str = "p.jpg") -> Reply:
    """Upload a file. The form is written here, because the test client would leave a temporary file open."""
    head = f'--edge\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    body = head + content + b"\r\n--edge--\r\n"
    return who.post("/evidence", data=body, content_type="multipart/form-data; boundary=edge")
