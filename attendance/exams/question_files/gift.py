"""Moodle's GIFT: https://docs.moodle.org/en/GIFT_format

The reader takes single and multiple choice, true/false and short answers. A blank line ends a question, and `//` begins
a comment. Feedback on the whole question (`####`) becomes its explanation. Feedback on options, titles and categories
are left out. Numbers, matching and essays are errors with codes of their own. In a multiple choice, options with a
positive weight are right; the weights themselves are not used. A partly right option of a single choice is an error.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from attendance.exams.errors import Fault
from attendance.exams.question_files.findings import Findings, FoundQuestion, Unreadable, check_questions
from attendance.exams.questions import NewQuestion
from models.exams import QuestionKind

_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_SPECIAL = re.compile(r"[\\~=#{}:]")
_FORMAT = re.compile(r"\[(html|markdown|plain|moodle)\]")
_WEIGHT = re.compile(r"\s*%(-?\d+(?:\.\d+)?)%")
_TRUTH = {"T": True, "TRUE": True, "F": False, "FALSE": False}
_BLANK = "____"
_MOST_ANSWERS = 50  # more than any question may have; the limit bounds the time for one question


@dataclass(frozen=True)
class _Text:
    """A piece of the file. bare: the text with escaped characters blanked, so that marks can be found in it."""

    raw: str
    bare: str
    line: int

    @classmethod
    def of(cls, raw: str, line: int) -> "_Text":
        return cls(raw, _ESCAPED.sub("\0\0", raw), line)

    def cut(self, start: int, end: int | None = None) -> "_Text":
        return _Text(self.raw[start:end], self.bare[start:end], self.line + self.bare.count("\n", 0, start))

    def plain(self) -> str:
        """Return the text without escapes; line breaks of the file become spaces."""
        joined = " ".join(self.raw.split("\n"))
        return _ESCAPED.sub(lambda found: "\n" if found[1] == "n" else found[1], joined).strip()


@dataclass(frozen=True)
class _Answer:
    """One answer. mark: `=` or `~`; weight: per cent, None where none is given."""

    mark: str
    weight: float | None
    text: str


def read(text: str, *, points: int = 1) -> Findings:
    """Return the questions and errors of a GIFT text."""
    found, faults = list[FoundQuestion](), list[Fault]()
    for block in _blocks(text):
        try:
            found.append(FoundQuestion(block.line, _read_block(block)))
        except Unreadable as unreadable:
            faults.append(unreadable.fault)
    return check_questions(found, faults, points=points)


def _blocks(text: str) -> Iterator[_Text]:
    """Yield the blocks between blank lines, without comments and categories, each with its first line."""
    kept: list[str] = []
    begin = 1
    for number, line in enumerate([*text.replace("\r\n", "\n").split("\n"), ""], 1):
        stripped = line.strip()
        if stripped.startswith(("//", "$CATEGORY:")):
            if kept:
                kept.append("")  # an empty line keeps the line numbers right
        elif stripped:
            begin = number if not kept else begin
            kept.append(line)
        elif kept:
            yield _Text.of("\n".join(kept), begin)
            kept = []


def _read_block(block: _Text) -> NewQuestion:
    if block.bare.lstrip().startswith("::"):
        start = block.bare.index("::")
        end = block.bare.find("::", start + 2)
        if end < 0:
            raise Unreadable(block.line, "title_unclosed")
        block = block.cut(end + 2)
    opening, closing = block.bare.find("{"), block.bare.find("}")
    if opening < 0:
        raise Unreadable(block.line, "answers_missing")
    if closing < opening or "{" in block.bare[opening + 1 : closing]:
        raise Unreadable(block.cut(opening).line, "braces_unbalanced")
    rest = block.cut(closing + 1)
    if "{" in rest.bare or "}" in rest.bare:
        raise Unreadable(rest.line, "braces_unbalanced")
    head, tail = _FORMAT.sub("", block.cut(0, opening).raw.lstrip(), count=1), rest.plain()
    text = _Text.of(head, block.line).plain()
    question = _read_answers(block.cut(opening + 1, closing))
    return replace(question, text=f"{text} {_BLANK} {tail}".strip() if tail else text)


def _read_answers(body: _Text) -> NewQuestion:
    general = body.bare.find("####")
    explanation = body.cut(general + 4).plain() if general >= 0 else ""
    body = body.cut(0, general) if general >= 0 else body
    first = body.bare.strip()
    if not first:
        raise Unreadable(body.line, "essay_unsupported")
    if first.startswith("#"):
        raise Unreadable(body.line, "number_unsupported")
    truth = _TRUTH.get(first.partition("#")[0].strip().upper())
    if truth is not None:
        question = NewQuestion(QuestionKind.TRUE_FALSE, "", correct=(0 if truth else 1,))
    else:
        question = _choose_kind(list(_answers(body)), body.line)
    return replace(question, explanation=explanation or None)


def _answers(body: _Text) -> Iterator[_Answer]:
    starts = [found.start() for found in re.finditer("[=~]", body.bare)]
    if not starts or body.bare[: starts[0]].strip():
        raise Unreadable(body.line, "answer_mark_missing")
    if len(starts) > _MOST_ANSWERS:
        raise Unreadable(body.line, "too_many_answers")
    is_choice = any(body.bare[start] == "~" for start in starts)
    for start, end in zip(starts, [*starts[1:], None], strict=True):
        part = body.cut(start, end)
        if "->" in part.bare and not is_choice:
            raise Unreadable(part.line, "matching_unsupported")
        weight = _WEIGHT.match(part.raw, 1)
        begin = weight.end() if weight else 1
        feedback = part.bare.find("#", begin)
        text = part.cut(begin, feedback if feedback >= 0 else None).plain()
        if not text:
            raise Unreadable(part.line, "answer_empty")
        yield _Answer(part.raw[0], float(weight[1]) if weight else None, text)


def _choose_kind(answers: list[_Answer], line: int) -> NewQuestion:
    texts = tuple(each.text for each in answers)
    if all(each.mark == "=" for each in answers):
        if any(each.weight not in (None, 100) for each in answers):
            raise Unreadable(line, "partial_credit_unsupported")
        return NewQuestion(QuestionKind.FILL, "", accepted=texts)
    if any(each.mark == "=" for each in answers):
        return _single(answers, line)
    if all(each.weight is None for each in answers):
        return NewQuestion(
            QuestionKind.SINGLE, "", options=texts
        )  # it has no right option; the later check reports this
    right = tuple(position for position, each in enumerate(answers) if (each.weight or 0) > 0)
    return NewQuestion(QuestionKind.MULTIPLE, "", options=texts, correct=right)


def _single(answers: list[_Answer], line: int) -> NewQuestion:
    right = tuple(position for position, each in enumerate(answers) if each.mark == "=")
    if any((each.weight or 0) > 0 if each.mark == "~" else each.weight not in (None, 100) for each in answers):
        raise Unreadable(line, "partial_credit_unsupported")
    if len(right) > 1:
        raise Unreadable(line, "several_right_without_weights")
    return NewQuestion(QuestionKind.SINGLE, "", options=tuple(each.text for each in answers), correct=right)


def write(questions: Iterable[NewQuestion]) -> str:
    """Return the questions as GIFT. Reading it gives the same questions, without points and pictures."""
    return "\n".join(_write_one(number, each) for number, each in enumerate(questions, 1))


def _write_one(number: int, question: NewQuestion) -> str:
    explanation = [f"####{_escape(question.explanation)}"] if question.explanation else []
    answers = "\n".join(["", *_write_answers(question), *explanation, ""])
    return f"::Q{number}::[plain]{_escape(question.text)} {{{answers}}}\n"


def _write_answers(question: NewQuestion) -> list[str]:
    match question.kind:
        case QuestionKind.TRUE_FALSE:
            return ["T" if question.correct == (0,) else "F"]
        case QuestionKind.FILL:
            # an arrow would make it a matching question, so it is escaped
            return [f"={_escape(each)}".replace("->", "-\\>") for each in question.accepted]
        case QuestionKind.SINGLE:
            marks = ["=" if position in question.correct else "~" for position in range(len(question.options))]
        case QuestionKind.MULTIPLE:
            right = f"~%{100 / len(question.correct):.5f}%"
            marks = [right if position in question.correct else "~%-100%" for position in range(len(question.options))]
    return [f"{mark}{_escape(each)}" for mark, each in zip(marks, question.options, strict=True)]


def _escape(text: str) -> str:
    escaped = _SPECIAL.sub(lambda found: f"\\{found[0]}", text.strip())
    return re.sub(r"\r\n|\r|\n", r"\\n", escaped)
