"""The full projects where I am on the waiting list (候补)."""

from apiflask import APIBlueprint

from attendance.roster.waiting_list import list_waited_for
from service.api.me.schemas.my_waiting import WaitedFor, WaitedForList
from service.edge.access import signed_in
from service.edge.answers.bodies import Page
from service.edge.answers.cursor_keys import by_id
from service.edge.answers.paging import paged
from service.edge.answers.refusals import refuses
from service.edge.calls import Call

api = APIBlueprint("my_waiting", __name__, tag="Me")


@api.get("/me/waiting")
@signed_in()
@refuses()
@api.input(Page, location="query", arg_name="query")
@api.output(WaitedForList)
def list_my_waiting(call: Call, query: Page) -> WaitedForList:
    """Show the full projects where I wait, with my place in each list. A free place goes to the first in the list."""
    page = paged(
        query,
        by_id("entry_id"),
        lambda after, limit: list_waited_for(call.db, person_id=call.caller.person_id, after=after, limit=limit),
    )
    return WaitedForList.of(page, WaitedFor.of)
