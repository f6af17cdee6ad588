"""What a person reads in a cell, whatever the program that wrote it made of it."""

import enum
import re
import unicodedata
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from sheets.built_in_formats import GENERAL
from sheets.number_formats import plain_number, sections_of, shown_number, shown_text

CELL_ERROR, NO_VALUE, FORMAT_UNKNOWN = "cell_error", "formula_without_value", "format_unknown"
CHARACTER_LOST, MERGED, ROW_HIDDEN, ROW_TOO_WIDE = "character_lost", "cell_merged", "row_hidden", "row_too_wide"
SHOWN_ROUNDED = "shown_rounded"
CELL_FAULTS = (CELL_ERROR, NO_VALUE, FORMAT_UNKNOWN, CHARACTER_LOST, MERGED, ROW_HIDDEN, ROW_TOO_WIDE, SHOWN_ROUNDED)
"""Why a cell can't be taken as it is. Each has its words in `service/wording/faults.py`."""

_CONTROLS = [each for each in range(32) if each not in (9, 10)]
_UNSEEN = dict.fromkeys([*_CONTROLS, 127, *range(0x200B, 0x2010), 0x2060, 0xFEFF, *range(0x202A, 0x202F)])
_MARKS = re.compile(r"[*:]|\((必填|选填|可选|required|optional)\)")
_BLANKS = re.compile(r"\s+")
_NUMBERS = re.compile(r"[0-9]*\.?[0-9]+")
ERROR_TEXT = re.compile(
    r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|GETTING_DATA|FIELD!|BLOCKED!|CONNECT!|BUSY!|UNKNOWN!)"
    r"|#{3,}",
    re.IGNORECASE,
)
"""What a spreadsheet program saves as text for an error, or for a number in too narrow a column."""
_DIGITS_LOST = re.compile(r"[1-9][0-9]{14}0{2,}(\.0+)?")
"""A number of 17 digits or more, of which a spreadsheet kept 15: saved as text it looks whole."""
_LOST = "\ufffd"
_MOST_DAYS = 100_000  # a day count beyond is none of ours, whatever the first day
COUNTED_FROM = datetime(1899, 12, 30)  # noqa: DTZ001 - a local time, as all of a spreadsheet's
"""Day 0 of a spreadsheet's calendar, unless the workbook counts from 1904."""


class Meaning(enum.Enum):
    """What the cells of a column mean: how a number in one of them is read.

    TEXT: as it is shown. IDENTIFIER: all digits, with the zeros before them that are shown. AMOUNT: the number itself.
    TIME: the day and time that a day count means.
    """

    TEXT = enum.auto()
    IDENTIFIER = enum.auto()
    AMOUNT = enum.auto()
    TIME = enum.auto()


class Kind(enum.Enum):
    """What a file says that a cell is. UNTYPED: a file of text doesn't say it."""

    TEXT = enum.auto()
    NUMBER = enum.auto()
    TRUTH = enum.auto()
    ERROR = enum.auto()
    NO_VALUE = enum.auto()
    UNTYPED = enum.auto()


class Cell(NamedTuple):
    """A cell of a file. form: how it shows a number."""

    kind: Kind
    text: str
    form: str = GENERAL


def read_cell(cell: Cell, meaning: Meaning, counted_from: datetime = COUNTED_FROM) -> tuple[str, str | None]:
    """Return the text of a cell and None; or "" and the code of what is wrong with it.

    counted_from: day 0 of the workbook's calendar.
    """
    match cell.kind:
        case Kind.ERROR:
            return "", CELL_ERROR
        case Kind.NO_VALUE:
            return "", NO_VALUE
        case Kind.TRUTH:
            return cell.text, None
        case Kind.NUMBER:
            value = Decimal(cell.text)
            found = _number(value, cell.form, meaning, counted_from)
            is_rounded = {Meaning.AMOUNT: _is_rounded, Meaning.TIME: _hides_day}.get(meaning)
            if is_rounded is not None and is_rounded(value, cell.form, counted_from):
                return "", SHOWN_ROUNDED
            return (found, None) if found is not None else ("", FORMAT_UNKNOWN)
    text = clean(shown_text(cell.text, cell.form) if cell.form != GENERAL else cell.text)
    if cell.kind is Kind.UNTYPED and ERROR_TEXT.fullmatch(text):
        return "", CELL_ERROR
    if _LOST in text:
        return "", CHARACTER_LOST
    if meaning is Meaning.TIME:
        text = date_of_serial(text, counted_from) or text
    elif meaning is Meaning.IDENTIFIER and cell.kind is Kind.UNTYPED and _DIGITS_LOST.fullmatch(plain(text)):
        text = plain_number(Decimal(plain(text)))
    return text, None


def clean(text: str) -> str:
    """Return a text without characters that nobody sees, and without blanks around it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_UNSEEN).strip()


def plain(text: str) -> str:
    """Return a number, code or word for comparing: without blanks, full-width characters and text marks."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text)).removeprefix("'")


def plain_title(text: str) -> str:
    """Return a title as it is compared: 姓　名* is 姓名."""
    return _MARKS.sub("", plain(text)).casefold()


def date_of_serial(text: str, counted_from: datetime = COUNTED_FROM) -> str | None:
    """Return the local time that a day count of a spreadsheet means, as 2026-11-24 08:30:00; None if it is none.

    Day counts are those of the years 2000 to 2099.
    """
    try:
        days = float(text)
    except ValueError:
        return None
    if not 0 < days < _MOST_DAYS:
        return None
    at = _to_the_second(counted_from + timedelta(days=days))
    return at.isoformat(sep=" ") if 2000 <= at.year < 2100 else None


def _number(value: Decimal, form: str, meaning: Meaning, counted_from: datetime) -> str | None:
    """Return the text of a number; None if it is not known what its format shows."""
    digits = plain_number(value)
    if meaning is Meaning.TEXT:
        return shown_number(value, form, counted_from)
    sections = sections_of(form) or ()
    is_time = any(each.is_of_dates for each in sections)
    if meaning is Meaning.TIME:
        if is_time and 0 <= value < 1:  # a time of day
            return _to_the_second(counted_from + timedelta(days=float(value))).time().isoformat()
        return date_of_serial(digits, counted_from) or digits
    if meaning is Meaning.AMOUNT:
        is_amount = not is_time and "%" not in form
        return digits if is_amount else shown_number(value, form, counted_from)
    shown = "" if is_time else shown_number(value, form, counted_from) or ""
    has_zeros = shown.isascii() and shown.isdigit() and shown.lstrip("0") == digits.lstrip("0")
    return shown if has_zeros else digits


def _is_rounded(value: Decimal, form: str, counted_from: datetime) -> bool:
    """Return whether a cell shows one number and holds another, as 2.5 under the format 0, which shows 3."""
    if form == GENERAL or any(each.is_of_dates for each in sections_of(form) or ()):
        return False
    numbers = _NUMBERS.findall((shown_number(value, form, counted_from) or "").replace(",", ""))
    return len(numbers) == 1 and Decimal(numbers[0]) not in (abs(value), abs(value) * 100)


def _hides_day(value: Decimal, form: str, counted_from: datetime) -> bool:
    """Return whether a cell shows a month or year and holds a day, as programs make 2026-03-01 of a typed 2026-3."""
    for section in sections_of(form) or ():
        shown = {each.text[0] for each in section.pieces if each.kind in ("date", "elapsed")}
        if value >= 1 and not shown & set("da") and (shown & set("ye") or shown == {"m"}):
            return True
    return False


def _to_the_second(at: datetime) -> datetime:
    """Round to the second: a cell stores a time as a fraction of a day, which may be a little less."""
    return (at + timedelta(microseconds=500_000)).replace(microsecond=0, tzinfo=None)
