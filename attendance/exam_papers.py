"""Papers (试卷): which questions, in which order; drawn once an attempt and frozen with it."""

import random
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.exams import Question, QuestionKind


@dataclass(frozen=True)
class Draw:
    """A rule: so many questions of a discipline, of one kind or of any. count: 1 or more."""

    discipline: str
    count: int
    kind: QuestionKind | None = None

    def overlaps(self, other: "Draw") -> bool:
        """Whether both may draw the same question."""
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
    """One question of a paper. options: their ids in the order of this paper."""

    question_id: uuid.UUID
    kind: QuestionKind
    options: tuple[str, ...]

    def write(self) -> dict[str, Any]:
        """As JSON, for the row."""
        return {"question": str(self.question_id), "kind": self.kind.value, "options": list(self.options)}

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> "Item":
        """From the row's JSON."""
        return cls(uuid.UUID(row["question"]), QuestionKind(row["kind"]), tuple(row["options"]))


def read_paper(rows: Sequence[Mapping[str, Any]]) -> list[Item]:
    """The paper of an attempt's row."""
    return [Item.read(row) for row in rows]


def units_of_bank(unit_path: str) -> list[uuid.UUID]:
    """Whose banks a project of the unit draws from: the unit's own, and those of all units above it."""
    return [uuid.UUID(hex=each) for each in unit_path.split("/") if each]


def list_pools(db: Session, *, draws: Sequence[Draw], unit_path: str) -> list[list[uuid.UUID]]:
    """For each rule the questions it may draw, in one statement; none where there is no rule."""
    if not draws:
        return []
    wanted = select(Question.id, Question.discipline, Question.kind).where(
        Question.project_id.is_(None),
        Question.unit_id.in_(units_of_bank(unit_path)),
        Question.discipline.in_({each.discipline for each in draws}),
        Question.retired_at.is_(None),
    )
    found = db.execute(wanted.order_by(Question.id)).all()
    return [
        [id for id, discipline, kind in found if discipline == draw.discipline and draw.kind in (None, kind)]
        for draw in draws
    ]


def choose(
    own: Sequence[uuid.UUID], draws: Sequence[Draw], pools: Sequence[Sequence[uuid.UUID]], dice: random.Random
) -> list[uuid.UUID]:
    """The questions of one paper: the exam's own, and what the rules draw; none twice.

    A rule whose pool has become too small since it was set draws what there is.
    """
    chosen = list(own)
    for draw, pool in zip(draws, pools, strict=True):
        left = [each for each in pool if each not in chosen]
        chosen += dice.sample(left, min(draw.count, len(left)))
    return chosen


def lay_out(questions: Sequence[Question], *, is_shuffled: bool, dice: random.Random) -> list[Item]:
    """The paper of these questions; shuffled, but for true and false, which keep their order."""
    items = []
    for each in questions:
        options = [option["id"] for option in each.options]
        if is_shuffled and each.kind is not QuestionKind.TRUE_FALSE:
            dice.shuffle(options)
        items.append(Item(each.id, each.kind, tuple(options)))
    if is_shuffled:
        dice.shuffle(items)
    return items


def load_questions(db: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Question]:
    """Questions by id, in one statement."""
    return {each.id: each for each in db.scalars(select(Question).where(Question.id.in_(ids)))}
