"""Files of questions: their preview, and what came of each question."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Self

from apiflask.fields import UploadFile

from attendance.questions.question_files.reading import FileForm
from attendance.questions.question_imports.contents import question_of
from attendance.questions.questions import normalized
from models.exams import QuestionKind
from models.imports import ImportStatus, RowOutcome
from models.jobs import Job
from models.question_imports import QuestionImport, QuestionImportRow
from service.api.exams.schemas.exams import Discipline, Points
from service.edge.answers.bodies import Body, Out, Page
from service.edge.answers.briefs import UnitBrief, beside
from service.edge.answers.paging import ListOut
from service.edge.answers.problems import in_callers_language
from service.wording.question_faults import QUESTION_FAULTS


class ImportForm(Body):
    """A file of questions of one discipline. points: of each question without points in the file."""

    file: UploadFile
    form: FileForm
    discipline: Discipline
    points: Points = 1
    unit_id: uuid.UUID | None = None


class QuestionFault(Out):
    """Why a question is refused, or what was noticed about it. line: of a text; row, column: of a sheet.

    message: what to do, in the caller's language.
    """

    line: int | None
    row: int | None
    column: str | None
    code: str
    message: str

    @classmethod
    def of(cls, found: QuestionImport, number: int, fault: Mapping[str, str | None]) -> Self:
        """Return what a fault of a line or row looks like."""
        code, is_sheet = str(fault["code"]), found.form == FileForm.XLSX
        return cls(
            line=None if is_sheet else number,
            row=number if is_sheet else None,
            column=fault["column"],
            code=code,
            message=in_callers_language(QUESTION_FAULTS[code]),
        )


class ReadQuestion(Out):
    """A question as it was read from a file. warnings: what was noticed; they don't keep it out of the bank.

    outcome: null before the commit; `already` if the bank had the same question, so that this one was left out.
    question_id: the question of the bank that came of it.
    """

    line: int | None
    row: int | None
    kind: QuestionKind
    text: str
    options: list[str]
    correct: list[int]
    accepted: list[str]
    points: int
    explanation: str | None
    picture_id: uuid.UUID | None
    warnings: list[QuestionFault]
    outcome: RowOutcome | None
    question_id: uuid.UUID | None

    @classmethod
    def of(cls, found: QuestionImport, row: QuestionImportRow) -> Self:
        """Return what a question looks like."""
        question, is_sheet = normalized(question_of(row)), found.form == FileForm.XLSX
        return cls(
            line=None if is_sheet else row.number,
            row=row.number if is_sheet else None,
            kind=question.kind,
            text=question.text,
            options=list(question.options),
            correct=list(question.correct),
            accepted=list(question.accepted),
            points=question.points,
            explanation=question.explanation,
            picture_id=question.picture_id,
            warnings=[QuestionFault.of(found, row.number, each) for each in row.findings],
            outcome=row.outcome,
            question_id=row.question_id,
        )


class QuestionImportBrief(Out):
    """An import in a list. count: its questions without errors; refused: those with one.

    discipline: null for a file of an earlier version. undone_at: when its questions left the bank again.
    """

    id: uuid.UUID
    unit_id: uuid.UUID
    unit: UnitBrief = beside("unit_id")
    discipline: str | None
    form: FileForm
    status: ImportStatus
    count: int
    refused: int
    imported_at: datetime
    committed_at: datetime | None
    undone_at: datetime | None

    @classmethod
    def of(cls, found: QuestionImport) -> Self:
        """Return what an import looks like in a list."""
        return cls(**_facts_of(found))


class QuestionImportOut(QuestionImportBrief):
    """An import with the first thousand of its questions, and of its errors; the list of rows has all.

    The commit leaves out what has an error. outcomes: number of questions by outcome. done: rows of the current step,
    which a job does for more than 200; job_error: a code, if the job has given up: `commit` (or `undo`) again starts
    another one.
    """

    questions: list[ReadQuestion]
    errors: list[QuestionFault]
    outcomes: dict[str, int]
    undo_reason: str | None
    done: int | None
    job_id: uuid.UUID | None
    job_error: str | None

    @classmethod
    def whole(
        cls,
        found: QuestionImport,
        rows: Sequence[QuestionImportRow],
        *,
        outcomes: Mapping[RowOutcome, int],
        job: Job | None,
    ) -> Self:
        """Return what an import looks like. rows: those to show, with and without errors."""
        return cls(
            **_facts_of(found),
            questions=[ReadQuestion.of(found, row) for row in rows if not row.has_errors],
            errors=[QuestionFault.of(found, row.number, each) for row in rows for each in row.errors],
            outcomes={outcome.value: number for outcome, number in outcomes.items()},
            undo_reason=found.undo_reason,
            done=job.done if job else None,
            job_id=job.id if job else None,
            job_error=job.error if job else None,
        )


class QuestionImportList(ListOut):
    """A page of imports, newest first, without their questions."""

    items: list[QuestionImportBrief]
    next_cursor: str | None


class QuestionRowsPage(Page):
    """A filter of rows. only_bad: rows with errors."""

    only_bad: bool = False


class QuestionRow(Out):
    """A line of a text or a row of a sheet: a question, or the errors that keep it out."""

    number: int
    question: ReadQuestion | None
    errors: list[QuestionFault]

    @classmethod
    def of(cls, found: QuestionImport, row: QuestionImportRow) -> Self:
        """Return what a row looks like."""
        return cls(
            number=row.number,
            question=None if row.has_errors else ReadQuestion.of(found, row),
            errors=[QuestionFault.of(found, row.number, each) for each in row.errors],
        )


class QuestionRowList(ListOut):
    """A page of rows, in the order of the file."""

    items: list[QuestionRow]
    next_cursor: str | None


def _facts_of(found: QuestionImport) -> dict[str, object]:
    return {
        "id": found.id,
        "unit_id": found.unit_id,
        "discipline": found.discipline,
        "form": found.form,
        "status": found.status,
        "count": found.questions,
        "refused": found.refused,
        "imported_at": found.imported_at,
        "committed_at": found.committed_at,
        "undone_at": found.undone_at,
    }
