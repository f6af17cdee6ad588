"""Text files as tables: CSV as Excel in China saves it, and the tab-separated text of Excel and of machines."""

import csv
import io
import re
from collections.abc import Iterable, Iterator

from sheets.cells import Cell, Kind
from sheets.encodings import find_text
from sheets.errors import SheetBroken, SheetTooLarge, SheetUnsupported
from sheets.sheet_xml import MOST_COLUMNS, Line
from sheets.writing import without_apostrophe

_SEPARATORS = ",\t;"
_KEPT_AS_TEXT = re.compile(r'="([^"]*)"')
_HEAD = 2000


def lines_of_csv(data: bytes) -> Iterator[Line]:
    """Yield the lines. Raises SheetUnsupported, SheetTooLarge, SheetBroken with the line where it broke."""
    text = find_text(data)
    if text is None or text[:_HEAD].lstrip().startswith("<"):  # a web page that calls itself .xls
        raise SheetUnsupported
    separator = max(_SEPARATORS, key=text[:_HEAD].count)
    lines = _of_bearable_width(io.StringIO(text, newline=""), separator)
    number = 0
    try:
        for line in csv.reader(lines, delimiter=separator, strict=True):
            number += 1
            yield Line(number, {place: _cell(cell) for place, cell in enumerate(line) if cell})
    except csv.Error as error:
        raise SheetBroken(row=number + 1) from error


def _cell(text: str) -> Cell:
    """Return a cell, without the form ="0012", by which programs keep the zeros of a number, and without our mark."""
    kept = _KEPT_AS_TEXT.fullmatch(text.strip())
    return Cell(Kind.TEXT, kept[1]) if kept else Cell(Kind.UNTYPED, without_apostrophe(text))


def _of_bearable_width(lines: Iterable[str], separator: str) -> Iterator[str]:
    """Yield the lines of a text. Raises SheetTooLarge before one with more cells than any sheet has is taken apart."""
    for line in lines:
        if line.count(separator) >= MOST_COLUMNS:
            raise SheetTooLarge
        yield line
