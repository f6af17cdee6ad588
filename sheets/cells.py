"""What a person reads in a cell, whatever the program that wrote it made of it."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from typing import Any

_MOST_DIGITS = 15
"""A number in a cell has no more; the others of an ID number typed as a number are lost."""
_UNSEEN = dict.fromkeys([0, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, *range(0x202A, 0x202F)])
_MARKS = re.compile(r"[*:]|\((必填|选填|可选|required|optional)\)")
_BLANKS = re.compile(r"\s+")
_MOST_DAYS = 100_000  # a day count beyond is none of ours, whatever the first day
COUNTED_FROM = datetime(1899, 12, 30)  # noqa: DTZ001 - a local time, as all of a spreadsheet's
"""Day 0 of a spreadsheet's calendar, unless the workbook counts from 1904."""


def text_of(value: Any) -> str:
    """Return what stands in a cell: whole numbers without a point, as a number typed into a cell is a float.

    One with more digits than a cell keeps is written with an exponent, as the spreadsheet shows it, and never as if its
    last digits were known.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | float) and abs(value) >= 10**_MOST_DIGITS:
        return format(float(value), f".{_MOST_DIGITS}g")
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else format(value, f".{_MOST_DIGITS}g")
    if isinstance(value, datetime):
        return _to_the_second(value).isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value).translate(_UNSEEN).strip()


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


def _to_the_second(at: datetime) -> datetime:
    """Round to the second: a cell stores a time as a fraction of a day, which may be a little less."""
    return (at + timedelta(microseconds=500_000)).replace(microsecond=0, tzinfo=None)
