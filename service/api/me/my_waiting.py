"""The full projects that I wait for (候补)."""

from apiflask import APIBlueprint

from attendance.roster.waiting_list import list_waited_for
from foundation.transactions import read_only
from service.api.me.schemas.my_waiting import WaitedFor, WaitedForList
from service.edge.access import caller, signed_in
from service.edge.bodies import Page
from service.edge.cursor_keys import read_id
from service.edge.database import db
from service.edge.paging import cut, decode_cursor
from service.edge.refusals import refuses

api = APIBlueprint("my_waiting", __name__, tag="Me")


@api.get("/me/waiting")
@signed_in()
@refuses()
@api.input(Page, location="query", arg_name="query")
@api.output(WaitedForList)
def list_my_waiting(query: Page) -> WaitedForList:
    """The full projects that I wait for, and how many are before me; I am moved up by itself."""
    keys = decode_cursor(query.cursor, 1)
    after = read_id(keys[0]) if keys else None
    with read_only(db.session()):
        found = list_waited_for(db.session(), person_id=caller().person_id, after=after, limit=query.limit + 1)
    page, next_cursor = cut(found, query.limit, lambda last: [str(last.entry_id)])
    return WaitedForList(items=[WaitedFor.of(each) for each in page], next_cursor=next_cursor)
