"""Evaluations (项目评价): the form, the answers and the results."""

import uuid

from apiflask import APIBlueprint
from apiflask.schemas import FileSchema
from flask import Response

from attendance.evaluations import templates
from attendance.evaluations.forms import get_form, read_questions, set_form
from attendance.evaluations.responses import FormAnswer, has_answered, respond
from attendance.evaluations.results import QuestionResult, Results, get_results
from attendance.evaluations.templates import Template
from attendance.projects.access import CONTENT, ORGANIZERS, OVERSEERS, RESULTS, get_open_project, oversee_project
from attendance.record.last_moments import CutOff, find_cut_off
from attendance.record.participants import get_insider
from models.evaluations import EvaluationForm
from service.api.evaluations.schemas.evaluations import (
    CountOut,
    EvaluationResults,
    FormIn,
    FormOut,
    FormQuestionOut,
    QuestionResultOut,
    ResponseIn,
    TemplateIn,
    TemplateList,
    TemplateOut,
    TemplateQuestion,
    Thanks,
)
from service.api.projects.schemas.project_briefs import CutOffOut
from service.edge.access import signed_in
from service.edge.answers.briefs import with_names
from service.edge.answers.file_answers import attachment
from service.edge.answers.refusals import refuses, tells
from service.edge.calls import Call
from service.exports.project_sheets import EVALUATION_TITLES, evaluation_lines
from sheets.writing import XLSX, xlsx_bytes

api = APIBlueprint("evaluations", __name__, tag="Evaluations")


@api.put("/projects/<uuid:project_id>/evaluation")
@signed_in(roles=ORGANIZERS, tasks=CONTENT)
@refuses("not_found", "project_closed", "question_invalid", "evaluation_started")
@api.input(FormIn, arg_name="body")
@api.output(FormOut)
def put_evaluation(call: Call, project_id: uuid.UUID, body: FormIn) -> FormOut:
    """Set the project's form. The same form again changes nothing; another one is refused after the first answer."""
    project = get_open_project(call.db, project_id=project_id, caller=call.caller, tasks=CONTENT)
    if body.template_id is not None:
        template = templates.get_template(call.db, template_id=body.template_id, caller=call.caller)
        questions = list(template.questions)
    else:
        questions = [each.to_domain() for each in body.questions or ()]
    form = set_form(call.db, project=project, questions=questions, caller=call.caller, now=call.now)
    return _form_out(form, has_evaluated=False)


@api.get("/projects/<uuid:project_id>/evaluation")
@signed_in(tasks=CONTENT)
@refuses("not_found")
@api.output(FormOut)
def get_evaluation(call: Call, project_id: uuid.UUID) -> FormOut:
    """Show the form, for everybody on the roster and the organizer."""
    project = get_insider(call.db, project_id=project_id, caller=call.caller)
    form = get_form(call.db, project)
    done = has_answered(call.db, project=project, caller=call.caller)
    return _form_out(form, has_evaluated=done, cut_off=find_cut_off(call.db, project_id))


@api.post("/projects/<uuid:project_id>/evaluation/responses")
@signed_in(keeps_reply=False)  # a stored reply would hold a hash of the answers together with the account
@refuses("not_found", "did_not_attend", "evaluation_not_open", "already_evaluated", "answers_invalid")
@api.input(ResponseIn, arg_name="body")
@api.output(Thanks, status_code=201)
def add_response(call: Call, project_id: uuid.UUID, body: ResponseIn) -> Thanks:
    """Evaluate a project that I attended, once and anonymously. A second time the answer is `already_evaluated`."""
    answers = [FormAnswer(each.question_id, each.value) for each in body.answers]
    respond(
        call.db,
        project_id=project_id,
        answers=answers,
        caller=call.caller,
        now=call.now,
        dice=call.components.dice,
    )
    return Thanks(has_evaluated=True)


@api.get("/projects/<uuid:project_id>/evaluation/results")
@signed_in(roles=OVERSEERS, tasks=RESULTS)
@refuses("not_found")
@api.output(EvaluationResults)
def get_evaluation_results(call: Call, project_id: uuid.UUID) -> EvaluationResults:
    """Show counts and comments of complete groups of five responses, for the organizer and the reviewing unit."""
    results = _read_results(call, project_id)
    return EvaluationResults(
        responses=results.responses,
        shown=results.shown,
        questions=[_result_out(each) for each in results.questions],
    )


@api.get("/projects/<uuid:project_id>/evaluation/results.xlsx")
@signed_in(roles=OVERSEERS, tasks=RESULTS)
@refuses("not_found")
@tells("Content-Disposition")
@api.output(FileSchema(type="string", format="binary"), content_type=XLSX)
def get_evaluation_sheet(call: Call, project_id: uuid.UUID) -> Response:
    """Show the same results as a sheet."""
    lines = evaluation_lines(_read_results(call, project_id))
    data = xlsx_bytes(EVALUATION_TITLES, lines, name="项目评价")
    return attachment(data, XLSX, f"evaluation-{project_id}.xlsx")


@api.get("/evaluation-templates")
@signed_in(roles=ORGANIZERS)
@refuses()
@api.output(TemplateList)
@with_names
def list_evaluation_templates(call: Call) -> TemplateList:
    """Show the form templates that I may use: the common one, then those of my units and of the units above them."""
    found = templates.list_templates(call.db, caller=call.caller)
    return TemplateList(items=[_template_out(each) for each in found])


@api.post("/evaluation-templates")
@signed_in(roles=ORGANIZERS)
@refuses("not_found", "unit_needed", "question_invalid")
@api.input(TemplateIn, arg_name="body")
@api.output(TemplateOut, status_code=201)
@with_names
def add_evaluation_template(call: Call, body: TemplateIn) -> TemplateOut:
    """Store a form template for a unit and all units below it."""
    made = templates.keep_template(
        call.db,
        name=body.name,
        questions=[each.to_domain() for each in body.questions],
        unit_id=body.unit_id,
        caller=call.caller,
        now=call.now,
    )
    return _template_out(made)


def _read_results(call: Call, project_id: uuid.UUID) -> Results:
    project = oversee_project(call.db, project_id=project_id, caller=call.caller, tasks=RESULTS)
    return get_results(call.db, project)


def _result_out(result: QuestionResult) -> QuestionResultOut:
    question = result.question
    return QuestionResultOut(
        id=question.id,
        kind=question.kind,
        text=question.text,
        answered=result.answered,
        mean=result.mean,
        counts=[CountOut.model_validate(each) for each in result.counts],
        comments=list(result.comments),
    )


def _template_out(template: Template) -> TemplateOut:
    return TemplateOut(
        id=template.id,
        unit_id=template.unit_id,
        name=template.name,
        questions=[TemplateQuestion(kind=q.kind, text=q.text, options=list(q.options)) for q in template.questions],
        created_at=template.created_at,
    )


def _form_out(form: EvaluationForm, *, has_evaluated: bool, cut_off: CutOff | None = None) -> FormOut:
    questions = [FormQuestionOut.model_validate(each) for each in read_questions(form)]
    shown = None if cut_off is None else CutOffOut.model_validate(cut_off)
    return FormOut(questions=questions, has_evaluated=has_evaluated, cut_off=shown)
