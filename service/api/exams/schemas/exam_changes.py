"""Changes of an exam since it was set: corrections, and exceptions for one person."""

import uuid
from datetime import datetime
from typing import Literal

from typing_extensions import TypeAliasType

from models.exams import CorrectionKind
from service.edge.answers.bodies import Out


class SeenCorrectionOut(Out):
    """A correction of a question in my paper after I began, and why. score_*: per cent, if it changed.

    kind: `key` for other correct answers; `void` for a question that no longer counts; `accept_all` for a question that
    gives everybody its points.
    """

    question_id: uuid.UUID
    kind: CorrectionKind
    reason: str
    made_at: datetime
    score_before: float | None
    score_after: float | None


ExamExceptionKind = TypeAliasType("ExamExceptionKind", Literal["attempts", "until", "passed", "extra_time"])


class ExamExceptionOut(Out):
    """An exception for one person, and why. kind: `attempts`, `until`, `passed` or `extra_time`.

    attempts: how many more; minutes: of extra time; given_by: a name.
    """

    kind: ExamExceptionKind
    attempts: int | None
    until: datetime | None
    minutes: int | None
    reason: str
    given_by: str
    given_at: datetime


class ExamCorrectionOut(Out):
    """A correction of a question, with its new answers: `correct` are positions of options from 0, `accepted` texts.

    papers: the number of submitted papers with the question. people_moved: the number of people whose score or pass
    changed. is_current: false if a later correction replaced this one.
    """

    id: uuid.UUID
    question_id: uuid.UUID
    text: str
    kind: CorrectionKind
    correct: list[int]
    accepted: list[str]
    reason: str
    papers: int
    people_moved: int
    newly_passed: int
    made_by: str
    made_at: datetime
    is_current: bool
