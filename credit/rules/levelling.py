"""Levels numbers and names of activities, so that the same one written by two people is the same text."""

import re
import unicodedata

_LEVELLED = (
    dict.fromkeys(map(ord, "[{<〈《「『【〔〖〘〚⟨⟦❨❪❬❮❰❲❴⁅"), "(")
    | dict.fromkeys(map(ord, "]}>〉》」』】〕〗〙〛⟩⟧❩❫❭❯❱❳❵⁆"), ")")
    | dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2e3a\u2e3b\ufe58"), "-")
    | dict.fromkeys([*range(33), 0x7F, 0xA0, 0xAD, *range(0x2000, 0x2010), 0x2028, 0x2029, 0x202F, 0x205F, 0x2060])
    | dict.fromkeys([0x3000, 0xFEFF, *range(0x202A, 0x202F)])
)
"""Kinds of brackets and of hyphens by code point; blanks and unseen signs are left out."""
_DASHES = re.compile(r"-+")
_DIGIT = re.compile(r"[0-9]")
_COUNTED = {sign: str(place) for place, sign in enumerate("一二三四五六七八九十", 1)}
_EDITION = re.compile(r"-?\(?第?([0-9]{1,3}|[一二三四五六七八九十])期\)?$")


def level_name(text: str) -> str:
    """Return a name as it is compared: width, blanks, kinds of brackets and of hyphens, and capitals don't matter."""
    return _DASHES.sub("-", unicodedata.normalize("NFKC", text).translate(_LEVELLED)).casefold()


def level_number(text: str | None) -> tuple[str, int | None]:
    """Return a project number as it is compared, and the edition (期次) that is written after it, such as 第2期.

    A number without any digit, such as 无, / or —, says that there is none: both are empty then.
    """
    levelled = level_name(text or "")
    found = _EDITION.search(levelled)
    number, edition = levelled, None
    if found is not None and found.start() > 0:
        number, edition = levelled[: found.start()], int(_COUNTED.get(found[1], found[1]))
    return (number, edition) if _DIGIT.search(number) else ("", None)
