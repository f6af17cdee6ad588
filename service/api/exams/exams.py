"""Exams (在线考试) of projects: set by the organizer, begun by learners."""

import uuid

from apiflask import APIBlueprint

from attendance.exams import attempts, learner_views
from attendance.exams.exams import get_exam, own_questions, set_exam
from attendance.exams.extra_time import give_extra_time
from attendance.exams.papers import Draw
from attendance.exams.questions import with_answers
from attendance.projects.access import ORGANIZERS, READERS, get_open_project, reach_project
from foundation.transactions import read_only
from service.api.exams.exam_attempts import attempt_out
from service.api.exams.schemas.exams import (
    AttemptOut,
    DrawOut,
    ExamIn,
    ExamOut,
    ExamPaper,
    ExtraTimeIn,
    ExtraTimeOut,
    MyAttemptBrief,
    QuestionFull,
)
from service.edge.access import caller, signed_in
from service.edge.body_limits import ROWS
from service.edge.components import parts
from service.edge.database import db
from service.edge.refusals import another_answer, refuses

api = APIBlueprint("exams", __name__, tag="Exams")


@api.put("/projects/<uuid:project_id>/exam")
@signed_in(roles=ORGANIZERS, takes=ROWS)
@refuses("not_found", "project_closed", "question_invalid", "not_enough_questions", "period_invalid", "exam_started")
@api.input(ExamIn, arg_name="body")
@api.output(ExamOut)
def put_exam(project_id: uuid.UUID, body: ExamIn) -> ExamOut:
    """Give the project its exam; once somebody has a paper, only window, attempts, pause and review may change."""
    session = db.session()
    project = get_open_project(session, project_id=project_id, caller=caller())
    set_exam(session, project=project, new=body.to_domain(), caller=caller(), now=parts().clock.now())
    return _exam_out(project_id)


@api.get("/projects/<uuid:project_id>/exam")
@signed_in()
@refuses("not_found")
@api.output(ExamOut)
def get_one_exam(project_id: uuid.UUID) -> ExamOut:
    """The exam without its questions, and my attempts; for everybody on the roster and the organizer."""
    with read_only(db.session()):
        return _exam_out(project_id)


@api.get("/projects/<uuid:project_id>/exam/paper")
@signed_in(roles=READERS)
@refuses("not_found")
@api.output(ExamPaper)
def get_paper(project_id: uuid.UUID) -> ExamPaper:
    """What papers are made of, with the right answers: for organizer and reviewing unit alone."""
    session = db.session()
    with read_only(session):
        reach_project(session, project_id=project_id, caller=caller())
        exam = get_exam(session, project_id)
        questions = own_questions(session, exam)
    return ExamPaper(
        questions=[QuestionFull.model_validate(with_answers(each)) for each in questions],
        draws=[DrawOut.model_validate(Draw.read(each)) for each in exam.draws],
    )


@api.put("/projects/<uuid:project_id>/exam/extra-time")
@signed_in(roles=ORGANIZERS)
@refuses("not_found", "project_closed", "person_not_on_roster")
@api.input(ExtraTimeIn, arg_name="body")
@api.output(ExtraTimeOut)
def put_extra_time(project_id: uuid.UUID, body: ExtraTimeIn) -> ExtraTimeOut:
    """Give one learner more minutes, with a reason; an attempt that is open gets them too."""
    session = db.session()
    project = get_open_project(session, project_id=project_id, caller=caller())
    deadline = give_extra_time(
        session,
        project=project,
        cme_number=body.cme_number,
        minutes=body.minutes,
        reason=body.reason,
        caller=caller(),
        now=parts().clock.now(),
    )
    return ExtraTimeOut(cme_number=body.cme_number, minutes=body.minutes, deadline_at=deadline)


@api.post("/projects/<uuid:project_id>/exam/attempts")
@signed_in()
@refuses(
    "not_found", "not_on_roster", "did_not_attend", "exam_not_open", "attempts_used_up", "pause_not_over",
    "not_enough_questions",
)  # fmt: skip
@api.output(AttemptOut, status_code=201)
@api.doc(responses=another_answer(200, "Under way before", {"$ref": "#/components/schemas/AttemptOut"}))
def start_attempt(project_id: uuid.UUID) -> tuple[AttemptOut, int]:
    """Begin an attempt, or go on with the one that is open, on any device."""
    now = parts().clock.now()
    sitting = attempts.start(db.session(), project_id=project_id, caller=caller(), now=now)
    return attempt_out(sitting, now, review=None), 201 if sitting.is_new else 200


def _exam_out(project_id: uuid.UUID) -> ExamOut:
    view = learner_views.view_exam(db.session(), project_id=project_id, caller=caller(), now=parts().clock.now())
    exam = view.exam
    return ExamOut(
        pass_mark=exam.pass_mark,
        minutes=exam.minutes,
        attempts=exam.attempts,
        pause_minutes=exam.pause_minutes,
        opens_at=exam.opens_at,
        is_shuffled=exam.is_shuffled,
        needs_attendance=exam.needs_attendance,
        review=exam.review,
        scoring=exam.scoring,
        closes_at=view.closes_at,
        questions=view.questions,
        extra_minutes=view.extra_minutes,
        mine=[MyAttemptBrief.model_validate(each) for each in view.mine],
    )
