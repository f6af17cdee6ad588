"""Results of exams, for organizer and reviewing unit: by learner and by question."""

import uuid

from apiflask import APIBlueprint

from attendance.access import READERS, reach_project
from attendance.exam_results import list_results
from attendance.exam_statistics import ItemStatistics, item_statistics
from models.transactions import read_only
from service.access import caller, signed_in
from service.api.cursor_keys import read_id
from service.api.schemas.base import Page
from service.api.schemas.exam_results import ChoiceOut, ItemList, ItemOut, LearnerResultOut, ResultList
from service.database import db
from service.endpoint import refuses
from service.paging import decode_cursor, encode_cursor

api = APIBlueprint("exam_results", __name__, tag="Exams")


@api.get("/projects/<uuid:project_id>/exam/results")
@signed_in(roles=READERS)
@refuses("not_found")
@api.input(Page, location="query", arg_name="query")
@api.output(ResultList)
def list_exam_results(project_id: uuid.UUID, query: Page) -> ResultList:
    """The learners of the roster with their best score; who has not sat has none."""
    keys = decode_cursor(query.cursor, 1)
    after = read_id(keys[0]) if keys else None
    with read_only(db.session()):
        reach_project(db.session(), project_id=project_id, caller=caller())
        found = list_results(db.session(), project_id=project_id, after=after, limit=query.limit + 1)
    page = found[: query.limit]
    return ResultList(
        items=[LearnerResultOut.model_validate(each) for each in page],
        next_cursor=encode_cursor(str(page[-1].person_id)) if len(found) > query.limit else None,
    )


@api.get("/projects/<uuid:project_id>/exam/statistics")
@signed_in(roles=READERS)
@refuses("not_found")
@api.output(ItemList)
def get_exam_statistics(project_id: uuid.UUID) -> ItemList:
    """How hard each question was, whether it tells the strong from the weak, and what was chosen."""
    with read_only(db.session()):
        reach_project(db.session(), project_id=project_id, caller=caller())
        found = item_statistics(db.session(), project_id=project_id)
    return ItemList(items=[_item_out(each) for each in found])


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
