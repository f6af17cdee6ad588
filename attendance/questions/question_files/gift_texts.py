"""Texts of a GIFT file: their escapes and their formats."""

import re
from dataclasses import dataclass
from typing import Self

from attendance.questions.question_files.findings import Unreadable
from attendance.questions.question_files.html_texts import NotPlain
from attendance.questions.question_files.plain_texts import TextFormat, to_plain

BLANK = "____"
"""What stands in a text where its answers are in the middle of it."""
_GAP = "\ufffc"  # stands for the blank until the text is plain: Markdown would take four underscores for a line
_ESCAPED = re.compile(r"\\([\\~=#{}:n])")
_SPECIAL = re.compile(r"[\\~=#{}:]")
_FORMAT = re.compile(r"\s*\[(html|markdown|plain|moodle)\]")
WEIGHT = re.compile(r"\s*%(-?\d{1,3}(?:\.\d{0,9})?)%")
"""The weight in front of an answer, in per cent."""
_LAYOUT = re.compile(r"[ \t]*\n[ \t]*")


@dataclass(frozen=True)
class Piece:
    """A piece of the file. bare: the text with escaped characters blanked, so that marks can be found in it."""

    raw: str
    bare: str
    line: int

    @classmethod
    def of(cls, raw: str, line: int) -> Self:
        """Return a piece that begins in a line."""
        return cls(raw, _ESCAPED.sub("\0\0", raw), line)

    def cut(self, start: int, end: int | None = None) -> "Piece":
        """Return a part of it, with the line in which the part begins."""
        return Piece(self.raw[start:end], self.bare[start:end], self.line + self.bare.count("\n", 0, start))

    def plain(self, form: TextFormat) -> str:
        """Return it as a learner reads it. Raises Unreadable for what a plain text can't show."""
        text = _ESCAPED.sub(lambda found: "\n" if found[1] == "n" else found[1], _LAYOUT.sub("\n", self.raw))
        try:
            return to_plain(text, form)
        except NotPlain as unshown:
            raise Unreadable(self.line, unshown.code) from unshown

    def stripped(self) -> "Piece":
        """Return it without the blanks and empty lines in front."""
        return self.cut(len(self.raw) - len(self.raw.lstrip()))


def split_format(piece: Piece, default: TextFormat) -> tuple[TextFormat, Piece]:
    """Return the format that stands in front of a text, or the default, and the text without it."""
    found = _FORMAT.match(piece.raw)
    return (default, piece) if found is None else (TextFormat(found[1]), piece.cut(found.end()))


def read_text(piece: Piece, default: TextFormat) -> str:
    """Return a text as a learner reads it. Raises Unreadable."""
    form, text = split_format(piece, default)
    return text.plain(form)


def read_around_blank(head: Piece, rest: Piece, form: TextFormat) -> str:
    """Return the text of a question with its answers in the middle, or that before them if nothing follows."""
    if not rest.raw.strip():
        return head.plain(form)
    whole = Piece.of(f"{head.raw.strip()} {_GAP} {rest.raw.strip()}", head.line)
    return whole.plain(form).replace(_GAP, BLANK)


def write_text(text: str) -> str:
    """Return a plain text with its escapes. One that begins like a format or a weight has a format in front."""
    text = text.strip()
    marked = f"[plain]{text}" if _FORMAT.match(text) or WEIGHT.match(text) else text
    escaped = _SPECIAL.sub(lambda found: f"\\{found[0]}", marked)
    return re.sub(r"\r\n|\r|\n", r"\\n", escaped)
