"""Text files as tables: CSV as Excel in China saves it, and the tab-separated text of Excel and of machines."""

import csv
import io
import re
from collections.abc import Iterator, Sequence

from sheets.encodings import IN_CHINA, find_text
from sheets.errors import SheetBroken, SheetUnsupported

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # what Excel saves as Unicode text
_SEPARATORS = ",\t;"
_KEPT_AS_TEXT = re.compile(r'="([^"]*)"')
_HEAD = 2000


def lines_of_csv(data: bytes, *, max_columns: int) -> Iterator[Sequence[str]]:
    """Yield the cells, line by line. Raises SheetUnsupported, SheetBroken with the line where it broke."""
    text = _decoded(data)
    if text[:_HEAD].lstrip().startswith("<"):
        raise SheetUnsupported  # a web page that calls itself .xls
    separator = max(_SEPARATORS, key=text[:_HEAD].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    try:
        for line in reader:
            number += 1
            yield [_shown(cell) for cell in line[:max_columns]]
    except csv.Error as error:
        raise SheetBroken(row=number + 1) from error


def _shown(cell: str) -> str:
    """Return the text of a cell without the form ="0012", by which programs keep the zeros of a number."""
    kept = _KEPT_AS_TEXT.fullmatch(cell.strip())
    return kept[1] if kept else cell


def _decoded(data: bytes) -> str:
    text = find_text(data, ("utf-16",) if data.startswith(_UTF_16) else IN_CHINA)
    if text is None:
        raise SheetUnsupported
    return text
