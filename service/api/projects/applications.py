"""Applications for a project, as its organizer sees and decides them."""

import uuid

from apiflask import APIBlueprint

from attendance.projects.access import ORGANIZERS, get_open_project, get_project
from attendance.roster import application_lists, applications
from attendance.roster.application_lists import ApplicationsSought
from service.api.projects.schemas.applications import (
    ApplicationDecided,
    ApplicationDecision,
    ApplicationDecisions,
    ApplicationList,
    ApplicationOut,
    ApplicationsAsked,
    ApplicationsDecided,
)
from service.edge.access import signed_in
from service.edge.answers.briefs import with_names
from service.edge.answers.cursor_keys import by_id
from service.edge.answers.paging import counted, paged
from service.edge.answers.refusals import refuses
from service.edge.calls import Call

api = APIBlueprint("applications", __name__, tag="Rosters")


@api.get("/projects/<uuid:project_id>/applications")
@signed_in(roles=ORGANIZERS)
@refuses("not_found")
@api.input(ApplicationsAsked, location="query", arg_name="query")
@api.output(ApplicationList)
@with_names
def list_applications(call: Call, project_id: uuid.UUID, query: ApplicationsAsked) -> ApplicationList:
    """Show the applications for a project, oldest first; those that wait for a decision have the status `pending`."""
    project = get_project(call.db, project_id=project_id, caller=call.caller)
    sought = ApplicationsSought(query.status, query.q)
    page = paged(
        query,
        by_id("application.id"),
        lambda after, limit: application_lists.list_applications(
            call.db, project=project, sought=sought, after=after, limit=limit
        ),
    )
    total = counted(query, page, lambda: application_lists.count_applications(call.db, project=project, sought=sought))
    return ApplicationList.of(page, ApplicationOut.of, **total)


@api.post("/applications/<uuid:application_id>/decision")
@signed_in(roles=ORGANIZERS)
@refuses("not_found", "already_decided", "own_attendance", "project_closed", "reason_needed")
@api.input(ApplicationDecision, arg_name="body")
@api.output(ApplicationDecided)
def decide_application(call: Call, application_id: uuid.UUID, body: ApplicationDecision) -> ApplicationDecided:
    """Accept an application, which puts the person on the roster or its waiting list, or decline it with a reason."""
    decided = applications.decide(
        call.db, application_id=application_id, judgement=body.judgement(), caller=call.caller, now=call.now
    )
    return ApplicationDecided.model_validate(decided)


@api.post("/projects/<uuid:project_id>/application-decisions")
@signed_in(roles=ORGANIZERS)
@refuses("not_found", "project_closed", "reason_needed")
@api.input(ApplicationDecisions, arg_name="body")
@api.output(ApplicationsDecided)
def decide_applications(call: Call, project_id: uuid.UUID, body: ApplicationDecisions) -> ApplicationsDecided:
    """Decide several applications alike, in the order in which people applied: the places go to the first ones.

    What can't be decided is left as it is, and named with the code that says why.
    """
    project = get_open_project(call.db, project_id=project_id, caller=call.caller)
    many = applications.decide_many(
        call.db, project=project, ids=body.ids, judgement=body.judgement(), caller=call.caller, now=call.now
    )
    return ApplicationsDecided.of(many)
