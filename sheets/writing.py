"""Writing tables for spreadsheet programs: XLSX in flat memory, and CSV; no cell of ours is ever run as a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

import xlsxwriter
from xlsxwriter.format import Format

from sheets.cells import ERROR_TEXT

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
_WIDTH = 16
_ILLEGAL = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 65534, 65535])  # no XML holds these

Cell = str | int | Decimal | None
Line = Sequence[Cell]


def write_xlsx(target: IO[bytes] | Path, titles: Sequence[str], lines: Iterable[Line], *, name: str = "Sheet1") -> None:
    """Write a workbook of one sheet.

    Memory is flat: a line is on disk before the next one comes. Text stays text, whatever it begins with: only =, + and
    the like typed by a person make a formula, and strings are written as strings. A Decimal is shown with its places:
    5.00 credits, 15.0 hours (M-X.6).
    """
    with TemporaryDirectory(prefix="cme-xlsx-") as folder:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                   "strings_to_numbers": False, "tmpdir": folder}  # fmt: skip
        book = xlsxwriter.Workbook(target, options)
        bold = book.add_format({"bold": True})
        places: dict[int | str, Format] = {
            -1: book.add_format({"num_format": "0.0"}),
            -2: book.add_format({"num_format": "0.00"}),
        }
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, max(len(titles) - 1, 0), _WIDTH)
        for place, title in enumerate(titles):
            sheet.write_string(0, place, title.translate(_ILLEGAL), bold)
        for number, line in enumerate(lines, start=1):
            for place, cell in enumerate(line):
                if isinstance(cell, str):
                    sheet.write_string(number, place, cell.translate(_ILLEGAL))
                elif cell is not None:
                    exponent = cell.as_tuple().exponent if isinstance(cell, Decimal) else 0
                    sheet.write_number(number, place, cell, places.get(exponent))
        book.close()


def xlsx_bytes(titles: Sequence[str], lines: Iterable[Line], *, name: str = "Sheet1") -> bytes:
    """Return a workbook of one sheet, for an answer."""
    with io.BytesIO() as target:
        write_xlsx(target, titles, lines, name=name)
        return target.getvalue()


def template_bytes(titles: Sequence[str], *, name: str) -> bytes:
    """Return an empty workbook to be filled in: its cells hold texts, so that a long number keeps all its digits."""
    with io.BytesIO() as target:
        book = xlsxwriter.Workbook(target, {"in_memory": True})
        bold = book.add_format({"bold": True, "num_format": "@"})
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(titles) - 1, _WIDTH, book.add_format({"num_format": "@"}))
        for place, title in enumerate(titles):
            sheet.write_string(0, place, title, bold)
        book.close()
        return target.getvalue()


def csv_lines(titles: Sequence[str], lines: Iterable[Line]) -> Iterator[str]:
    """Yield CSV for Excel, line by line: first a mark of its encoding. Text that could run gets an apostrophe.

    CSV has no types, so a program could run text that begins like a formula (OWASP, CSV injection). Our own numbers
    stay as they are.
    """
    yield "\ufeff"
    for line in chain([titles], lines):
        out = io.StringIO()
        csv.writer(out).writerow([_safe(cell) for cell in line])
        yield out.getvalue()


def without_apostrophe(text: str) -> str:
    """Return the text of a cell of CSV without the apostrophe that `csv_lines` put before it."""
    return text[1:] if text.startswith("'") and _needs_apostrophe(text[1:]) else text


def _safe(cell: Cell) -> str:
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return str(cell)
    cell = cell.translate(_ILLEGAL)
    return f"'{cell}" if _needs_apostrophe(cell) else cell


def _needs_apostrophe(text: str) -> bool:
    """Return whether a program could run a text, or take it for an error; after apostrophes too: these get one more."""
    text = text.lstrip("'")
    stripped = text.lstrip(" \u3000\ufeff")  # programs look past blanks
    is_error = ERROR_TEXT.fullmatch(stripped.strip()) is not None
    return is_error or text.startswith(_DANGEROUS) or stripped.startswith(_DANGEROUS)
