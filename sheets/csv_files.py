"""Text files as tables: CSV as Excel in China saves it, and the tab-separated text of Excel and of machines."""

import csv
import io
import re
from collections.abc import Iterator

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
    separator = _separator_of(text[:_HEAD])
    lines = _Lines(text, separator)
    number = 0
    try:
        for line in csv.reader(lines, delimiter=separator, strict=True):
            number += 1
            lines.marks = 0
            yield Line(number, {place: _cell(cell) for place, cell in enumerate(line) if cell})
    except csv.Error as error:
        raise SheetBroken(row=number + 1) from error


def _separator_of(head: str) -> str:
    """Return what separates the cells: what stands in most lines; of equals, what is there most often."""
    lines = head.splitlines()
    return max(_SEPARATORS, key=lambda mark: (sum(mark in line for line in lines), head.count(mark)))


def _cell(text: str) -> Cell:
    """Return a cell, without the form ="0012", by which programs keep the zeros of a number, and without our mark."""
    kept = _KEPT_AS_TEXT.fullmatch(text.strip())
    plain = kept[1] if kept else without_apostrophe(text)
    return Cell(Kind.UNTYPED if plain == text else Kind.TEXT, plain)


class _Lines:
    """The lines of a text. A row that has more cells than any sheet is refused before it is taken apart.

    marks: separators since the last row that was taken apart; a row may have several lines.
    """

    def __init__(self, text: str, separator: str) -> None:
        self.lines, self.separator, self.marks = io.StringIO(text, newline=""), separator, 0

    def __iter__(self) -> Iterator[str]:
        """Yield the lines. Raises SheetTooLarge."""
        for line in self.lines:
            self.marks += line.count(self.separator)
            if self.marks >= MOST_COLUMNS:
                raise SheetTooLarge
            yield line
