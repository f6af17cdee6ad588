"""How a project's learners did, and how its questions did."""

import uuid
from datetime import datetime

from models.exams import QuestionKind
from service.edge.bodies import Out
from service.edge.paging import ListOut


class LearnerResultOut(Out):
    """One learner of the roster. attempts: begun; score: per cent of the best one handed in, null if there is none.

    extra_minutes, extra_attempts, until: what they were given more than others. is_excepted: passed by an exception.
    """

    person_id: uuid.UUID
    cme_number: str | None
    name: str
    attempts: int
    score: float | None
    passed: bool
    extra_minutes: int
    extra_attempts: int
    until: datetime | None
    is_excepted: bool


class ResultList(ListOut):
    """A page of learners."""

    items: list[LearnerResultOut]
    next_cursor: str | None


class ChoiceOut(Out):
    """How often an option, or a text in a blank, was given."""

    text: str
    is_right: bool
    count: int


class ItemOut(Out):
    """One question over everybody's first attempt.

    difficulty: mean share of its points that was earned, 0 to 1. discrimination: correlation with the rest of the
    paper, -1 to 1; under 0 the key may be wrong. null where there is nothing to compare.
    """

    question_id: uuid.UUID
    kind: QuestionKind
    discipline: str | None
    text: str
    points: int
    shown: int
    answered: int
    difficulty: float | None
    discrimination: float | None
    choices: list[ChoiceOut]


class ItemList(Out):
    """All questions that were on anybody's first paper, those that discriminate least first."""

    items: list[ItemOut]
