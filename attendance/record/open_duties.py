"""What a learner still has to do for the credits of a project, besides attending."""

import enum
import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from attendance.record.last_moments import where_open
from attendance.record.participants import has_attended
from attendance.record.sums import met_for_sure
from models.evaluations import EvaluationForm, EvaluationRespondent
from models.exams import Exam, ExamAttempt, ExamException, ExceptionKind
from models.projects import Project, RosterEntry, RosterRole


class Duty(enum.StrEnum):
    """A task that a learner has not done yet; it is listed only while it can be done."""

    EVALUATION = "evaluation"
    EXAM = "exam"


def duties(
    db: Session, *, person_id: uuid.UUID, project_ids: Sequence[uuid.UUID], now: datetime
) -> dict[uuid.UUID, list[Duty]]:
    """Return the open duties of a learner by project. Projects without open duties are left out.

    An evaluation is open only to learners who attended. An exam that needs attendance is open to those who have met it.
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
    has_exam = exists().where(Exam.project_id == Project.id)
    needs_attendance = has_exam.where(Exam.needs_attendance)
    has_passed = or_(
        exists().where(
            ExamAttempt.project_id == Project.id, ExamAttempt.person_id == person_id, ExamAttempt.passed.is_(True)
        ),
        exists().where(
            ExamException.project_id == Project.id,
            ExamException.person_id == person_id,
            ExamException.kind == ExceptionKind.PASSED,
        ),
    )
    wanted = select(
        Project,
        and_(Project.needs_evaluation, has_form, ~has_evaluated, attended).label("evaluation"),
        and_(Project.needs_exam, has_exam, ~has_passed).label("exam"),
        needs_attendance.label("needs_attendance"),
    ).where(Project.id.in_(project_ids), where_open(now), is_learner)
    rows = db.execute(wanted).all()
    doubtful = [project for project, _, exam, needs in rows if exam and needs]
    met = met_for_sure(db, doubtful, person_id=person_id)
    found = {}
    for project, evaluation, exam, needs in rows:
        is_exam_open = exam and (not needs or project.id in met)
        open_duties = [duty for duty, is_open in ((Duty.EVALUATION, evaluation), (Duty.EXAM, is_exam_open)) if is_open]
        if open_duties:
            found[project.id] = open_duties
    return found
