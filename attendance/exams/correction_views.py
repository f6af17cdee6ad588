"""Corrections as people see them: all of an exam for its organizer and reviewing unit, their own for learners."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from attendance.exams.attempts import Sitting
from attendance.exams.grading import per_cent
from attendance.projects.access import ReadableProject
from models.exams import CorrectionKind, ExamAttempt, ExamCorrection, ExamRegrade, Question
from models.people import Person


@dataclass(frozen=True)
class MadeCorrection:
    """A correction with its key. correct: positions of the right options; accepted: texts; made_by: a name.

    is_current: whether no later correction of the same question replaced it.
    """

    id: uuid.UUID
    question_id: uuid.UUID
    text: str
    kind: CorrectionKind
    correct: list[int]
    accepted: list[str]
    reason: str
    papers: int
    people_moved: int
    newly_passed: int
    made_by: str
    made_at: datetime
    is_current: bool


@dataclass(frozen=True)
class SeenCorrection:
    """A correction as a learner sees it: without the key. score_*: per cent of the attempt, before and after."""

    question_id: uuid.UUID
    kind: CorrectionKind
    reason: str
    made_at: datetime
    score_before: float | None
    score_after: float | None


def list_corrections(
    db: Session, *, project: ReadableProject, after: uuid.UUID | None = None, limit: int | None = None
) -> list[MadeCorrection]:
    """Return the corrections of an exam in the order in which they were made, beginning after `after`."""
    row = ExamCorrection
    wanted = (
        select(row, Question, Person.name)
        .join(Question, Question.id == row.question_id)
        .join(Person, Person.id == row.made_by)
        .where(row.project_id == project.id)
        .order_by(row.id)
        .limit(limit)
    )
    if after is not None:
        wanted = wanted.where(row.id > after)
    latest: dict[uuid.UUID, uuid.UUID] = {}
    for question_id, id in db.execute(
        select(row.question_id, row.id).where(row.project_id == project.id).order_by(row.id)
    ):
        latest[question_id] = id
    return [_made(*found, is_current=latest[found[1].id] == found[0].id) for found in db.execute(wanted)]


def seen_on_paper(db: Session, *, sitting: Sitting, now: datetime) -> list[SeenCorrection]:
    """Return the corrections of the questions of an attempt since it began; none while it is open."""
    attempt, row, change = sitting.attempt, ExamCorrection, ExamRegrade
    if not sitting.keys or not sitting.is_over(now):
        return []
    wanted = (
        select(row.question_id, row.kind, row.reason, row.made_at, change.score_before, change.score_after)
        .outerjoin(change, and_(change.correction_id == row.id, change.attempt_id == attempt.id))
        .where(row.project_id == attempt.project_id, row.question_id.in_(sitting.questions))
        .where(row.made_at >= attempt.started_at)
        .order_by(row.id)
    )
    return [_seen(*found) for found in db.execute(wanted)]


def moved_attempts(
    db: Session, *, project_id: uuid.UUID, person_id: uuid.UUID
) -> dict[uuid.UUID, Sequence[SeenCorrection]]:
    """Return the corrections that changed the score or the pass of a person's attempts, by attempt."""
    row, change = ExamCorrection, ExamRegrade
    wanted = (
        select(
            change.attempt_id, row.question_id, row.kind, row.reason, row.made_at, change.score_before,
            change.score_after,
        )
        .join(row, row.id == change.correction_id)
        .join(ExamAttempt, ExamAttempt.id == change.attempt_id)
        .where(ExamAttempt.project_id == project_id, ExamAttempt.person_id == person_id)
        .order_by(row.id)
    )  # fmt: skip
    found: dict[uuid.UUID, list[SeenCorrection]] = defaultdict(list)
    for attempt_id, question_id, kind, reason, at, before, after in db.execute(wanted):
        found[attempt_id].append(_seen(question_id, kind, reason, at, before, after))
    return dict(found)


def _seen(
    question_id: uuid.UUID, kind: CorrectionKind, reason: str, at: datetime, before: int | None, after: int | None
) -> SeenCorrection:
    scores = (None if each is None else per_cent(each) for each in (before, after))
    return SeenCorrection(question_id, kind, reason, at, *scores)


def _made(row: ExamCorrection, question: Question, name: str, *, is_current: bool) -> MadeCorrection:
    is_written = question.kind.is_written
    return MadeCorrection(
        id=row.id,
        question_id=row.question_id,
        text=question.text,
        kind=row.kind,
        correct=[] if is_written else [n for n, each in enumerate(question.options) if each["id"] in row.correct],
        accepted=list(row.correct) if is_written else [],
        reason=row.reason,
        papers=row.papers,
        people_moved=row.people_moved,
        newly_passed=row.newly_passed,
        made_by=name,
        made_at=row.made_at,
        is_current=is_current,
    )
