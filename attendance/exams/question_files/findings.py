"""What was found in a file: questions, and what is wrong, each with its line."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from attendance.exams.errors import Fault
from attendance.exams.questions import NewQuestion, find_fault


@dataclass(frozen=True)
class Found:
    """A question and the line it begins in, from 1."""

    line: int
    question: NewQuestion


@dataclass(frozen=True)
class Findings:
    """All of a file, in order."""

    found: tuple[Found, ...]
    faults: tuple[Fault, ...]


class Unreadable(Exception):
    """A place where the file is none of its form; told with its line."""

    def __init__(self, line: int, code: str) -> None:
        super().__init__(code)
        self.fault = Fault(line, None, code)


def sum_up(found: Sequence[Found], faults: Sequence[Fault], *, points: int) -> Findings:
    """Give every question its points, and check that it can be answered. points: for forms that have none."""
    found = [Found(each.line, replace(each.question, points=points)) for each in found]
    wrong = [(each.line, find_fault(each.question)) for each in found]
    more = [Fault(line, None, f"{field}_invalid") for line, field in wrong if field is not None]
    every = sorted([*faults, *more], key=lambda each: each.line)
    if not found and not every:
        every = [Fault(1, None, "no_questions")]
    return Findings(tuple(found), tuple(every))
