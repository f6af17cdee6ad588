"""The schedule of a project: its sessions made, moved, closed; which of them overlap."""

import uuid

from apiflask import APIBlueprint

from attendance.projects.access import ORGANIZERS, READERS, get_open_project, reach_project
from attendance.projects.states import OVER
from attendance.sessions import changes, sessions
from attendance.sessions.sessions import SessionKey
from service.api.projects.schemas.sessions import (
    OverlapList,
    OverlapOut,
    SessionChange,
    SessionClose,
    SessionList,
    SessionNew,
    SessionOut,
)
from service.api.projects.sessions import session_out
from service.edge.access import signed_in
from service.edge.bodies import Page
from service.edge.calls import Call
from service.edge.cursor_keys import by_instant_and_id
from service.edge.paging import paged
from service.edge.refusals import refuses

api = APIBlueprint("schedules", __name__, tag="Sessions")


@api.post("/projects/<uuid:project_id>/sessions")
@signed_in(roles=ORGANIZERS)
@refuses("not_found", "zone_unknown", "period_invalid", "geofence_required", "project_closed")
@api.input(SessionNew, arg_name="body")
@api.output(SessionOut, status_code=201)
def create_session(call: Call, project_id: uuid.UUID, body: SessionNew) -> SessionOut:
    """Make a session (场次) of a project; it may cross midnight."""
    project = get_open_project(call.db, project_id=project_id, caller=call.caller, closed_in=OVER)
    made = sessions.create_session(call.db, project=project, new=body.plan(), caller=call.caller, now=call.now)
    return session_out(made)


@api.get("/projects/<uuid:project_id>/sessions")
@signed_in(roles=READERS)
@refuses("not_found")
@api.input(Page, location="query", arg_name="query")
@api.output(SessionList)
def list_sessions(call: Call, project_id: uuid.UUID, query: Page) -> SessionList:
    """Show the sessions of a project, in order of their start."""
    reached = reach_project(call.db, project_id=project_id, caller=call.caller)
    page = paged(
        query,
        by_instant_and_id(SessionKey, "starts_at"),
        lambda after, limit: sessions.list_sessions(call.db, project=reached.project, after=after, limit=limit),
    )
    return SessionList.of(page, session_out)


@api.get("/projects/<uuid:project_id>/overlaps")
@signed_in(roles=READERS)
@refuses("not_found")
@api.output(OverlapList)
def list_overlaps(call: Call, project_id: uuid.UUID) -> OverlapList:
    """Show the sessions that are held at the same time: tracks side by side, or a slip of planning."""
    reached = reach_project(call.db, project_id=project_id, caller=call.caller)
    found = changes.list_overlaps(call.db, project=reached.project)
    return OverlapList(items=[OverlapOut.model_validate(each) for each in found])


@api.put("/sessions/<uuid:session_id>")
@signed_in(roles=ORGANIZERS)
@refuses("not_found", "zone_unknown", "period_invalid", "geofence_required", "project_closed", "reason_needed")
@api.input(SessionChange, arg_name="body")
@api.output(SessionOut)
def change_session(call: Call, session_id: uuid.UUID, body: SessionChange) -> SessionOut:
    """Move a session, or extend its windows; check-ins stay as they were judged when they were made."""
    changed = changes.reschedule(
        call.db,
        session_id=session_id,
        new=body.plan(),
        reason=body.reason,
        caller=call.caller,
        now=call.now,
    )
    return session_out(changed)


@api.post("/sessions/<uuid:session_id>/closing")
@signed_in(roles=ORGANIZERS)
@refuses("not_found", "project_closed", "reason_needed")
@api.input(SessionClose, arg_name="body")
@api.output(SessionOut)
def close_session(call: Call, session_id: uuid.UUID, body: SessionClose) -> SessionOut:
    """Close a session: nobody goes in or out any more; one that never opened was not held, and is asked of nobody."""
    closed = changes.close(call.db, session_id=session_id, reason=body.reason, caller=call.caller, now=call.now)
    return session_out(closed)
