"""Ranks of roles: an admin acts on nobody who holds a higher role than theirs, or one that reaches further."""

import uuid
from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from accounts.errors import RoleTooHigh
from foundation.callers import Caller, Grant
from models.people import Role, RoleGrant, Unit

_TOP = 4
_RANKS = {
    Role.LEARNER: 0,
    Role.ORGANIZER: 1,
    Role.DEPARTMENT_ADMIN: 2,
    Role.UNIT_ADMIN: 3,
    Role.AUTHORITY: _TOP,
    Role.SYSTEM_ADMIN: _TOP,  # not above the authority: somebody must decide on the face of a system admin
    Role.AUDITOR: _TOP,
}


def find_higher(db: Session, *, person_id: uuid.UUID, grants: Collection[Grant]) -> Role | None:
    """Return a role of the person that is higher or reaches further than all of `grants`; None if there is none.

    Equal roles over the same unit are peers: one of them may act on the other.
    """
    held = select(RoleGrant.role, Unit.path).join(Unit, Unit.id == RoleGrant.unit_id)
    for role, path in db.execute(held.where(RoleGrant.person_id == person_id, RoleGrant.role != Role.LEARNER)):
        if not any(_RANKS[each.role] >= _RANKS[role] and path.startswith(each.unit_path) for each in grants):
            return role
    return None


def is_within_rank(
    person_id: ColumnElement[uuid.UUID] | InstrumentedAttribute[uuid.UUID], grants: Collection[Grant]
) -> ColumnElement[bool]:
    """Return the SQL condition that `find_higher` finds nothing for a person."""
    reached = (
        and_(
            RoleGrant.role.in_([role for role, rank in _RANKS.items() if rank <= _RANKS[each.role]]),
            Unit.path.startswith(each.unit_path),
        )
        for each in grants
    )
    higher = (
        select(RoleGrant.id)
        .join(Unit, Unit.id == RoleGrant.unit_id)
        .where(RoleGrant.person_id == person_id, RoleGrant.role != Role.LEARNER, ~or_(false(), *reached))
    )
    return ~exists(higher)


def require_rank(db: Session, *, person_id: uuid.UUID, caller: Caller, roles: Collection[Role]) -> None:
    """Check that the caller may act on the person. roles: those of the caller that allow the act.

    Raises RoleTooHigh if the person holds a higher role or one that reaches further. What people may do about
    themselves is a rule of each act.
    """
    if person_id == caller.person_id:
        return
    higher = find_higher(db, person_id=person_id, grants=[each for each in caller.grants if each.role in roles])
    if higher is not None:
        raise RoleTooHigh(facts={"role": higher.value})
