"""Exams (在线考试) of projects: set by the organizer, begun by learners."""

import uuid

from apiflask import APIBlueprint

from attendance.exams import attempts, learner_views
from attendance.exams.correction_views import list_corrections
from attendance.exams.exams import get_exam, own_questions, set_exam
from attendance.exams.extra_time import give_extra_time
from attendance.exams.papers import Draw
from attendance.projects.access import CONTENT, ORGANIZERS, READERS, get_open_project, reach_project
from attendance.questions.questions import with_answers
from service.api.exams.exam_attempts import attempt_out
from service.api.exams.schemas.exam_changes import ExamCorrectionOut, ExamExceptionOut
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
from service.api.projects.schemas.project_briefs import CutOffOut
from service.edge.access import signed_in
from service.edge.answers.briefs import with_names
from service.edge.answers.refusals import another_answer, refuses
from service.edge.calls import Call
from service.edge.requests.body_limits import ROWS

api = APIBlueprint("exams", __name__, tag="Exams")


@api.put("/projects/<uuid:project_id>/exam")
@signed_in(roles=ORGANIZERS, tasks=CONTENT, takes=ROWS)
@refuses("not_found", "project_closed", "question_invalid", "not_enough_questions", "period_invalid", "exam_started")
@api.input(ExamIn, arg_name="body")
@api.output(ExamOut)
def put_exam(call: Call, project_id: uuid.UUID, body: ExamIn) -> ExamOut:
    """Set the exam of a project.

    After the first paper, only the period, the attempts, the pause and the review may change.
    """
    project = get_open_project(call.db, project_id=project_id, caller=call.caller, tasks=CONTENT)
    set_exam(call.db, project=project, new=body.to_domain(), caller=call.caller, now=call.now)
    return _exam_out(call, project_id)


@api.get("/projects/<uuid:project_id>/exam")
@signed_in(tasks=CONTENT)
@refuses("not_found")
@api.output(ExamOut)
def get_one_exam(call: Call, project_id: uuid.UUID) -> ExamOut:
    """Show the exam without its questions, and my attempts, to people on the roster and to staff."""
    return _exam_out(call, project_id)


@api.get("/projects/<uuid:project_id>/exam/paper")
@signed_in(roles=READERS, tasks=CONTENT)
@refuses("not_found")
@api.output(ExamPaper)
def get_paper(call: Call, project_id: uuid.UUID) -> ExamPaper:
    """Show the questions and rules of the exam with the correct answers, to organizer and reviewing unit only."""
    reached = reach_project(call.db, project_id=project_id, caller=call.caller, tasks=CONTENT)
    exam = get_exam(call.db, reached.project)
    questions = own_questions(call.db, exam)
    return ExamPaper(
        questions=[QuestionFull.model_validate(with_answers(each)) for each in questions],
        draws=[DrawOut.model_validate(Draw.read(each)) for each in exam.draws],
        corrections=[
            ExamCorrectionOut.model_validate(each) for each in list_corrections(call.db, project=reached.project)
        ],
    )


@api.put("/projects/<uuid:project_id>/exam/extra-time")
@signed_in(roles=ORGANIZERS)
@refuses("not_found", "project_closed", "person_not_on_roster", "own_attendance")
@api.input(ExtraTimeIn, arg_name="body")
@api.output(ExtraTimeOut)
def put_extra_time(call: Call, project_id: uuid.UUID, body: ExtraTimeIn) -> ExtraTimeOut:
    """Give one learner extra minutes, with a reason. They also count for an open attempt."""
    project = get_open_project(call.db, project_id=project_id, caller=call.caller)
    deadline = give_extra_time(
        call.db,
        project=project,
        cme_number=body.cme_number,
        minutes=body.minutes,
        reason=body.reason,
        caller=call.caller,
        now=call.now,
    )
    return ExtraTimeOut(cme_number=body.cme_number, minutes=body.minutes, deadline_at=deadline)


@api.post("/projects/<uuid:project_id>/exam/attempts")
@signed_in()
@refuses(
    "not_found", "not_on_roster", "did_not_attend", "attendance_not_met", "own_attendance",
    "exam_not_open", "attempts_used_up", "pause_not_over",
    "not_enough_questions",
)  # fmt: skip
@api.output(AttemptOut, status_code=201)
@api.doc(responses=another_answer(200, "Under way before", AttemptOut))
@with_names
def start_attempt(call: Call, project_id: uuid.UUID) -> tuple[AttemptOut, int]:
    """Start an attempt, or continue the open one, on any device."""
    sitting = attempts.start(
        call.db,
        project_id=project_id,
        caller=call.caller,
        now=call.now,
        questions=call.components.questions,
        dice=call.components.dice,
    )
    return attempt_out(sitting, call.now, review=None, seen=()), 201 if sitting.is_new else 200


def _exam_out(call: Call, project_id: uuid.UUID) -> ExamOut:
    view = learner_views.view_exam(call.db, project_id=project_id, caller=call.caller, now=call.now)
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
        extra_attempts=view.extra_attempts,
        exceptions=[ExamExceptionOut.model_validate(each) for each in view.exceptions],
        passed=view.has_passed,
        mine=[MyAttemptBrief.model_validate(each) for each in view.mine],
        cut_off=None if view.cut_off is None else CutOffOut.model_validate(view.cut_off),
    )
