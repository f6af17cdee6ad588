"""Papers (试卷): the questions of an attempt and their order. A paper is drawn once and stored with the attempt."""

import random
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from attendance.questions.question_cache import AskedQuestion
from models.exams import Question, QuestionKind, Scoring


@dataclass(frozen=True)
class Draw:
    """A rule for drawing questions of a discipline from the bank. count: 1 or more; kind: None for any."""

    discipline: str
    count: int
    kind: QuestionKind | None = None

    def overlaps(self, other: "Draw") -> bool:
        """Return whether both may draw the same question."""
        return self.discipline == other.discipline and (None in (self.kind, other.kind) or self.kind is other.kind)

    def write(self) -> dict[str, Any]:
        """Return this as JSON for the row."""
        return {"discipline": self.discipline, "count": self.count, "kind": self.kind.value if self.kind else None}

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> "Draw":
        """Return it from the JSON of the row."""
        return cls(row["discipline"], row["count"], QuestionKind(row["kind"]) if row["kind"] else None)


@dataclass(frozen=True)
class Item:
    """A question of a paper. options: ids in the order of this paper; is_partial: whether partial credit is given."""

    question_id: uuid.UUID
    kind: QuestionKind
    options: tuple[str, ...]
    is_partial: bool = False

    def write(self) -> dict[str, Any]:
        """Return this as JSON for the row."""
        row = {"question": str(self.question_id), "kind": self.kind.value, "options": list(self.options)}
        return {**row, "partial": True} if self.is_partial else row

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> "Item":
        """Return it from the JSON of the row."""
        kind, options = QuestionKind(row["kind"]), tuple(row["options"])
        return cls(uuid.UUID(row["question"]), kind, options, row.get("partial", False))


def read_paper(rows: Sequence[Mapping[str, Any]]) -> list[Item]:
    """Return the paper from the row of an attempt."""
    return [Item.read(row) for row in rows]


def units_of_bank(unit_path: str) -> list[uuid.UUID]:
    """Return the units whose banks a project draws from: its own unit and all units above it."""
    return [uuid.UUID(hex=each) for each in unit_path.split("/") if each]


def count_pool(db: Session, *, draw: Draw, unit_path: str) -> int:
    """Return how many questions a draw can choose from."""
    return db.scalar(_pool(draw, unit_path).with_only_columns(func.count())) or 0


def choose_questions(
    db: Session, *, own: Sequence[uuid.UUID], draws: Sequence[Draw], unit_path: str, left_out: Collection[uuid.UUID]
) -> list[uuid.UUID]:
    """Return the question ids of one paper: the exam's own questions and the drawn ones, without repetition.

    Each draw is one statement; the database draws, so that a large bank is not loaded for each attempt. A draw with
    too few questions left takes all of them. left_out: questions that no new paper gets.
    """
    chosen = [each for each in own if each not in left_out]
    for draw in draws:
        remaining = _pool(draw, unit_path).where(Question.id.not_in([*chosen, *left_out]))
        chosen += db.scalars(remaining.order_by(func.random()).limit(draw.count))
    return chosen


def _pool(draw: Draw, unit_path: str) -> Select[uuid.UUID]:
    wanted = select(Question.id).where(
        Question.project_id.is_(None),
        Question.unit_id.in_(units_of_bank(unit_path)),
        Question.discipline == draw.discipline,
        Question.retired_at.is_(None),
    )
    return wanted if draw.kind is None else wanted.where(Question.kind == draw.kind)


def make_paper(
    questions: Sequence[AskedQuestion], *, is_shuffled: bool, scoring: Scoring, dice: random.Random
) -> list[Item]:
    """Return the paper of these questions, shuffled if wanted. The options of true/false are never shuffled."""
    items = []
    for each in questions:
        options = list(each.options)
        if is_shuffled and each.kind is not QuestionKind.TRUE_FALSE:
            dice.shuffle(options)
        is_partial = scoring is Scoring.PARTIAL and each.kind is QuestionKind.MULTIPLE
        items.append(Item(each.id, each.kind, tuple(options), is_partial))
    if is_shuffled:
        dice.shuffle(items)
    return items
