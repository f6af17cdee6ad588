"""Handing in (交卷): by the learner, or by the service once the time is over. Both grade the saved answers."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from attendance.exams.grading import Keys, Outcome, grade, read_points, write_points
from attendance.exams.keys import load_all_keys, load_keys
from attendance.exams.papers import read_paper
from attendance.questions.question_cache import AskedQuestion, QuestionCache
from models.exams import ExamAnswer, ExamAttempt, HandIn

IN_ORDER = (ExamAttempt.deadline_at, ExamAttempt.id)
"""The order in which several attempts are locked, everywhere, so that nobody waits for each other."""


def answers_of(db: Session, attempt_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[uuid.UUID, Any]]:
    """Return the saved answers by attempt and question, in one statement."""
    found: dict[uuid.UUID, dict[uuid.UUID, Any]] = defaultdict(dict)
    wanted = select(ExamAnswer.attempt_id, ExamAnswer.question_id, ExamAnswer.value)
    for attempt_id, question_id, value in db.execute(wanted.where(ExamAnswer.attempt_id.in_(attempt_ids))):
        found[attempt_id][question_id] = value
    return found


def outcome_of(
    attempt: ExamAttempt, questions: Mapping[uuid.UUID, AskedQuestion], answers: Mapping[uuid.UUID, Any], keys: Keys
) -> Outcome:
    """Return the stored points of an attempt, or the points that its saved answers would get now."""
    if attempt.earned is not None and attempt.out_of is not None:
        return Outcome(read_points(attempt.earned), attempt.out_of)
    return grade(read_paper(attempt.paper), questions, answers, keys)


def hand_in(db: Session, *, attempt: ExamAttempt, now: datetime, questions: QuestionCache) -> None:
    """Hand a locked attempt in and grade it; one that is handed in stays as it is.

    After the deadline, the deadline is stored as the time of the hand-in.
    """
    if attempt.submitted_at is not None:
        return
    paper = read_paper(attempt.paper)
    asked = questions.load(db, [item.question_id for item in paper])
    keys = load_keys(db, attempt.project_id)
    outcome = grade(paper, asked, answers_of(db, [attempt.id])[attempt.id], keys)
    _close(attempt, outcome, now)
    db.flush()


def hand_in_overdue(
    db: Session,
    *,
    now: datetime,
    questions: QuestionCache,
    most: int = 200,
    project_id: uuid.UUID | None = None,
    person_id: uuid.UUID | None = None,
    is_complete: bool = False,
) -> int:
    """Hand in attempts whose time is over, the oldest first, and return how many.

    most: the limit for one call, which keeps the transaction short; a call takes five statements. Calls at the same
    time skip each other's attempts, but a call that must leave none behind (is_complete) waits for the others.
    project_id, person_id: limit the call to these.
    """
    wanted = select(ExamAttempt).where(ExamAttempt.submitted_at.is_(None), ExamAttempt.deadline_at <= now)
    if project_id is not None:
        wanted = wanted.where(ExamAttempt.project_id == project_id)
    if person_id is not None:
        wanted = wanted.where(ExamAttempt.person_id == person_id)
    wanted = wanted.order_by(*IN_ORDER).limit(most)
    return _hand_in_found(db, wanted.with_for_update(skip_locked=not is_complete), now, questions, HandIn.LEARNER)


def cut_off(db: Session, *, project_id: uuid.UUID, now: datetime, questions: QuestionCache, most: int = 200) -> int:
    """Hand in a portion of the open attempts of a project, in the organizer's name, and return how many.

    project: locked, so that nobody begins another attempt. It waits for those who hand in at the same moment.
    """
    mine = ExamAttempt.project_id == project_id, ExamAttempt.submitted_at.is_(None)
    wanted = select(ExamAttempt).where(*mine).order_by(*IN_ORDER).limit(most)
    return _hand_in_found(db, wanted.with_for_update(), now, questions, HandIn.CUT_OFF)


def _hand_in_found(
    db: Session, wanted: Select[ExamAttempt], now: datetime, questions: QuestionCache, by: HandIn
) -> int:
    attempts = db.scalars(wanted.execution_options(populate_existing=True)).all()
    if not attempts:
        return 0
    papers = {each.id: read_paper(each.paper) for each in attempts}
    asked = questions.load(db, {item.question_id for paper in papers.values() for item in paper})
    answers = answers_of(db, list(papers))
    keys = load_all_keys(db, {each.project_id for each in attempts})
    for each in attempts:
        _close(each, grade(papers[each.id], asked, answers[each.id], keys[each.project_id]), now, by)
    db.flush()
    return len(attempts)


def _close(attempt: ExamAttempt, outcome: Outcome, now: datetime, by: HandIn = HandIn.LEARNER) -> None:
    is_overdue = now >= attempt.deadline_at
    attempt.submitted_at = attempt.deadline_at if is_overdue else now
    attempt.hand_in = HandIn.DEADLINE if is_overdue else by
    attempt.earned, attempt.score, attempt.out_of = write_points(outcome.earned), outcome.score, outcome.out_of
    attempt.passed = outcome.has_passed(attempt.pass_mark)
