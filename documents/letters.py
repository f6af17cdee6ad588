"""The letters that fonts have: a letter that none of them has would be printed as an empty box."""

import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont

STAND_IN = "〓"
"""The geta mark, which printers set for a letter that they don't have."""
_INVISIBLE = frozenset("\n\t\u200b\u200c\u200d\u2060\ufeff")
_JOINING = frozenset({"Mn", "Mc", "Me"})


@lru_cache(maxsize=64)
def letters_of(file: Path, index: int) -> frozenset[str]:
    """Return the letters that a font has a glyph for. index: its place in a file of several fonts, from 0.

    To read the 30,000 letters of a Chinese font takes a tenth of a second, so they are kept.
    """
    with TTFont(str(file), fontNumber=index, lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap() or ())) | _INVISIBLE


def find_missing(text: str, fonts: Iterable[frozenset[str]]) -> list[str]:
    """Return the letters of a text that no font has, each once, in the order of the text.

    A letter with its marks must be in one font: a mark of another font would stand beside it.
    """
    if text.isascii() and text.isprintable():
        return []  # the packaged fonts have all of these; most of a QR code's drawing is one such text
    fonts = tuple(fonts)
    if any(fonts_letters.issuperset(text) for fonts_letters in fonts):
        return []
    missing = (each for each in _clusters(text) if not _has_glyphs(each, fonts))
    return list(dict.fromkeys(missing))


def replace_missing(text: str, fonts: Iterable[frozenset[str]]) -> str:
    """Return the text with a geta mark in place of each letter that no font has."""
    fonts = tuple(fonts)
    if not find_missing(text, fonts):
        return text
    return "".join(each if _has_glyphs(each, fonts) else STAND_IN for each in _clusters(text))


def _has_glyphs(cluster: str, fonts: Iterable[frozenset[str]]) -> bool:
    drawn = "".join(each for each in cluster if not _is_selector(each))
    composed = unicodedata.normalize("NFC", drawn)
    return any(letters.issuperset(drawn) or letters.issuperset(composed) for letters in fonts)


def _clusters(text: str) -> Iterator[str]:
    """Give each letter with the marks and the selectors behind it."""
    cluster = ""
    for each in text:
        if cluster and not _is_selector(each) and unicodedata.category(each) not in _JOINING:
            yield cluster
            cluster = ""
        cluster += each
    if cluster:
        yield cluster


def _is_selector(letter: str) -> bool:
    """Return whether it only chooses a shape of the letter before it. A font without that shape draws its usual one."""
    return "\ufe00" <= letter <= "\ufe0f" or "\U000e0100" <= letter <= "\U000e01ef"
