"""Moodle's Aiken: https://docs.moodle.org/en/Aiken_format

A question has a text, options (`A.` or `A)`) and a line `ANSWER: A`. The format has single choices only.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from attendance.questions.errors import Fault
from attendance.questions.question_files.findings import Findings, FoundQuestion, check_questions, lines_of
from attendance.questions.questions import NewQuestion, options_of
from models.exams import QuestionKind

_OPTION = re.compile(r"([A-Z])[.)]\s+(.+)")
_ANSWER = re.compile(r"ANSWER:\s*(.*)", re.IGNORECASE)
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
KINDS = (QuestionKind.SINGLE, QuestionKind.TRUE_FALSE)
"""The kinds that the format has; true/false is written as a choice of two."""


@dataclass
class _Draft:
    """The part of a question that was read so far. fault: the first error in it."""

    line: int
    text: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    fault: Fault | None = None


def read(text: str, *, points: int = 1) -> Findings:
    """Return the questions and errors of an Aiken text. After an error, reading continues with the next question."""
    found, faults = list[FoundQuestion](), list[Fault]()
    draft: _Draft | None = None
    for number, raw in enumerate(lines_of(text), 1):
        line = raw.strip()
        if not line:
            continue
        draft = draft or _Draft(number)
        option, answer = _OPTION.fullmatch(line), _ANSWER.fullmatch(line)
        if answer:
            read_one = _finish(draft, answer[1], number)
            found += [read_one] if isinstance(read_one, FoundQuestion) else []
            faults += [read_one] if isinstance(read_one, Fault) else []
            draft = None
        elif option and draft.text:
            if option[1] != _LETTERS[len(draft.options) :][:1]:
                draft.fault = draft.fault or Fault(number, None, "option_out_of_order")
            draft.options.append(option[2])
        elif draft.options:  # a new question begins, and this one has no answer
            faults.append(Fault(draft.line, None, "answer_line_missing"))
            draft = _Draft(number, [line])
        else:
            draft.text.append(line)
    if draft is not None:
        faults.append(Fault(draft.line, None, "answer_line_missing"))
    return check_questions(found, faults, points=points)


def _finish(draft: _Draft, answer: str, number: int) -> FoundQuestion | Fault:
    """Return the question, or its first error. number: the line of its answer."""
    if draft.fault is not None:
        return draft.fault
    if not draft.text:
        return Fault(number, None, "text_missing")
    if len(draft.options) < 2:
        return Fault(number, None, "options_missing")
    if len(answer) != 1 or answer.upper() not in _LETTERS[: len(draft.options)]:
        return Fault(number, None, "answer_unknown")
    question = NewQuestion(
        QuestionKind.SINGLE, "\n".join(draft.text), tuple(draft.options), (_LETTERS.index(answer.upper()),)
    )
    return FoundQuestion(draft.line, question)


def write(questions: Iterable[NewQuestion]) -> str:
    """Return the questions as Aiken; those of kinds that the format doesn't have are left out."""
    return "\n".join(_write_one(each) for each in questions if each.kind in KINDS)


def _write_one(question: NewQuestion) -> str:
    options = [f"{letter}. {_one_line(each)}" for letter, each in zip(_LETTERS, options_of(question), strict=False)]
    return "\n".join([_one_line(question.text), *options, f"ANSWER: {_LETTERS[question.correct[0]]}", ""])


def _one_line(text: str) -> str:
    return " ".join(text.split())
