"""Units for whoever chooses one: those that a name finds, each with the units above it; or a tree, level by level."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import Session, aliased

from foundation.errors import NotFound
from foundation.listing import Order, holds
from models.people import Unit

_ORDER = Order((Unit.name, Unit.id))


@dataclass(frozen=True)
class FoundUnit:
    """A unit that was looked for. name, id: its place in the order; has_below: there are units below it."""

    unit: Unit
    has_below: bool

    @property
    def id(self) -> uuid.UUID:
        """The id of the unit."""
        return self.unit.id

    @property
    def name(self) -> str:
        """The name of the unit."""
        return self.unit.name


@dataclass(frozen=True)
class Branch:
    """A unit of a tree. is_match: it was looked for itself; has_below: there are units below it, shown or not.

    above: the units above one that a name found, from the top down; empty in a tree.
    """

    unit: Unit
    is_match: bool
    has_below: bool
    below: tuple["Branch", ...] = ()
    above: tuple[Unit, ...] = ()


def list_units(
    db: Session, *, text: str | None, parent_id: uuid.UUID | None, after: Sequence[Any] | None, limit: int
) -> list[FoundUnit]:
    """Return units in the order of their names.

    With a text: those whose name holds it, within `parent_id` if that is given. With `parent_id` alone: those directly
    below it. With neither: the top of the tree and the units directly below that. Raises NotFound.
    """
    child = aliased(Unit)
    has_below = select(child.id).where(child.parent_id == Unit.id).exists()
    wanted = select(Unit, has_below).where(_looked_for(db, text, parent_id))
    return [FoundUnit(*row) for row in db.execute(_ORDER.page(wanted, after=after, limit=limit))]


def with_above(db: Session, found: Sequence[FoundUnit]) -> list[Branch]:
    """Return units that a name found, each with all units above it, which are read in one statement."""
    paths = {each.id: [uuid.UUID(hex=step) for step in each.unit.path.split("/") if step] for each in found}
    ids = {step for path in paths.values() for step in path}
    known = {unit.id: unit for unit in db.scalars(select(Unit).where(Unit.id.in_(ids)))} if ids else {}
    return [
        Branch(each.unit, True, each.has_below, above=tuple(known[step] for step in paths[each.id][:-1]))
        for each in found
    ]


def plant(db: Session, found: Sequence[FoundUnit], *, top_id: uuid.UUID | None) -> list[Branch]:
    """Return the trees of some units with all units above them, read in one statement.

    top_id: None, or the unit whose children were looked for; then they are returned alone.
    """
    known = {each.id: each.unit for each in found}
    above = set[uuid.UUID]()
    if top_id is None:
        above = {uuid.UUID(hex=step) for each in found for step in each.unit.path.split("/") if step} - known.keys()
    known |= {unit.id: unit for unit in db.scalars(select(Unit).where(Unit.id.in_(above)))} if above else {}
    matches = {each.id: each.has_below for each in found}
    children: dict[uuid.UUID | None, list[Unit]] = {}
    for unit in sorted(known.values(), key=lambda each: (each.name, each.id)):
        children.setdefault(unit.parent_id, []).append(unit)

    def branch(unit: Unit) -> Branch:
        below = tuple(branch(each) for each in children.get(unit.id, ()))
        return Branch(unit, unit.id in matches, matches.get(unit.id, True), below)

    return [branch(unit) for unit in children.get(top_id, ())]


def _looked_for(db: Session, text: str | None, parent_id: uuid.UUID | None) -> ColumnElement[bool]:
    parent = None if parent_id is None else db.get(Unit, parent_id)
    if parent_id is not None and parent is None:
        raise NotFound
    if text:
        within = Unit.path.startswith(parent.path) if parent is not None else Unit.id.is_not(None)
        return holds(text, Unit.name) & within
    if parent is not None:
        return Unit.parent_id == parent.id
    tops = select(Unit.id).where(Unit.parent_id.is_(None))
    return or_(false(), Unit.parent_id.is_(None), Unit.parent_id.in_(tops))
