"""Bodies of the tree of units."""

import uuid
from typing import Self

from accounts.people.unit_trees import Branch
from models.people import UnitGrade, UnitKind
from service.edge.answers.bodies import Out, Page, SearchText
from service.edge.answers.briefs import UnitBrief, beside
from service.edge.answers.paging import ListOut


class UnitsAsked(Page):
    """Which units to show. q: a part of the name; parent_id: within this unit, or without `q` directly below it.

    Without both: the top of the tree and the units directly below that.
    """

    q: SearchText | None = None
    parent_id: uuid.UUID | None = None


class UnitBranch(Out):
    """A unit and units below it. is_match: the query found it; false for one that is shown because of those below it.

    has_below: there are units below it, in `below` or not. above: for a unit that `q` found, those above it, from the
    province down; empty in a tree.
    """

    id: uuid.UUID
    name: str
    kind: UnitKind
    grade: UnitGrade | None
    parent_id: uuid.UUID | None
    parent: UnitBrief | None = beside("parent_id")
    is_match: bool
    has_below: bool
    below: list["UnitBranch"]
    above: list[UnitBrief]

    @classmethod
    def of(cls, branch: Branch, parent: UnitBrief | None = None) -> Self:
        """Return a tree as a body. parent: the unit above it, if the tree has it."""
        unit = branch.unit
        brief = UnitBrief(id=unit.id, name=unit.name)
        return cls(
            id=unit.id,
            name=unit.name,
            kind=unit.kind,
            grade=unit.grade,
            parent_id=unit.parent_id,
            parent=parent,
            is_match=branch.is_match,
            has_below=branch.has_below,
            below=[cls.of(each, brief) for each in branch.below],
            above=[UnitBrief(id=each.id, name=each.name) for each in branch.above],
        )


class UnitTree(ListOut):
    """A page of the units that the query finds, by name: a list for `q`, a tree otherwise."""

    items: list[UnitBranch]
    next_cursor: str | None
