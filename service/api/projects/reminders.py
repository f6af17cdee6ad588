"""Who has not checked out, evaluated or passed the exam, and reminders to them."""

import uuid

from apiflask import APIBlueprint

from attendance.projects.access import ORGANIZERS, OVERSEERS, oversee_project
from attendance.reminders.missing_learners import Roll
from attendance.reminders.reminding import remind
from service.api.projects.schemas.reminders import (
    MissingLearnerList,
    MissingLearnerOut,
    MissingPage,
    RemindersNew,
    RemindersOut,
)
from service.edge.access import signed_in
from service.edge.answers.cursor_keys import by_text_and_id
from service.edge.answers.paging import counted, paged
from service.edge.answers.refusals import refuses
from service.edge.calls import Call

api = APIBlueprint("reminders", __name__, tag="Attendance")


@api.get("/projects/<uuid:project_id>/missing")
@signed_in(roles=OVERSEERS)
@refuses("not_found")
@api.input(MissingPage, location="query", arg_name="query")
@api.output(MissingLearnerList)
def list_missing_learners(call: Call, project_id: uuid.UUID, query: MissingPage) -> MissingLearnerList:
    """Show the learners who have not checked out, evaluated, or passed the exam, by name.

    Of check-outs, sessions whose check-out has opened count. Who did not attend owes no evaluation.
    """
    project = oversee_project(call.db, project_id=project_id, caller=call.caller)
    roll = Roll(call.db, project=project, what=query.what, now=call.now)
    page = paged(
        query, by_text_and_id("name", "person_id"), lambda after, limit: roll.list(query.q, after=after, limit=limit)
    )
    return MissingLearnerList.of(
        page, MissingLearnerOut.model_validate, **counted(query, page, lambda: roll.count(query.q))
    )


@api.post("/projects/<uuid:project_id>/reminders")
@signed_in(roles=ORGANIZERS)
@refuses("not_found", "project_closed", "project_not_announced", "not_asked_for")
@api.input(RemindersNew, arg_name="body")
@api.output(RemindersOut)
def send_reminders(call: Call, project_id: uuid.UUID, body: RemindersNew) -> RemindersOut:
    """Remind each learner who has not done it and still can, by a notice that tells until when.

    Who was reminded of it a short while ago is left alone: ten minutes for check-outs, twelve hours for the others.
    """
    done = remind(call.db, project_id=project_id, what=body.what, caller=call.caller, now=call.now)
    return RemindersOut.of(done)
