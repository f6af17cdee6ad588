"""The list at the door: staff search the people of a session and tick them (`POST /sessions/{id}/attendance/many`)."""

import uuid

from apiflask import APIBlueprint

from attendance.projects.access import DOOR_OR_RESULTS, OVERSEERS, oversee_session
from attendance.room import door_lists
from service.api.check_in.schemas.door import DoorList, DoorPage, DoorPersonOut
from service.edge.access import signed_in
from service.edge.answers.cursor_keys import by_text_and_id
from service.edge.answers.paging import counted, paged
from service.edge.answers.refusals import refuses
from service.edge.calls import Call
from service.edge.looks import looks_at

api = APIBlueprint("door", __name__, tag="Attendance")


@api.get("/sessions/<uuid:session_id>/people")
@signed_in(roles=OVERSEERS, tasks=DOOR_OR_RESULTS, writes=True)  # a look is audited
@refuses("not_found")
@api.input(DoorPage, location="query", arg_name="query")
@api.output(DoorList)
@looks_at("attendance.look", "session")
def list_people_at_door(call: Call, session_id: uuid.UUID, query: DoorPage) -> DoorList:
    """Search the people expected at a session by name, pinyin or number: who is checked in or out, and who is not."""
    session = oversee_session(call.db, session_id=session_id, caller=call.caller, tasks=DOOR_OR_RESULTS)
    page = paged(
        query,
        by_text_and_id("name", "person_id"),
        lambda after, limit: door_lists.list_at_door(call.db, session=session, text=query.q, after=after, limit=limit),
    )
    total = counted(query, page, lambda: door_lists.count_at_door(call.db, session=session, text=query.q))
    return DoorList.of(page, DoorPersonOut.model_validate, **total)
