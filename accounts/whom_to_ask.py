"""Whom a person can ask about their face, or about claims: the admins nearest to them in the tree of units."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.people import Person, Role, RoleGrant, Unit

FACE_ADMINS = (Role.DEPARTMENT_ADMIN, Role.UNIT_ADMIN, Role.AUTHORITY)
"""Who decides about faces, within their unit and all units below it."""
_MOST_NAMED = 3
_HEX = 33  # characters of one unit in a path, with its slash


@dataclass(frozen=True)
class WhomToAsk:
    """Admins by name, and their unit."""

    unit: str
    admins: list[str]


def find_whom_to_ask(db: Session, person_id: uuid.UUID, roles: Collection[Role] = FACE_ADMINS) -> WhomToAsk | None:
    """Return the nearest unit that has such admins, with the first of their names; None if there is none."""
    path = db.scalar(select(Unit.path).join(Person, Person.unit_id == Unit.id).where(Person.id == person_id)) or ""
    above = [path[:end] for end in range(_HEX, len(path) + 1, _HEX)]
    admins = db.execute(
        select(Unit.name, Person.name)
        .join(RoleGrant, RoleGrant.unit_id == Unit.id)
        .join(Person, Person.id == RoleGrant.person_id)
        .join(Account, Account.person_id == Person.id)
        .where(Unit.path.in_(above), RoleGrant.role.in_(roles), Account.suspended_at.is_(None))
        .where(Person.id != person_id)
        .order_by(func.length(Unit.path).desc(), Unit.id, Person.name, Person.id)
        .limit(_MOST_NAMED)
    ).all()
    if not admins:
        return None
    nearest = admins[0][0]
    return WhomToAsk(nearest, list(dict.fromkeys(name for unit, name in admins if unit == nearest)))


def whom_to_ask(db: Session, person_id: uuid.UUID, roles: Collection[Role] = FACE_ADMINS) -> dict[str, Any]:
    """Return the same as the fact `ask` of a refusal; nothing if there is nobody to ask."""
    found = find_whom_to_ask(db, person_id, roles)
    return {} if found is None else {"ask": {"unit": found.unit, "admins": found.admins}}
