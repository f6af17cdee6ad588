"""The learner's views of an exam: its rules, their attempts, and the review if the organizer allows it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from attendance.exams.attempts import Sitting
from attendance.exams.correction_views import SeenCorrection, moved_attempts
from attendance.exams.exams import closes_at, get_exam
from attendance.exams.exceptions import GivenException, exceptions_of, latest_end
from attendance.exams.grading import per_cent, points_of, right_answers, shown_points
from attendance.exams.hand_in import outcome_of
from attendance.exams.keys import load_keys, voided
from attendance.exams.papers import Draw
from attendance.record.last_moments import CutOff, find_cut_off
from attendance.record.participants import get_insider
from foundation.callers import Caller
from models.exams import Exam, ExamAttempt, ExceptionKind, HandIn, Review
from models.projects import Project


@dataclass(frozen=True)
class AttemptBrief:
    """An attempt without its paper. score: per cent, None until the attempt is handed in."""

    id: uuid.UUID
    number: int
    started_at: datetime
    deadline_at: datetime
    submitted_at: datetime | None
    score: float | None
    passed: bool | None
    regrades: Sequence[SeenCorrection]


@dataclass(frozen=True)
class ExamView:
    """An exam as people of the project see it. questions: number of questions on a paper.

    closes_at: for the caller. exceptions: those that hold for the caller. cut_off: why it was closed early.
    """

    exam: Exam
    closes_at: datetime
    questions: int
    extra_minutes: int
    exceptions: Sequence[GivenException]
    mine: Sequence[AttemptBrief]
    cut_off: CutOff | None

    @property
    def has_passed(self) -> bool:
        """Return whether the caller has passed, by an attempt or by an exception."""
        is_excepted = any(each.kind == ExceptionKind.PASSED for each in self.exceptions)
        return is_excepted or any(each.passed for each in self.mine)

    @property
    def extra_attempts(self) -> int:
        """Return how many attempts the caller has more than others."""
        return sum(each.attempts or 0 for each in self.exceptions)


@dataclass(frozen=True)
class Result:
    """The result of an attempt. score: per cent."""

    submitted_at: datetime
    hand_in: HandIn
    score: float
    passed: bool


@dataclass(frozen=True)
class ReviewedQuestion:
    """A question with its points and right answer. options: ids of right options; accepted: texts of a blank."""

    question_id: uuid.UUID
    earned: float
    points: int
    options: list[str]
    accepted: list[str]
    explanation: str | None


def view_exam(db: Session, *, project_id: uuid.UUID, caller: Caller, now: datetime) -> ExamView:
    """Return the exam for people of the roster, organizers and reviewers. Raises NotFound, Forbidden."""
    project = get_insider(db, project_id=project_id, caller=caller)
    exam = get_exam(db, project)
    exceptions = exceptions_of(db, project_id=project_id, person_ids=[caller.person_id])[caller.person_id]
    until = max((each.until for each in exceptions if each.until is not None), default=None)
    closes = closes_at(exam, project)
    void = {str(each) for each in voided(load_keys(db, project_id))}
    changed = moved_attempts(db, project_id=project_id, person_id=caller.person_id)
    attempt = ExamAttempt
    mine = db.execute(
        select(
            attempt.id, attempt.number, attempt.started_at, attempt.deadline_at, attempt.submitted_at, attempt.score,
            attempt.passed,
        )
        .where(attempt.project_id == project_id, attempt.person_id == caller.person_id)
        .order_by(attempt.number)
    )  # fmt: skip
    return ExamView(
        exam=exam,
        closes_at=closes if until is None else max(closes, until),
        questions=len(set(exam.question_ids) - void) + sum(Draw.read(each).count for each in exam.draws),
        extra_minutes=sum(each.minutes or 0 for each in exceptions),
        exceptions=exceptions,
        mine=[
            AttemptBrief(
                *row[:5], None if row.score is None else per_cent(row.score), row.passed, changed.get(row.id, ())
            )
            for row in mine
        ],
        cut_off=find_cut_off(db, project_id),
    )


def _has_open_attempt(db: Session, project_id: uuid.UUID, now: datetime) -> bool:
    """Return whether an attempt is still open. With extra time one may be open after the exam has closed."""
    is_open = (ExamAttempt.submitted_at.is_(None)) & (ExamAttempt.deadline_at > now)
    return bool(db.scalar(select(exists().where(ExamAttempt.project_id == project_id, is_open))))


def hand_in_of(attempt: ExamAttempt, now: datetime) -> HandIn:
    """Return who handed the attempt in: the learner, or the deadline."""
    if attempt.hand_in is not None:
        return attempt.hand_in
    return HandIn.DEADLINE if now >= attempt.deadline_at else HandIn.LEARNER


def result_of(sitting: Sitting, now: datetime) -> Result | None:
    """Return the result of an attempt, or None while it is open. An overdue attempt is graded from its answers."""
    attempt = sitting.attempt
    if not sitting.is_over(now):
        return None
    answers = {question_id: each.value for question_id, each in sitting.answers.items()}
    outcome = outcome_of(attempt, sitting.questions, answers, sitting.keys)
    is_graded = attempt.passed is not None  # who has passed keeps it, whatever the score is after a correction
    return Result(
        submitted_at=attempt.submitted_at or attempt.deadline_at,
        hand_in=hand_in_of(attempt, now),
        score=per_cent(outcome.score),
        passed=bool(attempt.passed) if is_graded else outcome.has_passed(attempt.pass_mark),
    )


def review(db: Session, *, sitting: Sitting, now: datetime) -> list[ReviewedQuestion] | None:
    """Return the points and right answers in the order of the paper, or None.

    None: the attempt isn't over, or the organizer doesn't allow a review yet.
    """
    if not sitting.is_over(now):
        return None
    found = db.execute(
        select(Exam, Project)
        .join(Project, Project.id == Exam.project_id)
        .where(Exam.project_id == sitting.attempt.project_id)
    ).one()
    exam, project = found
    if exam.review is Review.NEVER:
        return None
    if exam.review is Review.AFTER_CLOSE and (
        now < latest_end(db, exam, project) or _has_open_attempt(db, project.id, now)
    ):
        return None
    answers = {question_id: each.value for question_id, each in sitting.answers.items()}
    outcome = outcome_of(sitting.attempt, sitting.questions, answers, sitting.keys)
    reviewed = []
    for item, earned in zip(sitting.attempt.paper, outcome.earned, strict=True):
        question = sitting.questions[uuid.UUID(item["question"])]
        key = sitting.keys.get(question.id)
        right = list(right_answers(question, key))
        options, accepted = ([], right) if question.kind.is_written else (right, [])
        reviewed.append(
            ReviewedQuestion(
                question_id=question.id,
                earned=shown_points(earned),
                points=points_of(question, key),
                options=options,
                accepted=accepted,
                explanation=question.explanation,
            )
        )
    return reviewed
