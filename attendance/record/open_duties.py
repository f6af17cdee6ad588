"""What a learner still has to do for the credits of a project, besides attending."""

import enum
import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from attendance.record.last_moments import where_open
from attendance.record.participants import has_attended
from models.evaluations import EvaluationForm, EvaluationRespondent
from models.exams import Exam, ExamAttempt
from models.projects import Project, RosterEntry, RosterRole


class Duty(enum.StrEnum):
    """A task that a learner has not done yet; it is listed only while it can be done."""

    EVALUATION = "evaluation"
    EXAM = "exam"


def duties(
    db: Session, *, person_id: uuid.UUID, project_ids: Sequence[uuid.UUID], now: datetime
) -> dict[uuid.UUID, list[Duty]]:
    """Return the open duties of a learner by project, in one statement. Projects without open duties are left out.

    An evaluation is open only to learners who attended, and so is an exam that needs attendance.
    """
    is_learner = exists().where(
        RosterEntry.project_id == Project.id,
        RosterEntry.person_id == person_id,
        RosterEntry.role == RosterRole.LEARNER,
    )
    has_form = exists().where(EvaluationForm.project_id == Project.id)
    has_evaluated = exists().where(
        EvaluationRespondent.project_id == Project.id, EvaluationRespondent.person_id == person_id
    )
    attended = has_attended(person_id)
    has_exam = exists().where(Exam.project_id == Project.id, or_(~Exam.needs_attendance, attended))
    has_passed = exists().where(
        ExamAttempt.project_id == Project.id, ExamAttempt.person_id == person_id, ExamAttempt.passed.is_(True)
    )
    wanted = select(
        Project.id,
        and_(Project.needs_evaluation, has_form, ~has_evaluated, attended).label("evaluation"),
        and_(Project.needs_exam, has_exam, ~has_passed).label("exam"),
    ).where(Project.id.in_(project_ids), where_open(now), is_learner)
    found = {}
    for id, evaluation, exam in db.execute(wanted):
        open_duties = [duty for duty, is_open in ((Duty.EVALUATION, evaluation), (Duty.EXAM, exam)) if is_open]
        if open_duties:
            found[id] = open_duties
    return found
