"""Saving one answer (保存答案): on its own, as often as the device likes, until the attempt is over.

What a room full of learners does most, so it is one read and one guarded write, with statements made once.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import JSON, BindParameter, Integer, Table, Uuid, bindparam, case, func, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from accounts.callers import Caller
from accounts.errors import NotFound
from attendance.exam_errors import AnswersInvalid, ExamOver
from attendance.exam_papers import Item
from attendance.exam_questions import LONGEST_ACCEPTED
from models.base import UtcDateTime
from models.exams import ExamAnswer, ExamAttempt, QuestionKind
from models.transactions import read_only


@dataclass(frozen=True)
class GivenAnswer:
    """An answer as it came in: options by id, or a text. revision: the device's own count, None if it keeps none."""

    options: tuple[str, ...] | None = None
    text: str | None = None
    revision: int | None = None


@dataclass(frozen=True)
class SavedAnswer:
    """What is on file now: this answer, or a newer one that came before it."""

    question_id: uuid.UUID
    value: Any
    revision: int
    saved_at: datetime


def save(
    db: Session, *, attempt_id: uuid.UUID, question_id: uuid.UUID, given: GivenAnswer, caller: Caller, now: datetime
) -> SavedAnswer:
    """Save one answer in place of the one before; the same again changes nothing.

    A save that left the device before a newer one (by `revision`) but comes after it leaves the newer one. Raises
    NotFound, AnswersInvalid; ExamOver once the attempt is handed in or its time is over.
    """
    with read_only(db):
        paper = db.scalar(_PAPER, {"attempt_id": attempt_id, "person_id": caller.person_id})
    if paper is None:
        raise NotFound
    item = _find_item(paper, str(question_id))
    if item is None:
        raise NotFound
    about = {
        "attempt_id": attempt_id,
        "question_id": question_id,
        "value": _fitting(item, given),
        "revision": given.revision,
        "now": now,
    }
    saved = db.execute(_SAVE[db.get_bind().dialect.name], about).first()
    if saved is None:
        raise ExamOver
    return SavedAnswer(question_id, *saved)


def _find_item(paper: Sequence[dict[str, Any]], question_id: str) -> Item | None:
    return next((Item.read(row) for row in paper if row["question"] == question_id), None)


def _fitting(item: Item, given: GivenAnswer) -> list[str] | str:
    """The answer as it is kept; an empty one takes an answer back. Raises AnswersInvalid."""
    if item.kind is QuestionKind.FILL:
        if given.text is None or given.options is not None or len(given.text) > LONGEST_ACCEPTED:
            raise AnswersInvalid(field="text")
        return given.text
    chosen = given.options
    if chosen is None or given.text is not None or not set(chosen) <= set(item.options):
        raise AnswersInvalid(field="options")
    if len(chosen) > 1 and item.kind is not QuestionKind.MULTIPLE:
        raise AnswersInvalid(field="options")
    return [each for each in item.options if each in chosen]


_ANSWER = cast(Table, ExamAnswer.__table__)  # without the ORM's bookkeeping
_PAPER = select(ExamAttempt.paper).where(
    ExamAttempt.id == bindparam("attempt_id"), ExamAttempt.person_id == bindparam("person_id")
)


def _make_save(insert: Any) -> Any:
    """One statement that saves where the attempt is still open, and holds off its hand-in until the commit."""
    now: BindParameter[datetime] = bindparam("now", type_=UtcDateTime)
    revision: BindParameter[int | None] = bindparam("revision", type_=Integer)
    where_open = (
        select(
            bindparam("attempt_id", type_=Uuid),
            bindparam("question_id", type_=Uuid),
            bindparam("value", type_=JSON),
            func.coalesce(revision, 0),
            now,
        )
        .select_from(ExamAttempt)
        .where(
            ExamAttempt.id == bindparam("attempt_id", type_=Uuid),
            ExamAttempt.submitted_at.is_(None),
            ExamAttempt.deadline_at > now,
        )
        .with_for_update(read=True)
    )
    row = _ANSWER.c
    kept = [row.value, row.revision, row.saved_at]
    save = insert(_ANSWER).from_select(["attempt_id", "question_id", *(each.key for each in kept)], where_open)
    is_newer = revision.is_(None) | (revision >= row.revision)
    return save.on_conflict_do_update(
        index_elements=[row.attempt_id, row.question_id],
        set_={
            "value": case((is_newer, save.excluded.value), else_=row.value),
            "revision": case((is_newer, func.coalesce(revision, row.revision)), else_=row.revision),
            "saved_at": case((is_newer, save.excluded.saved_at), else_=row.saved_at),
        },
    ).returning(*kept)


_SAVE = {"sqlite": _make_save(sqlite_insert), "postgresql": _make_save(postgresql_insert)}
