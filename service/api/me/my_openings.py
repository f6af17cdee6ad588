"""The credits that I still need this year, and the open projects that give them (X-4)."""

from apiflask import APIBlueprint

from attendance.own.openings import OpeningKey, find_openings
from attendance.roster.openings import entries_of
from credit.access import holder_of_own
from credit.compliance.year import judge_year
from foundation.clock import day_at_home
from service.api.me.schemas.openings import OpeningList, OpeningOut, OpeningsAsked
from service.edge.access import signed_in
from service.edge.answers.cursor_keys import by_day_and_id
from service.edge.answers.paging import paged
from service.edge.answers.refusals import refuses
from service.edge.calls import Call

api = APIBlueprint("my_openings", __name__, tag="Credits")


@api.get("/me/compliance/openings")
@signed_in()
@refuses()
@api.input(OpeningsAsked, location="query", arg_name="query")
@api.output(OpeningList)
def list_openings(call: Call, query: OpeningsAsked) -> OpeningList:
    """Show open projects of the credit class that my year needs, or of any class if only the sum is too low."""
    holder = holder_of_own(call.caller)
    year_result = judge_year(call.db, holder=holder, year=query.year_at(call.now))
    page = paged(
        query,
        by_day_and_id(OpeningKey, "project.ends_on", "project.id"),
        lambda after, limit: find_openings(
            call.db,
            year_result=year_result,
            holder=holder,
            today=day_at_home(call.now),
            after=after,
            limit=limit,
        ),
    )
    projects = [each.project for each in page.rows]
    entries = entries_of(call.db, projects, person_id=call.caller.person_id, now=call.now)
    return OpeningList.of(
        page,
        lambda opening: OpeningOut.of(opening, entries[opening.project.id]),
        missing={name: str(amount) for name, amount in year_result.compliance.missing.items()},
    )
