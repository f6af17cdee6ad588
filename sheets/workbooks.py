"""Opening an XLSX file from a stranger: looked at from outside before anything of it is unpacked.

An XLSX file is a zip of XML. Its directory says how large each part is; `zipfile` never unpacks more than it says, so
that what passes here can't grow beyond it. openpyxl then reads row by row.
"""

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import openpyxl

from sheets.cells import COUNTED_FROM
from sheets.errors import SheetBroken, SheetError, SheetTooLarge, SheetUnsupported

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 64 * 1024 * 1024
_MAX_PARTS = 500
_MAX_SHEETS = 5
_MAX_RATIO = 200  # XLSX of made-up rosters is packed 5 to 15 times
_RATIO_FROM = 1024 * 1024  # a few blanks may be packed as well as they please
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"  # OLE: an old .xls, or an XLSX with a password
_PROLOGUE = 4096
_UNREADABLE = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)


def is_workbook(data: bytes) -> bool:
    """Return whether it is a zip. Raises SheetUnsupported for what only spreadsheet programs read."""
    if data.startswith(_OLE):
        raise SheetUnsupported
    return data.startswith(_ZIP)


@dataclass(frozen=True)
class Sheet:
    """A sheet: its lines of cells, and day 0 of its calendar."""

    lines: Iterator[Sequence[Any]]
    counted_from: datetime = COUNTED_FROM


def sheets_of_workbook(data: bytes, *, max_rows: int, max_columns: int) -> Iterator[Sheet]:
    """Yield the visible sheets, each to be read before the next one is asked for.

    Of each there are up to one row more than `max_rows`; what lies further right is cut. Raises SheetTooLarge,
    SheetUnsupported, SheetBroken with the row where it broke.
    """
    _check_from_outside(data)
    with _broken_at(lambda: 1):
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    try:
        visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        for sheet in visible[:_MAX_SHEETS]:
            yield Sheet(_rows_of(sheet, max_rows, max_columns), book.epoch)
    finally:
        book.close()


def _rows_of(sheet: Any, max_rows: int, max_columns: int) -> Iterator[tuple[Any, ...]]:
    row = 0
    with _broken_at(lambda: row + 1):
        # bounded, since a cell at XFD1048576 would have all before it made up
        for cells in sheet.iter_rows(max_row=max_rows + 1, max_col=max_columns, values_only=True):
            row += 1
            yield cells


@contextmanager
def _broken_at(row: Callable[[], int]) -> Iterator[None]:
    """Raise the SheetError for a broken file in place of the many errors of openpyxl's parser."""
    try:
        yield
    except (GeneratorExit, SheetError):
        raise
    except Exception as error:
        raise SheetBroken(row=row()) from error


def _check_from_outside(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise SheetTooLarge
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            _check_sizes(parts.infolist())
            if "[Content_Types].xml" not in parts.namelist():
                raise SheetUnsupported
            for part in parts.infolist():
                _check_prologue(parts, part)
    except _UNREADABLE as error:
        raise SheetBroken from error


def _check_sizes(parts: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if len(parts) > _MAX_PARTS or unpacked > MAX_UNPACKED:
        raise SheetTooLarge
    if unpacked > _RATIO_FROM and unpacked > _MAX_RATIO * max(packed, 1):
        raise SheetTooLarge


def _check_prologue(parts: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Refuse XML with a document type: it may declare entities that grow without end, and no spreadsheet has one."""
    if not part.filename.endswith((".xml", ".rels")):
        return
    with parts.open(part) as opened:
        if b"<!DOCTYPE" in opened.read(_PROLOGUE):
            raise SheetBroken
