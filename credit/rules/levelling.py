"""Levels numbers and names of activities, so that the same one written by two people is the same text."""

import re
import unicodedata

_OPENING, _CLOSING, _DASH = "Ps", "Pe", "Pd"
_UNSEEN = ("Zs", "Zl", "Zp", "Cc", "Cf")
_DASHES = re.compile(r"-+")
_MINUS = "\u2212"
_COUNTED = {sign: str(place) for place, sign in enumerate("一二三四五六七八九十", 1)}
_EDITION = re.compile(r"-?\(?第?([0-9]{1,3}|[一二三四五六七八九十])期\)?$")


def level_name(text: str) -> str:
    """Return a name as it is compared: width, blanks, kinds of brackets and of hyphens, and capitals don't matter."""
    made = []
    for sign in unicodedata.normalize("NFKC", text):
        kind = unicodedata.category(sign)
        if kind == _OPENING:
            made.append("(")
        elif kind == _CLOSING:
            made.append(")")
        elif kind == _DASH or sign == _MINUS:
            made.append("-")
        elif kind not in _UNSEEN:
            made.append(sign)
    return _DASHES.sub("-", "".join(made)).casefold()


def level_number(text: str | None) -> tuple[str, int | None]:
    """Return a project number as it is compared, and the edition (期次) that is written after it, such as 第2期."""
    levelled = level_name(text or "")
    found = _EDITION.search(levelled)
    if found is None or found.start() == 0:
        return levelled, None
    return levelled[: found.start()], int(_COUNTED.get(found[1], found[1]))
