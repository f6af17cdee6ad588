"""The learner's views of an exam: its rules, their attempts, and the review if the organizer allows it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from attendance.exams.attempts import Sitting
from attendance.exams.exams import closes_at, get_exam
from attendance.exams.grading import has_passed, score
from attendance.exams.hand_in import outcome_of
from attendance.exams.papers import Draw
from attendance.record.participants import get_insider
from foundation.callers import Caller
from models.exams import Exam, ExamAttempt, ExamExtraTime, HandIn, QuestionKind, Review
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


@dataclass(frozen=True)
class ExamView:
    """An exam as people of the project see it. questions: number of questions on a paper."""

    exam: Exam
    closes_at: datetime
    questions: int
    extra_minutes: int
    mine: Sequence[AttemptBrief]


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
    earned: int
    points: int
    options: list[str]
    accepted: list[str]
    explanation: str | None


def view_exam(db: Session, *, project_id: uuid.UUID, caller: Caller, now: datetime) -> ExamView:
    """Return the exam for people of the roster, organizers and reviewers. Raises NotFound, Forbidden."""
    project = get_insider(db, project_id=project_id, caller=caller).project
    exam = get_exam(db, project_id)
    extra = select(ExamExtraTime.minutes).where(
        ExamExtraTime.project_id == project_id, ExamExtraTime.person_id == caller.person_id
    )
    attempt = ExamAttempt
    mine = db.execute(
        select(
            attempt.id, attempt.number, attempt.started_at, attempt.deadline_at, attempt.submitted_at, attempt.points,
            attempt.out_of, attempt.passed,
        )
        .where(attempt.project_id == project_id, attempt.person_id == caller.person_id)
        .order_by(attempt.number)
    )  # fmt: skip
    return ExamView(
        exam=exam,
        closes_at=closes_at(exam, project),
        questions=len(exam.question_ids) + sum(Draw.read(each).count for each in exam.draws),
        extra_minutes=db.scalar(extra) or 0,
        mine=[
            AttemptBrief(*row[:5], score(row.points, row.out_of) if row.out_of else None, row.passed) for row in mine
        ],
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
    outcome = outcome_of(attempt, sitting.questions, answers)
    return Result(
        submitted_at=attempt.submitted_at or attempt.deadline_at,
        hand_in=hand_in_of(attempt, now),
        score=score(outcome.points, outcome.out_of),
        passed=has_passed(outcome.points, outcome.out_of, attempt.pass_mark),
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
    if exam.review is Review.AFTER_CLOSE and (now < closes_at(exam, project) or _has_open_attempt(db, project.id, now)):
        return None
    answers = {question_id: each.value for question_id, each in sitting.answers.items()}
    outcome = outcome_of(sitting.attempt, sitting.questions, answers)
    reviewed = []
    for item, earned in zip(sitting.attempt.paper, outcome.earned, strict=True):
        question = sitting.questions[uuid.UUID(item["question"])]
        is_blank = question.kind is QuestionKind.FILL
        right = list(question.correct)
        options, accepted = ([], right) if is_blank else (right, [])
        reviewed.append(ReviewedQuestion(question.id, earned, question.points, options, accepted, question.explanation))
    return reviewed
