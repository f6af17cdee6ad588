"""The sessions of a day that I organize, review or own."""

from apiflask import APIBlueprint

from attendance.projects.access import OVERSEERS
from attendance.record.session_days import DaySought, list_of_day
from foundation.clock import day_at_home
from service.api.projects.schemas.session_days import DayAsked, SessionDay, SessionOfDayOut
from service.edge.access import signed_in
from service.edge.briefs import with_names
from service.edge.calls import Call
from service.edge.cursor_keys import by_instant_and_id_alone
from service.edge.paging import paged
from service.edge.refusals import refuses

api = APIBlueprint("session_days", __name__, tag="Sessions")


@api.get("/sessions")
@signed_in(roles=OVERSEERS)
@refuses()
@api.input(DayAsked, location="query", arg_name="query")
@api.output(SessionDay)
@with_names
def list_sessions_of_day(call: Call, query: DayAsked) -> SessionDay:
    """Show the sessions of a day, of all projects that I organize, review or own: state, windows and numbers.

    A session that crosses midnight is one of both days.
    """
    sought = DaySought(query.on or day_at_home(call.now), query.q)
    page = paged(
        query,
        by_instant_and_id_alone("session.starts_at", "session.id"),
        lambda after, limit: list_of_day(
            call.db, caller=call.caller, sought=sought, after=after, limit=limit, now=call.now
        ),
    )
    return SessionDay.of(page, SessionOfDayOut.of, on=sought.on, now=call.now)
