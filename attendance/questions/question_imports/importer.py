"""Tells the import engine what to do with a portion of questions at each step.

A question with an error is left out of the commit, and the others are taken. A question that the bank has already is
left out too: an exam that draws from the bank would ask it twice.
"""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import false, func, select
from sqlalchemy.orm import Session

from attendance.questions.question_bank import find_usable_pictures
from attendance.questions.question_files.findings import identity_of, key_of
from attendance.questions.question_imports.contents import question_of
from attendance.questions.questions import NewQuestion, QuestionPlace, make_question, read_question
from foundation.imports.importers import PORTION, Importer, RowPass
from foundation.jobs import Result
from models.exams import Question
from models.imports import ImportStatus, RowOutcome
from models.people import Unit
from models.question_imports import QuestionImport, QuestionImportRow

_Bank = defaultdict[tuple[object, ...], set[frozenset[str]]]
"""The right answers of the questions in a bank, by what they ask."""


def _check(db: Session, found: QuestionImport, rows: Sequence[QuestionImportRow], now: datetime) -> None:
    """Write to each row whether its picture can be shown, and whether the bank has the question already."""
    asked = {row.number: question_of(row) for row in rows if not row.has_errors}
    pictures = find_usable_pictures(db, asked.values(), db.get_one(Unit, found.unit_id).path)
    bank = _find_alike(db, found, list(asked.values()))
    for row in rows:
        row.is_checked = True
        question = asked.get(row.number)
        if question is None:
            continue
        if question.picture_id is not None and question.picture_id not in pictures:
            row.has_errors, row.errors = True, [{"column": None, "code": "picture_unknown"}]
            continue
        keys = bank.get(identity_of(question), set())
        code = "already_in_bank" if key_of(question) in keys else "other_key_in_bank" if keys else None
        row.findings = [*row.findings, {"column": None, "code": code}] if code else row.findings


def _add(db: Session, found: QuestionImport, rows: Sequence[QuestionImportRow], now: datetime) -> None:
    """Add the questions to the bank, in their order, but those that it has already."""
    asked = [(row, question_of(row)) for row in rows]
    bank = _find_alike(db, found, [question for _, question in asked])
    place = QuestionPlace(found.unit_id, discipline=found.discipline, import_id=found.id)
    for row, question in asked:
        keys = bank[identity_of(question)]
        if key_of(question) in keys:
            row.outcome = RowOutcome.ALREADY
            continue
        keys.add(key_of(question))
        made = make_question(question, place=place, author_id=_committer(found), now=now, field="")
        db.add(made)
        row.outcome, row.question_id = RowOutcome.ADDED, made.id


def _take_turn(db: Session, found: QuestionImport) -> None:
    """Wait for other files of the bank that are being committed: a question in two of them is added once."""
    db.execute(select(Unit.id).where(Unit.id == found.unit_id).with_for_update(key_share=True))


def _take_back(db: Session, found: QuestionImport, rows: Sequence[QuestionImportRow], now: datetime) -> None:
    """Mark the rows: their questions left the bank in the transaction that began the undo."""
    for row in rows:
        row.outcome = RowOutcome.UNDONE


def _ended(db: Session, found: QuestionImport, now: datetime) -> Result:
    """Count the questions and errors after a check. Return the result of the job of a step that ended."""
    if found.status is ImportStatus.CHECKED:
        mine = QuestionImportRow.import_id == found.id, QuestionImportRow.has_errors
        refused = db.scalar(select(func.count()).where(*mine)) or 0
        found.questions, found.refused = found.total - refused, refused
        return {"questions": found.questions, "refused": refused}
    return {outcome.value: number for outcome, number in count_outcomes(db, found).items()}


def count_outcomes(db: Session, found: QuestionImport) -> dict[RowOutcome, int]:
    """Return how many rows had each outcome."""
    counted = select(QuestionImportRow.outcome, func.count()).where(QuestionImportRow.import_id == found.id)
    found_outcomes = db.execute(counted.group_by(QuestionImportRow.outcome))
    return {outcome: number for outcome, number in found_outcomes if outcome is not None}


def _find_alike(db: Session, found: QuestionImport, questions: Sequence[NewQuestion]) -> _Bank:
    """Return those questions of the bank and discipline that have one of the texts."""
    alike = db.scalars(
        select(Question).where(
            Question.project_id.is_(None),
            Question.unit_id == found.unit_id,
            Question.discipline == found.discipline,
            Question.retired_at.is_(None),
            Question.text.in_({each.text for each in questions}),
        )
    )
    bank: _Bank = defaultdict(set)
    for row in alike:
        question = read_question(row)
        bank[identity_of(question)].add(key_of(question))
    return bank


def _committer(found: QuestionImport) -> uuid.UUID:
    if found.committed_by is None:
        raise RuntimeError("an import is being committed that nobody committed")
    return found.committed_by


QUESTION_IMPORTS = Importer(
    name="question_import",
    imports=QuestionImport,
    rows=QuestionImportRow,
    made_at=QuestionImport.imported_at,
    rows_in_request=PORTION,
    is_bad=false(),
    check=RowPass(QuestionImportRow.is_checked.is_(False), _check),
    commit=RowPass(QuestionImportRow.outcome.is_(None) & ~QuestionImportRow.has_errors, _add, _take_turn),
    undo=RowPass(QuestionImportRow.outcome == RowOutcome.ADDED, _take_back),
    ended=_ended,
)
