"""Refused attempts to check in, for the organizer."""

import uuid

from apiflask import APIBlueprint

from attendance.projects.access import ORGANIZERS, get_session
from attendance.record.refused_attempts import list_refused
from service.api.check_in.schemas.attempts import RefusedAttemptList, RefusedAttemptOut
from service.edge.access import signed_in
from service.edge.bodies import Page
from service.edge.calls import Call
from service.edge.cursor_keys import by_id
from service.edge.paging import paged
from service.edge.refusals import refuses

api = APIBlueprint("attempts", __name__, tag="Attendance")


@api.get("/sessions/<uuid:session_id>/attempts")
@signed_in(roles=ORGANIZERS)
@refuses("not_found")
@api.input(Page, location="query", arg_name="query")
@api.output(RefusedAttemptList)
def list_attempts(call: Call, session_id: uuid.UUID, query: Page) -> RefusedAttemptList:
    """List who was refused at a session, and why, newest first."""
    session = get_session(call.db, session_id=session_id, caller=call.caller)
    page = paged(
        query,
        by_id("attempt.id"),
        lambda after, limit: list_refused(call.db, session=session, after=after, limit=limit),
    )
    return RefusedAttemptList.of(page, RefusedAttemptOut.of_refused)
