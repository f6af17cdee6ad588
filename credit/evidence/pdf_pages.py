"""Runs alone, in a process of its own: a PDF on standard input, pictures of its pages on standard output.

`credit.evidence.pdfs` starts it with the seconds of CPU that it may take, and kills it when its time is over. It
imports nothing of ours, so it starts fast and knows no key, no database and no setting. Scripts, actions, forms and
attachments of the PDF are neither run nor kept: what leaves this process is JPEG.

Written: one line of JSON, `{"pages": [[width, height, bytes], ...]}` or `{"refused": code}`, then the JPEGs.
"""

import io
import json
import resource
import sys
from typing import Any

MOST_PAGES = 20
LONGEST_SIDE = 2000
"""Pixels: a page of A4 at 170 dots an inch."""
QUALITY = 80
MEMORY = 1024 * 2**20
MOST_BYTES = 12 * 2**20
"""Of all pages together."""
_POINTS = 72.0


def main() -> int:
    """Read, draw and write. Return the exit code, which is always 0 where something was written."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    seconds = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # pipes are no files: it writes none
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    content = sys.stdin.buffer.read()
    pages: list[tuple[int, int, bytes]] = []
    head: dict[str, object]
    try:
        pages = draw(content)
        head = {"pages": [[width, height, len(jpeg)] for width, height, jpeg in pages]}
    except Refused as refused:
        head = {"refused": refused.code}
    except MemoryError:
        head = {"refused": "too_complex"}
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n")
    for _, _, jpeg in pages:
        sys.stdout.buffer.write(jpeg)
    sys.stdout.buffer.flush()
    return 0


class Refused(Exception):
    """The PDF can't be used; the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def draw(content: bytes) -> list[tuple[int, int, bytes]]:
    """Return width, height and JPEG of each page. Raises Refused."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
        count = len(document)
    except pypdfium2.PdfiumError as error:
        raise Refused("encrypted" if "assword" in str(error) else "broken") from None
    if count > MOST_PAGES:
        raise Refused("too_many_pages")
    if count == 0:
        raise Refused("broken")
    pages: list[tuple[int, int, bytes]] = []
    size = 0
    for number in range(count):
        pages.append(_draw_page(document, number))
        size += len(pages[-1][2])
        if size > MOST_BYTES:
            raise Refused("too_complex")
    return pages


def _draw_page(document: Any, number: int) -> tuple[int, int, bytes]:
    import pypdfium2

    try:
        page = document[number]
        width, height = page.get_size()
        longest = max(width, height)
        if not 1 <= longest <= 15_000 or min(width, height) <= 0:  # points; PDF allows 14,400
            raise Refused("broken")
        bitmap = page.render(scale=min(LONGEST_SIDE / longest, 300 / _POINTS), may_draw_forms=False)
        picture = bitmap.to_pil().convert("RGB")
    except (pypdfium2.PdfiumError, ValueError, OSError):
        raise Refused("broken") from None
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=QUALITY)
    found = (picture.width, picture.height, buffer.getvalue())
    bitmap.close()
    page.close()
    return found


if __name__ == "__main__":
    sys.exit(main())
