"""Reading and writing a file of questions in any of the supported formats."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from attendance.questions.errors import Fault, QuestionsUnreadable
from attendance.questions.question_files import aiken, gift, gift_writing, workbook
from attendance.questions.question_files.findings import Findings, without_repeated
from attendance.questions.questions import NewQuestion
from sheets.encodings import find_text

MAX_BYTES = 5 * 1024 * 1024
MOST_QUESTIONS = 5000


class FileForm(enum.StrEnum):
    """The format of a file of questions. For reading, XLSX includes CSV."""

    GIFT = "gift"
    AIKEN = "aiken"
    XLSX = "xlsx"


@dataclass(frozen=True)
class ReadFile:
    """A file that was read."""

    form: FileForm
    findings: Findings


def read(data: bytes, *, form: FileForm, points: int) -> ReadFile:
    """Return the questions and errors of a file. points: for questions without points.

    Raises QuestionsUnreadable with the errors and their lines if there is no question without one, or too many of
    either; sheets.errors.SheetError for a file that is not a table.
    """
    if len(data) > MAX_BYTES:
        raise QuestionsUnreadable([Fault(1, None, "file_too_large")])
    findings = without_repeated(_read(data, form, points))
    if len(findings.found) > MOST_QUESTIONS:
        raise QuestionsUnreadable([Fault(findings.found[MOST_QUESTIONS].line, None, "too_many_questions")])
    if not findings.found or len(findings.faults) > MOST_QUESTIONS:
        raise QuestionsUnreadable(findings.faults)
    return ReadFile(form, findings)


def _read(data: bytes, form: FileForm, points: int) -> Findings:
    match form:
        case FileForm.GIFT:
            return gift.read(_decode(data), points=points)
        case FileForm.AIKEN:
            return aiken.read(_decode(data), points=points)
        case FileForm.XLSX:
            return workbook.read(data, points=points, most=MOST_QUESTIONS)


def _decode(data: bytes) -> str:
    text = find_text(data)
    if text is None:
        raise QuestionsUnreadable([Fault(1, None, "not_text")])
    return text


def write(questions: Sequence[NewQuestion], *, form: FileForm) -> bytes:
    """Return a file of the questions. Aiken leaves out the kinds that it doesn't have."""
    match form:
        case FileForm.GIFT:
            return gift_writing.write(questions).encode()
        case FileForm.AIKEN:
            return aiken.write(questions).encode()
        case FileForm.XLSX:
            return workbook.write(questions)
