"""Imports of questions: a file is read and shown, committed to a bank once, and undone as a whole."""

import uuid
from collections.abc import Generator, Sequence
from datetime import datetime
from typing import NewType

from sqlalchemy import false, or_, select, update
from sqlalchemy.orm import Session

from attendance.projects.access import ORGANIZERS
from attendance.projects.units import get_own_unit
from attendance.questions.question_files.reading import ReadFile
from attendance.questions.question_imports.contents import rows_of
from attendance.questions.question_imports.importer import QUESTION_IMPORTS
from attendance.questions.question_imports.use import require_unused
from foundation import audit
from foundation.callers import Caller, require
from foundation.errors import ImportHasErrors, NotFound
from foundation.imports import engine
from models.base import new_id
from models.exams import Question
from models.imports import ImportStatus
from models.jobs import Job
from models.people import Unit
from models.question_imports import QuestionImport, QuestionImportRow

BankImport = NewType("BankImport", QuestionImport)
"""An import for a unit that the caller organizes for; made only in here."""


def start(
    db: Session, *, file: ReadFile, discipline: str, unit_id: uuid.UUID | None, caller: Caller, now: datetime
) -> Generator[None, None, BankImport]:
    """Store the questions of a file for a preview; no exam draws them yet. Commit at each yield.

    Raises UnitNeeded, NotFound, Forbidden.
    """
    unit = get_own_unit(db, unit_id, caller)
    import_id = new_id()
    rows = rows_of(file.findings, import_id)
    refused = sum(row.has_errors for row in rows)
    made = QuestionImport(
        id=import_id,
        unit_id=unit.id,
        discipline=discipline,
        form=file.form.value,
        questions=len(rows) - refused,
        refused=refused,
        imported_by=caller.person_id,
        imported_at=now,
    )
    yield from engine.start(db, QUESTION_IMPORTS, made=made, rows=rows, now=now, actor_id=caller.person_id)
    _record(db, made, caller, now, "question_import.preview", None)
    return BankImport(made)


def get_import(db: Session, *, import_id: uuid.UUID, caller: Caller) -> BankImport:
    """Return an import, for an organizer of its unit. Raises NotFound, Forbidden."""
    found = engine.find_import(db, QUESTION_IMPORTS, import_id)
    if found is None:
        raise NotFound
    require(caller, ORGANIZERS, db.get_one(Unit, found.unit_id).path)
    return BankImport(found)


def list_imports(db: Session, *, caller: Caller, after: uuid.UUID | None, limit: int) -> Sequence[QuestionImport]:
    """Return the imports for the units that the caller organizes for, newest first."""
    reach = or_(false(), *[Unit.path.startswith(scope, autoescape=True) for scope in caller.scopes(ORGANIZERS)])
    wanted = select(QuestionImport).join(Unit, Unit.id == QuestionImport.unit_id)
    wanted = wanted.where(reach, QuestionImport.status.not_in(engine.HIDDEN))
    if after is not None:
        wanted = wanted.where(QuestionImport.id < after)
    return db.scalars(wanted.order_by(QuestionImport.id.desc()).limit(limit)).all()


def list_rows(
    db: Session, *, found: BankImport, has_errors: bool | None, after: int, limit: int
) -> Sequence[QuestionImportRow]:
    """Return the rows of an import by number. has_errors: only those with or without errors; None for all."""
    wanted = select(QuestionImportRow).where(QuestionImportRow.import_id == found.id, QuestionImportRow.number > after)
    if has_errors is not None:
        wanted = wanted.where(QuestionImportRow.has_errors.is_(has_errors))
    return db.scalars(wanted.order_by(QuestionImportRow.number).limit(limit)).all()


def commit(db: Session, *, found: BankImport, caller: Caller, now: datetime) -> None:
    """Add the questions without errors to the bank, once. A second call changes nothing.

    Raises ImportNotReady, ImportUndone; ImportHasErrors if no question is left.
    """
    engine.lock(db, found)
    if found.status is ImportStatus.CHECKED and not found.questions:
        raise ImportHasErrors(facts={"why": "no_question"})
    me = caller.person_id
    if engine.commit(db, QUESTION_IMPORTS, found=found, now=now, actor_id=me, committed_by=me):
        _record(db, found, caller, now, "question_import.commit", None)


def undo(db: Session, *, found: BankImport, reason: str | None, caller: Caller, now: datetime) -> None:
    """Remove all questions of an import from the bank, and what corrected them since. A second call changes nothing.

    Raises ImportNotReady, ImportNotCommitted; QuestionsInUse if one of them is on a paper.
    """
    engine.lock(db, found)
    if found.status in (ImportStatus.COMMITTED, ImportStatus.COMMITTING):
        require_unused(db, found)
    if engine.undo(db, QUESTION_IMPORTS, found=found, now=now, actor_id=caller.person_id, undo_reason=reason):
        mine = Question.import_id == found.id, Question.retired_at.is_(None)
        retired = update(Question).where(*mine).values(retired_at=now)
        db.execute(retired.execution_options(synchronize_session=False))
        _record(db, found, caller, now, "question_import.undo", reason)


def find_job(db: Session, found: QuestionImport) -> Job | None:
    """Return the job of the running step, or None."""
    return engine.find_job(db, QUESTION_IMPORTS, found)


def _record(db: Session, found: QuestionImport, caller: Caller, now: datetime, action: str, reason: str | None) -> None:
    after = {"form": found.form, "questions": found.questions, "refused": found.refused}
    audit.record(db, caller, now, action, found, reason=reason, after=after)
    db.flush()
