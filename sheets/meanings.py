"""What the text of a cell means, as people type it and spreadsheet programs change it. One reader for all files.

Full-width characters, blanks of any kind and the apostrophe that keeps a number text never matter. A text that
is not surely what was asked for gives None, and the caller names the cell.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from sheets.cells import date_of_serial, plain

_FLOAT_OF_DIGITS = re.compile(r"([0-9]+)\.0+")
_AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,10})?")
_DATE_MARKS = str.maketrans({"/": "-", ".": "-", "年": "-", "月": "-", "日": " ", "T": " "})
_TIMES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y%m%d%H%M%S")
_DAYS = ("%Y-%m-%d", "%Y%m%d")
_MIDNIGHT = datetime.min.time()
_MIDDLE_DOTS = dict.fromkeys(map(ord, "·•‧・⋅∙."), "·")


def identifier_of(text: str) -> str:
    """Return a number that names something as it is compared: `３３０１ ` is 3301, and so is 3301.0 of a program."""
    found = plain(text)
    whole = _FLOAT_OF_DIGITS.fullmatch(found)
    return whole[1] if whole else found


def person_name_of(text: str) -> str:
    """Return a person's name as it is compared: `张　三` is 张三, and the dot of 买买提•艾力 may be any of its kind."""
    return plain(text).translate(_MIDDLE_DOTS).casefold()


def amount_of(text: str, places: int) -> str | None:
    """Return an amount with just so many decimal places: for 2 of them `15`, `15.0` and `１５．０００` are 15.00.

    None for what has more places, and for any other writing: a sign, a thousands separator, or the exponent of `1.5e1`,
    with which programs write numbers whose digits they have lost.
    """
    found = plain(text)
    if not _AMOUNT.fullmatch(found):
        return None
    amount, step = Decimal(found), Decimal(1).scaleb(-places)
    rounded = amount.quantize(step)
    return str(rounded) if rounded == amount else None


def day_of(text: str) -> date | None:
    """Return a day: 2026-03-05, 2026/3/5, 2026.3.5, 2026年3月5日, 20260305, or the day count of a spreadsheet.

    A time of day is no part of a day, unless it is midnight.
    """
    found = _read_time(text, (*_DAYS, *_TIMES))
    return found.date() if found is not None and found.time() == _MIDNIGHT else None


def local_time_of(text: str) -> datetime | None:
    """Return a time as a clock on the wall shows it, of the years 2000 to 2099; a day alone is none.

    2026-03-05 8:30, 2026/3/5 8:30:00, 2026年3月5日 8:30, 20260305083000, or the day count of a spreadsheet.
    """
    return _read_time(text, _TIMES)


def _read_time(text: str, formats: Sequence[str]) -> datetime | None:
    narrow = unicodedata.normalize("NFKC", text)
    written = date_of_serial(narrow) or " ".join(narrow.translate(_DATE_MARKS).split())
    for form in formats:
        try:
            found = datetime.strptime(written, form)  # noqa: DTZ007 - no zone is written: it is the caller's to know
        except ValueError:
            continue
        return found if 2000 <= found.year < 2100 else None
    return None
