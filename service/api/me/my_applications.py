"""The projects that I can get into (报名), and my applications for them."""

import uuid

from apiflask import APIBlueprint

from attendance.roster import application_lists, applications, openings
from attendance.roster.openings import OpeningsSought
from attendance.sessions.held import planned_sessions
from service.api.me.schemas.my_applications import (
    ApplicationNew,
    MyApplication,
    MyApplicationList,
    OpenProjectList,
    OpenProjectOut,
    OpenProjectPage,
    OpenProjectsAsked,
)
from service.edge.access import signed_in
from service.edge.answers.bodies import Empty, Page
from service.edge.answers.briefs import with_names
from service.edge.answers.cursor_keys import by_date_and_id, by_id
from service.edge.answers.paging import counted, paged
from service.edge.answers.refusals import refuses
from service.edge.calls import Call

api = APIBlueprint("my_applications", __name__, tag="Me")


@api.get("/openings")
@signed_in()
@refuses()
@api.input(OpenProjectsAsked, location="query", arg_name="query")
@api.output(OpenProjectList)
def list_open_projects(call: Call, query: OpenProjectsAsked) -> OpenProjectList:
    """Show the projects that I can apply for or join on the spot, with the places left; the first to begin first."""
    sought = OpeningsSought(call.caller.person_id, query.q, call.now)
    page = paged(
        query,
        by_date_and_id("project.starts_on", "project.id"),
        lambda after, limit: openings.list_open(call.db, sought, after=after, limit=limit),
    )
    total = counted(query, page, lambda: openings.count_open(call.db, sought))
    return OpenProjectList.of(page, OpenProjectOut.of, **total)


@api.get("/openings/<uuid:project_id>")
@signed_in()
@refuses("not_found")
@api.output(OpenProjectPage)
def get_open_project(call: Call, project_id: uuid.UUID) -> OpenProjectPage:
    """Show a project that I can get into, or that I have applied for: conditions, sessions, places left."""
    found = openings.get_open(call.db, person_id=call.caller.person_id, project_id=project_id, now=call.now)
    return OpenProjectPage.with_sessions(found, list(planned_sessions(call.db, found.project)))


@api.post("/projects/<uuid:project_id>/applications")
@signed_in()
@refuses("not_found", "applications_closed", "project_not_for_you", "already_on_roster")
@api.input(ApplicationNew, arg_name="body")
@api.output(MyApplication, status_code=201)
@with_names
def apply_for_project(call: Call, project_id: uuid.UUID, body: ApplicationNew) -> MyApplication:
    """Apply for a project (报名). Its status says what came of it: a place, the waiting list, or a decision to come.

    An application of mine that stands is returned as it is.
    """
    own = applications.apply(call.db, project_id=project_id, note=body.note, caller=call.caller, now=call.now)
    return MyApplication.of(own)


@api.delete("/projects/<uuid:project_id>/applications")
@signed_in()
@refuses("not_found", "has_attended", "project_closed")
@api.output(Empty, status_code=204)
def withdraw_application(call: Call, project_id: uuid.UUID) -> Empty:
    """Withdraw my application, and with it my place. The first person who waits gets it."""
    applications.withdraw(call.db, project_id=project_id, caller=call.caller, now=call.now)
    return Empty()


@api.get("/me/applications")
@signed_in()
@refuses()
@api.input(Page, location="query", arg_name="query")
@api.output(MyApplicationList)
@with_names
def list_my_applications(call: Call, query: Page) -> MyApplicationList:
    """List my applications, newest first, with what came of them and why."""
    page = paged(
        query,
        by_id("application.id"),
        lambda after, limit: application_lists.list_own(
            call.db, person_id=call.caller.person_id, after=after, limit=limit
        ),
    )
    return MyApplicationList.of(page, MyApplication.of)
