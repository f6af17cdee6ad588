"""Question banks (题库) of units, by discipline. A unit also draws from the banks of the units above it."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, false, or_, select
from sqlalchemy.orm import Session

from attendance.errors import QuestionInvalid
from attendance.projects.access import ORGANIZERS
from attendance.projects.units import get_own_unit, visible_unit_ids
from attendance.questions.errors import QuestionRetired
from attendance.questions.questions import NewQuestion, QuestionPlace, make_question
from foundation import audit
from foundation.callers import Caller, require
from foundation.errors import NotFound
from models.exams import Question, QuestionKind, QuestionPicture
from models.people import Unit
from models.question_imports import QuestionImport


@dataclass(frozen=True)
class BankFilter:
    """A filter for the questions of a bank. discipline, kind: None for any."""

    discipline: str | None = None
    kind: QuestionKind | None = None


def add_question(
    db: Session, *, new: NewQuestion, discipline: str, unit_id: uuid.UUID | None, caller: Caller, now: datetime
) -> Question:
    """Add a question to the bank of one of the caller's units and return it.

    Raises QuestionInvalid, UnitNeeded, NotFound, Forbidden.
    """
    unit = get_own_unit(db, unit_id, caller)
    check_pictures(db, [new], unit.path)
    place = QuestionPlace(unit_id=unit.id, discipline=discipline)
    made = make_question(new, place=place, author_id=caller.person_id, now=now, field="")
    db.add(made)
    after = {"unit_id": str(unit.id), "discipline": discipline}
    audit.record(db, caller, now, "question.create", made, after=after)
    db.flush()
    return made


def check_pictures(db: Session, questions: Sequence[NewQuestion], unit_path: str) -> None:
    """Raise QuestionInvalid for a picture that belongs neither to the unit nor to a unit above it."""
    usable = find_usable_pictures(db, questions, unit_path)
    if any(each.picture_id is not None and each.picture_id not in usable for each in questions):
        raise QuestionInvalid(field="picture_id")


def find_usable_pictures(db: Session, questions: Iterable[NewQuestion], unit_path: str) -> set[uuid.UUID]:
    """Return the pictures of the questions that belong to the unit or to a unit above it."""
    wanted = {each.picture_id for each in questions if each.picture_id is not None}
    if not wanted:
        return set()
    units = [uuid.UUID(hex=each) for each in unit_path.split("/") if each]
    mine = QuestionPicture.id.in_(wanted), QuestionPicture.unit_id.in_(units)
    return set(db.scalars(select(QuestionPicture.id).where(*mine)))


def list_questions(
    db: Session, *, wanted: BankFilter, caller: Caller, after: uuid.UUID | None, limit: int
) -> list[Question]:
    """Return the questions that the caller may use, newest first: of their units and all units below and above."""
    found = _select(wanted, caller)
    if after is not None:
        found = found.where(Question.id < after)
    return list(db.scalars(found.order_by(Question.id.desc()).limit(limit)))


def may_read_any(db: Session, *, question_ids: Collection[uuid.UUID], caller: Caller) -> bool:
    """Return whether the caller may read one of these questions in a bank, also one removed since."""
    if not caller.scopes(ORGANIZERS):
        return False  # most callers are learners: no statement for them
    found = select(Question.id).join(Unit, Unit.id == Question.unit_id)
    found = found.where(Question.id.in_(question_ids), Question.project_id.is_(None), _is_readable(caller))
    return db.scalars(found.limit(1)).first() is not None


def retire(db: Session, *, question_id: uuid.UUID, caller: Caller, now: datetime) -> None:
    """Remove a question from its bank; existing papers keep it. A second call changes nothing.

    Raises NotFound, Forbidden.
    """
    question, _ = _get_locked(db, question_id, caller)
    if question.retired_at is not None:
        return
    question.retired_at = now
    audit.record(db, caller, now, "question.retire", question)
    db.flush()


def correct(
    db: Session, *, question_id: uuid.UUID, new: NewQuestion, discipline: str | None, caller: Caller, now: datetime
) -> Question:
    """Replace a question by a corrected one and return the new one. Existing papers keep the old question.

    discipline: None for that of the old question. Undoing the import of the old question removes the new one too.
    Raises NotFound, Forbidden, QuestionInvalid; QuestionRetired where it was replaced or removed before.
    """
    _hold_import(db, question_id)
    question, path = _get_locked(db, question_id, caller)
    if question.retired_at is not None:
        raise QuestionRetired
    check_pictures(db, [new], path)
    place = QuestionPlace(question.unit_id, discipline=discipline or question.discipline, import_id=question.import_id)
    made = make_question(new, place=place, author_id=caller.person_id, now=now, field="")
    made.replaces_id = question.id
    question.retired_at = now
    db.add(made)
    audit.record(db, caller, now, "question.correct", question, after={"replaced_by": str(made.id)})
    db.flush()
    return made


def _hold_import(db: Session, question_id: uuid.UUID) -> None:
    """Keep the import of a question from being undone. It is locked before the question, as an undo locks them."""
    imported = select(Question.import_id).where(Question.id == question_id).scalar_subquery()
    db.execute(select(QuestionImport.id).where(QuestionImport.id == imported).with_for_update(read=True))


def _get_locked(db: Session, question_id: uuid.UUID, caller: Caller) -> tuple[Question, str]:
    """Lock and return a question of a bank that the caller organizes, with the path of its unit."""
    found = db.execute(
        select(Question, Unit.path)
        .join(Unit, Unit.id == Question.unit_id)
        .where(Question.id == question_id, Question.project_id.is_(None))
        .with_for_update(of=Question)
    ).first()
    if found is None:
        raise NotFound
    question, path = found
    require(caller, ORGANIZERS, path)
    return question, path


def _select(wanted: BankFilter, caller: Caller) -> Select[Question]:
    found = (
        select(Question)
        .join(Unit, Unit.id == Question.unit_id)
        .where(Question.project_id.is_(None), Question.retired_at.is_(None))
        .where(_is_readable(caller))
    )
    if wanted.discipline is not None:
        found = found.where(Question.discipline == wanted.discipline)
    if wanted.kind is not None:
        found = found.where(Question.kind == wanted.kind)
    return found


def _is_readable(caller: Caller) -> ColumnElement[bool]:
    """Return the SQL condition that the caller may read the bank of the Unit in the enclosing statement."""
    below = (Unit.path.startswith(path) for path in caller.scopes(ORGANIZERS))
    return or_(false(), *below, Unit.id.in_(visible_unit_ids(caller)))
