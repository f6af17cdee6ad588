"""The exam of a project (在线考试): its rules and questions, which the organizer sets, and who has passed it."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CompoundSelect, exists, select
from sqlalchemy.orm import Session

from attendance.errors import PeriodInvalid
from attendance.exams.errors import ExamStarted, ListInReview, NotEnoughQuestions
from attendance.exams.papers import Draw, count_pool
from attendance.projects.access import OrganizedProject, ReadableProject, get_open_project
from attendance.questions.question_bank import check_pictures
from attendance.questions.questions import NewQuestion, QuestionPlace, make_question, normalized, read_question
from attendance.record.last_moments import last_moment
from attendance.record.participants import InsiderProject
from foundation import audit
from foundation.callers import Caller
from foundation.errors import NotFound
from models.exams import Exam, ExamAttempt, ExamException, ExceptionKind, Question, Review, Scoring
from models.people import Unit
from models.projects import Project, ProjectStatus

_ON_PAPERS = ("pass_mark", "minutes", "is_shuffled", "scoring")  # rules that must not change once a learner has a paper


@dataclass(frozen=True)
class ExamRules:
    """The rules of an exam. pass_mark: per cent; minutes: for one attempt; pause_minutes: between two attempts."""

    pass_mark: int
    minutes: int
    attempts: int
    pause_minutes: int
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    is_shuffled: bool = True
    needs_attendance: bool = True
    review: Review = Review.NEVER
    scoring: Scoring = Scoring.ALL_OR_NOTHING


@dataclass(frozen=True)
class NewExam:
    """An exam to set: rules, own questions, and rules for drawing from the bank."""

    rules: ExamRules
    questions: tuple[NewQuestion, ...] = ()
    draws: tuple[Draw, ...] = ()


def select_passed(project_id: uuid.UUID) -> CompoundSelect[uuid.UUID]:
    """Select the people who have passed the project's exam: in any attempt that is handed in, or by an exception.

    An overdue attempt counts after it is handed in; `hand_in.hand_in_overdue` does this for a project.
    """
    attempts = ExamAttempt.project_id == project_id, ExamAttempt.passed.is_(True)
    exceptions = ExamException.project_id == project_id, ExamException.kind == ExceptionKind.PASSED
    return select(ExamAttempt.person_id).where(*attempts).union(select(ExamException.person_id).where(*exceptions))


def find_exam(db: Session, project_id: uuid.UUID) -> Exam | None:
    """Return the exam of a project, read from the database again, or None."""
    wanted = select(Exam).where(Exam.project_id == project_id).execution_options(populate_existing=True)
    return db.scalars(wanted).first()


def get_exam(db: Session, project: ReadableProject | InsiderProject) -> Exam:
    """Return the exam of a project. Raises NotFound for a project without exam."""
    exam = find_exam(db, project.id)
    if exam is None:
        raise NotFound
    return exam


def get_mendable_project(db: Session, *, project_id: uuid.UUID, caller: Caller) -> OrganizedProject:
    """Return the project, locked, for an organizer who mends its exam: at any time but while its list is in review.

    Raises NotFound, Forbidden, ProjectClosed for a cancelled project, ListInReview.
    """
    cancelled = frozenset({ProjectStatus.CANCELLED})
    project = get_open_project(db, project_id=project_id, caller=caller, closed_in=cancelled)
    if project.status is ProjectStatus.IN_REVIEW:
        raise ListInReview
    return project


def is_settled(project: Project) -> bool:
    """Return whether the project's credits were granted, so that a change leads into another round."""
    return project.status in (ProjectStatus.SETTLED, ProjectStatus.ARCHIVED)


def own_questions(db: Session, exam: Exam) -> list[Question]:
    """Return the exam's own questions, which are on every paper, in the organizer's order."""
    ids = [uuid.UUID(each) for each in exam.question_ids]
    found = {each.id: each for each in db.scalars(select(Question).where(Question.id.in_(ids)))}
    return [found[each] for each in ids]


def closes_at(exam: Exam, project: Project) -> datetime:
    """Return the first instant at which the exam is closed."""
    if exam.closes_at is not None:
        return exam.closes_at
    return last_moment(project)


def set_exam(db: Session, *, project: Project, new: NewExam, caller: Caller, now: datetime) -> Exam:
    """Set or change the exam of a project and return it.

    Once a learner has a paper, only rules without effect on papers may change: window, attempts, pause, review.
    project: locked, so that two changes at the same time wait for each other. Raises QuestionInvalid,
    NotEnoughQuestions, PeriodInvalid, ExamStarted.
    """
    rules = new.rules
    if rules.opens_at and rules.closes_at and rules.closes_at <= rules.opens_at:
        raise PeriodInvalid(field="closes_at")
    path = db.scalars(select(Unit.path).where(Unit.id == project.unit_id)).one()
    _check_pools(db, path, new)
    check_pictures(db, new.questions, path)
    # learners who begin an attempt wait for this lock
    exam = db.scalars(select(Exam).where(Exam.project_id == project.id).with_for_update()).first()
    if exam is None:
        exam = Exam(project_id=project.id, version=0)
        db.add(exam)
        _write_questions(db, exam, project, new, caller, now)
    elif not _is_same_paper(db, exam, new):
        if db.scalar(select(exists().where(ExamAttempt.project_id == project.id))):
            raise ExamStarted
        for each in own_questions(db, exam):
            each.retired_at = now
        _write_questions(db, exam, project, new, caller, now)
    _write_rules(db, exam, new, caller, now)
    db.flush()
    return exam


def _write_rules(db: Session, exam: Exam, new: NewExam, caller: Caller, now: datetime) -> None:
    rules = new.rules
    for name, value in vars(rules).items():
        setattr(exam, name, value)
    exam.version += 1
    exam.set_by, exam.set_at = caller.person_id, now
    after = {
        "pass_mark": rules.pass_mark,
        "minutes": rules.minutes,
        "attempts": rules.attempts,
        "scoring": rules.scoring.value,
        "questions": len(new.questions),
        "draws": [each.write() for each in new.draws],
    }
    audit.record(db, caller, now, "exam.set", ("project", exam.project_id), after=after)


def _check_pools(db: Session, unit_path: str, new: NewExam) -> None:
    """Raise NotEnoughQuestions if a draw lacks questions, also when earlier draws take from the same questions."""
    for position, draw in enumerate(new.draws):
        drawn_before = sum(each.count for each in new.draws[:position] if each.overlaps(draw))
        if count_pool(db, draw=draw, unit_path=unit_path) < drawn_before + draw.count:
            raise NotEnoughQuestions(field=f"draws.{position}.count")


def _is_same_paper(db: Session, exam: Exam, new: NewExam) -> bool:
    """Return whether the new exam has the same papers as the present one."""
    rules = new.rules
    if any(getattr(exam, each) != getattr(rules, each) for each in _ON_PAPERS):
        return False
    if [Draw.read(each) for each in exam.draws] != list(new.draws):
        return False
    return [read_question(each) for each in own_questions(db, exam)] == [normalized(each) for each in new.questions]


def _write_questions(db: Session, exam: Exam, project: Project, new: NewExam, caller: Caller, now: datetime) -> None:
    place = QuestionPlace(unit_id=project.unit_id, project_id=project.id)
    made = [
        make_question(each, place=place, author_id=caller.person_id, now=now, field=f"questions.{number}")
        for number, each in enumerate(new.questions)
    ]
    db.add_all(made)
    exam.question_ids = [str(each.id) for each in made]
    exam.draws = [each.write() for each in new.draws]
