"""How the text of a blank (填空) is compared: as people read it, not as it is stored.

Two texts are the same answer if `level` returns the same for both. It levels what people don't see or mean: width,
case, blanks, the form of dashes, punctuation at the end, and the way in which a number is written. It keeps what
changes the meaning: a raised or lowered digit after a digit (10³ is not 103), a sign, a unit, a per cent.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import lru_cache
from itertools import groupby

_RAISED, _LOWERED, _CIRCLED, _FRACTION = "<super>", "<sub>", "<circle>", "<fraction>"
_APART = (_RAISED, _LOWERED, _CIRCLED, _FRACTION)
_MARKS = {_RAISED: "^", _LOWERED: "_"}
_SAME_SIGNS = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–—―−﹣", "-"),
        **dict.fromkeys("×✕✖∗", "*"),
        **dict.fromkeys("“”„", '"'),
        **dict.fromkeys("‘’′", "'"),
        "º": "°",
        "⁄": "/",
        "、": ",",
        "｡": "。",
        "\u200b": "",
        "\ufeff": "",
    }
)
_AT_THE_END = " 。.,;"
_TIMES = re.compile(r"(?<=[0-9]) ?[*x] ?(?=[0-9])")
_RAISED_BY_HAND = re.compile(r"(?<=[^\W\d_]|[)\]])\^(?=[0-9+-])")  # m^2
_BEFORE_UNIT = re.compile(r"(?<=[0-9]) (?=[a-zα-ω%‰°])")
_NUMBER = re.compile(
    r"(?P<number>[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?|\.[0-9]+))"
    r"(?P<unit>|[a-zα-ω%‰°][a-zα-ω%‰°/·0-9^-]*|\*10\^-?[0-9]+\S*)"
)


@lru_cache(maxsize=8192)
def level(text: str) -> str:
    """Return the form of a text in which blanks are compared. The form of a form is the same form."""
    spread = _spread(text.replace("º", "°"))
    plain = " ".join(spread.translate(_SAME_SIGNS).casefold().split())
    plain = plain.rstrip(_AT_THE_END) or plain
    plain = _RAISED_BY_HAND.sub("", _TIMES.sub("*", plain))
    return _with_plain_number(_BEFORE_UNIT.sub("", plain))


def without_repeated(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the texts without those that compare like an earlier one."""
    first: dict[str, str] = {}
    for each in texts:
        first.setdefault(level(each), each)
    return tuple(first.values())


def _spread(text: str) -> str:
    """Return the text in plain characters. Where a plain character would read as another text, a mark is set.

    Raised and lowered signs are marked after a digit; after a letter or bracket they are plain (H₂O, cm³, Ca²⁺), as
    people type them. A circled number stands apart (①③ is not 13), and so does a fraction after a digit (1½).
    """
    pieces = [(kind, "".join(char for _, char in group)) for kind, group in groupby(_characters(text), lambda x: x[0])]
    written, follows_letter = "", False
    for place, (kind, piece) in enumerate(pieces):
        following = pieces[place + 1][1][:1] if place + 1 < len(pieces) else ""
        if kind in _MARKS:
            follows_letter = (follows_letter or _may_carry(written[-1:])) and not following.isdecimal()
            written += _shifted(kind, piece, following, is_plain=follows_letter)
        else:
            follows_letter = False
            written += _apart(kind, piece, written[-1:])
    return written


def _characters(text: str) -> Iterator[tuple[str, str]]:
    """Return each character with the kind that keeps it apart, or with "". Units such as ㎡ are taken to pieces."""
    for char in text:
        kind, _, codes = unicodedata.decomposition(char).rpartition(">")
        if kind == "<square":
            yield from _characters("".join(chr(int(each, 16)) for each in codes.split()))
        else:
            yield (f"{kind}>" if f"{kind}>" in _APART else "", char)


def _may_carry(char: str) -> bool:
    return char.isalpha() or char in (")", "]")


def _shifted(kind: str, piece: str, following: str, *, is_plain: bool) -> str:
    """Return a raised or lowered piece, with its mark unless `is_plain`."""
    plain = unicodedata.normalize("NFKC", piece)
    if is_plain:
        return plain
    return f"{_MARKS[kind]}{plain} " if following.isdecimal() else f"{_MARKS[kind]}{plain}"


def _apart(kind: str, piece: str, before: str) -> str:
    if kind == _CIRCLED:
        return "".join(f" {unicodedata.normalize('NFKC', each)} " for each in piece)
    plain = unicodedata.normalize("NFKC", piece)
    return f" {plain} " if kind == _FRACTION and before.isdigit() else plain


def _with_plain_number(text: str) -> str:
    """Return a text that is a number, or a number with a unit, with the number in its shortest form."""
    found = _NUMBER.fullmatch(text)
    if found is None:
        return text
    number = Decimal(found["number"].replace(",", ""))
    shortest = format(number, "f")
    if "." in shortest:
        shortest = shortest.rstrip("0").rstrip(".")
    return ("0" if not number else shortest) + found["unit"]
