"""Whom a person can ask about their face, or about claims: the admins nearest to them in the tree of units."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.people import Person, Role, RoleGrant, Unit

FACE_ADMINS = (Role.DEPARTMENT_ADMIN, Role.UNIT_ADMIN, Role.AUTHORITY)
"""Who decides about faces, within their unit and all units below it."""
_MOST_NAMED, _MOST_TOLD = 3, 10
_Admin = Row[uuid.UUID, str, str, uuid.UUID]
_HEX = 33  # characters of one unit in a path, with its slash


@dataclass(frozen=True)
class WhomToAsk:
    """Admins by name, and their unit."""

    unit: str
    admins: list[str]


def find_whom_to_ask(db: Session, person_id: uuid.UUID, roles: Collection[Role] = FACE_ADMINS) -> WhomToAsk | None:
    """Return the nearest unit that has such admins, with the first of their names; None if there is none."""
    admins = _nearest(db, person_id, roles, _MOST_NAMED)
    if not admins:
        return None
    nearest = admins[0].unit
    return WhomToAsk(nearest, list(dict.fromkeys(each.name for each in admins if each.unit == nearest)))


def find_admins(db: Session, person_id: uuid.UUID, roles: Collection[Role]) -> list[uuid.UUID]:
    """Return the admins with one of these roles over the nearest unit that has any, some of them; not the person."""
    admins = _nearest(db, person_id, roles, _MOST_TOLD)
    return list(dict.fromkeys(each.id for each in admins if each.unit_id == admins[0].unit_id))


def _nearest(db: Session, person_id: uuid.UUID, roles: Collection[Role], most: int) -> Sequence[_Admin]:
    """Return the names of admins above a person, and their units, the nearest unit first."""
    path = db.scalar(select(Unit.path).join(Person, Person.unit_id == Unit.id).where(Person.id == person_id)) or ""
    above = [path[:end] for end in range(_HEX, len(path) + 1, _HEX)]
    return db.execute(
        select(Unit.id.label("unit_id"), Unit.name.label("unit"), Person.name, Person.id)
        .join(RoleGrant, RoleGrant.unit_id == Unit.id)
        .join(Person, Person.id == RoleGrant.person_id)
        .join(Account, Account.person_id == Person.id)
        .where(Unit.path.in_(above), RoleGrant.role.in_(roles), Account.suspended_at.is_(None))
        .where(Person.id != person_id)
        .order_by(func.length(Unit.path).desc(), Unit.id, Person.name, Person.id)
        .limit(most)
    ).all()


def whom_to_ask(db: Session, person_id: uuid.UUID, roles: Collection[Role] = FACE_ADMINS) -> dict[str, Any]:
    """Return the same as the fact `ask` of a refusal; nothing if there is nobody to ask."""
    found = find_whom_to_ask(db, person_id, roles)
    return {} if found is None else {"ask": {"unit": found.unit, "admins": found.admins}}
