"""The tree of units, for everybody who is signed in: the names of units are public within the province."""

from apiflask import APIBlueprint

from accounts.people import unit_trees
from service.api.people.schemas.units import UnitBranch, UnitsAsked, UnitTree
from service.edge.access import signed_in
from service.edge.briefs import with_names
from service.edge.calls import Call
from service.edge.cursor_keys import by_text_and_id
from service.edge.paging import Paged, paged
from service.edge.refusals import refuses

api = APIBlueprint("units", __name__, tag="People")


@api.get("/units")
@signed_in()
@refuses("not_found")
@api.input(UnitsAsked, location="query", arg_name="query")
@api.output(UnitTree)
@with_names
def list_units(call: Call, query: UnitsAsked) -> UnitTree:
    """Find units by name, or look at the tree level by level. A page has up to `limit` units that were looked for."""
    found = paged(
        query,
        by_text_and_id("name"),
        lambda after, limit: unit_trees.list_units(
            call.db, text=query.q, parent_id=query.parent_id, after=after, limit=limit
        ),
    )
    top_id = None if query.q else query.parent_id
    trees = unit_trees.plant(call.db, found.rows, top_id=top_id)
    return UnitTree.of(Paged(trees, found.next_cursor), UnitBranch.of)
