"""A table from a file: a first row of titles, then rows of text. XLSX or CSV, told apart by what is in it."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sheets.errors import CellTooLong, ColumnMissing, SheetBroken, SheetTooLarge, SheetTooLong, SheetUnsupported
from sheets.workbooks import MAX_BYTES, is_workbook, rows_of_workbook

MAX_CELL = 500
_MAX_COLUMNS = 60
_ENCODINGS = ("utf-8-sig", "gb18030")  # what Excel in China saves as CSV is the latter


@dataclass(frozen=True)
class Row:
    """number: as the spreadsheet counts, the titles being row 1; cells: by title, trimmed, "" where empty."""

    number: int
    cells: Mapping[str, str]


def read_table(
    data: bytes, *, columns: Sequence[str], required: Sequence[str], max_rows: int, max_cell: int = MAX_CELL
) -> list[Row]:
    """The rows that aren't empty, each with all of `columns`; titles that are none of them are left out.

    max_cell: characters.

    Raises SheetError: too large, unsupported, broken, too long, a required title missing, a cell too long.
    """
    lines = _lines(data, max_rows + 1)
    titles = [_text(cell) for cell in next(lines, ())]
    for title in required:
        if title not in titles:
            raise ColumnMissing(row=1, column=title)
    places = {title: titles.index(title) for title in columns if title in titles}
    rows = []
    for number, cells in enumerate(lines, start=2):
        found = {title: _cell(cells, places.get(title), number, title, max_cell) for title in columns}
        if not any(found.values()):
            continue
        if number > max_rows + 1:
            raise SheetTooLong(row=number)
        rows.append(Row(number, found))
    return rows


def _lines(data: bytes, max_lines: int) -> Iterator[Sequence[Any]]:
    if len(data) > MAX_BYTES:
        raise SheetTooLarge
    if is_workbook(data):
        return rows_of_workbook(data, max_rows=max_lines, max_columns=_MAX_COLUMNS)
    return _lines_of_csv(data)


def _lines_of_csv(data: bytes) -> Iterator[Sequence[str]]:
    reader = csv.reader(io.StringIO(_decoded(data), newline=""), strict=True)
    number = 0
    try:
        for line in reader:
            number += 1
            yield line[:_MAX_COLUMNS]
    except csv.Error as error:
        raise SheetBroken(row=number + 1) from error


def _decoded(data: bytes) -> str:
    if b"\x00" in data:
        raise SheetUnsupported
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SheetUnsupported


def _cell(cells: Sequence[Any], place: int | None, row: int, title: str, max_cell: int) -> str:
    text = _text(cells[place]) if place is not None and place < len(cells) else ""
    if len(text) > max_cell:
        raise CellTooLong(row=row, column=title)
    return text


def _text(value: Any) -> str:
    """What a person reads in the cell: whole numbers without a point, as a number typed into a cell is a float."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value).replace("\x00", "").strip()
