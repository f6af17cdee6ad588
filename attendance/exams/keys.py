"""The corrected keys of exams. They belong to one exam: the bank, and other exams with the question, keep theirs."""

import uuid
from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.exams.grading import Key, Keys
from models.exams import CorrectionKind, ExamCorrection


def load_keys(db: Session, project_id: uuid.UUID) -> Keys:
    """Return the corrected keys of a project's exam by question.

    A hand-in reads them after it has locked its attempt: a correction locks all attempts, so either the hand-in finds
    the new key, or the correction finds the attempt that was handed in.
    """
    return load_all_keys(db, [project_id])[project_id]


def load_all_keys(db: Session, project_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Keys]:
    """Return the corrected keys of several exams by project, in one statement."""
    found: dict[uuid.UUID, dict[uuid.UUID, Key]] = defaultdict(dict)
    wanted = select(
        ExamCorrection.project_id, ExamCorrection.question_id, ExamCorrection.kind, ExamCorrection.correct
    ).where(ExamCorrection.project_id.in_(project_ids))
    for project_id, question_id, kind, correct in db.execute(wanted.order_by(ExamCorrection.id)):
        found[project_id][question_id] = Key(kind, tuple(correct))  # the latest one holds
    return {each: found[each] for each in project_ids}


def voided(keys: Keys) -> set[uuid.UUID]:
    """Return the questions that are void: no later paper gets them."""
    return {question_id for question_id, key in keys.items() if key.kind is CorrectionKind.VOID}
