"""Item statistics (试题分析): the difficulty of each question, and how well it separates strong and weak learners.

Only the first attempt of each learner counts, once it is handed in, because later attempts may repeat questions. The
attempts are read in a stream, so that memory doesn't grow with the number of learners.
"""

import math
import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.exams.grading import Keys, is_accepted, read_points, right_answers
from attendance.exams.keys import load_keys, voided
from attendance.projects.access import ReadableProject
from attendance.questions.answer_texts import level
from attendance.questions.question_cache import AskedQuestion, QuestionCache
from models.exams import ExamAnswer, ExamAttempt

_AT_ONCE = 500
_MOST_TEXTS = 20


@dataclass
class Correlation:
    """Pearson's correlation of pairs of numbers that are added one by one."""

    count: int = 0
    _sums: list[float] = field(default_factory=lambda: [0.0] * 5)

    def add(self, x: float, y: float) -> None:
        """Add one pair."""
        self.count += 1
        self._sums = [total + new for total, new in zip(self._sums, (x, y, x * x, y * y, x * y), strict=True)]

    @property
    def mean_x(self) -> float | None:
        """Return the mean of the first numbers, or None without pairs."""
        return self._sums[0] / self.count if self.count else None

    @property
    def value(self) -> float | None:
        """Return the correlation, -1 to 1; None where the first or second number never varies."""
        x, y, xx, yy, xy = self._sums
        spread = (self.count * xx - x * x) * (self.count * yy - y * y)
        return (self.count * xy - x * y) / math.sqrt(spread) if spread > 1e-9 else None


@dataclass(frozen=True)
class Choice:
    """An option, or a text of a blank, and how often it was chosen."""

    text: str
    is_right: bool
    count: int


@dataclass(frozen=True)
class ItemStatistics:
    """The statistics of one question over all first attempts.

    shown: number of papers with the question; answered: number of answers. difficulty: mean earned share of its points,
    0 to 1; a high value means an easy question. discrimination: correlation of that share with the share of all other
    points of the paper, -1 to 1; a value under 0.2 is weak, under 0 the key may be wrong. None without enough data.
    """

    question: AskedQuestion
    shown: int
    answered: int
    difficulty: float | None
    discrimination: float | None
    choices: tuple[Choice, ...]


def item_statistics(db: Session, *, project: ReadableProject, cache: QuestionCache) -> list[ItemStatistics]:
    """Return all questions that were on anybody's first paper, the ones that discriminate least first.

    Corrected keys are used, and void questions are left out.
    """
    items: dict[uuid.UUID, Correlation] = defaultdict(Correlation)
    keys = load_keys(db, project.id)
    asked = _add_up(db, project.id, items, cache, keys)
    given = _count_answers(db, project.id)
    found = [_of(asked[each], right_answers(asked[each], keys.get(each)), items[each], given[each]) for each in items]
    return sorted(found, key=lambda each: (each.discrimination is None, each.discrimination or 0, each.question.id))


def _add_up(
    db: Session, project_id: uuid.UUID, items: dict[uuid.UUID, Correlation], cache: QuestionCache, keys: Keys
) -> dict[uuid.UUID, AskedQuestion]:
    """Sum up every question of every first attempt; gives the questions."""
    questions: dict[uuid.UUID, AskedQuestion] = {}
    void = voided(keys)
    wanted = select(ExamAttempt.paper, ExamAttempt.earned, ExamAttempt.out_of).where(
        ExamAttempt.project_id == project_id, ExamAttempt.number == 1, ExamAttempt.submitted_at.is_not(None)
    )
    for rows in db.execute(wanted.execution_options(yield_per=_AT_ONCE)).partitions():
        papers = [([uuid.UUID(item["question"]) for item in paper], *rest) for paper, *rest in rows]
        questions |= cache.load(db, {each for ids, *_ in papers for each in ids} - set(questions))
        for ids, written, out_of in papers:
            earned = [float(each) for each in read_points(written)]
            total = sum(earned)
            for question_id, points in zip(ids, earned, strict=True):
                if question_id in void:
                    continue
                most = questions[question_id].points
                rest = (total - points) / (out_of - most) if out_of > most else 0.0
                items[question_id].add(points / most, rest)
    return questions


def _count_answers(db: Session, project_id: uuid.UUID) -> dict[uuid.UUID, Counter[str]]:
    """Count by question how often each option (by id) or text was given; the key "" counts all answers."""
    given: dict[uuid.UUID, Counter[str]] = defaultdict(Counter)
    wanted = (
        select(ExamAnswer.question_id, ExamAnswer.value)
        .join(ExamAttempt, ExamAttempt.id == ExamAnswer.attempt_id)
        .where(ExamAttempt.project_id == project_id, ExamAttempt.number == 1, ExamAttempt.submitted_at.is_not(None))
    )
    for question_id, value in db.execute(wanted.execution_options(yield_per=_AT_ONCE)):
        if value:
            given[question_id].update(["", *([level(value)] if isinstance(value, str) else value)])
    return given


def _of(question: AskedQuestion, correct: tuple[str, ...], item: Correlation, given: Counter[str]) -> ItemStatistics:
    if question.kind.is_written:
        texts = [(text, count) for text, count in given.most_common(_MOST_TEXTS + 1) if text]
        choices = [Choice(text, is_accepted(question.kind, correct, text), count) for text, count in texts]
    else:
        choices = [Choice(text, id in correct, given[id]) for id, text in question.options.items()]
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
