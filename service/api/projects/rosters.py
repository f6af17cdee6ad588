"""Rosters (学员名单) and waiting lists of projects."""

import uuid

from apiflask import APIBlueprint

from attendance.projects.access import ORGANIZERS, ROSTER_KEEPERS, get_open_project, get_project, get_roster_project
from attendance.roster import rosters
from service.api.projects.schemas.rosters import (
    RosterEntryOut,
    RosterList,
    RosterNew,
    RosterOut,
    RosterPage,
    RosterRoleAsked,
    WaitingList,
)
from service.edge.access import signed_in
from service.edge.bodies import Empty, Page
from service.edge.calls import Call
from service.edge.cursor_keys import by_id
from service.edge.paging import paged
from service.edge.refusals import refuses

api = APIBlueprint("rosters", __name__, tag="Rosters")


@api.post("/projects/<uuid:project_id>/roster")
@signed_in(roles=ROSTER_KEEPERS)
@refuses("not_found", "own_attendance", "project_closed")
@api.input(RosterNew, arg_name="body")
@api.output(RosterOut)
def add_to_roster(call: Call, project_id: uuid.UUID, body: RosterNew) -> RosterOut:
    """Add people to the roster of a project. People who are on it already don't change.

    Nobody adds themselves: other staff, the admin of the unit or the reviewing unit does it.
    """
    project = get_roster_project(call.db, project_id=project_id, caller=call.caller)
    change = rosters.add_people(
        call.db,
        project=project,
        cme_numbers=body.cme_numbers,
        role=body.role,
        caller=call.caller,
        now=call.now,
    )
    return RosterOut.model_validate(change)


@api.get("/projects/<uuid:project_id>/roster")
@signed_in(roles=ORGANIZERS)
@refuses("not_found")
@api.input(RosterPage, location="query", arg_name="query")
@api.output(RosterList)
def list_roster(call: Call, project_id: uuid.UUID, query: RosterPage) -> RosterList:
    """Show the people on the roster, in the order in which they were added."""
    project = get_project(call.db, project_id=project_id, caller=call.caller)
    page = paged(
        query,
        by_id("entry_id"),
        lambda after, limit: rosters.list_expected(call.db, project=project, role=query.role, after=after, limit=limit),
    )
    return RosterList.of(page, RosterEntryOut.model_validate)


@api.delete("/projects/<uuid:project_id>/roster/<uuid:person_id>")
@signed_in(roles=ORGANIZERS)
@refuses("not_found", "project_closed", "has_attended")
@api.input(RosterRoleAsked, location="query", arg_name="query")
@api.output(Empty, status_code=204)
def remove_from_roster(call: Call, project_id: uuid.UUID, person_id: uuid.UUID, query: RosterRoleAsked) -> Empty:
    """Remove a person from the roster or the waiting list. The first person who waits gets the place."""
    project = get_open_project(call.db, project_id=project_id, caller=call.caller)
    rosters.remove(
        call.db,
        project=project,
        person_id=person_id,
        role=query.role,
        caller=call.caller,
        now=call.now,
    )
    return Empty()


@api.get("/projects/<uuid:project_id>/waiting-list")
@signed_in(roles=ORGANIZERS)
@refuses("not_found")
@api.input(Page, location="query", arg_name="query")
@api.output(WaitingList)
def list_waiting(call: Call, project_id: uuid.UUID, query: Page) -> WaitingList:
    """Show the people who wait for a place in a full project, in order."""
    project = get_project(call.db, project_id=project_id, caller=call.caller)
    page = paged(
        query,
        by_id("entry_id"),
        lambda after, limit: rosters.list_waiting(call.db, project=project, after=after, limit=limit),
    )
    return WaitingList.of(page, RosterEntryOut.model_validate)
