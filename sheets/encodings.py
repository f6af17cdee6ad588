"""Text whose encoding nobody says: told by its mark, else by which encoding makes sense of it."""

import codecs
from collections.abc import Sequence

IN_CHINA = ("utf-8", "gb18030")
"""What programs save as plain text: Windows and Excel in China the latter."""
_MARKED = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    ("\ufeff".encode("gb18030"), "gb18030"),
)
_LOOKED_AT = 200_000
_DAMAGED = 10  # so many good characters for a bad one make a damaged text of a kind, not another kind
_MARK, _LOST = "\ufeff", "\ufffd"


def find_text(data: bytes, encodings: Sequence[str] = IN_CHINA) -> str | None:
    """Return the text of a file without its mark; None where it is no text by any of the encodings.

    Bytes may be right in several of them: then the one with the most everyday characters is taken, of equal ones the
    first. UTF-8 that is damaged is none, and is not taken for another encoding.
    """
    for mark, encoding in _MARKED:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], encoding)
    if b"\x00" in data[:_LOOKED_AT]:
        encodings = [f"utf-16-{'le' if data[1:2000:2].count(0) > data[0:2000:2].count(0) else 'be'}"]
    found = [text for encoding in encodings if (text := _decoded(data, encoding)) is not None]
    if "utf-8" in encodings and _decoded(data, "utf-8") is None and _is_damaged_utf_8(data):
        return None
    if len(found) > 1 and found[0].isascii():
        return found[0]
    return max(found, key=_sense, default=None)


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if "\x00" in text else text.lstrip(_MARK)


def _sense(text: str) -> float:
    """Return which part of the characters beyond ASCII are everyday ones in Chinese and English texts."""
    beyond = [each for each in text[:_LOOKED_AT] if not each.isascii()]
    if not beyond:
        return 1.0
    known = {each: _is_everyday(each) for each in set(beyond)}
    return sum(known[each] for each in beyond) / len(beyond)


def _is_everyday(character: str) -> bool:
    """Return whether a character is é or °, a Greek letter, or of GB 2312 without the rarer half of its ideographs."""
    if "\u00a0" <= character <= "\u00ff" or character in "•‧":
        return True
    row, *places = character.encode("gb18030", "replace")
    return places[:1] >= [0xA1] and len(places) == 1 and (row <= 0xA3 or row == 0xA6 or 0xB0 <= row <= 0xD7)


def _is_damaged_utf_8(data: bytes) -> bool:
    """Return whether bytes that aren't right in UTF-8 have many characters that are, for each one that isn't."""
    text = data.decode("utf-8", errors="replace")
    bad = text.count(_LOST)
    good = len(text) - len(text.encode("ascii", errors="ignore")) - bad
    return good > _DAMAGED * bad
