"""The lines of a sheet and the texts of a workbook, from their XML, as a stream."""

import math
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, NamedTuple

from sheets.built_in_formats import GENERAL, UNKNOWN
from sheets.cells import Cell, Kind
from sheets.errors import SheetBroken, SheetTooLarge
from sheets.xml_parts import MAIN, Attributes, chunks, make_parser

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384  # of a sheet, in any program
_MOST_CELLS, _MOST_AREAS, _MOST_TEXTS = 2_000_000, 100_000, 1_000_000
_LONGEST_TEXT, _LONGEST_NUMBER = 32_768, 64  # a cell holds one character less than the first
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(E[+-]?[0-9]{1,3})?", re.IGNORECASE)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_TRUE = ("1", "true")
_NAMES = ("row", "c", "f", "v", "is", "t", "rPh", "si", "mergeCell", "sheetFormatPr")
_KNOWN = {f"{namespace}{name}": name for namespace in MAIN for name in _NAMES}


class Area(NamedTuple):
    """Cells that are merged into one: rows from 1, columns from 0."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass(frozen=True)
class Line:
    """A row of a sheet. number: from 1, as the spreadsheet counts; cells: by their column, from 0."""

    number: int
    cells: Mapping[int, Cell]
    is_hidden: bool = False


@dataclass
class Sheet:
    """A sheet: its lines, each with cells, in their order; and once the lines are read, which cells are merged.

    name: as the workbook has it; "" for a file of text.
    """

    lines: Iterator[Line]
    merged: list[Area] = field(default_factory=list)
    name: str = ""


def sheet_of(part: IO[bytes], texts: Sequence[str], forms: Sequence[str], *, name: str) -> Sheet:
    """Return the sheet of a part. texts: shared by the workbook; forms: the formats that cells name by their place.

    Reading its lines raises SheetBroken with the row where it breaks off, and where rows or cells are not in order or
    are there twice; SheetTooLarge.
    """
    merged: list[Area] = []
    return Sheet(_lines(part, _SheetReader(texts, forms, merged)), merged, name)


def texts_of(part: IO[bytes]) -> list[str]:
    """Return the texts that cells name by their place. Raises SheetBroken, SheetTooLarge."""
    texts: list[str] = []
    found = _Text()

    def start(full_name: str, _attributes: Attributes) -> None:
        name = _KNOWN.get(full_name)
        if name == "si":
            found.clear()
        elif name is not None:
            found.enter(name)

    def end(full_name: str) -> None:
        name = _KNOWN.get(full_name)
        if name == "si":
            if len(texts) == _MOST_TEXTS:
                raise SheetTooLarge
            texts.append(found.unescaped())
        elif name is not None:
            found.leave(name)

    parser = make_parser()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, found.add
    for _ in chunks(parser, part):
        pass
    return texts


class _Text:
    """Collects the text of an element: of its `t` and `v`, and of no reading aid (`rPh`)."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.size = 0
        self.is_open = self.is_aid = False

    def clear(self) -> None:
        self.pieces, self.size = [], 0

    def enter(self, name: str) -> None:
        if name == "rPh":
            self.is_aid = True
        elif name in ("t", "v"):
            self.is_open = not self.is_aid

    def leave(self, name: str) -> None:
        if name == "rPh":
            self.is_aid = False
        elif name in ("t", "v"):
            self.is_open = False

    def add(self, data: str) -> None:
        if self.is_open and self.size < _LONGEST_TEXT:
            self.pieces.append(data[: _LONGEST_TEXT - self.size])
            self.size += len(data)

    def unescaped(self) -> str:
        """Return the text; `_x000D_` stands for a character that XML can't hold."""
        text = "".join(self.pieces)
        return _ESCAPED.sub(_character, text) if "_x" in text else text


def _character(escaped: re.Match[str]) -> str:
    code = int(escaped[1], 16)
    return escaped[0] if 0xD800 <= code < 0xE000 else chr(code)  # half a character is none


class _SheetReader:
    """Makes lines of the elements of a sheet."""

    def __init__(self, texts: Sequence[str], forms: Sequence[str], merged: list[Area]) -> None:
        self.texts, self.forms, self.merged = texts, forms, merged
        self.lines: deque[Line] = deque()
        self.row, self.column, self.count = 0, -1, 0
        self.path = ""
        self.cells: dict[int, Cell] = {}
        self.is_hidden = self.hides_rows = False
        self.kind, self.form = "n", GENERAL
        self.has_formula = self.has_value = False
        self.text = _Text()
        self.columns: dict[str, int] = {}

    def start(self, full_name: str, attributes: Attributes) -> None:
        name = _KNOWN.get(full_name)
        if name in ("row", "c"):
            self.path += name
            if self.path not in ("row", "rowc"):
                raise SheetBroken(row=max(self.row, 1))  # a row in a row, a cell in a cell or in no row
            if name == "c":
                self._start_cell(attributes)
            else:
                self._start_row(attributes)
        elif name == "f":
            self.has_formula = True
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))
        elif name == "sheetFormatPr":
            self.hides_rows = attributes.get("zeroHeight") in _TRUE
        elif name is not None:
            if name in ("v", "is"):
                if self.has_value:
                    raise SheetBroken(row=max(self.row, 1))  # two contents of one cell
                self.has_value = True
            self.text.enter(name)

    def end(self, full_name: str) -> None:
        name = _KNOWN.get(full_name)
        if name in ("row", "c"):
            self.path = self.path.removesuffix(name)
        if name == "c":
            self._end_cell()
        elif name == "row":
            if self.cells:
                self.lines.append(Line(self.row, self.cells, self.is_hidden))
        elif name is not None:
            self.text.leave(name)

    def _start_row(self, attributes: Attributes) -> None:
        number = attributes.get("r")
        row = self.row + 1 if number is None else _whole(number)
        if not self.row < row <= MOST_ROWS:
            raise SheetBroken(row=min(max(row, 1), MOST_ROWS))
        self.row, self.column, self.cells = row, -1, {}
        hidden = attributes.get("hidden")
        self.is_hidden = hidden in _TRUE if hidden is not None else self.hides_rows
        self.is_hidden = self.is_hidden or attributes.get("ht") in ("0", "0.0")

    def _start_cell(self, attributes: Attributes) -> None:
        self.count += 1
        if self.count > _MOST_CELLS:
            raise SheetTooLarge(row=self.row)
        reference = attributes.get("r")
        row, column = (self.row, self.column + 1) if reference is None else self._place(reference)
        if row != self.row or not self.column < column < MOST_COLUMNS:
            raise SheetBroken(row=max(self.row, 1))
        self.column = column
        self.kind, self.has_formula, self.has_value = attributes.get("t", "n"), False, False
        style = attributes.get("s")
        self.form = GENERAL if style is None else self._form(_whole(style))
        self.text.clear()

    def _form(self, place: int) -> str:
        """Return the format at a place; one that there is not shows a number in a way that isn't known."""
        if place < len(self.forms):
            return self.forms[place]
        return GENERAL if place == 0 else UNKNOWN

    def _end_cell(self) -> None:
        text = self.text.unescaped() if self.kind in ("s", "str", "inlineStr") else "".join(self.text.pieces).strip()
        if not text and not self.has_formula:
            return
        self.cells[self.column] = self._cell(text)

    def _cell(self, text: str) -> Cell:
        match self.kind:
            case "e":
                return Cell(Kind.ERROR, text)
            case "b":
                return Cell(Kind.TRUTH, "TRUE" if text in _TRUE else "FALSE") if text else Cell(Kind.NO_VALUE, "")
            case "str" | "inlineStr":
                return Cell(Kind.TEXT, text, self.form) if self.has_value else Cell(Kind.NO_VALUE, "")
            case "s" if text:
                place = _whole(text)
                if not 0 <= place < len(self.texts):
                    raise SheetBroken(row=self.row)
                return Cell(Kind.TEXT, self.texts[place], self.form)
            case "d" if text:
                return Cell(Kind.TEXT, text)
            case "n" if text:
                return Cell(Kind.NUMBER, _number(text, self.row), self.form)
        if text:
            raise SheetBroken(row=self.row)
        return Cell(Kind.NO_VALUE, "")

    def _merge(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        (top, left), (bottom, right) = (self._place(each) for each in (first, last or first))
        top, bottom, left, right = min(top, bottom), max(top, bottom), min(left, right), max(left, right)
        if len(self.merged) == _MOST_AREAS:
            raise SheetTooLarge
        self.merged.append(Area(top, left, bottom, right))

    def _place(self, reference: str) -> tuple[int, int]:
        found = _REFERENCE.fullmatch(reference)
        if found is None:
            raise SheetBroken(row=max(self.row, 1))
        letters, row = found.groups()
        column = self.columns.get(letters)
        if column is None:
            column = 0
            for letter in letters:
                column = column * 26 + ord(letter) - 64
            self.columns[letters] = column = column - 1
        return int(row), column


def _lines(part: IO[bytes], reader: _SheetReader) -> Iterator[Line]:
    parser = make_parser()
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.text.add
    for _ in chunks(parser, part, lambda: max(reader.row, 1)):
        while reader.lines:
            yield reader.lines.popleft()


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise SheetBroken(row=1)
    return int(text)


def _number(text: str, row: int) -> str:
    """Return a number with the 15 digits that a spreadsheet keeps."""
    is_number = len(text) <= _LONGEST_NUMBER and _NUMBER.fullmatch(text)
    if not is_number or not math.isfinite(value := float(text)):
        raise SheetBroken(row=row)
    return format(value, ".15g")
