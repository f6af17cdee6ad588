"""The schedule of a project: its sessions made, moved, closed; which of them overlap."""

import uuid

from apiflask import APIBlueprint

from attendance.projects.access import ORGANIZERS, READERS, get_open_project, reach_project
from attendance.projects.states import OVER
from attendance.sessions import changes, sessions
from attendance.sessions.sessions import SessionKey
from foundation.transactions import read_only
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
from service.edge.access import caller, signed_in
from service.edge.bodies import Page
from service.edge.components import parts
from service.edge.cursor_keys import read_id, read_instant
from service.edge.database import db
from service.edge.paging import cut, decode_cursor
from service.edge.refusals import refuses

api = APIBlueprint("schedules", __name__, tag="Sessions")


@api.post("/projects/<uuid:project_id>/sessions")
@signed_in(roles=ORGANIZERS)
@refuses("not_found", "zone_unknown", "period_invalid", "geofence_required", "project_closed")
@api.input(SessionNew, arg_name="body")
@api.output(SessionOut, status_code=201)
def create_session(project_id: uuid.UUID, body: SessionNew) -> SessionOut:
    """Make a session (场次) of a project; it may cross midnight."""
    project = get_open_project(db.session(), project_id=project_id, caller=caller(), closed_in=OVER)
    now = parts().clock.now()
    made = sessions.create_session(db.session(), project=project, new=body.plan(), caller=caller(), now=now)
    return session_out(made)


@api.get("/projects/<uuid:project_id>/sessions")
@signed_in(roles=READERS)
@refuses("not_found")
@api.input(Page, location="query", arg_name="query")
@api.output(SessionList)
def list_sessions(project_id: uuid.UUID, query: Page) -> SessionList:
    """The sessions of a project, in order of their start."""
    keys = decode_cursor(query.cursor, 2)
    after = SessionKey(read_instant(keys[0]), read_id(keys[1])) if keys else None
    with read_only(db.session()):
        reached = reach_project(db.session(), project_id=project_id, caller=caller())
        found = sessions.list_sessions(db.session(), project=reached.project, after=after, limit=query.limit + 1)
    page, next_cursor = cut(found, query.limit, lambda last: [last.starts_at.isoformat(), str(last.id)])
    return SessionList(
        items=[session_out(each) for each in page],
        next_cursor=next_cursor,
    )


@api.get("/projects/<uuid:project_id>/overlaps")
@signed_in(roles=READERS)
@refuses("not_found")
@api.output(OverlapList)
def list_overlaps(project_id: uuid.UUID) -> OverlapList:
    """The sessions that are held at the same time: tracks side by side, or a slip of planning."""
    with read_only(db.session()):
        reached = reach_project(db.session(), project_id=project_id, caller=caller())
        found = changes.list_overlaps(db.session(), project=reached.project)
    return OverlapList(items=[OverlapOut.model_validate(each) for each in found])


@api.put("/sessions/<uuid:session_id>")
@signed_in(roles=ORGANIZERS)
@refuses("not_found", "zone_unknown", "period_invalid", "geofence_required", "project_closed", "reason_needed")
@api.input(SessionChange, arg_name="body")
@api.output(SessionOut)
def change_session(session_id: uuid.UUID, body: SessionChange) -> SessionOut:
    """Move a session, or extend its windows; check-ins stay as they were judged when they were made."""
    changed = changes.reschedule(
        db.session(),
        session_id=session_id,
        new=body.plan(),
        reason=body.reason,
        caller=caller(),
        now=parts().clock.now(),
    )
    return session_out(changed)


@api.post("/sessions/<uuid:session_id>/closing")
@signed_in(roles=ORGANIZERS)
@refuses("not_found", "project_closed", "reason_needed")
@api.input(SessionClose, arg_name="body")
@api.output(SessionOut)
def close_session(session_id: uuid.UUID, body: SessionClose) -> SessionOut:
    """Close a session: nobody goes in or out any more; one that never opened was not held, and is asked of nobody."""
    closed = changes.close(
        db.session(), session_id=session_id, reason=body.reason, caller=caller(), now=parts().clock.now()
    )
    return session_out(closed)
