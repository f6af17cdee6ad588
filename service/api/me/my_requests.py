"""Requests of learners for a correction of their attendance, and the organizer's decisions."""

import uuid
from functools import partial

from apiflask import APIBlueprint

from attendance.own import correction_requests
from attendance.own.correction_requests import RequestedCorrection
from attendance.projects.access import ORGANIZERS, get_project
from service.api.me.schemas.my_requests import (
    OwnRequestList,
    RequestDecision,
    RequestList,
    RequestNew,
    RequestOut,
    RequestPage,
    RequestWithPerson,
)
from service.edge.access import signed_in
from service.edge.answers.bodies import Page
from service.edge.answers.briefs import with_names, without_names
from service.edge.answers.cursor_keys import by_id
from service.edge.answers.paging import paged
from service.edge.answers.refusals import refuses
from service.edge.calls import Call

api = APIBlueprint("correction_requests", __name__, tag="Me")


@api.post("/me/correction-requests")
@signed_in()
@refuses("not_found", "session_cancelled", "session_not_open", "project_closed", "request_invalid", "request_open")
@api.input(RequestNew, arg_name="body")
@api.output(RequestOut, status_code=201)
@with_names
def ask_for_correction(call: Call, body: RequestNew) -> RequestOut:
    """Ask the organizer to correct my attendance at a session. I am told what they decide, and why."""
    asked = RequestedCorrection(**body.model_dump())
    return without_names(RequestOut, correction_requests.ask(call.db, asked=asked, caller=call.caller, now=call.now))


@api.get("/me/correction-requests")
@signed_in()
@refuses()
@api.input(Page, location="query", arg_name="query")
@api.output(OwnRequestList)
@with_names
def list_my_requests(call: Call, query: Page) -> OwnRequestList:
    """List my requests, newest first, with what came of them."""
    page = paged(
        query,
        by_id("id"),
        lambda after, limit: correction_requests.list_own(
            call.db, person_id=call.caller.person_id, after=after, limit=limit
        ),
    )
    return OwnRequestList.of(page, partial(without_names, RequestOut))


@api.get("/projects/<uuid:project_id>/correction-requests")
@signed_in(roles=ORGANIZERS)
@refuses("not_found")
@api.input(RequestPage, location="query", arg_name="query")
@api.output(RequestList)
@with_names
def list_requests(call: Call, project_id: uuid.UUID, query: RequestPage) -> RequestList:
    """List the requests of learners at a project, oldest first."""
    project = get_project(call.db, project_id=project_id, caller=call.caller)
    page = paged(
        query,
        by_id("request.id"),
        lambda after, limit: correction_requests.list_requests(
            call.db, project=project, status=query.status, after=after, limit=limit
        ),
    )
    return RequestList.of(page, RequestWithPerson.of_listed)


@api.post("/correction-requests/<uuid:request_id>/decision")
@signed_in(roles=ORGANIZERS)
@refuses(
    *("not_found", "already_decided", "own_attendance", "project_closed", "session_cancelled", "session_not_open"),
    "person_not_on_roster",
)
@api.input(RequestDecision, arg_name="body")
@api.output(RequestOut)
@with_names
def decide_request(call: Call, request_id: uuid.UUID, body: RequestDecision) -> RequestOut:
    """Accept a request with a mark, which corrects the attendance, or reject it. The learner is told the reason."""
    mark = body.mark if body.decision == "accept" else None
    decided = correction_requests.decide(
        call.db, request_id=request_id, mark=mark, reason=body.reason, caller=call.caller, now=call.now
    )
    return without_names(RequestOut, decided)
