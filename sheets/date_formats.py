"""What a cell shows of a day or a time: a count of days under a format such as yyyy"年"m"月"d"日"."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip
_CHINESE = "一二三四五六日"
_MOST_DAYS = 2_958_466  # the first day of the year 10000
_FEBRUARY_29_1900 = 60  # a day that spreadsheets count and that never was


class _Piece(Protocol):
    """A part of a format, as `sheets/number_formats.py` makes it."""

    @property
    def kind(self) -> str: ...
    @property
    def text(self) -> str: ...


def is_of_dates(kinds: Iterable[str]) -> bool:
    """Return whether parts of these kinds show a day or a time."""
    return any(kind in ("date", "elapsed") for kind in kinds)


def shown_date(pieces: Sequence[_Piece], days: Decimal, counted_from: datetime, *, is_chinese: bool) -> str | None:
    """Return what a format shows of a count of days; None where it shows none, or has a part that isn't known.

    is_chinese: weekdays and months are written in Chinese.
    """
    if not 0 <= days < _MOST_DAYS:
        return None
    places = sum(each.kind == "digit" for each in pieces)  # of a second
    seconds = (days * 86_400).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    at = counted_from + timedelta(microseconds=int(seconds * 1_000_000))
    if counted_from.year < 1900 and 1 <= days < _FEBRUARY_29_1900:
        at += timedelta(days=1)
    clock = _Clock(at, seconds, any(each.kind == "ampm" for each in pieces), is_chinese)
    shown, fraction = "", f"{seconds % 1:f}".partition(".")[2]
    for place, each in enumerate(pieces):
        if each.kind == "date":
            part = clock.part("n" * len(each.text) if _is_minutes(pieces, place) else each.text)
        elif each.kind == "digit":
            part, fraction = fraction[:1], fraction[1:]
        else:
            part = {"elapsed": clock.elapsed, "ampm": clock.half}.get(each.kind, _as_it_is)(each.text)
        if part is None:
            return None
        shown += part
    return shown.strip()


def _as_it_is(text: str) -> str:
    return "" if text == "@" else text


def _is_minutes(pieces: Sequence[_Piece], place: int) -> bool:
    """Return whether m means minutes: after an hour, or before a second."""
    if pieces[place].text not in ("m", "mm"):
        return False
    timed = [each for each in pieces if each.kind in ("date", "elapsed")]
    mine = next(n for n, each in enumerate(timed) if each is pieces[place])
    before, after = timed[mine - 1].text if mine else "", timed[mine + 1].text if mine + 1 < len(timed) else ""
    return before.startswith("h") or after.startswith("s")


class _Clock:
    """A moment, told in parts. seconds: since day 0."""

    def __init__(self, at: datetime, seconds: Decimal, is_halved: bool, is_chinese: bool) -> None:
        self.at, self.seconds, self.is_halved, self.is_chinese = at, seconds, is_halved, is_chinese

    def part(self, code: str) -> str | None:
        """Return what y, m, d, h, n (minutes), s and their repetitions show; None for calendars of other countries."""
        at, width = self.at, len(code)
        hour = (at.hour - 1) % 12 + 1 if self.is_halved else at.hour
        number = {"h": hour, "n": at.minute, "s": at.second, "d": at.day, "m": at.month}.get(code[0])
        if code[0] in "ye":
            return f"{at.year % 100:02d}" if code[0] == "y" and width <= 2 else f"{at.year:04d}"
        if number is not None and width <= 2:
            return f"{number:0{width}d}"
        if code[0] in "ad":
            return self._weekday(code)
        if code[0] == "m" and not self.is_chinese:
            name = _MONTHS[at.month - 1]
            return {3: name[:3], 5: name[0]}.get(width, name)
        return None

    def _weekday(self, code: str) -> str:
        day = self.at.weekday()
        if code[0] == "a" or self.is_chinese:
            return ("周" if len(code) == 3 else "星期") + _CHINESE[day]
        return _WEEKDAYS[day][:3] if len(code) == 3 else _WEEKDAYS[day]

    def elapsed(self, code: str) -> str:
        """Return all hours, minutes or seconds since day 0."""
        unit = {"h": 3600, "m": 60, "s": 1}[code[0]]
        return f"{int(self.seconds // unit):0{len(code)}d}"

    def half(self, code: str) -> str:
        """Return the half of the day as the format writes it."""
        first, _, second = {"am/pm": "AM/PM", "a/p": "A/P"}.get(code, code).partition("/")
        return first if self.at.hour < 12 else second
