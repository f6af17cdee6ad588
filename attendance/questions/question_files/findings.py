"""The questions and errors that were found in a file, each with its line."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from attendance.questions.errors import Fault
from attendance.questions.questions import NewQuestion, find_fault, normalized


@dataclass(frozen=True)
class FoundQuestion:
    """A question and its first line, from 1.

    has_points: whether the file says its points. noticed: codes of what was left out of it.
    """

    line: int
    question: NewQuestion
    has_points: bool = False
    noticed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Findings:
    """The complete questions of a file, and the errors of the others, in order. No line has both."""

    found: tuple[FoundQuestion, ...]
    faults: tuple[Fault, ...]


class Unreadable(Exception):
    """An error of the format, with its line."""

    def __init__(self, line: int, code: str) -> None:
        super().__init__(code)
        self.fault = Fault(line, None, code)


def lines_of(text: str) -> list[str]:
    """Return the lines of a text from any system: they end by LF, CR LF, or CR alone."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def check_questions(found: Sequence[FoundQuestion], faults: Sequence[Fault], *, points: int) -> Findings:
    """Return the questions that are complete, and all errors. points: for questions without points."""
    good, more = list[FoundQuestion](), list[Fault]()
    for each in found:
        each = each if each.has_points else replace(each, question=replace(each.question, points=points))
        field = find_fault(each.question)
        if field is None:
            good.append(each)
        else:
            more.append(Fault(each.line, None, f"{field}_invalid"))
    every = sorted([*faults, *more], key=lambda each: each.line)
    if not good and not every:
        every = [Fault(1, None, "no_questions")]
    return Findings(tuple(good), tuple(every))


def without_repeated(findings: Findings) -> Findings:
    """Return findings in which a question that stands in the file before is an error, by its line.

    A choice that stands there with another right answer is an error of its own: one of both keys is wrong.
    """
    good, more = list[FoundQuestion](), list[Fault]()
    keys: dict[tuple[object, ...], set[frozenset[str]]] = {}
    for each in findings.found:
        asked, key = identity_of(each.question), key_of(each.question)
        known = keys.setdefault(asked, set())
        if key in known:
            more.append(Fault(each.line, None, "question_repeated"))
        elif known and normalized(each.question).options:
            more.append(Fault(each.line, None, "key_contradicts"))
        else:
            known.add(key)
            good.append(each)
    return Findings(tuple(good), tuple(sorted([*findings.faults, *more], key=lambda each: each.line)))


def identity_of(question: NewQuestion) -> tuple[object, ...]:
    """Return what is asked: two questions with the same ask the same, in whichever order their options are."""
    return question.kind, question.text, frozenset(normalized(question).options), question.picture_id


def key_of(question: NewQuestion) -> frozenset[str]:
    """Return the right answers as texts."""
    plain = normalized(question)
    return frozenset(plain.accepted or (plain.options[each] for each in plain.correct))
