"""What was changed in an exam since it was set: corrections, and exceptions for one person."""

import uuid
from datetime import datetime

from models.exams import CorrectionKind
from service.edge.bodies import Out


class SeenCorrectionOut(Out):
    """A question of a paper of mine that was corrected after I began, and why. score_*: per cent, if it changed.

    kind: `key` for another right answer, `void` for a question that counts nothing now, `accept_all` for one whose
    points everybody gets.
    """

    question_id: uuid.UUID
    kind: CorrectionKind
    reason: str
    made_at: datetime
    score_before: float | None
    score_after: float | None


class ExamExceptionOut(Out):
    """What is different for one person, and why. kind: `attempts`, `until`, `passed` or `extra_time`.

    attempts: how many more; minutes: of extra time; given_by: a name.
    """

    kind: str
    attempts: int | None
    until: datetime | None
    minutes: int | None
    reason: str
    given_by: str
    given_at: datetime


class ExamCorrectionOut(Out):
    """A correction of a question, with its new key: `correct` are places of options from 0, `accepted` texts.

    papers: how many that were handed in have the question. people_moved: whose score or pass it changed. is_current:
    false where a later correction of the question holds.
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
