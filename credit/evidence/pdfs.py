"""Makes a PDF harmless: each page is drawn in a process that can be killed, and a new PDF has the pictures alone."""

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from credit.evidence.errors import (
    EvidenceBroken,
    EvidenceBusy,
    EvidenceEncrypted,
    EvidenceTooComplex,
    EvidenceTooManyPages,
)
from credit.evidence.pdf_pages import MOST_BYTES, MOST_PAGES
from credit.evidence.pictures import Harmless, thumbnail_of
from faces.photos.headers import PNG_SIGNATURE
from foundation.errors import Refusal

PDF = "application/pdf"
_SCRIPT = Path(__file__).with_name("pdf_pages.py")
CPU_SECONDS, SECONDS = 15, 25.0
"""How long a PDF may be drawn, by CPU and by the clock."""
_PATIENCE = 15.0
_DOTS_PER_POINT = 170 / 72
_one_at_a_time = threading.Semaphore(1)
_MAGIC, _WITHIN = b"%PDF-", 1024  # readers accept something before it


@dataclass(frozen=True)
class _Page:
    width: int
    height: int
    jpeg: bytes


def is_pdf(data: bytes) -> bool:
    """Return whether the file is to be read as a PDF: it is no picture, and says so within its first 1,024 bytes.

    Readers of PDF look for the mark there too. A picture with that mark in a comment is a picture.
    """
    is_picture = data.startswith((b"\xff\xd8\xff", PNG_SIGNATURE)) or data[4:8] == b"ftyp"
    return not is_picture and _MAGIC in data[:_WITHIN]


def clean_pdf(data: bytes) -> Harmless:
    """Return a PDF of pictures of the pages. Raises the refusals of evidence, EvidenceBusy among them."""
    if not _one_at_a_time.acquire(timeout=_PATIENCE):
        raise EvidenceBusy(retry_after=int(_PATIENCE))
    try:
        pages = _read(_draw(data))
    finally:
        _one_at_a_time.release()
    with Image.open(io.BytesIO(pages[0].jpeg), formats=["JPEG"]) as first:
        return Harmless(PDF, _write(pages), thumbnail_of(first), len(pages))


def _draw(data: bytes) -> bytes:
    """Return what the process wrote. Raises EvidenceTooComplex if it took too long, too much memory, or crashed."""
    process = subprocess.Popen(  # noqa: S603 - our own script, and no argument from outside
        [sys.executable, "-I", str(_SCRIPT), str(CPU_SECONDS)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"OMP_NUM_THREADS": "1"},  # no key, no address of a database
        cwd="/",
        start_new_session=True,
    )
    try:
        written, _ = process.communicate(data, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        raise EvidenceTooComplex(field="file") from None
    finally:
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    if process.returncode != 0 or b"\n" not in written or len(written) > MOST_BYTES + 2**16:
        raise EvidenceTooComplex(field="file")
    return written


def _read(written: bytes) -> list[_Page]:
    """Return the pages. What the process wrote is not trusted either: each picture must begin as a JPEG."""
    head, _, rest = written.partition(b"\n")
    found = json.loads(head)
    if "refused" in found:
        raise _refusal(found["refused"])
    pages, at = [], 0
    for width, height, size in found["pages"]:
        pages.append(_Page(int(width), int(height), rest[at : at + size]))
        at += size
    if not pages or any(not page.jpeg.startswith(b"\xff\xd8\xff") for page in pages):
        raise EvidenceTooComplex(field="file")
    return pages


def _refusal(code: str) -> Refusal:
    if code == "encrypted":
        return EvidenceEncrypted(field="file")
    if code == "too_many_pages":
        return EvidenceTooManyPages(field="file", facts={"most": MOST_PAGES})
    return EvidenceBroken(field="file") if code == "broken" else EvidenceTooComplex(field="file")


def _write(pages: Sequence[_Page]) -> bytes:
    """Return a PDF 1.4 (ISO 32000-1, 7.5) with one JPEG a page and no other object: no date, no producer, no action."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    for page in pages:
        size = f"{page.width / _DOTS_PER_POINT:.2f} {page.height / _DOTS_PER_POINT:.2f}"
        number = len(objects) + 1
        width, height = size.split()
        drawing = f"q {width} 0 0 {height} 0 0 cm /I Do Q".encode()
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {size}] /Contents {number + 1} 0 R "
            f"/Resources << /XObject << /I {number + 2} 0 R >> >> >>".encode(),
            _stream(b"", drawing),
            _stream(
                f"/Type /XObject /Subtype /Image /Width {page.width} /Height {page.height} /ColorSpace /DeviceRGB "
                f"/BitsPerComponent 8 /Filter /DCTDecode ".encode(),
                page.jpeg,
            ),
        ]
    kids = " ".join(f"{3 + 3 * k} 0 R" for k in range(len(pages)))
    objects[1] = f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode()
    return _file(objects)


def _stream(entries: bytes, content: bytes) -> bytes:
    return b"<< %s/Length %d >>\nstream\n%s\nendstream" % (entries, len(content), content)


def _file(objects: Sequence[bytes]) -> bytes:
    out, places = io.BytesIO(), []
    out.write(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    for number, content in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return out.getvalue()
