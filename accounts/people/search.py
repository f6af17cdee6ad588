"""Finds people within the caller's reach by name, by how it sounds (拼音), or by 继教编号."""

import enum
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.orm import Session

from accounts.people.name_search import finds_name
from accounts.people.people import PEOPLE_ADMINS
from foundation.callers import Caller
from foundation.listing import Count, Order, count_rows
from models.people import Person, Role, Unit


class PeopleSort(enum.StrEnum):
    """The order of people; a minus for the other way round."""

    NAME = "name"
    NAME_DOWN = "-name"
    NUMBER = "cme_number"
    NUMBER_DOWN = "-cme_number"


@dataclass(frozen=True)
class PeopleSought:
    """Which people, in which order. text: a part of the name or number, or the beginning of the pinyin; None: all."""

    text: str | None
    sort: PeopleSort


_ORDERS = {
    PeopleSort.NAME: Order((Person.name, Person.id)),
    PeopleSort.NAME_DOWN: Order((Person.name, Person.id), is_descending=True),
    PeopleSort.NUMBER: Order((func.coalesce(Person.cme_number, ""), Person.id)),
    PeopleSort.NUMBER_DOWN: Order((func.coalesce(Person.cme_number, ""), Person.id), is_descending=True),
}


def list_people(
    db: Session,
    *,
    caller: Caller,
    sought: PeopleSought,
    after: Sequence[Any] | None,
    limit: int,
    roles: Collection[Role] = PEOPLE_ADMINS,
) -> list[Person]:
    """Return people of the units over which the caller holds one of `roles`."""
    order = _ORDERS[sought.sort]
    page = order.page(
        _sought(caller, sought, roles), after=after, limit=limit
    )  # of ids: an index has all that it looks at
    wanted = select(Person).where(Person.id.in_(page))
    return list(db.scalars(order.page(wanted, after=None, limit=limit)))


def count_people(
    db: Session, *, caller: Caller, sought: PeopleSought, roles: Collection[Role] = PEOPLE_ADMINS
) -> Count:
    """Return how many people `list_people` has."""
    return count_rows(db, _sought(caller, sought, roles))


def _sought(caller: Caller, sought: PeopleSought, roles: Collection[Role]) -> Select[uuid.UUID]:
    paths = caller.scopes(roles)
    reached = or_(false(), *(Unit.path.startswith(path) for path in paths))
    if any(path.count("/") == 1 for path in paths):  # the whole province: nearly each person is within reach
        within: ColumnElement[bool] = select(Unit.id).where(Unit.id == Person.unit_id, reached).exists()
    else:
        within = Person.unit_id.in_(select(Unit.id).where(reached))
    return select(Person.id).where(within, finds_name(sought.text))
