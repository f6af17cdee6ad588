"""Projects, the steps of their life, and the making of their sessions."""

import uuid

from apiflask import APIBlueprint

from attendance import project_life, projects, sessions
from attendance.access import ORGANIZERS, READERS, get_open_project, get_project, reach_project
from attendance.conditions import Conditions
from attendance.geofence import Fence
from attendance.project_states import OVER
from attendance.projects import NewProject
from attendance.sessions import NewSession, SessionKey
from attendance.windows import WindowWishes
from models.transactions import read_only
from service.access import caller, signed_in
from service.api.cursor_keys import read_id, read_instant
from service.api.schemas.base import Page
from service.api.schemas.projects import (
    ProjectLife,
    ProjectList,
    ProjectNew,
    ProjectOut,
    StepOut,
    TransitionIn,
    TransitionOut,
)
from service.api.schemas.sessions import SessionList, SessionNew, SessionOut
from service.api.sessions import session_out
from service.database import db
from service.endpoint import refuses
from service.paging import decode_cursor, encode_cursor
from service.parts import parts

api = APIBlueprint("projects", __name__, tag="Sessions")


@api.post("/projects")
@signed_in(roles=ORGANIZERS)
@refuses("not_found", "unit_needed", "period_invalid", "reviewing_unit_invalid", "project_number_taken")
@api.input(ProjectNew, arg_name="body")
@api.output(ProjectOut, status_code=201)
def create_project(body: ProjectNew) -> ProjectOut:
    """Make a project (项目) of one of my units."""
    facts = body.model_dump(exclude={"conditions"})
    new = NewProject(**facts, conditions=Conditions(**body.conditions.model_dump()))
    made = projects.create_project(db.session(), new=new, caller=caller(), now=parts().clock.now())
    return ProjectOut.of(made)


@api.get("/projects")
@signed_in(roles=READERS)
@refuses()
@api.input(Page, location="query", arg_name="query")
@api.output(ProjectList)
def list_projects(query: Page) -> ProjectList:
    """The projects of my units, or those that my authority reviews, newest first."""
    keys = decode_cursor(query.cursor, 1)
    after = read_id(keys[0]) if keys else None
    with read_only(db.session()):
        found = projects.list_projects(db.session(), caller=caller(), after=after, limit=query.limit + 1)
    page = found[: query.limit]
    return ProjectList(
        items=[ProjectOut.of(each) for each in page],
        next_cursor=encode_cursor(str(page[-1].id)) if len(found) > query.limit else None,
    )


@api.get("/projects/<uuid:project_id>")
@signed_in(roles=READERS)
@refuses("not_found")
@api.output(ProjectOut)
def get_one_project(project_id: uuid.UUID) -> ProjectOut:
    """One project, for its organizer and its reviewing unit."""
    with read_only(db.session()):
        found = reach_project(db.session(), project_id=project_id, caller=caller())
    return ProjectOut.of(found.project)


@api.post("/projects/<uuid:project_id>/transitions")
@signed_in(roles=READERS)
@refuses("not_found", "transition_not_allowed", "reason_needed", "project_incomplete", "second_admin_needed")
@api.input(TransitionIn, arg_name="body")
@api.output(TransitionOut)
def take_step(project_id: uuid.UUID, body: TransitionIn) -> TransitionOut:
    """Take a project a step further (W): its organizer files, announces, runs and ends, its reviewing unit approves."""
    taken = project_life.take_step(
        db.session(), project_id=project_id, to=body.to, reason=body.reason, caller=caller(), now=parts().clock.now()
    )
    return TransitionOut(status=taken.project.status, next=taken.next)


@api.get("/projects/<uuid:project_id>/transitions")
@signed_in(roles=READERS)
@refuses("not_found")
@api.output(ProjectLife)
def show_life(project_id: uuid.UUID) -> ProjectLife:
    """The steps that a project took, and those that I may take now."""
    with read_only(db.session()):
        reached = reach_project(db.session(), project_id=project_id, caller=caller())
        steps = project_life.list_steps(db.session(), project_id=project_id)
    return ProjectLife(
        status=reached.project.status, next=reached.next, steps=[StepOut.model_validate(each) for each in steps]
    )


@api.post("/projects/<uuid:project_id>/sessions")
@signed_in(roles=ORGANIZERS)
@refuses("not_found", "zone_unknown", "period_invalid", "geofence_required", "project_closed")
@api.input(SessionNew, arg_name="body")
@api.output(SessionOut, status_code=201)
def create_session(project_id: uuid.UUID, body: SessionNew) -> SessionOut:
    """Make a session (场次) of a project; it may cross midnight."""
    project = get_open_project(db.session(), project_id=project_id, caller=caller(), shut=OVER)
    new = NewSession(
        title=body.title,
        venue=body.venue,
        starts_at=body.starts_at,
        ends_at=body.ends_at,
        zone=body.zone,
        qr_mode=body.qr_mode,
        liveness=body.liveness,
        fence=Fence(**body.geofence.model_dump()) if body.geofence else None,
        windows=WindowWishes(**body.windows.model_dump()),
    )
    made = sessions.create_session(db.session(), project=project, new=new, caller=caller(), now=parts().clock.now())
    return session_out(made)


@api.get("/projects/<uuid:project_id>/sessions")
@signed_in(roles=ORGANIZERS)
@refuses("not_found")
@api.input(Page, location="query", arg_name="query")
@api.output(SessionList)
def list_sessions(project_id: uuid.UUID, query: Page) -> SessionList:
    """The sessions of a project, in order of their start."""
    keys = decode_cursor(query.cursor, 2)
    after = SessionKey(read_instant(keys[0]), read_id(keys[1])) if keys else None
    with read_only(db.session()):
        get_project(db.session(), project_id=project_id, caller=caller())
        found = sessions.list_sessions(db.session(), project_id=project_id, after=after, limit=query.limit + 1)
    page = found[: query.limit]
    has_more = len(found) > query.limit
    return SessionList(
        items=[session_out(each) for each in page],
        next_cursor=encode_cursor(page[-1].starts_at.isoformat(), str(page[-1].id)) if has_more else None,
    )
