"""Changes of an exam that has begun: corrections of questions, and exceptions for one person."""

import uuid

from apiflask import APIBlueprint

from attendance.exams import correction_views, corrections, exceptions
from attendance.exams.exams import get_mendable_project
from attendance.projects.access import ORGANIZERS, READERS, reach_project
from service.api.exams.schemas.exam_changes import ExamCorrectionOut
from service.api.exams.schemas.exam_mending import (
    CorrectionEffectOut,
    ExamCorrectionIn,
    ExamCorrectionList,
    ExamExceptionGivenOut,
    ExamExceptionIn,
    ExceptedList,
    ExceptedPersonOut,
)
from service.edge.access import signed_in
from service.edge.answers.bodies import Page
from service.edge.answers.cursor_keys import BY_ID, by_id
from service.edge.answers.paging import paged
from service.edge.answers.problems import in_callers_language
from service.edge.answers.refusals import another_answer, refuses
from service.edge.calls import Call
from service.wording.hints import NEXT_ROUND

api = APIBlueprint("exam_mending", __name__, tag="Exam papers")


@api.post("/projects/<uuid:project_id>/exam/corrections")
@signed_in(roles=ORGANIZERS)
@refuses(
    "not_found", "project_closed", "list_in_review", "question_not_asked", "question_invalid", "paper_would_be_empty",
    "own_attendance",
)  # fmt: skip
@api.input(ExamCorrectionIn, arg_name="body")
@api.output(CorrectionEffectOut, status_code=201)
@api.doc(responses=another_answer(200, "A dry run", CorrectionEffectOut))
def correct_exam(call: Call, project_id: uuid.UUID, body: ExamCorrectionIn) -> tuple[CorrectionEffectOut, int]:
    """Correct the answer of a question, or remove the question, after papers were given out.

    All papers are graded again. People who had passed stay passed.
    """
    project = get_mendable_project(call.db, project_id=project_id, caller=call.caller)
    act = corrections.weigh_correction if body.dry_run else corrections.make_correction
    effect = act(
        call.db,
        project=project,
        new=body.to_domain(),
        caller=call.caller,
        now=call.now,
        questions=call.components.questions,
    )
    return CorrectionEffectOut.of(effect), 200 if body.dry_run else 201


@api.get("/projects/<uuid:project_id>/exam/corrections")
@signed_in(roles=READERS)
@refuses("not_found")
@api.input(Page, location="query", arg_name="query")
@api.output(ExamCorrectionList)
def list_exam_corrections(call: Call, project_id: uuid.UUID, query: Page) -> ExamCorrectionList:
    """Show the corrections of the exam to organizer and reviewing unit, oldest first."""
    reached = reach_project(call.db, project_id=project_id, caller=call.caller)
    page = paged(
        query,
        BY_ID,
        lambda after, limit: correction_views.list_corrections(
            call.db, project=reached.project, after=after, limit=limit
        ),
    )
    return ExamCorrectionList.of(page, ExamCorrectionOut.model_validate)


@api.post("/projects/<uuid:project_id>/exam/exceptions")
@signed_in(roles=ORGANIZERS)
@refuses("not_found", "project_closed", "list_in_review", "person_not_on_roster", "period_invalid", "own_attendance")
@api.input(ExamExceptionIn, arg_name="body")
@api.output(ExamExceptionGivenOut, status_code=201)
def except_learner(call: Call, project_id: uuid.UUID, body: ExamExceptionIn) -> ExamExceptionGivenOut:
    """Give one learner more attempts, a later end, or a pass, with a reason.

    A new exception replaces the earlier one of the same kind.
    """
    project = get_mendable_project(call.db, project_id=project_id, caller=call.caller)
    given = exceptions.make_exception(
        call.db,
        project=project,
        cme_number=body.cme_number,
        new=body.to_domain(),
        caller=call.caller,
        now=call.now,
    )
    return ExamExceptionGivenOut(
        **vars(ExceptedPersonOut.of(given.person)),
        attempts_left=given.attempts_left,
        leads_to_round=given.leads_to_round,
        hint=in_callers_language(NEXT_ROUND) if given.leads_to_round else None,
    )


@api.get("/projects/<uuid:project_id>/exam/exceptions")
@signed_in(roles=READERS)
@refuses("not_found")
@api.input(Page, location="query", arg_name="query")
@api.output(ExceptedList)
def list_exam_exceptions(call: Call, project_id: uuid.UUID, query: Page) -> ExceptedList:
    """Show the people with an exception or extra time, and why, to organizer and reviewing unit."""
    reached = reach_project(call.db, project_id=project_id, caller=call.caller)
    page = paged(
        query,
        by_id("person_id"),
        lambda after, limit: exceptions.list_excepted(call.db, project=reached.project, after=after, limit=limit),
    )
    return ExceptedList.of(page, ExceptedPersonOut.of)
