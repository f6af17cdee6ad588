"""Regrading: what a corrected key makes of the papers of an exam. Only the corrected question is graded anew.

All attempts of the exam are locked first, so that none is handed in meanwhile by the old key. The papers are then read
in portions.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Text, cast, select
from sqlalchemy.orm import Session

from attendance.exams.grading import Key, Keys, Outcome, Points, earned_points, grade, points_of, read_points
from attendance.exams.hand_in import IN_ORDER, answers_of
from attendance.exams.keys import voided
from attendance.exams.papers import Item, read_paper
from attendance.questions.question_cache import AskedQuestion, QuestionCache
from models.exams import ExamAnswer, ExamAttempt

AT_ONCE = 500
_ROWS = 20  # papers are large: read a few, keep little of them


@dataclass(frozen=True)
class Change:
    """A key of one question that takes the place of another one. keys: of the exam, before the change."""

    question: AskedQuestion
    key: Key
    keys: Keys

    @property
    def new_keys(self) -> Keys:
        """Return the keys of the exam after the change."""
        return {**self.keys, self.question.id: self.key}


@dataclass(frozen=True)
class Attempt:
    """An attempt as it was before. score: hundredths of a per cent; score and passed are None until it is graded."""

    id: uuid.UUID
    person_id: uuid.UUID
    deadline_at: datetime
    is_handed_in: bool
    is_over: bool
    pass_mark: int
    score: int | None
    passed: bool | None


@dataclass(frozen=True)
class RegradedAttempt:
    """An attempt that is over, before and after the change.

    passes: whether the points reach the mark now; passed: also true if they did before.
    """

    attempt: Attempt
    before: Outcome
    after: Outcome
    passed_before: bool
    passes: bool

    @property
    def passed(self) -> bool:
        """Return whether the attempt has passed now. What was passed before stays passed."""
        return self.passes or self.passed_before

    @property
    def is_moved(self) -> bool:
        """Return whether the score or the pass changed."""
        return self.before.score != self.after.score or self.passed != self.passed_before


@dataclass(frozen=True)
class Portion:
    """A few papers that have the question. open_papers: number of those whose time isn't over; they only count here.

    is_one_empty: whether nothing on one of the papers counts any more.
    """

    regraded: tuple[RegradedAttempt, ...]
    open_papers: int
    is_one_empty: bool


def lock_attempts(db: Session, *, project_id: uuid.UUID, now: datetime) -> list[Attempt]:
    """Lock all attempts of the exam, also the open ones, and return them as they are."""
    row = ExamAttempt
    wanted = (
        select(row.id, row.person_id, row.deadline_at, row.submitted_at, row.pass_mark, row.score, row.passed)
        .where(row.project_id == project_id)
        .order_by(*IN_ORDER)
        .with_for_update()
    )
    return [
        Attempt(id, person_id, deadline, at is not None, at is not None or deadline <= now, mark, score, passed)
        for id, person_id, deadline, at, mark, score, passed in db.execute(wanted)
    ]


def regrade(db: Session, *, attempts: Sequence[Attempt], change: Change, questions: QuestionCache) -> Iterator[Portion]:
    """Yield what the change makes of the attempts that have the question on their paper, portion by portion."""
    void = {str(each) for each in voided(change.new_keys)}
    for start in range(0, len(attempts), AT_ONCE):
        portion = {each.id: each for each in attempts[start : start + AT_ONCE]}
        found = list(_read_papers(db, list(portion), change.question.id, void))
        over = [each for each in found if portion[each.id].is_over]
        given = _answers(db, [each.id for each in over], change.question.id)
        graded = _grade_overdue(db, [each.id for each in over if not portion[each.id].is_handed_in], change, questions)
        yield Portion(
            tuple(
                _regrade_one(portion[each.id], each, graded.get(each.id) or each.stored, change, given.get(each.id))
                for each in over
            ),
            open_papers=len(found) - len(over),
            is_one_empty=any(each.is_empty for each in found),
        )


@dataclass(frozen=True)
class _Paper:
    """What is needed of a paper: the corrected question, its place, and the stored points of all.

    Most of a paper is dropped at once: it is large. is_empty: whether nothing on it counts any more.
    """

    id: uuid.UUID
    item: Item
    place: int
    stored: Outcome
    is_empty: bool


def _read_papers(
    db: Session, attempt_ids: Sequence[uuid.UUID], question_id: uuid.UUID, void: set[str]
) -> Iterator[_Paper]:
    """Yield the papers that have the question. void: the questions that count nothing."""
    wanted = select(ExamAttempt.id, ExamAttempt.paper, ExamAttempt.earned, ExamAttempt.out_of)
    wanted = wanted.where(ExamAttempt.id.in_(attempt_ids), cast(ExamAttempt.paper, Text).contains(str(question_id)))
    text = str(question_id)
    for id, rows, earned, out_of in db.execute(wanted.order_by(*IN_ORDER).execution_options(yield_per=_ROWS)):
        place = next(place for place, row in enumerate(rows) if row["question"] == text)
        is_empty = bool(void) and all(row["question"] in void for row in rows)
        yield _Paper(id, Item.read(rows[place]), place, Outcome(read_points(earned or ()), out_of or 0), is_empty)


def _answers(db: Session, attempt_ids: Sequence[uuid.UUID], question_id: uuid.UUID) -> dict[uuid.UUID, Any]:
    wanted = select(ExamAnswer.attempt_id, ExamAnswer.value)
    wanted = wanted.where(ExamAnswer.attempt_id.in_(attempt_ids), ExamAnswer.question_id == question_id)
    return {attempt_id: value for attempt_id, value in db.execute(wanted)}  # noqa: C416 - rows are no pairs for mypy


def _grade_overdue(
    db: Session, attempt_ids: Sequence[uuid.UUID], change: Change, questions: QuestionCache
) -> dict[uuid.UUID, Outcome]:
    """Return what attempts whose time is over come to by the old key, as if the service had handed them in already."""
    if not attempt_ids:
        return {}
    wanted = select(ExamAttempt.id, ExamAttempt.paper).where(ExamAttempt.id.in_(attempt_ids))
    papers = {id: read_paper(rows) for id, rows in db.execute(wanted)}
    asked = questions.load(db, {item.question_id for paper in papers.values() for item in paper})
    answers = answers_of(db, attempt_ids)
    return {id: grade(paper, asked, answers.get(id, {}), change.keys) for id, paper in papers.items()}


def _regrade_one(attempt: Attempt, paper: _Paper, before: Outcome, change: Change, value: Any) -> RegradedAttempt:
    question, place = change.question, paper.place
    earned: list[Points] = list(before.earned)
    earned[place] = earned_points(paper.item, question, value, change.key)
    worth = points_of(question, change.key) - points_of(question, change.keys.get(question.id))
    after = Outcome(tuple(earned), before.out_of + worth)
    passed_before = before.has_passed(attempt.pass_mark) if attempt.passed is None else attempt.passed
    return RegradedAttempt(attempt, before, after, passed_before, after.has_passed(attempt.pass_mark))
