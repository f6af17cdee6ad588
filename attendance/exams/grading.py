"""Grading (评分): from a frozen paper, its questions and what was saved, to points; pure, so the same each time."""

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
    """What a paper came to. earned: points of each question, in the order of the paper."""

    earned: tuple[int, ...]
    out_of: int

    @property
    def points(self) -> int:
        """All points earned."""
        return sum(self.earned)


def grade(
    paper: Sequence[Item], questions: Mapping[uuid.UUID, AskedQuestion], answers: Mapping[uuid.UUID, Any]
) -> Outcome:
    """Grade a paper. answers: by question, lists of option ids or texts; what is missing earns nothing."""
    earned = [_earned(item, questions[item.question_id], answers.get(item.question_id)) for item in paper]
    return Outcome(tuple(earned), sum(questions[item.question_id].points for item in paper))


def has_passed(points: int, out_of: int, pass_mark: int) -> bool:
    """Return whether the share of points reaches the pass mark (per cent), exactly; an empty paper has not passed."""
    return out_of > 0 and points * 100 >= pass_mark * out_of


def score(points: int, out_of: int) -> float:
    """Per cent, two decimals, rounded down: so a score that shows the pass mark has passed."""
    return (points * 10_000 // out_of) / 100 if out_of else 0.0


def _earned(item: Item, question: AskedQuestion, value: Any) -> int:
    """Return all points or none: a choice is right when it is all of the right options and no other.

    Where the paper gives partial credit (少选得部分分), some of the right ones and no wrong one earn their share of the
    points, in whole points, rounded down.
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
    """Return a text as a blank compares it: widths, case and spaces don't matter."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
