"""Question banks: questions by discipline, files of them, pictures."""

import uuid
from datetime import datetime
from typing import Annotated

from apiflask.fields import UploadFile
from pydantic import Field

from attendance.questions.question_files.reading import FileForm
from models.exams import QuestionKind
from service.api.exams.schemas.exams import Discipline, QuestionFull, QuestionIn
from service.edge.answers.bodies import Body, Out, Page, Query
from service.edge.answers.briefs import UnitBrief, beside
from service.edge.answers.paging import ListOut


class BankQuestionIn(QuestionIn):
    """A question for a bank. unit_id: optional for people who organize for one unit only."""

    discipline: Discipline
    unit_id: uuid.UUID | None = None


class QuestionCorrection(QuestionIn):
    """The whole corrected question. discipline: by default that of the old question."""

    discipline: Discipline | None = None


class BankPage(Page):
    """A filter of questions."""

    discipline: Annotated[str, Field(max_length=100)] | None = None
    kind: QuestionKind | None = None


class BankQuestion(QuestionFull):
    """A question of a bank. replaces_id: the question that it corrects."""

    unit_id: uuid.UUID
    unit: UnitBrief = beside("unit_id")
    import_id: uuid.UUID | None
    replaces_id: uuid.UUID | None
    created_at: datetime


class BankList(ListOut):
    """A page of questions, newest first."""

    items: list[BankQuestion]
    next_cursor: str | None


class ExportQuery(Query):
    """Which questions to export, and in which format."""

    form: FileForm = FileForm.GIFT
    discipline: Annotated[str, Field(max_length=100)] | None = None
    kind: QuestionKind | None = None


class PictureForm(Body):
    """A picture for questions: JPEG, PNG or WebP of at most 5 MB."""

    picture: UploadFile
    unit_id: uuid.UUID | None = None


class PictureOut(Out):
    """A stored picture. Questions refer to its id."""

    id: uuid.UUID
