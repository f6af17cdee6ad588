"""A file of questions in any of the forms that are read and written here."""

from collections.abc import Sequence

from attendance.exam_errors import Fault, QuestionsUnreadable
from attendance.exam_questions import NewQuestion
from attendance.question_files import aiken, gift
from attendance.question_files.findings import Findings

MAX_BYTES = 5 * 1024 * 1024
MOST_QUESTIONS = 5000
_ENCODINGS = ("utf-8-sig", "gb18030")  # what Windows in China saves as plain text is the latter


def read_text(data: bytes, *, form: str, points: int) -> list[NewQuestion]:
    """The questions of a GIFT or Aiken file. points: of each.

    Raises QuestionsUnreadable with every error by its line; then none of them is given.
    """
    text = _decode(data)
    return settle(gift.read(text, points=points) if form == "gift" else aiken.read(text, points=points))


def settle(findings: Findings) -> list[NewQuestion]:
    """The questions, if nothing at all is wrong. Raises QuestionsUnreadable."""
    if findings.faults:
        raise QuestionsUnreadable(findings.faults)
    if len(findings.found) > MOST_QUESTIONS:
        raise QuestionsUnreadable([Fault(findings.found[MOST_QUESTIONS].line, None, "too_many_questions")])
    return [each.question for each in findings.found]


def _decode(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise QuestionsUnreadable([Fault(1, None, "file_too_large")])
    for encoding in _ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise QuestionsUnreadable([Fault(1, None, "not_text")])


def write_text(questions: Sequence[NewQuestion], *, form: str) -> str:
    """A GIFT or Aiken file of the questions; Aiken leaves out what it has no form for."""
    return gift.write(questions) if form == "gift" else aiken.write(questions)
