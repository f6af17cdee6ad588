"""Results of exams by learner and by question, for organizer and reviewing unit."""

import uuid
from decimal import Decimal

from apiflask import APIBlueprint
from apiflask.schemas import FileSchema
from flask import Response

from attendance.exams.results import LearnerResult, list_results
from attendance.exams.statistics import ItemStatistics, item_statistics
from attendance.projects.access import OVERSEERS, READERS, RESULTS, oversee_project, reach_project
from service.api.exams.schemas.exam_results import (
    ChoiceOut,
    ItemList,
    ItemOut,
    LearnerResultOut,
    ResultList,
    ResultsAsked,
)
from service.edge.access import signed_in
from service.edge.answers.cursor_keys import by_id
from service.edge.answers.file_answers import attachment
from service.edge.answers.paging import paged
from service.edge.answers.refusals import refuses, tells
from service.edge.calls import Call
from sheets.writing import XLSX, xlsx_bytes

api = APIBlueprint("exam_results", __name__, tag="Exam papers")
_TITLES = ("继教编号", "姓名", "考试次数", "最好成绩（%）", "结果")


@api.get("/projects/<uuid:project_id>/exam/results")
@signed_in(roles=OVERSEERS, tasks=RESULTS)
@refuses("not_found")
@api.input(ResultsAsked, location="query", arg_name="query")
@api.output(ResultList)
def list_exam_results(call: Call, project_id: uuid.UUID, query: ResultsAsked) -> ResultList:
    """Show the learners of the roster with their best score. People without an attempt have no score."""
    page = paged(
        query,
        by_id("person_id"),
        lambda after, limit: _read_results(call, project_id, text=query.q, after=after, limit=limit),
    )
    return ResultList.of(page, LearnerResultOut.model_validate)


@api.get("/projects/<uuid:project_id>/exam/results.xlsx")
@signed_in(roles=OVERSEERS, tasks=RESULTS)
@refuses("not_found")
@tells("Content-Disposition")
@api.output(FileSchema(type="string", format="binary"), content_type=XLSX)
def get_exam_sheet(call: Call, project_id: uuid.UUID) -> Response:
    """Show the whole list as a workbook."""
    lines = (
        [each.cme_number, each.name, each.attempts, _per_cent(each.score), "合格" if each.passed else "不合格"]
        for each in _read_results(call, project_id, after=None, limit=None)
    )
    return attachment(xlsx_bytes(_TITLES, lines, name="考试成绩"), XLSX, f"exam-{project_id}.xlsx")


@api.get("/projects/<uuid:project_id>/exam/statistics")
@signed_in(roles=READERS, tasks=RESULTS)
@refuses("not_found")
@api.output(ItemList)
def get_exam_statistics(call: Call, project_id: uuid.UUID) -> ItemList:
    """Show for each question: its difficulty, its discrimination, and how often each option was chosen."""
    reached = reach_project(call.db, project_id=project_id, caller=call.caller, tasks=RESULTS)
    found = item_statistics(call.db, project=reached.project, cache=call.components.questions)
    return ItemList(items=[_item_out(each) for each in found])


def _read_results(
    call: Call, project_id: uuid.UUID, *, text: str | None = None, after: uuid.UUID | None, limit: int | None
) -> list[LearnerResult]:
    project = oversee_project(call.db, project_id=project_id, caller=call.caller, tasks=RESULTS)
    return list_results(call.db, project=project, text=text, after=after, limit=limit)


def _per_cent(score: float | None) -> Decimal | None:
    return None if score is None else Decimal(str(score))


def _item_out(item: ItemStatistics) -> ItemOut:
    question = item.question
    return ItemOut(
        question_id=question.id,
        kind=question.kind,
        discipline=question.discipline,
        text=question.text,
        points=question.points,
        shown=item.shown,
        answered=item.answered,
        difficulty=item.difficulty,
        discrimination=item.discrimination,
        choices=[ChoiceOut.model_validate(each) for each in item.choices],
    )
