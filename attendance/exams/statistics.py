"""Item statistics (试题分析): how hard each question was, and whether it tells the strong from the weak.

From everybody's first attempt, once it is handed in: later ones have seen the questions before. The attempts are
read in a stream and summed up, so that memory does not grow with the learners.
"""

import math
import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.exams.grading import plain
from attendance.exams.question_cache import AskedQuestion, QuestionCache
from attendance.projects.access import ReadableProject
from models.exams import ExamAnswer, ExamAttempt, QuestionKind

_AT_ONCE = 500
_MOST_TEXTS = 20


@dataclass
class Correlation:
    """Pearson's correlation of two numbers that come pair by pair."""

    count: int = 0
    _sums: list[float] = field(default_factory=lambda: [0.0] * 5)

    def add(self, x: float, y: float) -> None:
        """Take one pair."""
        self.count += 1
        self._sums = [total + new for total, new in zip(self._sums, (x, y, x * x, y * y, x * y), strict=True)]

    @property
    def mean_x(self) -> float | None:
        """The mean of the first number."""
        return self._sums[0] / self.count if self.count else None

    @property
    def value(self) -> float | None:
        """-1 to 1; None where either number never varies."""
        x, y, xx, yy, xy = self._sums
        spread = (self.count * xx - x * x) * (self.count * yy - y * y)
        return (self.count * xy - x * y) / math.sqrt(spread) if spread > 1e-9 else None


@dataclass(frozen=True)
class Choice:
    """How often an option, or a text in a blank, was given."""

    text: str
    is_right: bool
    count: int


@dataclass(frozen=True)
class ItemStatistics:
    """One question over all first attempts.

    shown: on how many papers; answered: by how many. difficulty: mean share of its points that was earned, 0 to 1 (a
    high one is easy). discrimination: correlation of that share with the share of all other points of the paper, -1 to
    1; under 0.2 it tells little, under 0 the key may be wrong. None where there is nothing to compare.
    """

    question: AskedQuestion
    shown: int
    answered: int
    difficulty: float | None
    discrimination: float | None
    choices: tuple[Choice, ...]


def item_statistics(db: Session, *, project: ReadableProject, cache: QuestionCache) -> list[ItemStatistics]:
    """Return all questions that were on anybody's first paper, the ones that discriminate least first."""
    items: dict[uuid.UUID, Correlation] = defaultdict(Correlation)
    points = _add_up(db, project.id, items, cache)
    given = _count_answers(db, project.id)
    found = [_of(points[each], items[each], given[each]) for each in items]
    return sorted(found, key=lambda each: (each.discrimination is None, each.discrimination or 0, each.question.id))


def _add_up(
    db: Session, project_id: uuid.UUID, items: dict[uuid.UUID, Correlation], cache: QuestionCache
) -> dict[uuid.UUID, AskedQuestion]:
    """Sum up every question of every first attempt; gives the questions."""
    questions: dict[uuid.UUID, AskedQuestion] = {}
    wanted = select(ExamAttempt.paper, ExamAttempt.earned, ExamAttempt.points, ExamAttempt.out_of).where(
        ExamAttempt.project_id == project_id, ExamAttempt.number == 1, ExamAttempt.submitted_at.is_not(None)
    )
    for rows in db.execute(wanted.execution_options(yield_per=_AT_ONCE)).partitions():
        papers = [([uuid.UUID(item["question"]) for item in paper], *rest) for paper, *rest in rows]
        questions |= cache.load(db, {each for ids, *_ in papers for each in ids} - set(questions))
        for ids, earned, total, out_of in papers:
            for question_id, got in zip(ids, earned, strict=True):
                worth = questions[question_id].points
                rest = (total - got) / (out_of - worth) if out_of > worth else 0.0
                items[question_id].add(got / worth, rest)
    return questions


def _count_answers(db: Session, project_id: uuid.UUID) -> dict[uuid.UUID, Counter[str]]:
    """By question how often each option (by id) or text was given, "" standing for any answer at all."""
    given: dict[uuid.UUID, Counter[str]] = defaultdict(Counter)
    wanted = (
        select(ExamAnswer.question_id, ExamAnswer.value)
        .join(ExamAttempt, ExamAttempt.id == ExamAnswer.attempt_id)
        .where(ExamAttempt.project_id == project_id, ExamAttempt.number == 1, ExamAttempt.submitted_at.is_not(None))
    )
    for question_id, value in db.execute(wanted.execution_options(yield_per=_AT_ONCE)):
        if value:
            given[question_id].update(["", *([plain(value)] if isinstance(value, str) else value)])
    return given


def _of(question: AskedQuestion, item: Correlation, given: Counter[str]) -> ItemStatistics:
    if question.kind is QuestionKind.FILL:
        right = {plain(each) for each in question.correct}
        texts = [(text, count) for text, count in given.most_common(_MOST_TEXTS + 1) if text]
        choices = [Choice(text, text in right, count) for text, count in texts]
    else:
        choices = [Choice(text, id in question.correct, given[id]) for id, text in question.options.items()]
    value = item.value
    return ItemStatistics(
        question=question,
        shown=item.count,
        answered=given[""],
        difficulty=_rounded(item.mean_x),
        discrimination=_rounded(value),
        choices=tuple(choices),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
