"""Where a claim waits: the level of its review, and the unit whose reviewers are nearest to its owner.

It is worked out when a claim is submitted or approved at a level, and again by the upkeep where the reviewers of a
claim are gone. A level without anybody who may decide is passed over: a department without an admin (O-11), the owner
themself, somebody whom the owner outranks.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.ranks import find_higher
from accounts.same_human import same_human
from foundation.callers import Grant
from models.accounts import Account
from models.claims import ReviewLevel
from models.people import Person, Role, RoleGrant, Unit

ROLE_OF = {
    ReviewLevel.DEPARTMENT: Role.DEPARTMENT_ADMIN,
    ReviewLevel.UNIT: Role.UNIT_ADMIN,
    ReviewLevel.AUTHORITY: Role.AUTHORITY,
}
LEVEL_OF = {role: level for level, role in ROLE_OF.items()}
REVIEWERS = tuple(ROLE_OF.values())
_PLACES = {level: place for place, level in enumerate(ReviewLevel)}
_HEX = 33  # characters of one unit in a path, with its slash


@dataclass(frozen=True)
class Desk:
    """Where a claim waits. unit_id: None where nobody may decide on it now, until somebody can."""

    level: ReviewLevel
    unit_id: uuid.UUID | None


def levels_left(levels: Sequence[str], after: ReviewLevel | None) -> list[ReviewLevel]:
    """Return the levels that a claim still has to pass, in order. after: the last one that approved it."""
    named = [ReviewLevel(level) for level in levels]
    return [level for level in named if after is None or _PLACES[level] > _PLACES[after]]


def find_desk(db: Session, *, person_id: uuid.UUID, left: Sequence[ReviewLevel]) -> Desk:
    """Return where the claim of a person waits next. left: the levels to pass, at least one.

    Where no level has anybody, the nearest authority decides; without one, the claim waits for the last level.
    """
    nearest = _nearest(db, person_id, {ROLE_OF[level] for level in (*left, ReviewLevel.AUTHORITY)})
    for level in (*left, ReviewLevel.AUTHORITY):
        if level in nearest:
            return Desk(level, nearest[level])
    return Desk(left[-1], None)


def _nearest(db: Session, person_id: uuid.UUID, roles: set[Role]) -> dict[ReviewLevel, uuid.UUID]:
    """Return the nearest unit with a reviewer, by level."""
    path = db.scalar(select(Unit.path).join(Person, Person.unit_id == Unit.id).where(Person.id == person_id)) or ""
    above = [path[:end] for end in range(_HEX, len(path) + 1, _HEX)]
    wanted = (
        select(RoleGrant.role, RoleGrant.unit_id, Unit.path)
        .join(Unit, Unit.id == RoleGrant.unit_id)
        .join(Account, Account.person_id == RoleGrant.person_id)
        .where(Unit.path.in_(above), RoleGrant.role.in_(roles), Account.suspended_at.is_(None))
        .where(~same_human(RoleGrant.person_id, person_id))
        .order_by(func.length(Unit.path).desc())
        .distinct()
    )
    found: dict[ReviewLevel, uuid.UUID] = {}
    for role, unit_id, unit_path in db.execute(wanted.add_columns(func.length(Unit.path))).columns(0, 1, 2):
        level = LEVEL_OF[role]
        if level in found:
            continue
        if find_higher(db, person_id=person_id, grants=[Grant(role, unit_id, unit_path)]) is None:
            found[level] = unit_id
    return found
