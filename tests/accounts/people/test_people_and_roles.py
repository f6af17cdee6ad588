"""Taking people in, giving roles, suspending accounts: who may, and how far it reaches."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.edge import AuditEntry
from models.faces import FaceCase, FaceCaseKind, FaceCaseStatus
from models.people import Role, RoleGrant, Unit, UnitKind
from tests.api import Api
from tests.factories import PASSWORD, Factories


def new_person(unit_id: object, number: str = "3399000001", **more: object) -> dict[str, object]:
    return {"cme_number": number, "name": "新人", "unit_id": str(unit_id), **more}


def test_an_admin_takes_somebody_in_who_then_signs_in(api: Api, make: Factories) -> None:
    unit = make.unit()
    admin = api.as_(make.staff(Role.UNIT_ADMIN, unit))
    ward = admin.post("/units", {"name": "急诊科", "kind": "department", "parent_id": str(unit.id)})
    assert ward.status_code == 201
    made = admin.post("/people", new_person(ward.json["id"], phone="13800000009"))
    assert made.status_code == 201
    signed_in = api.post("/auth/login", {"cme_number": "3399000001", "password": "123456"})
    assert signed_in.json["must_change_password"] is True
    assert admin.get("/people?cme_number=3399000001").json["id"] == made.json["id"]


def test_a_new_unit_and_a_new_person_are_on_the_audit_trail(api: Api, make: Factories, db: Session) -> None:
    unit = make.unit()
    who = make.staff(Role.UNIT_ADMIN, unit)
    admin = api.as_(who)
    ward = admin.post("/units", {"name": "急诊科", "kind": "department", "parent_id": str(unit.id)}).json["id"]
    person = admin.post("/people", new_person(ward, phone="13800000009")).json["id"]
    assert admin.post("/people", new_person(ward, phone="13800000009")).status_code == 409
    of_unit, of_person = db.scalars(select(AuditEntry).order_by(AuditEntry.id))
    assert (of_unit.action, of_unit.subject_kind, str(of_unit.subject_id)) == ("unit.create", "unit", ward)
    assert of_unit.after == {"name": "急诊科", "kind": "department", "parent_id": str(unit.id)}
    assert (of_person.action, of_person.subject_kind, str(of_person.subject_id)) == ("person.create", "person", person)
    assert of_person.after == {"unit_id": ward, "role": "learner"}
    assert {of_unit.actor_id, of_person.actor_id} == {who.id}


def test_a_number_or_phone_is_somebodys_once(api: Api, make: Factories) -> None:
    unit = make.unit()
    admin = api.as_(make.staff(Role.UNIT_ADMIN, unit))
    assert admin.post("/people", new_person(unit.id, phone="13800000009")).status_code == 201
    twice = admin.post("/people", new_person(unit.id))
    assert (twice.status_code, twice.json["code"]) == (409, "number_taken")
    assert admin.post("/people", new_person(unit.id, "3399000002", phone="+86 138 0000 0009")).status_code == 409


def test_an_admins_reach_ends_at_their_unit(api: Api, make: Factories) -> None:
    here, elsewhere = make.unit(), make.unit(name="第二医院")
    admin = api.as_(make.staff(Role.UNIT_ADMIN, here))
    stranger = make.person(unit=elsewhere)
    why = {"reason": "测试原因"}
    assert admin.post("/people", new_person(elsewhere.id)).status_code == 403
    assert admin.post("/units", {"name": "科", "kind": "department", "parent_id": str(elsewhere.id)}).status_code == 403
    assert admin.get(f"/people?cme_number={stranger.cme_number}").status_code == 404
    assert admin.put(f"/people/{stranger.id}/suspension", why).status_code == 404
    assert admin.post(f"/people/{stranger.id}/reinstatement", why).status_code == 404


@pytest.mark.parametrize(
    ("giver", "role", "status"),
    [
        (Role.UNIT_ADMIN, "organizer", 201),
        (Role.UNIT_ADMIN, "unit_admin", 403),
        (Role.AUTHORITY, "unit_admin", 201),
        (Role.AUTHORITY, "authority", 403),
        (Role.SYSTEM_ADMIN, "authority", 201),
        (Role.ORGANIZER, "learner", 403),
        (Role.DEPARTMENT_ADMIN, "learner", 403),
        (Role.AUDITOR, "learner", 403),
    ],
)
def test_who_may_give_which_role(api: Api, make: Factories, giver: Role, role: str, status: int) -> None:
    unit = make.unit()
    person = make.person(unit=unit)
    admin = api.as_(make.staff(giver, unit))
    given = admin.post(f"/people/{person.id}/roles", {"role": role, "unit_id": str(unit.id)})
    assert given.status_code == status
    if status == 201:
        assert role in api.as_(person).get("/me").json["roles"]


def test_a_role_taken_away_is_gone_with_the_next_request(api: Api, make: Factories, db: Session) -> None:
    unit = make.unit()
    person = make.person(unit=unit)
    admin = api.as_(make.staff(Role.UNIT_ADMIN, unit))
    given = admin.post(f"/people/{person.id}/roles", {"role": "organizer", "unit_id": str(unit.id)})
    holder = api.as_(person)
    assert "organizer" in holder.get("/me").json["roles"]
    assert admin.delete(f"/people/{person.id}/roles/{given.json['id']}").status_code == 204
    assert "organizer" not in holder.get("/me").json["roles"]
    actions = list(db.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
    assert actions == ["role.give", "role.take"]


def test_suspending_ends_every_sign_in_at_once(api: Api, make: Factories, db: Session) -> None:
    unit = make.unit()
    person = make.person(unit=unit)
    tokens = api.post("/auth/login", {"cme_number": person.cme_number, "password": PASSWORD}).json
    me = Api(api.app, tokens["access_token"])
    admin = api.as_(make.staff(Role.UNIT_ADMIN, unit))
    assert admin.put(f"/people/{person.id}/suspension", {"reason": "离职"}).status_code == 204
    assert me.get("/me").status_code == 401
    assert Api(api.app, tokens["refresh_token"]).post("/auth/refresh").status_code == 401
    refused = api.post("/auth/login", {"cme_number": person.cme_number, "password": PASSWORD})
    assert (refused.status_code, refused.json["code"]) == (403, "account_suspended")
    wrong = api.post("/auth/login", {"cme_number": person.cme_number, "password": "not-the-one-1"})
    assert wrong.json["code"] == "bad_credentials"  # only who knows the password learns of it
    assert admin.post(f"/people/{person.id}/reinstatement", {"reason": "返岗"}).status_code == 204
    assert api.post("/auth/login", {"cme_number": person.cme_number, "password": PASSWORD}).status_code == 200
    entry = db.scalars(select(AuditEntry).where(AuditEntry.action == "account.suspend")).one()
    assert (entry.reason, entry.subject_id) == ("离职", person.id)


def test_nobody_suspends_themselves_and_reasons_are_needed(api: Api, make: Factories) -> None:
    unit = make.unit()
    person = make.staff(Role.UNIT_ADMIN, unit)
    admin = api.as_(person)
    assert admin.put(f"/people/{person.id}/suspension", {"reason": "误操作"}).status_code == 403
    missing = admin.put(f"/people/{make.person(unit=unit).id}/suspension", {})
    assert (missing.status_code, list(missing.json["errors"])) == (422, ["reason"])


def test_an_authority_reaches_all_below(api: Api, make: Factories) -> None:
    city = make.unit(kind=UnitKind.CITY, name="某市")
    ward = make.unit(parent=make.unit(parent=city), kind=UnitKind.DEPARTMENT)
    person = make.person(unit=ward)
    authority = api.as_(make.staff(Role.AUTHORITY, city))
    assert authority.get(f"/people?cme_number={person.cme_number}").status_code == 200


@pytest.mark.parametrize(
    ("holds", "role"), [(Role.SYSTEM_ADMIN, "auditor"), (Role.AUTHORITY, "organizer"), (Role.UNIT_ADMIN, "organizer")]
)
def test_nobody_gives_themselves_a_role(api: Api, make: Factories, holds: Role, role: str) -> None:
    unit = make.unit()
    me = make.staff(holds, unit)
    refused = api.as_(me).post(f"/people/{me.id}/roles", {"role": role, "unit_id": str(unit.id)})
    assert (refused.status_code, refused.json["code"]) == (403, "own_role")


@pytest.mark.parametrize("held", [Role.SYSTEM_ADMIN, Role.AUTHORITY, Role.AUDITOR, Role.UNIT_ADMIN, Role.ORGANIZER])
def test_no_admin_acts_on_who_holds_a_higher_role(api: Api, make: Factories, db: Session, held: Role) -> None:
    unit = make.unit()
    above = make.staff(held, make.province)
    above.unit_id = unit.id
    db.commit()
    admin = api.as_(make.staff(Role.UNIT_ADMIN, unit))
    organizer = {"role": "organizer", "unit_id": str(unit.id)}
    replies = [
        admin.put(f"/people/{above.id}/suspension", {"reason": "验收检查"}),
        admin.post(f"/people/{above.id}/reinstatement", {"reason": "验收检查"}),
        admin.post(f"/people/{above.id}/roles", organizer),
    ]
    assert [(reply.status_code, reply.json["code"]) for reply in replies] == [(403, "role_too_high")] * 3
    assert {reply.json["role"] for reply in replies} == {held.value}
    assert api.as_(above).get("/me").status_code == 200


def test_an_admin_acts_on_who_holds_a_role_that_the_admin_gives(api: Api, make: Factories) -> None:
    unit = make.unit()
    organizer = make.staff(Role.ORGANIZER, unit)
    admin = api.as_(make.staff(Role.UNIT_ADMIN, unit))
    assert admin.put(f"/people/{organizer.id}/suspension", {"reason": "离职"}).status_code == 204
    assert admin.post(f"/people/{organizer.id}/reinstatement", {"reason": "复职"}).status_code == 204


@pytest.mark.parametrize(("first", "second"), [("auditor", "system_admin"), ("system_admin", "auditor")])
def test_an_auditor_is_never_a_system_admin_too(api: Api, make: Factories, first: str, second: str) -> None:
    admin = api.as_(make.staff(Role.SYSTEM_ADMIN, make.province))
    unit = make.unit()
    person = make.person(unit=unit)
    given = admin.post(f"/people/{person.id}/roles", {"role": first, "unit_id": str(make.province.id)})
    assert given.status_code == 201
    for over in (make.province, unit):
        refused = admin.post(f"/people/{person.id}/roles", {"role": second, "unit_id": str(over.id)})
        assert (refused.status_code, refused.json["code"], refused.json["role"]) == (409, "roles_exclusive", first)
    assert admin.delete(f"/people/{person.id}/roles/{given.json['id']}").status_code == 204
    freed = admin.post(f"/people/{person.id}/roles", {"role": second, "unit_id": str(unit.id)})
    assert freed.status_code == 201


@pytest.mark.parametrize(
    ("above", "kind", "status"),
    [
        (UnitKind.HOSPITAL, "province", 422),
        (UnitKind.HOSPITAL, "city", 422),
        (UnitKind.PROVINCE, "province", 422),
        (UnitKind.CITY, "city", 422),
        (UnitKind.DEPARTMENT, "hospital", 422),
        (UnitKind.HOSPITAL, "hospital", 201),
        (UnitKind.DEPARTMENT, "department", 201),
        (UnitKind.CITY, "county", 201),
        (UnitKind.PROVINCE, "department", 201),
    ],
)
def test_a_unit_is_of_a_lower_kind_than_its_parent(
    api: Api, make: Factories, above: UnitKind, kind: str, status: int
) -> None:
    parent = make.province if above is UnitKind.PROVINCE else make.unit(kind=above)
    admin = api.as_(make.staff(Role.AUTHORITY, parent))
    made = admin.post("/units", {"name": "新单位", "kind": kind, "parent_id": str(parent.id)})
    assert made.status_code == status
    if status == 422:
        assert made.json["code"] == "unit_kind_invalid"


def test_no_unit_of_ones_own_makes_the_provinces_authority(api: Api, make: Factories, db: Session) -> None:
    assert make.province
    unit = make.unit()
    db.add(Unit(parent_id=unit.id, kind=UnitKind.PROVINCE, name="假省", path="0/"))  # as made before it was refused
    db.flush()
    own = db.scalars(select(Unit).where(Unit.name == "假省")).one()
    chief = api.as_(make.staff(Role.AUTHORITY, own))
    refused = chief.post("/face-calibrations", {"reason": "验收检查"})
    assert (refused.status_code, refused.json["code"]) == (403, "forbidden")


def test_nobody_gives_a_role_to_their_own_second_account(api: Api, make: Factories, db: Session) -> None:
    unit = make.unit()
    admin, second = make.staff(Role.UNIT_ADMIN, unit), make.person(unit=unit)
    same_face = FaceCase(
        kind=FaceCaseKind.DUPLICATE_FOUND, person_id=second.id, other_person_id=admin.id, opened_at=second.created_at
    )
    db.add(same_face)
    db.flush()
    body = {"role": "organizer", "unit_id": str(unit.id)}
    refused = api.as_(admin).post(f"/people/{second.id}/roles", body)
    assert (refused.status_code, refused.json["code"]) == (403, "own_role")
    same_face.status = FaceCaseStatus.ACCEPTED
    db.flush()
    assert api.as_(admin).post(f"/people/{second.id}/roles", body).status_code == 201


def test_no_unit_grades_itself(api: Api, make: Factories) -> None:
    city = make.unit(kind=UnitKind.CITY, name="甲市")
    hospital = make.unit(parent=city)
    chief, body = api.as_(make.staff(Role.AUTHORITY, city)), {"grade": "tertiary", "reason": "三级甲等医院"}
    assert chief.put(f"/units/{hospital.id}/grade", body).status_code == 200
    refused = chief.put(f"/units/{city.id}/grade", body)
    assert (refused.status_code, refused.json["code"]) == (403, "forbidden")
    province = api.as_(make.staff(Role.AUTHORITY, make.province))
    assert province.put(f"/units/{make.province.id}/grade", body).status_code == 200


def test_the_last_system_admin_keeps_the_role(api: Api, make: Factories, db: Session) -> None:
    admin, province = make.staff(Role.SYSTEM_ADMIN, make.province), str(make.province.id)
    me = api.as_(admin)
    mine = db.scalars(
        select(RoleGrant).where(RoleGrant.person_id == admin.id, RoleGrant.role == Role.SYSTEM_ADMIN)
    ).one()
    path = f"/people/{admin.id}/roles/{mine.id}"
    refused = me.delete(path)
    assert (refused.status_code, refused.json["code"]) == (409, "last_system_admin")
    other = make.person(unit=make.province)
    assert me.post(f"/people/{other.id}/roles", {"role": "system_admin", "unit_id": province}).status_code == 201
    assert me.delete(path).status_code == 204
