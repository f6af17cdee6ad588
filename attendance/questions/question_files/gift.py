r"""Moodle's GIFT, as Moodle reads it: https://docs.moodle.org/en/GIFT_format

A blank line ends a question, and `//` begins a comment. A backslash is taken away before `~ = # { } :` and another
backslash, and in `\n`, which is a line break; every other one stays. A format in front of a text (`[html]`) is that of
the text; in front of the question it is also that of its answers. Feedback on the whole question (`####`) becomes its
explanation. Feedback on single answers is left out and noticed; titles and categories are left out. What a question
says that exams here don't have is an error by its line: matching, essays, partly right answers, tables and pictures.
"""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace

from attendance.questions.errors import Fault
from attendance.questions.question_files.findings import Findings, FoundQuestion, Unreadable, check_questions, lines_of
from attendance.questions.question_files.gift_answers import SHORT_ANSWER, has_feedback, read_answers
from attendance.questions.question_files.gift_texts import Piece, read_around_blank, split_format
from attendance.questions.question_files.plain_texts import TextFormat
from attendance.questions.questions import NewQuestion

_LONGEST = 40_000  # characters of a question with all its marks; the limit bounds the time for one
_POINTS = re.compile(r"\[points:([0-9]{1,3})\]")
_PICTURE = re.compile(r"\[picture:([0-9a-f-]{36})\]")


@dataclass(frozen=True)
class _Block:
    """A question of the file, without its comments. notes: the comments in it and directly above."""

    piece: Piece
    notes: str


def read(text: str, *, points: int = 1) -> Findings:
    """Return the questions and errors of a GIFT text. points: for questions whose comment says no `[points:2]`."""
    found, faults = list[FoundQuestion](), list[Fault]()
    for block in _blocks(text):
        try:
            found.append(_read_block(block))
        except Unreadable as unreadable:
            faults.append(unreadable.fault)
    return check_questions(found, faults, points=points)


def _blocks(text: str) -> Iterator[_Block]:
    """Yield the blocks between blank lines, without comments and categories, each with its first line."""
    kept, notes = list[str](), list[str]()
    begin = 1
    for number, line in enumerate([*lines_of(text), ""], 1):
        stripped = line.strip()
        if stripped.startswith(("//", "$CATEGORY:")):
            notes.append(stripped)
            if kept:
                kept.append("")  # an empty line keeps the line numbers right
        elif stripped:
            begin = number if not kept else begin
            kept.append(line)
        elif kept:
            yield _Block(Piece.of("\n".join(kept), begin), "\n".join(notes))
            kept, notes = [], []
        else:
            notes = []


def _read_block(block: _Block) -> FoundQuestion:
    piece = block.piece
    if len(piece.raw) > _LONGEST:
        raise Unreadable(piece.line, "question_too_long")
    piece = _without_title(piece)
    opening, closing = piece.bare.find("{"), piece.bare.find("}")
    if opening < 0:
        raise Unreadable(piece.line, "answers_missing")
    if closing < opening or "{" in piece.bare[opening + 1 : closing]:
        raise Unreadable(piece.cut(opening).line, "braces_unbalanced")
    rest = piece.cut(closing + 1)
    if "{" in rest.bare or "}" in rest.bare:
        raise Unreadable(rest.line, "braces_unbalanced")
    form, head = split_format(piece.cut(0, opening), TextFormat.MOODLE)
    answers = piece.cut(opening + 1, closing)
    question = read_answers(answers, form, is_fill=SHORT_ANSWER in block.notes)
    found = _with_notes(replace(question, text=read_around_blank(head, rest, form)), block)
    return replace(found, noticed=("feedback_left_out",)) if has_feedback(answers) else found


def _without_title(piece: Piece) -> Piece:
    if not piece.bare.lstrip().startswith("::"):
        return piece
    start = piece.bare.index("::")
    end = piece.bare.find("::", start + 2)
    if end < 0:
        raise Unreadable(piece.line, "title_unclosed")
    return piece.cut(end + 2)


def _with_notes(question: NewQuestion, block: _Block) -> FoundQuestion:
    """Return the question with the points and the picture that its comment says; Moodle leaves such comments out."""
    points, picture = _POINTS.search(block.notes), _PICTURE.search(block.notes)
    if picture:
        try:
            question = replace(question, picture_id=uuid.UUID(picture[1]))
        except ValueError:
            raise Unreadable(block.piece.line, "picture_unknown") from None
    if points:
        question = replace(question, points=int(points[1]))
    return FoundQuestion(block.piece.line, question, has_points=points is not None)
