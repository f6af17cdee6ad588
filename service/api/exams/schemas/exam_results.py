"""Results of learners, and statistics of questions."""

import uuid
from datetime import datetime

from models.exams import QuestionKind
from service.edge.answers.bodies import Out, Page, SearchText
from service.edge.answers.paging import ListOut


class ResultsAsked(Page):
    """A filter of results. q: a part of the name or 继教编号."""

    q: SearchText | None = None


class LearnerResultOut(Out):
    """One learner of the roster. attempts: number of started ones; score: the best submitted one in per cent, or null.

    extra_minutes, extra_attempts, until: the exceptions of this learner. is_excepted: passed by an exception.
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
    """How often an option was chosen, or a text was given in a blank."""

    text: str
    is_right: bool
    count: int


class ItemOut(Out):
    """Statistics of one question over all first attempts.

    difficulty: the mean share of its points that learners got, 0 to 1. discrimination: the correlation with the rest of
    the paper, -1 to 1; below 0 the stored answer may be wrong. null where nothing can be computed.
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
    """All questions of first attempts, lowest discrimination first."""

    items: list[ItemOut]
