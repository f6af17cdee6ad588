"""A table from a file: a row of titles, then rows of text. XLSX or CSV, told apart by what is in it.

Above the titles there may be a heading or two, and a workbook may have other sheets: the only visible sheet that has
all required titles in one of its first rows, and rows below them, is the table.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sheets.cells import COUNTED_FROM, MERGED, ROW_HIDDEN, ROW_TOO_WIDE, Kind, Meaning, plain_title, read_cell
from sheets.csv_files import lines_of_csv
from sheets.errors import CellTooLong, ColumnMissing, ColumnRepeated, SheetTooLarge, SheetTooLong, TablesSeveral
from sheets.merged_cells import CoveredCells
from sheets.sheet_xml import Line, Sheet
from sheets.workbooks import MAX_BYTES, Workbook, is_workbook, open_workbook

MAX_CELL = 500
_HEADINGS = 10
_NO_NAMES: Mapping[str, Sequence[str]] = {}
_NO_MEANINGS: Mapping[str, Meaning] = {}


@dataclass(frozen=True)
class Row:
    """number: as the spreadsheet counts; cells: by title, trimmed, "" where empty.

    faults: what is wrong with cells, by their title, as codes of `sheets/cells.py`. Such a cell is "", and its row must
    not be taken.
    """

    number: int
    cells: Mapping[str, str]
    faults: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Titles:
    """The row of titles. places: of the columns, by title; width: of all titles."""

    number: int
    places: Mapping[str, int]
    width: int


@dataclass(frozen=True)
class _Form:
    """What is looked for. names: of each column, as titles are compared, with the rank of the name among others."""

    columns: Sequence[str]
    required: Sequence[str]
    names: Mapping[str, tuple[str, int]]
    max_rows: int
    max_cell: int
    meanings: Mapping[str, Meaning]
    counted_from: datetime


def read_table(
    data: bytes,
    *,
    columns: Sequence[str],
    required: Sequence[str],
    max_rows: int,
    max_cell: int = MAX_CELL,
    also: Mapping[str, Sequence[str]] = _NO_NAMES,
    meanings: Mapping[str, Meaning] = _NO_MEANINGS,
) -> list[Row]:
    """Return the rows that aren't empty, each with all of `columns`; titles that are none of them are left out.

    max_cell: characters; also: other titles that a column may have, the likelier ones first; meanings: of columns that
    hold no texts, such as days, which may be the day count of the workbook's own calendar (from 1900 or 1904).

    Raises SheetError: too large, unsupported, broken, too long, a required title missing or repeated, a cell too long.
    """
    names = {plain_title(each): (column, rank + 1) for column in also for rank, each in enumerate(also[column])}
    names |= {plain_title(column): (column, 0) for column in columns}
    book = _open(data)
    form = _Form(columns, required, names, max_rows, max_cell, meanings, book.counted_from)
    return _only_table(book, form)


def _only_table(book: Workbook, form: _Form) -> list[Row]:
    """Return the rows of the only sheet that has the titles and rows below them.

    Raises ColumnMissing for the first sheet if none has the titles, TablesSeveral if several have rows.
    """
    rows: list[Row] | None = None
    name, missing = "", None
    for sheet in book.sheets:
        try:
            titles = _find_titles(sheet.lines, form)
        except ColumnMissing as lacking:
            missing = missing or lacking
            continue
        if not rows:
            name, rows = sheet.name, list(_rows(sheet.lines, titles, form))
            covered = CoveredCells(sheet.merged, titles.places, after=titles.number)
            rows = [_with_merged(row, covered) for row in rows]
        elif next(_rows(sheet.lines, titles, form), None) is not None:
            raise TablesSeveral(facts={"sheets": [name, sheet.name]})
    if rows is None:
        raise missing or ColumnMissing(row=1, column=form.required[0])
    return rows


def _open(data: bytes) -> Workbook:
    if len(data) > MAX_BYTES:
        raise SheetTooLarge
    return open_workbook(data) if is_workbook(data) else Workbook(iter([Sheet(lines_of_csv(data))]), COUNTED_FROM)


def _find_titles(lines: Iterator[Line], form: _Form) -> _Titles:
    """Return the row of titles. Raises ColumnMissing for the likeliest row, ColumnRepeated."""
    likeliest: tuple[int, Mapping[str, int]] = (1, {})
    for line in lines:
        if line.number > _HEADINGS:
            break
        places = _places(line, form)
        if all(title in places for title in form.required):
            return _Titles(line.number, places, 1 + max(line.cells))
        if len(places) > len(likeliest[1]):
            likeliest = line.number, places
    number, places = likeliest
    raise ColumnMissing(row=number, column=next(title for title in form.required if title not in places))


def _places(line: Line, form: _Form) -> Mapping[str, int]:
    """Return where each column is, by the likeliest of its titles. Raises ColumnRepeated if that one is there twice."""
    found: dict[str, tuple[int, int]] = {}
    repeated = set()
    for place, cell in line.cells.items():
        named = form.names.get(plain_title(read_cell(cell, Meaning.TEXT)[0]))
        if named is None:
            continue
        column, rank = named
        if column in found and found[column][0] == rank:
            repeated.add((column, rank))
        elif column not in found or rank < found[column][0]:
            found[column] = rank, place
    for column, (rank, _) in found.items():
        if (column, rank) in repeated and all(title in found for title in form.required):
            raise ColumnRepeated(row=line.number, column=column)
    return {column: place for column, (_, place) in found.items()}


def _rows(lines: Iterator[Line], titles: _Titles, form: _Form) -> Iterator[Row]:
    count = 0
    for line in lines:
        row = _row(line, titles.places, form)
        if not any(row.cells.values()) and not row.faults:
            continue
        count += 1
        if count > form.max_rows:
            raise SheetTooLong(row=line.number, facts={"limit_rows": form.max_rows})
        fault = ROW_HIDDEN if line.is_hidden else ROW_TOO_WIDE if _is_too_wide(line, titles) else None
        yield row if fault is None else replace(row, faults={form.required[0]: fault, **row.faults})


def _is_too_wide(line: Line, titles: _Titles) -> bool:
    """Return whether a line of a text file has cells beyond the titles: a separator within a text shifts the others."""
    return max(line.cells) >= titles.width and line.cells[max(line.cells)].kind is Kind.UNTYPED


def _row(line: Line, places: Mapping[str, int], form: _Form) -> Row:
    cells, faults = dict.fromkeys(form.columns, ""), {}
    for title, place in places.items():
        cell = line.cells.get(place)
        if cell is None:
            continue
        text, fault = read_cell(cell, form.meanings.get(title, Meaning.TEXT), form.counted_from)
        if fault is not None:
            faults[title] = fault
        if len(text) > form.max_cell:
            raise CellTooLong(row=line.number, column=title, facts={"limit_characters": form.max_cell})
        cells[title] = text
    return Row(line.number, cells, faults)


def _with_merged(row: Row, covered: CoveredCells) -> Row:
    titles = covered.titles_in(row.number)
    if not titles:
        return row
    return Row(row.number, {**row.cells, **dict.fromkeys(titles, "")}, {**row.faults, **dict.fromkeys(titles, MERGED)})
