"""Units that are moved at the same moment, and units that are added below them."""

from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.people import Role, Unit
from tests.api import Api
from tests.concurrency.at_once import at_once
from tests.factories import Factories

WHY = {"reason": "机构合并"}


def check_paths(db: Session) -> None:
    """Whether the path of each unit is that of its parent and its own id."""
    db.expire_all()
    units = {unit.id: unit for unit in db.scalars(select(Unit))}
    for unit in units.values():
        above = units[unit.parent_id].path if unit.parent_id else ""
        assert unit.path == f"{above}{unit.id.hex}/", unit.name


def test_of_two_hospitals_that_move_below_each_other_one_does(api: Api, make: Factories, db: Session) -> None:
    one, other = make.unit(name="东院"), make.unit(name="西院")
    admins = [api.as_(make.staff(Role.SYSTEM_ADMIN, make.province)) for _ in range(6)]
    pairs = [(one, other), (other, one)] * 3
    calls = [
        partial(who.patch, f"/units/{unit.id}", {"parent_id": str(parent.id), **WHY})
        for who, (unit, parent) in zip(admins, pairs, strict=True)
    ]
    replies = at_once(calls)
    assert sorted(reply.status_code for reply in replies) == [200] * 3 + [422] * 3
    check_paths(db)


def test_a_unit_that_is_added_while_its_parent_moves_is_below_it(api: Api, make: Factories, db: Session) -> None:
    hospitals = [make.unit(name=f"医院{number}") for number in range(3)]
    moving = make.unit(parent=hospitals[0], name="分院")
    admins = [api.as_(make.staff(Role.SYSTEM_ADMIN, make.province)) for _ in range(6)]
    new = {"kind": "department", "parent_id": str(moving.id)}
    calls = [partial(who.post, "/units", {"name": f"科{n}", **new}) for n, who in enumerate(admins[:3])]
    calls += [
        partial(who.patch, f"/units/{moving.id}", {"parent_id": str(hospital.id), **WHY})
        for who, hospital in zip(admins[3:], hospitals, strict=True)
    ]
    replies = at_once(calls)
    assert {reply.status_code for reply in replies} == {200, 201}
    check_paths(db)
