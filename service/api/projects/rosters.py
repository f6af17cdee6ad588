"""Who is expected at a project, and who waits for a place."""

import uuid

from apiflask import APIBlueprint

from attendance.projects.access import ORGANIZERS, get_open_project, get_project
from attendance.roster import rosters
from foundation.transactions import read_only
from service.api.projects.schemas.rosters import (
    RosterEntryOut,
    RosterList,
    RosterNew,
    RosterOut,
    RosterPage,
    RosterRoleAsked,
    WaitingList,
)
from service.edge.access import caller, signed_in
from service.edge.bodies import Empty, Page
from service.edge.components import parts
from service.edge.cursor_keys import read_id
from service.edge.database import db
from service.edge.paging import cut, decode_cursor
from service.edge.refusals import refuses

api = APIBlueprint("rosters", __name__, tag="Rosters")


@api.post("/projects/<uuid:project_id>/roster")
@signed_in(roles=ORGANIZERS)
@refuses("not_found", "project_closed")
@api.input(RosterNew, arg_name="body")
@api.output(RosterOut)
def add_to_roster(project_id: uuid.UUID, body: RosterNew) -> RosterOut:
    """Expect people at a project; those who are expected already stay as they are."""
    project = get_open_project(db.session(), project_id=project_id, caller=caller())
    change = rosters.add_people(
        db.session(),
        project=project,
        cme_numbers=body.cme_numbers,
        role=body.role,
        caller=caller(),
        now=parts().clock.now(),
    )
    return RosterOut.model_validate(change)


@api.get("/projects/<uuid:project_id>/roster")
@signed_in(roles=ORGANIZERS)
@refuses("not_found")
@api.input(RosterPage, location="query", arg_name="query")
@api.output(RosterList)
def list_roster(project_id: uuid.UUID, query: RosterPage) -> RosterList:
    """Who is expected, in the order in which they came onto the roster."""
    keys = decode_cursor(query.cursor, 1)
    after = read_id(keys[0]) if keys else None
    with read_only(db.session()):
        project = get_project(db.session(), project_id=project_id, caller=caller())
        found = rosters.list_expected(
            db.session(), project=project, role=query.role, after=after, limit=query.limit + 1
        )
    page, next_cursor = cut(found, query.limit, lambda last: [str(last.entry_id)])
    return RosterList(
        items=[RosterEntryOut.model_validate(each) for each in page],
        next_cursor=next_cursor,
    )


@api.delete("/projects/<uuid:project_id>/roster/<uuid:person_id>")
@signed_in(roles=ORGANIZERS)
@refuses("not_found", "project_closed", "has_attended")
@api.input(RosterRoleAsked, location="query", arg_name="query")
@api.output(Empty, status_code=204)
def remove_from_roster(project_id: uuid.UUID, person_id: uuid.UUID, query: RosterRoleAsked) -> Empty:
    """Take somebody off the roster or the waiting list; whoever waits first gets the place."""
    project = get_open_project(db.session(), project_id=project_id, caller=caller())
    rosters.remove(
        db.session(),
        project=project,
        person_id=person_id,
        role=query.role,
        caller=caller(),
        now=parts().clock.now(),
    )
    return Empty()


@api.get("/projects/<uuid:project_id>/waiting-list")
@signed_in(roles=ORGANIZERS)
@refuses("not_found")
@api.input(Page, location="query", arg_name="query")
@api.output(WaitingList)
def list_waiting(project_id: uuid.UUID, query: Page) -> WaitingList:
    """Who waits for a place in a full project, the first one first."""
    keys = decode_cursor(query.cursor, 1)
    after = read_id(keys[0]) if keys else None
    with read_only(db.session()):
        project = get_project(db.session(), project_id=project_id, caller=caller())
        found = rosters.list_waiting(db.session(), project=project, after=after, limit=query.limit + 1)
    page, next_cursor = cut(found, query.limit, lambda last: [str(last.entry_id)])
    return WaitingList(
        items=[RosterEntryOut.model_validate(each) for each in page],
        next_cursor=next_cursor,
    )
