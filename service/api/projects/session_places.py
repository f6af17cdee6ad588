"""Places at sessions with a capacity: learners choose, organizers assign, people who wait move up."""

import uuid

from apiflask import APIBlueprint

from attendance.projects.access import ORGANIZERS, get_session
from attendance.record.participants import get_insider
from attendance.roster import place_assignments
from attendance.sessions import place_requests
from service.api.projects.schemas.session_places import (
    PlaceChoice,
    PlaceChoiceList,
    PlaceList,
    PlaceOut,
    PlacesNew,
    PlacesPage,
    PlacingOut,
)
from service.edge.access import signed_in
from service.edge.answers.bodies import Empty
from service.edge.answers.briefs import with_names
from service.edge.answers.cursor_keys import BY_ID
from service.edge.answers.paging import paged
from service.edge.answers.refusals import refuses
from service.edge.calls import Call

api = APIBlueprint("session_places", __name__, tag="Check-in")
_NO_CHOICE = (
    "not_found", "not_on_roster", "project_not_announced", "project_closed", "place_not_needed", "session_cancelled",
    "choice_over",
)  # fmt: skip


@api.get("/projects/<uuid:project_id>/places")
@signed_in()
@refuses("not_found")
@api.output(PlaceChoiceList)
@with_names
def list_place_choices(call: Call, project_id: uuid.UUID) -> PlaceChoiceList:
    """Show the sessions of a project that need a place, how many places are free, and my own place."""
    get_insider(call.db, project_id=project_id, caller=call.caller)
    found = place_requests.list_choices(call.db, project_id=project_id, person_id=call.caller.person_id)
    return PlaceChoiceList(items=[PlaceChoice.of(each) for each in found])


@api.put("/sessions/<uuid:session_id>/place")
@signed_in()
@refuses(*_NO_CHOICE)
@api.output(PlaceChoice)
@with_names
def choose_session(call: Call, session_id: uuid.UUID) -> PlaceChoice:
    """Ask for a place at a session. If none is free, I wait.

    A new place replaces the one that I have at the same time.
    """
    chosen = place_requests.choose(call.db, session_id=session_id, caller=call.caller, now=call.now)
    return PlaceChoice.of(chosen)


@api.delete("/sessions/<uuid:session_id>/place")
@signed_in()
@refuses(*_NO_CHOICE, "has_attended")
@api.output(Empty, status_code=204)
def decline_session(call: Call, session_id: uuid.UUID) -> Empty:
    """Give up my place, or stop waiting. The first person who waits gets the place."""
    place_requests.decline(call.db, session_id=session_id, caller=call.caller, now=call.now)
    return Empty()


@api.get("/sessions/<uuid:session_id>/places")
@signed_in(roles=ORGANIZERS)
@refuses("not_found")
@api.input(PlacesPage, location="query", arg_name="query")
@api.output(PlaceList)
def list_places(call: Call, session_id: uuid.UUID, query: PlacesPage) -> PlaceList:
    """Show the people with a place at a session, or those who wait, in the order in which they asked."""
    session = get_session(call.db, session_id=session_id, caller=call.caller)
    page = paged(
        query,
        BY_ID,
        lambda after, limit: place_assignments.list_places(
            call.db, session=session, is_waiting=query.waiting, after=after, limit=limit
        ),
    )
    return PlaceList.of(page, PlaceOut.model_validate)


@api.post("/sessions/<uuid:session_id>/places")
@signed_in(roles=ORGANIZERS)
@refuses("not_found", "own_attendance", "project_closed", "place_not_needed", "session_cancelled")
@api.input(PlacesNew, arg_name="body")
@api.output(PlacingOut)
def place_people(call: Call, session_id: uuid.UUID, body: PlacesNew) -> PlacingOut:
    """Assign places to learners of the roster while there are any. The others wait."""
    placing = place_assignments.place_people(
        call.db,
        session_id=session_id,
        cme_numbers=body.cme_numbers,
        caller=call.caller,
        now=call.now,
    )
    return PlacingOut.model_validate(placing)


@api.delete("/sessions/<uuid:session_id>/places/<uuid:person_id>")
@signed_in(roles=ORGANIZERS)
@refuses("not_found", "project_closed", "place_not_needed", "has_attended")
@api.output(Empty, status_code=204)
def remove_place(call: Call, session_id: uuid.UUID, person_id: uuid.UUID) -> Empty:
    """Remove a person's place. The first person who waits gets it."""
    place_assignments.remove_person(
        call.db, session_id=session_id, person_id=person_id, caller=call.caller, now=call.now
    )
    return Empty()
