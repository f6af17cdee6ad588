"""Roles that are given at the same moment as other things happen to their person."""

import io
from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.imports.rows import ROSTER_COLUMNS
from models.accounts import Account
from models.edge import AuditEntry
from models.people import Person, Role, RoleGrant
from sheets.writing import xlsx_bytes
from tests.api import Api
from tests.concurrency.at_once import at_once
from tests.concurrency.interleaving import meanwhile
from tests.factories import Factories


def held(db: Session, person: Person) -> set[Role]:
    return set(db.scalars(select(RoleGrant.role).where(RoleGrant.person_id == person.id))) - {Role.LEARNER}


def test_of_the_two_roles_that_exclude_each_other_one_is_given(api: Api, make: Factories, db: Session) -> None:
    person = make.person(unit=make.province)
    path, province = f"/people/{person.id}/roles", {"unit_id": str(make.province.id)}
    admins = [api.as_(make.staff(Role.SYSTEM_ADMIN, make.province)) for _ in range(8)]
    wanted = ["auditor", "system_admin"] * 4
    calls = [partial(who.post, path, {"role": role, **province}) for who, role in zip(admins, wanted, strict=True)]
    replies = at_once(calls)
    assert sorted(reply.status_code for reply in replies) == [201] * 4 + [409] * 4
    assert len(held(db, person)) == 1


def test_a_role_given_eight_times_at_once_is_one_role(api: Api, make: Factories, db: Session) -> None:
    unit = make.unit()
    person, admin = make.person(unit=unit), api.as_(make.staff(Role.UNIT_ADMIN, unit))
    body = {"role": "organizer", "unit_id": str(unit.id)}
    replies = at_once([lambda: admin.post(f"/people/{person.id}/roles", body)] * 8)
    assert {reply.status_code for reply in replies} == {201}
    assert len({reply.json["id"] for reply in replies}) == 1
    assert len(db.scalars(select(AuditEntry).where(AuditEntry.action == "role.give")).all()) == 1


@pytest.mark.parametrize("turn", range(3))
def test_a_suspension_and_a_higher_role_at_once_come_one_after_the_other(
    api: Api, make: Factories, db: Session, turn: int
) -> None:
    unit = make.unit()
    system, admin = api.as_(make.staff(Role.SYSTEM_ADMIN, make.province)), api.as_(make.staff(Role.UNIT_ADMIN, unit))
    person = make.person(unit=unit)
    role = {"role": "system_admin", "unit_id": str(make.province.id)}
    calls = [
        partial(system.post, f"/people/{person.id}/roles", role),
        partial(admin.put, f"/people/{person.id}/suspension", {"reason": "离职"}),
    ]
    given, suspended = at_once(calls[:: 1 if turn else -1])[:: 1 if turn else -1]
    assert given.status_code == 201
    is_suspended = db.scalars(select(Account.suspended_at).where(Account.person_id == person.id)).one() is not None
    steps = db.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == person.id).order_by(AuditEntry.id))
    if is_suspended:
        assert (suspended.status_code, set(steps)) == (204, {"account.suspend", "role.give"})
    else:
        assert (suspended.status_code, suspended.json["code"], list(steps)) == (403, "role_too_high", ["role.give"])


def test_of_two_system_admins_who_suspend_each_other_one_stays(api: Api, make: Factories, db: Session) -> None:
    both = [make.staff(Role.SYSTEM_ADMIN, make.province) for _ in range(2)]
    one, other = (api.as_(person) for person in both)
    because = {"reason": "离职"}
    replies = at_once(
        [
            partial(one.put, f"/people/{both[1].id}/suspension", because),
            partial(other.put, f"/people/{both[0].id}/suspension", because),
        ]
    )
    assert sorted(reply.status_code for reply in replies)[0] == 204
    left = select(Account.person_id).where(Account.suspended_at.is_(None))
    assert len(set(db.scalars(left)) & {person.id for person in both}) == 1


@pytest.mark.parametrize("turn", range(3))
def test_a_role_that_is_taken_and_given_at_once_is_what_the_trail_says(
    api: Api, make: Factories, db: Session, turn: int
) -> None:
    unit = make.unit()
    admin, person = api.as_(make.staff(Role.UNIT_ADMIN, unit)), make.person(unit=unit)
    body = {"role": "organizer", "unit_id": str(unit.id)}
    role = admin.post(f"/people/{person.id}/roles", body).json["id"]
    calls = [
        partial(admin.delete, f"/people/{person.id}/roles/{role}"),
        partial(admin.post, f"/people/{person.id}/roles", body),
    ]
    taken, given = at_once(calls[:: 1 if turn else -1])[:: 1 if turn else -1]
    assert (taken.status_code, given.status_code) == (204, 201)
    steps = list(db.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == person.id)))
    was_given_anew = given.json["id"] != role
    assert sorted(steps) == ["role.give"] * (2 if was_given_anew else 1) + ["role.take"]
    assert bool(held(db, person)) == was_given_anew


def test_a_newcomer_who_is_just_getting_a_role_outlives_the_undo_of_their_import(
    api: Api, make: Factories, db: Session, run_jobs: Callable[[], None]
) -> None:
    unit = make.unit()
    organizer = make.organizer(unit)
    me, system = api.as_(organizer), api.as_(make.staff(Role.SYSTEM_ADMIN, make.province))
    rows = [("", "钱", "330100190001010019", "13800001999", "外省医院", "")]
    form = {"file": (io.BytesIO(xlsx_bytes(ROSTER_COLUMNS, rows)), "roster.xlsx")}
    path = f"/projects/{make.project(unit=unit, organizer=organizer).id}/roster-imports"
    imported = me.call("POST", path, data=form, content_type="multipart/form-data").json["id"]
    run_jobs()
    assert me.post(f"/attendance-imports/{imported}/commit").status_code == 202
    run_jobs()
    newcomer_id = db.scalars(select(Person.id).where(Person.name == "钱")).one()
    assert me.post(f"/attendance-imports/{imported}/undo", {"reason": "上传了错误的名单"}).status_code == 202
    with meanwhile(db, "INSERT INTO audit_entry", run_jobs):
        given = system.post(f"/people/{newcomer_id}/roles", {"role": "organizer", "unit_id": str(unit.id)})
    assert given.status_code == 201
    assert me.get(f"/attendance-imports/{imported}").json["status"] == "undone"
    assert db.scalars(select(Person.id).where(Person.name == "钱")).all() == [newcomer_id]
    assert db.scalars(select(RoleGrant.role).where(RoleGrant.person_id == newcomer_id)).all() == [Role.ORGANIZER]
