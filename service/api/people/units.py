"""The tree of units, for everybody who is signed in: the names of units are public within the province."""

import uuid

from apiflask import APIBlueprint

from accounts.people import edits, people, unit_trees
from accounts.people.edits import UnitEdit
from service.api.people.schemas.admin import UnitChange, UnitCreated
from service.api.people.schemas.units import UnitBranch, UnitsAsked, UnitTree
from service.edge.access import signed_in
from service.edge.answers.briefs import with_names, without_names
from service.edge.answers.cursor_keys import by_text_and_id
from service.edge.answers.paging import Paged, paged
from service.edge.answers.refusals import refuses
from service.edge.calls import Call

api = APIBlueprint("units", __name__, tag="People")


@api.get("/units")
@signed_in()
@refuses("not_found")
@api.input(UnitsAsked, location="query", arg_name="query")
@api.output(UnitTree)
@with_names
def list_units(call: Call, query: UnitsAsked) -> UnitTree:
    """Find units by name, or look at the tree level by level. A page has up to `limit` units that were looked for.

    Units that `q` finds are a list, each with all units above it. Without `q` they are a tree.
    """
    found = paged(
        query,
        by_text_and_id("name"),
        lambda after, limit: unit_trees.list_units(
            call.db, text=query.q, parent_id=query.parent_id, after=after, limit=limit
        ),
    )
    if query.q:
        rows = unit_trees.with_above(call.db, found.rows)
    else:
        rows = unit_trees.plant(call.db, found.rows, top_id=query.parent_id)
    return UnitTree.of(Paged(rows, found.next_cursor), UnitBranch.of)


@api.patch("/units/<uuid:unit_id>")
@signed_in(roles=people.PEOPLE_ADMINS)
@refuses("not_found", "unit_kind_invalid")
@api.input(UnitChange, arg_name="body")
@api.output(UnitCreated)
@with_names
def edit_unit(call: Call, unit_id: uuid.UUID, body: UnitChange) -> UnitCreated:
    """Rename a unit of mine, or move it with all below it to another unit of mine, with a reason."""
    unit = people.get_unit(call.db, unit_id)
    parent = people.get_unit(call.db, body.parent_id) if body.parent_id is not None else None
    edit = UnitEdit(body.name, parent, body.reason)
    edits.edit_unit(call.db, unit=unit, edit=edit, caller=call.caller, now=call.now)
    return without_names(UnitCreated, unit)
