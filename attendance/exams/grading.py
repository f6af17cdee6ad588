"""Grading (评分): pure functions that compute points from a paper, its questions and the saved answers."""

import unicodedata
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from attendance.exams.papers import Item
from attendance.exams.question_cache import AskedQuestion
from models.exams import QuestionKind


@dataclass(frozen=True)
class Outcome:
    """The points of a paper. earned: points by question, in the order of the paper; out_of: maximum of all points."""

    earned: tuple[int, ...]
    out_of: int

    @property
    def points(self) -> int:
        """Return the sum of the earned points."""
        return sum(self.earned)


def grade(
    paper: Sequence[Item], questions: Mapping[uuid.UUID, AskedQuestion], answers: Mapping[uuid.UUID, Any]
) -> Outcome:
    """Return the points of a paper. answers: by question, lists of option ids or texts; a missing one earns 0."""
    earned = [_earned(item, questions[item.question_id], answers.get(item.question_id)) for item in paper]
    return Outcome(tuple(earned), sum(questions[item.question_id].points for item in paper))


def has_passed(points: int, out_of: int, pass_mark: int) -> bool:
    """Return whether the share of points reaches the pass mark (per cent), exactly; an empty paper has not passed."""
    return out_of > 0 and points * 100 >= pass_mark * out_of


def score(points: int, out_of: int) -> float:
    """Return the score in per cent with two decimals, rounded down, so that a score at the pass mark has passed."""
    return (points * 10_000 // out_of) / 100 if out_of else 0.0


def _earned(item: Item, question: AskedQuestion, value: Any) -> int:
    """Return the points of an answer: all for a right answer, else 0. A choice must have all right options only.

    With partial credit (少选得部分分), some right options and no wrong one earn their share of the points, rounded
    down to whole points.
    """
    if not value:
        return 0
    if question.kind is QuestionKind.FILL:
        return question.points if plain(value) in {plain(each) for each in question.correct} else 0
    chosen, right = set(value), set(question.correct)
    if item.is_partial and chosen <= right:
        return question.points * len(chosen) // len(right)
    return question.points if chosen == right else 0


def plain(text: str) -> str:
    """Return the text in the form in which blanks are compared: without differences of width, case and spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
