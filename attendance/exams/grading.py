"""Grading (评分): pure functions that compute points from a paper, its questions, their keys and the saved answers.

Points are exact: two of three right options of a one-point question earn 2/3. Only the score is rounded, once.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from attendance.exams.papers import Item
from attendance.questions.answer_numbers import accepts
from attendance.questions.answer_texts import level
from attendance.questions.question_cache import AskedQuestion
from models.exams import CorrectionKind, QuestionKind

Points = int | Fraction
Keys = Mapping[uuid.UUID, "Key"]
"""The corrected keys of one exam by question. Other questions go by their own."""


@dataclass(frozen=True)
class Key:
    """How one question of an exam is graded since it was corrected. correct: ids of options, or texts; for KEY only."""

    kind: CorrectionKind
    correct: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """The points of a paper. earned: points by question, in the order of the paper; out_of: maximum of all points."""

    earned: tuple[Points, ...]
    out_of: int

    @property
    def points(self) -> Points:
        """Return the sum of the earned points."""
        return sum(self.earned)

    @property
    def score(self) -> int:
        """Return the score in hundredths of a per cent, rounded down, so that a score at the pass mark has passed."""
        return int(self.points * 10_000 // self.out_of) if self.out_of else 0

    def has_passed(self, pass_mark: int) -> bool:
        """Return whether the points reach the pass mark (per cent), exactly; a paper that is out of 0 has not."""
        return self.out_of > 0 and self.points * 100 >= pass_mark * self.out_of


def grade(
    paper: Sequence[Item], questions: Mapping[uuid.UUID, AskedQuestion], answers: Mapping[uuid.UUID, Any], keys: Keys
) -> Outcome:
    """Return the points of a paper. answers: by question, lists of option ids or texts; a missing one earns 0."""
    earned, out_of = [], 0
    for item in paper:
        question, key = questions[item.question_id], keys.get(item.question_id)
        earned.append(earned_points(item, question, answers.get(item.question_id), key))
        out_of += points_of(question, key)
    return Outcome(tuple(earned), out_of)


def points_of(question: AskedQuestion, key: Key | None) -> int:
    """Return the points that a question is worth: none once it is void."""
    return 0 if key is not None and key.kind is CorrectionKind.VOID else question.points


def right_answers(question: AskedQuestion, key: Key | None) -> tuple[str, ...]:
    """Return the right answers: ids of options, or texts."""
    return key.correct if key is not None and key.kind is CorrectionKind.KEY else question.correct


def earned_points(item: Item, question: AskedQuestion, value: Any, key: Key | None) -> Points:
    """Return the points of an answer: all for a right answer, else 0. A choice must have all right options only.

    With partial credit (少选得部分分), some right options and no wrong one earn their share of the points. Where a
    correction gives several right options to a question with one choice, each of them is right.
    """
    points = points_of(question, key)
    if key is not None and key.kind is CorrectionKind.ACCEPT_ALL:
        return points
    if not value or not points:
        return 0
    right = set(right_answers(question, key))
    if question.kind.is_written:
        return points if is_accepted(question.kind, right, value) else 0
    chosen = set(value)
    if question.kind is not QuestionKind.MULTIPLE:
        return points if chosen <= right else 0
    if chosen == right:
        return points
    if item.is_partial and chosen < right:
        return Fraction(points * len(chosen), len(right))
    return 0


def is_accepted(kind: QuestionKind, accepted: Iterable[str], text: str) -> bool:
    """Return whether a text is a right answer to a question that is answered with a text."""
    if kind is QuestionKind.NUMBER:
        return accepts(accepted, text)
    return level(text) in {level(each) for each in accepted}


def per_cent(score: int) -> float:
    """Return a score in per cent with two decimals."""
    return score / 100


def shown_points(points: Points) -> float:
    """Return points as a number with two decimals."""
    return round(float(points), 2)


def write_points(earned: Sequence[Points]) -> list[int | str]:
    """Return points as JSON for the row: whole numbers, and texts such as "2/3"."""
    return [int(each) if each == int(each) else str(each) for each in earned]


def read_points(row: Sequence[int | str]) -> tuple[Points, ...]:
    """Return points from the JSON of the row."""
    return tuple([each if isinstance(each, int) else Fraction(each) for each in row])
