"""Saving one answer (保存答案). A device may save an answer any number of times until the attempt is over.

This is the most frequent request of an exam, so a save is one guarded statement that is built only once.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import JSON, BindParameter, Integer, Table, Text, Uuid, bindparam, case, func, select
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from accounts.sign_in.sign_ins import HOLDER, Bearer
from attendance.errors import AnswersInvalid
from attendance.exams.errors import ExamOver
from attendance.questions.question_cache import AskedQuestion, QuestionCache
from attendance.questions.questions import LONGEST_ACCEPTED
from foundation.callers import Caller
from foundation.errors import NotFound, Refusal
from foundation.transactions import read_only
from models.base import UtcDateTime
from models.exams import ExamAnswer, ExamAttempt, QuestionKind


@dataclass(frozen=True)
class GivenAnswer:
    """An answer as it was sent: ids of options, or a text. revision: the device's counter, None without one."""

    attempt_id: uuid.UUID
    question_id: uuid.UUID
    options: tuple[str, ...] | None = None
    text: str | None = None
    revision: int | None = None


@dataclass(frozen=True)
class SavedAnswer:
    """The stored answer: the one just sent, or a newer one that arrived before it."""

    question_id: uuid.UUID
    value: Any
    revision: int
    saved_at: datetime


def save(
    db: Session, *, given: GivenAnswer, bearer: Bearer, now: datetime, questions: QuestionCache
) -> SavedAnswer | None:
    """Save one answer in place of the one before; the same again changes nothing.

    An answer with a lower `revision` than the stored one doesn't replace it. Returns None where nothing was saved:
    `find_refusal` returns the reason.
    """
    question = _find_question(db, given, questions)
    value = None if question is None else _stored_value(question, given)
    if value is None:
        return None
    values = {
        "attempt_id": given.attempt_id,
        "sign_in_id": bearer.sign_in_id,
        "account_id": bearer.account_id,
        "question_id": given.question_id,
        "question": str(given.question_id),
        "value": value,
        "revision": given.revision,
        "now": now,
    }
    saved = db.execute(_SAVE[db.get_bind().dialect.name], values).first()
    return None if saved is None else SavedAnswer(given.question_id, *saved)


def why_not(db: Session, *, given: GivenAnswer, caller: Caller, questions: QuestionCache) -> Refusal:
    """Return why `save` saved nothing: NotFound, AnswersInvalid, or ExamOver: handed in, or its time over."""
    question = _find_question(db, given, questions)
    with read_only(db):
        mine = ExamAttempt.id == given.attempt_id, ExamAttempt.person_id == caller.person_id
        paper = db.scalar(select(ExamAttempt.paper).where(*mine)) or ()
    if question is None or str(question.id) not in {each["question"] for each in paper}:
        return NotFound()
    if _stored_value(question, given) is None:
        return AnswersInvalid(field="text" if question.kind.is_written else "options")
    return ExamOver()


def _find_question(db: Session, given: GivenAnswer, questions: QuestionCache) -> AskedQuestion | None:
    with read_only(db):
        return questions.load(db, [given.question_id]).get(given.question_id)


def _stored_value(question: AskedQuestion, given: GivenAnswer) -> list[str] | str | None:
    """Return the answer in its stored form, or None if it doesn't fit. An empty answer clears the earlier one."""
    text, chosen = given.text, given.options
    if question.kind.is_written:
        return text if text is not None and chosen is None and len(text) <= LONGEST_ACCEPTED else None
    if chosen is None or text is not None:
        return None
    stored = list(dict.fromkeys(chosen))
    is_too_many = len(chosen) > 1 and question.kind is not QuestionKind.MULTIPLE
    return None if is_too_many or not question.options.keys() >= set(stored) else stored


_ANSWER = cast(Table, ExamAnswer.__table__)  # the table itself, so that the ORM does no work for a save


def _make_save(insert: Any, position: Any) -> Any:
    """Build the statement that saves an answer if the attempt is the bearer's, is open, and has the question.

    Its lock delays a hand-in of the attempt until the commit. position: the SQL function that finds a text in a text.
    The database looks for the question's id in the paper, so that the paper is not loaded for each answer.
    """
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
            ExamAttempt.person_id.is_not_distinct_from(HOLDER),  # with "=" the database might use the index by person
            position(sql_cast(ExamAttempt.paper, Text), bindparam("question", type_=Text)) > 0,
            ExamAttempt.submitted_at.is_(None),
            ExamAttempt.deadline_at > now,
        )
        .with_for_update(read=True)
    )
    row = _ANSWER.c
    returned = [row.value, row.revision, row.saved_at]
    save = insert(_ANSWER).from_select(["attempt_id", "question_id", *(each.key for each in returned)], where_open)
    is_newer = revision.is_(None) | (revision >= row.revision)
    return save.on_conflict_do_update(
        index_elements=[row.attempt_id, row.question_id],
        set_={
            "value": case((is_newer, save.excluded.value), else_=row.value),
            "revision": case((is_newer, func.coalesce(revision, row.revision)), else_=row.revision),
            "saved_at": case((is_newer, save.excluded.saved_at), else_=row.saved_at),
        },
    ).returning(*returned)


_SAVE = {
    "sqlite": _make_save(sqlite_insert, func.instr),
    "postgresql": _make_save(postgresql_insert, func.strpos),
}
