"""What somebody still has to do for the credits of projects they are expected at, besides attending; one statement."""

import enum
import uuid
from collections.abc import Sequence

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from attendance.record.participants import UNDER_WAY, has_come
from models.evaluations import EvaluationForm, EvaluationRespondent
from models.exams import Exam, ExamAttempt
from models.projects import Project, RosterEntry, RosterRole


class Duty(enum.StrEnum):
    """Something that is still owed; it is told once it can be done."""

    EVALUATION = "evaluation"
    EXAM = "exam"


def duties(db: Session, *, person_id: uuid.UUID, project_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Duty]]:
    """By project what a learner still owes; projects where nothing is owed, or can be done, are left out.

    Who has not come can't evaluate, nor sit an exam that is for those who came.
    """
    learns = exists().where(
        RosterEntry.project_id == Project.id,
        RosterEntry.person_id == person_id,
        RosterEntry.role == RosterRole.LEARNER,
    )
    has_form = exists().where(EvaluationForm.project_id == Project.id)
    has_evaluated = exists().where(
        EvaluationRespondent.project_id == Project.id, EvaluationRespondent.person_id == person_id
    )
    came = has_come(person_id)
    has_exam = exists().where(Exam.project_id == Project.id, or_(~Exam.needs_attendance, came))
    has_passed = exists().where(
        ExamAttempt.project_id == Project.id, ExamAttempt.person_id == person_id, ExamAttempt.passed.is_(True)
    )
    wanted = select(
        Project.id,
        and_(Project.needs_evaluation, has_form, ~has_evaluated, came).label("evaluation"),
        and_(Project.needs_exam, has_exam, ~has_passed).label("exam"),
    ).where(Project.id.in_(project_ids), Project.status.in_(UNDER_WAY), learns)
    found = {}
    for id, evaluation, exam in db.execute(wanted):
        owed = [duty for duty, is_owed in ((Duty.EVALUATION, evaluation), (Duty.EXAM, exam)) if is_owed]
        if owed:
            found[id] = owed
    return found
