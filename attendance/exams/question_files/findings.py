"""The questions and errors that were found in a file, each with its line."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from attendance.exams.errors import Fault
from attendance.exams.questions import NewQuestion, find_fault


@dataclass(frozen=True)
class FoundQuestion:
    """A question and its first line, from 1."""

    line: int
    question: NewQuestion


@dataclass(frozen=True)
class Findings:
    """All questions and errors of a file, in order."""

    found: tuple[FoundQuestion, ...]
    faults: tuple[Fault, ...]


class Unreadable(Exception):
    """An error of the format, with its line."""

    def __init__(self, line: int, code: str) -> None:
        super().__init__(code)
        self.fault = Fault(line, None, code)


def check_questions(found: Sequence[FoundQuestion], faults: Sequence[Fault], *, points: int) -> Findings:
    """Set the points of all questions and check that they are complete. points: for formats without points."""
    found = [FoundQuestion(each.line, replace(each.question, points=points)) for each in found]
    wrong = [(each.line, find_fault(each.question)) for each in found]
    more = [Fault(line, None, f"{field}_invalid") for line, field in wrong if field is not None]
    every = sorted([*faults, *more], key=lambda each: each.line)
    if not found and not every:
        every = [Fault(1, None, "no_questions")]
    return Findings(tuple(found), tuple(every))
