"""What a cell shows of a number: 0.5 under the format 0% is 50%, 7 under 000 is 007 (ECMA-376, part 1, 18.8.30).

A format has up to four sections: for positive and negative numbers, for zero, for text; or sections with conditions.
What this module doesn't know, such as Chinese numerals ([DBNum1]), gives None: the caller tells so and never guesses.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache

from sheets.built_in_formats import OF_THE_MACHINE
from sheets.date_formats import is_of_dates, shown_date

_MOST_DIGITS = 15
_GENERAL_WIDTH = 11
_MOST_PLACES = 25  # what a Decimal holds, with room
_LONGEST_FORMAT = 255  # longer than any that a spreadsheet program takes
_PIECE = re.compile(
    r'"(?P<quoted>[^"]*)"|[\\!](?P<escaped>.)|_(?P<blank>.)|\*(?P<fill>.)|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>general|g/通用格式)|(?P<exponent>e[+-])|(?P<ampm>am/pm|a/p|上午/下午)"
    r"|(?P<date>y+|m+|d+|h+|s+|a{3,4}|e+|b+|g+)|(?P<digit>[0#?])|(?P<mark>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)(-?[0-9]+(?:\.[0-9]+)?)")
_COLOUR = re.compile(
    r"black|blue|cyan|green|magenta|red|white|yellow|color ?[0-9]{1,2}|[黑蓝绿红白黄]色?|蓝绿|洋红", re.I
)
_FRACTION = re.compile(r"(?P<whole>[#0?]+ +)?(?P<over>[#0?]+) ?/ ?(?P<under>[#0?]+|[1-9][0-9]*)")
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)


@dataclass(frozen=True)
class Piece:
    """A part of a section. kind: literal, digit, mark, date, elapsed, ampm, exponent, general."""

    kind: str
    text: str


@dataclass(frozen=True)
class Section:
    """A section of a format. condition: when it applies, or None; locale: of its dates and words, such as 804."""

    pieces: Sequence[Piece]
    condition: tuple[str, Decimal] | None
    locale: str

    def has(self, kind: str, text: str | None = None) -> bool:
        """Return whether a piece of this kind, and with this text, is there."""
        return any(each.kind == kind and text in (None, each.text) for each in self.pieces)

    @property
    def is_of_dates(self) -> bool:
        """Return whether it shows a day or a time."""
        return is_of_dates(each.kind for each in self.pieces)


def shown_number(value: Decimal, code: str, counted_from: datetime) -> str | None:
    """Return what a cell with this number and format shows, trimmed; None where the format isn't known.

    counted_from: day 0 of the workbook's calendar, for formats of days and times.
    """
    sections = sections_of(code)
    if sections is None:
        return None
    section, amount = _choose(sections, value)
    if section is None:
        return None
    if section.has("general") or section.has("mark", "@"):
        literals = [_general(amount) if each.kind == "general" or each.text == "@" else each.text
                    for each in section.pieces]  # fmt: skip
        return "".join(literals).strip()
    if section.is_of_dates:
        return shown_date(section.pieces, value, counted_from, is_chinese=section.locale.endswith("804"))
    return _shown_amount(section, amount)


def plain_number(value: Decimal) -> str:
    """Return a number as it stands in a cell without a format: whole ones without a point.

    One with more digits than a cell keeps is written with an exponent, as the spreadsheet shows it, and never as if its
    last digits were known.
    """
    if abs(value) >= 10**_MOST_DIGITS:
        return format(float(value), f".{_MOST_DIGITS}g")
    return str(int(value)) if value == int(value) else format(float(value), f".{_MOST_DIGITS}g")


def _general(value: Decimal) -> str:
    """Return a number as a wide cell without a format shows it: whole ones with all digits, others in 11 characters."""
    digits = format(Decimal(format(float(value), f".{_MOST_DIGITS}g")), "f")
    if value == int(value) or len(digits) <= _GENERAL_WIDTH:
        return plain_number(value) if value == int(value) else digits
    if abs(value) < Decimal("0.0001"):
        mantissa, _, exponent = format(float(value), ".5E").partition("E")
        return f"{mantissa.rstrip('0').rstrip('.')}E{exponent}"
    places = max(_GENERAL_WIDTH - 1 - len(str(int(abs(value)))), 0)
    return format(abs(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP).normalize().copy_sign(value), "f")


@lru_cache(maxsize=1024)
def sections_of(code: str) -> Sequence[Section] | None:
    """Return the sections of a format; None if it has a part that this module doesn't know."""
    if len(code) > _LONGEST_FORMAT:
        return None
    code = next((meant for mark, meant in OF_THE_MACHINE.items() if mark in code.upper()), code)
    pieces: list[Piece] = []
    found: list[Section] = []
    condition: tuple[str, Decimal] | None = None
    locale = ""
    for match in _PIECE.finditer(code):
        kind, text = str(match.lastgroup), match[str(match.lastgroup)]
        if kind == "mark" and text == ";":
            found.append(Section(tuple(pieces), condition, locale))
            pieces, condition, locale = [], None, ""
        elif kind == "bracket":
            if (asked := _CONDITION.fullmatch(text)) is not None:
                condition = asked[1], Decimal(asked[2])
            elif _ELAPSED.fullmatch(text):
                pieces.append(Piece("elapsed", text.lower()))
            elif text.startswith("$"):
                symbol, _, locale = text[1:].partition("-")
                pieces.append(Piece("literal", symbol))
            elif not _COLOUR.fullmatch(text):
                return None
        elif kind in ("quoted", "escaped"):
            pieces.append(Piece("literal", text))
        elif kind == "blank":
            pieces.append(Piece("literal", " "))
        elif kind != "fill":
            pieces.append(Piece(kind, text if kind in ("digit", "mark") else text.lower()))
    return (*found, Section(tuple(pieces), condition, locale))


def shown_text(text: str, code: str) -> str:
    """Return what a cell with a text shows: itself, unless its format has a section for texts."""
    sections = sections_of(code)
    if not sections or not (len(sections) == 4 or sections[-1].has("mark", "@")):
        return text
    return "".join(text if each.text == "@" else each.text for each in sections[-1].pieces if each.kind != "digit")


def _choose(sections: Sequence[Section], value: Decimal) -> tuple[Section | None, Decimal]:
    """Return the section for a number, and the number without the sign that the section says itself."""
    numeric = [each for each in sections[:3] if not each.has("mark", "@")] or sections[:1]
    if any(each.condition for each in numeric):
        for place, section in enumerate(numeric):
            if section.condition is None or _holds(value, *section.condition):
                return section, abs(value) if place else value
        return None, value
    if value < 0 and len(numeric) > 1:
        return numeric[1], -value
    return (numeric[2] if value == 0 and len(numeric) > 2 else numeric[0]), value


def _holds(value: Decimal, sign: str, limit: Decimal) -> bool:
    return {
        "<": value < limit, "<=": value <= limit, ">": value > limit, ">=": value >= limit, "=": value == limit,
        "<>": value != limit,
    }[sign]  # fmt: skip


def _shown_amount(section: Section, value: Decimal) -> str | None:
    sign = "-" if value < 0 else ""
    if section.has("mark", "/"):
        shown = _shown_fraction(section, abs(value))
    elif section.has("exponent"):
        shown = _shown_exponent(section, abs(value))
    else:
        shown = _filled(section.pieces, abs(value))
    return None if shown is None else f"{sign}{shown.strip()}"


def _shown_fraction(section: Section, value: Decimal) -> str | None:
    found = _FRACTION.fullmatch("".join(each.text for each in section.pieces).strip())
    if found is None:
        return None
    asked = found["under"]
    if asked.isdigit() and asked.strip("0"):
        under = int(asked)
        over = int((value * under).to_integral_value(ROUND_HALF_UP))
    else:
        nearest = Fraction(value).limit_denominator(10 ** min(len(asked), 4) - 1)
        over, under = nearest.numerator, nearest.denominator
    if found["whole"] is None:
        return f"{over}/{under}"
    whole, over = divmod(over, under)
    if not over:
        return str(whole)
    return f"{whole} {over}/{under}" if whole else f"{over}/{under}"


def _shown_exponent(section: Section, value: Decimal) -> str | None:
    place = next(n for n, each in enumerate(section.pieces) if each.kind == "exponent")
    front, sign, back = section.pieces[:place], section.pieces[place].text[1], section.pieces[place + 1 :]
    if any(each.kind != "digit" for each in back):
        return None
    whole = _digits_before_point(front)
    exponent = value.adjusted() if value else 0
    exponent -= exponent % whole if whole > 1 else 0
    mantissa = _filled(front, value.scaleb(-exponent))
    if mantissa is not None and len(mantissa.partition(".")[0]) > whole:  # 9.99 rounded up to 10.0
        exponent += whole
        mantissa = _filled(front, value.scaleb(-exponent))
    if mantissa is None:
        return None
    shown = f"{abs(exponent):0{len(back)}d}"
    return f"{mantissa}E{'-' if exponent < 0 else '+' if sign == '+' else ''}{shown}"


def _digits_before_point(pieces: Sequence[Piece]) -> int:
    count = 0
    for each in pieces:
        if each.kind == "mark" and each.text == ".":
            break
        count += each.kind == "digit"
    return max(count, 1)


def _filled(pieces: Sequence[Piece], value: Decimal) -> str | None:
    """Return the digits of a number that isn't negative, put into the places of a section."""
    point = next((n for n, each in enumerate(pieces) if each == Piece("mark", ".")), len(pieces))
    before, after = list(pieces[:point]), list(pieces[point:])
    value *= Decimal(100) ** sum(each == Piece("mark", "%") for each in pieces)
    for side in (before, after):
        last = max((n for n, each in enumerate(side) if each.kind == "digit"), default=-1)
        while last >= 0 and side[last + 1 : last + 2] == [Piece("mark", ",")]:
            del side[last + 1]
            value /= 1000
    places = sum(each.kind == "digit" for each in after)
    if value.adjusted() + places >= _MOST_PLACES:
        return None
    digits = format(value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP), "f")
    whole, _, rest = digits.partition(".")
    if not any(each.kind == "digit" for each in pieces):
        return "".join(each.text for each in pieces)
    return _whole_part(before, whole.lstrip("0")) + _decimals(after, rest)


def _whole_part(pieces: Sequence[Piece], digits: str) -> str:
    is_grouped = Piece("mark", ",") in pieces
    left = sum(each.kind == "digit" for each in pieces)
    shown: list[str] = []
    count = 0

    def put(digit: str) -> None:
        nonlocal count
        if is_grouped and count and count % 3 == 0 and digit.strip():
            shown.append(",")
        shown.append(digit)
        count += 1

    for each in reversed(pieces):
        if each.kind != "digit":
            if each.text != ",":
                shown.append(each.text[::-1])
            continue
        left -= 1
        if digits:
            put(digits[-1])
            digits = digits[:-1]
        elif each.text != "#":
            put("0" if each.text == "0" else " ")
        while not left and digits:
            put(digits[-1])
            digits = digits[:-1]
    return "".join(reversed(shown)) + digits


def _decimals(pieces: Sequence[Piece], digits: str) -> str:
    shown, place = "", 0
    for each in pieces:
        if each.kind != "digit":
            shown += each.text
            continue
        rest, digit = digits[place:].strip("0"), digits[place]
        place += 1
        shown += digit if rest or each.text == "0" else "" if each.text == "#" else " "
    return shown
