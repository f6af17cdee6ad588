"""What I still miss this year, and which open projects would fill it (X-4)."""

from apiflask import APIBlueprint

from attendance.projects.openings import OpeningKey, find_openings
from credit.compliance.year import judge_year
from foundation.clock import day_at_home
from foundation.transactions import read_only
from service.api.me.schemas.openings import OpeningList, OpeningOut, OpeningsAsked
from service.edge.access import caller, signed_in
from service.edge.components import parts
from service.edge.cursor_keys import read_date, read_id
from service.edge.database import db
from service.edge.paging import cut, decode_cursor
from service.edge.refusals import refuses

api = APIBlueprint("my_openings", __name__, tag="Credits")


@api.get("/me/compliance/openings")
@signed_in()
@refuses()
@api.input(OpeningsAsked, location="query", arg_name="query")
@api.output(OpeningList)
def list_openings(query: OpeningsAsked) -> OpeningList:
    """Open projects of a class that my year is short of, or of any where only the sum is short."""
    keys = decode_cursor(query.cursor, 2)
    after = OpeningKey(read_date(keys[0]), read_id(keys[1])) if keys else None
    with read_only(db.session()):
        year_result = judge_year(db.session(), person_id=caller().person_id, year=query.year)
        found = find_openings(
            db.session(),
            year_result=year_result,
            person_id=caller().person_id,
            today=day_at_home(parts().clock.now()),
            after=after,
            limit=query.limit + 1,
        )
    page, next_cursor = cut(found, query.limit, lambda last: [last.project.ends_on.isoformat(), str(last.project.id)])
    return OpeningList(
        items=[OpeningOut.of(each) for each in page],
        next_cursor=next_cursor,
        missing={name: str(amount) for name, amount in year_result.compliance.missing.items()},
    )
