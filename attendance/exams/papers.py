"""Papers (试卷): which questions, in which order; drawn once an attempt and frozen with it."""

import random
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from attendance.exams.question_cache import AskedQuestion
from models.exams import Question, QuestionKind, Scoring


@dataclass(frozen=True)
class Draw:
    """A rule: so many questions of a discipline, of one kind or of any. count: 1 or more."""

    discipline: str
    count: int
    kind: QuestionKind | None = None

    def overlaps(self, other: "Draw") -> bool:
        """Return whether both may draw the same question."""
        return self.discipline == other.discipline and (None in (self.kind, other.kind) or self.kind is other.kind)

    def write(self) -> dict[str, Any]:
        """As JSON, for the row."""
        return {"discipline": self.discipline, "count": self.count, "kind": self.kind.value if self.kind else None}

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> "Draw":
        """From the row's JSON."""
        return cls(row["discipline"], row["count"], QuestionKind(row["kind"]) if row["kind"] else None)


@dataclass(frozen=True)
class Item:
    """One question of a paper. options: their ids in the order of this paper; is_partial: some right ones earn some."""

    question_id: uuid.UUID
    kind: QuestionKind
    options: tuple[str, ...]
    is_partial: bool = False

    def write(self) -> dict[str, Any]:
        """As JSON, for the row."""
        row = {"question": str(self.question_id), "kind": self.kind.value, "options": list(self.options)}
        return {**row, "partial": True} if self.is_partial else row

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> "Item":
        """From the row's JSON."""
        kind, options = QuestionKind(row["kind"]), tuple(row["options"])
        return cls(uuid.UUID(row["question"]), kind, options, row.get("partial", False))


def read_paper(rows: Sequence[Mapping[str, Any]]) -> list[Item]:
    """Return the paper of an attempt's row."""
    return [Item.read(row) for row in rows]


def units_of_bank(unit_path: str) -> list[uuid.UUID]:
    """Return whose banks a project of the unit draws from: the unit's own, and those of all units above it."""
    return [uuid.UUID(hex=each) for each in unit_path.split("/") if each]


def count_pool(db: Session, *, draw: Draw, unit_path: str) -> int:
    """Return how many questions a rule may draw from."""
    return db.scalar(_pool(draw, unit_path).with_only_columns(func.count())) or 0


def choose(db: Session, *, own: Sequence[uuid.UUID], draws: Sequence[Draw], unit_path: str) -> list[uuid.UUID]:
    """Return the questions of one paper: the exam's own, and what the rules draw; none twice.

    A statement a rule; the database draws, so that a bank of thousands is not carried here for each who begins. A rule
    whose pool has become too small since it was set draws what there is.
    """
    chosen = list(own)
    for draw in draws:
        left = _pool(draw, unit_path).where(Question.id.not_in(chosen))
        chosen += db.scalars(left.order_by(func.random()).limit(draw.count))
    return chosen


def _pool(draw: Draw, unit_path: str) -> Select[uuid.UUID]:
    wanted = select(Question.id).where(
        Question.project_id.is_(None),
        Question.unit_id.in_(units_of_bank(unit_path)),
        Question.discipline == draw.discipline,
        Question.retired_at.is_(None),
    )
    return wanted if draw.kind is None else wanted.where(Question.kind == draw.kind)


def lay_out(
    questions: Sequence[AskedQuestion], *, is_shuffled: bool, scoring: Scoring, dice: random.Random
) -> list[Item]:
    """Return the paper of these questions; shuffled, but for true and false, which keep their order."""
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
