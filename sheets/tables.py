"""A table from a file: a row of titles, then rows of text. XLSX or CSV, told apart by what is in it.

Above the titles there may be a heading or two, and a workbook may have other sheets: the first visible sheet that has
all required titles in one of its first rows is the table.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sheets.cells import plain_title, text_of
from sheets.csv_files import lines_of_csv
from sheets.errors import CellTooLong, ColumnMissing, SheetTooLarge, SheetTooLong
from sheets.workbooks import MAX_BYTES, is_workbook, sheets_of_workbook

MAX_CELL = 500
MAX_COLUMNS = 60
_HEADINGS = 10
_NO_NAMES: Mapping[str, Collection[str]] = {}


@dataclass(frozen=True)
class Row:
    """number: as the spreadsheet counts; cells: by title, trimmed, "" where empty."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class _Form:
    """What is looked for. names: of each column, as titles are compared."""

    columns: Sequence[str]
    required: Sequence[str]
    names: Mapping[str, str]
    max_rows: int
    max_cell: int


def read_table(
    data: bytes,
    *,
    columns: Sequence[str],
    required: Sequence[str],
    max_rows: int,
    max_cell: int = MAX_CELL,
    also: Mapping[str, Collection[str]] = _NO_NAMES,
) -> list[Row]:
    """Return the rows that aren't empty, each with all of `columns`; titles that are none of them are left out.

    max_cell: characters; also: other titles that a column may have.

    Raises SheetError: too large, unsupported, broken, too long, a required title missing, a cell too long.
    """
    others = {plain_title(other): column for column, names in also.items() for other in names}
    names = {**others, **{plain_title(column): column for column in columns}}
    form = _Form(columns, required, names, max_rows, max_cell)
    missing = ColumnMissing(row=1, column=required[0])
    for place, lines in enumerate(_tables(data, max_rows + _HEADINGS)):
        numbered = enumerate(lines, start=1)
        try:
            number, places = _find_titles(numbered, form)
        except ColumnMissing as lacking:
            missing = missing if place else lacking
            continue
        return list(_rows(numbered, places, form, first=number + 1))
    raise missing


def _tables(data: bytes, max_lines: int) -> Iterator[Iterator[Sequence[Any]]]:
    if len(data) > MAX_BYTES:
        raise SheetTooLarge
    if is_workbook(data):
        return sheets_of_workbook(data, max_rows=max_lines, max_columns=MAX_COLUMNS)
    return iter([lines_of_csv(data, max_columns=MAX_COLUMNS)])


def _find_titles(lines: Iterator[tuple[int, Sequence[Any]]], form: _Form) -> tuple[int, Mapping[str, int]]:
    """Return the number of the row of titles, and where each column is. Raises ColumnMissing for the likeliest row."""
    likeliest: tuple[int, dict[str, int]] = (1, {})
    for number, cells in lines:
        places: dict[str, int] = {}
        for place, cell in enumerate(cells):
            column = form.names.get(plain_title(text_of(cell)))
            if column is not None:
                places.setdefault(column, place)
        if all(title in places for title in form.required):
            return number, places
        if len(places) > len(likeliest[1]):
            likeliest = number, places
        if number == _HEADINGS:
            break
    number, places = likeliest
    raise ColumnMissing(row=number, column=next(title for title in form.required if title not in places))


def _rows(
    lines: Iterator[tuple[int, Sequence[Any]]], places: Mapping[str, int], form: _Form, *, first: int
) -> Iterator[Row]:
    for number, cells in lines:
        found = {title: _cell(cells, places.get(title), number, title, form.max_cell) for title in form.columns}
        if not any(found.values()):
            continue
        if number >= first + form.max_rows:
            raise SheetTooLong(row=number)
        yield Row(number, found)


def _cell(cells: Sequence[Any], place: int | None, row: int, title: str, max_cell: int) -> str:
    text = text_of(cells[place]) if place is not None and place < len(cells) else ""
    if len(text) > max_cell:
        raise CellTooLong(row=row, column=title)
    return text
