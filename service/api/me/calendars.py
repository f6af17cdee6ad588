"""The sessions of a person as a calendar feed (ICS)."""

import uuid

from apiflask import APIBlueprint
from apiflask.schemas import FileSchema
from flask import Response

from attendance.sessions import calendars
from service.api.me.schemas.calendars import CalendarOut
from service.edge.access import public, signed_in
from service.edge.answers.bodies import Empty
from service.edge.answers.refusals import refuses
from service.edge.calls import Call, PublicCall
from service.exports.icalendar import ICALENDAR, icalendar

api = APIBlueprint("calendars", __name__, tag="Me")


@api.post("/me/calendar")
@signed_in(keeps_reply=False)  # the address is a secret: it is shown once and stored nowhere
@refuses()
@api.output(CalendarOut, status_code=201)
def make_calendar(call: Call) -> CalendarOut:
    """Make a new address for my calendar program. The old address stops working."""
    token = calendars.make_feed(call.db, person_id=call.caller.person_id, now=call.now)
    return CalendarOut(url=f"{call.components.settings.base_url}/api/v1/calendars/{token}")


@api.delete("/me/calendar")
@signed_in()
@refuses()
@api.output(Empty, status_code=204)
def stop_calendar(call: Call) -> Empty:
    """Stop my calendar feed: its address stops working."""
    calendars.stop_feed(call.db, person_id=call.caller.person_id)
    return Empty()


@api.get("/calendars/<uuid:token>")
@public
@refuses("not_found")
@api.output(FileSchema(type="string"), content_type="text/calendar")
def show_calendar(call: PublicCall, token: uuid.UUID) -> Response:
    """Show the sessions of the person who made this address: the last sixty days and all future ones."""
    events = calendars.read_feed(call.db, token=token, now=call.now)
    return Response(icalendar(events, now=call.now), content_type=ICALENDAR)
