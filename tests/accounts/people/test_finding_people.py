"""Admins find people by name, pinyin and number, look at one, and correct name and unit."""

from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from accounts.people.readings import read_names
from models.edge import AuditEntry
from models.people import Person, Role, RoleGrant, Unit, UnitKind
from tests.api import Api
from tests.factories import Factories

WHY = {"reason": "与身份证核对"}


@pytest.fixture
def hospital(make: Factories) -> Unit:
    return make.unit()


@pytest.fixture
def admin(api: Api, make: Factories, hospital: Unit) -> Api:
    return api.as_(make.staff(Role.UNIT_ADMIN, hospital))


def found(who: Api, text: str, **more: Any) -> set[str]:
    """The names that a search finds."""
    reply = who.get("/people", query_string={"q": text, **more})
    assert reply.status_code == 200, reply.json
    return {each["name"] for each in reply.json["items"]}


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        (
            "赵示范",
            ["赵示范", "示范", "zhaoshifan", "zsf", "zhaoshi", "ZhaoShifan", "zhao shi fan", "ＺＳＦ", "zhào shì"],
        ),
        ("仇晓芸", ["qiuxiaoyun", "qxy", "仇"]),
        ("覃茜", ["qinqian", "qinxi", "tanxi"]),
        ("吕布", ["lvbu", "lubu", "lǚbù", "LüBu"]),
        ("阿卜杜·热依木", ["阿卜杜·热依木", "阿卜杜•热依木", "abudu", "reyimu", "abdrym"]),
        ("John O'Smith", ["john", "JOHN O'SMITH", "johnosmith", "osmith", "Ｊｏｈｎ"]),
        ("𠮷䶮", ["𠮷", "䶮"]),
    ],
)
def test_a_person_is_found_by_each_way_of_writing_their_name(
    make: Factories, admin: Api, hospital: Unit, name: str, texts: list[str]
) -> None:
    make.person(unit=hospital, name=name)
    make.person(unit=hospital, name="钱五六")
    assert {text: found(admin, text) for text in texts} == {text: {name} for text in texts}


@pytest.mark.parametrize("text", ["haoshifan", "zsfx", "%", "_", "~", "zsf~", "z%f", "'", "\\", "示%范", "赵·范", "·"])
def test_what_is_no_name_finds_nobody(make: Factories, admin: Api, hospital: Unit, text: str) -> None:
    make.person(unit=hospital, name="赵示范")
    assert "赵示范" not in found(admin, text)


def test_a_number_is_found_in_full_width_and_by_a_part(make: Factories, admin: Api, hospital: Unit) -> None:
    make.person(unit=hospital, name="赵示范", cme_number="3312345678")
    make.person(unit=hospital, name="孙七", cme_number="AbcDef")
    for text in ("3312345678", "234567", "３３１２３４５６７８"):
        assert found(admin, text) == {"赵示范"}
    assert found(admin, "AbcDef") == {"孙七"}


def test_a_new_and_a_renamed_person_are_found_at_once(make: Factories, admin: Api, hospital: Unit) -> None:
    body = {"cme_number": "3399000001", "name": "仇晓芸", "unit_id": str(hospital.id)}
    made = admin.post("/people", body).json["id"]
    assert found(admin, "qiuxiaoyun") == {"仇晓芸"}
    reply = admin.patch(f"/people/{made}", {"name": "单晓芸", **WHY})
    assert (reply.status_code, reply.json["name"]) == (200, "单晓芸")
    assert (found(admin, "qiuxiaoyun"), found(admin, "shanxy"), found(admin, "sxy")) == (set(), set(), {"单晓芸"})


def test_nobody_is_found_beyond_ones_reach(api: Api, make: Factories, admin: Api) -> None:
    city = make.unit(kind=UnitKind.CITY, name="另一市")
    make.person(unit=make.unit(parent=city, name="另一市医院"), name="慕容远山", cme_number="3399000002")
    assert [found(admin, text) for text in ("murongyuanshan", "mrys", "慕容", "3399000002")] == [set()] * 4
    chief = api.as_(make.staff(Role.AUTHORITY, city))
    assert found(chief, "mrys") == {"慕容远山"}
    assert found(api.as_(make.staff(Role.AUTHORITY, make.province)), "mrys") == {"慕容远山"}


def test_pages_of_people_by_pinyin_are_complete(make: Factories, admin: Api, hospital: Unit) -> None:
    names = {make.person(unit=hospital, name=f"赵{each}").name for each in "一二三四五六七"}
    seen: list[str] = []
    page = admin.get("/people?q=zhao&limit=3").json
    assert page["count"] == 7
    while True:
        seen += [each["name"] for each in page["items"]]
        if page["next_cursor"] is None:
            break
        page = admin.get("/people", query_string={"q": "zhao", "limit": 3, "cursor": page["next_cursor"]}).json
    assert sorted(seen) == sorted(names)


def test_names_of_earlier_versions_are_read_by_the_upkeep(
    make: Factories, admin: Api, hospital: Unit, db: Session
) -> None:
    people = [make.person(unit=hospital, name=name) for name in ("赵示范", "钱示范", "孙示范")]
    ids = [each.id for each in people]
    db.execute(update(Person).where(Person.id.in_(ids)).values(pinyin=None, pinyin_initials=None, pinyin_others=None))
    db.commit()
    db.expire_all()
    assert (found(admin, "zsf"), found(admin, "赵示范")) == (set(), {"赵示范"})
    assert [read_names(db, limit=2), read_names(db, limit=2), read_names(db, limit=2)] == [2, 1, 0]
    db.commit()
    assert found(admin, "zsf") == {"赵示范"}


def test_one_person_is_shown_with_unit_roles_state_and_what_may_be_done(
    api: Api, make: Factories, admin: Api, hospital: Unit, db: Session
) -> None:
    person = make.staff(Role.ORGANIZER, hospital)
    shown = admin.get(f"/people/{person.id}").json
    assert (shown["name"], shown["cme_number"], shown["unit"]["name"]) == (person.name, person.cme_number, "第一医院")
    assert {each["role"] for each in shown["roles"]} == {"learner", "organizer"}
    assert (shown["state"], shown["roles"][0]["unit"]["name"]) == ("active", "第一医院")
    assert shown["acts"] == ["edit", "give_role", "suspend", "give_password_slip", "change_phone"]
    admin.put(f"/people/{person.id}/suspension", WHY)
    shown = admin.get(f"/people/{person.id}").json
    assert (shown["state"], "reinstate" in shown["acts"]) == ("suspended", True)
    fresh = make.person(unit=hospital, must_change_password=True)
    assert admin.get(f"/people/{fresh.id}").json["state"] == "initial"
    looks = db.scalars(select(AuditEntry.subject_id).where(AuditEntry.action == "person.look")).all()
    assert looks == [person.id, person.id, fresh.id]


def test_about_somebody_with_a_higher_role_and_about_oneself_nothing_may_be_done(
    api: Api, make: Factories, hospital: Unit
) -> None:
    me = make.staff(Role.UNIT_ADMIN, hospital)
    chief = make.staff(Role.AUTHORITY, hospital)
    admin = api.as_(me)
    assert admin.get(f"/people/{chief.id}").json["acts"] == []
    assert admin.get(f"/people/{me.id}").json["acts"] == []
    assert admin.patch(f"/people/{chief.id}", {"name": "改名", **WHY}).json["code"] == "role_too_high"
    reply = admin.patch(f"/people/{me.id}", {"name": "改名", **WHY})
    assert (reply.status_code, reply.json["code"]) == (403, "own_details")


def test_a_person_beyond_ones_reach_is_as_unknown_as_nobody(api: Api, make: Factories, admin: Api) -> None:
    far = make.person(unit=make.unit(name="第二医院"))
    answers = []
    for ident in (far.id, "01900000-0000-7000-8000-000000000000"):
        for reply in (admin.get(f"/people/{ident}"), admin.patch(f"/people/{ident}", {"name": "改名", **WHY})):
            answers.append((reply.status_code, reply.json["code"]))
    assert answers == [(404, "not_found")] * 4


def test_a_person_moves_with_their_role_of_learner_and_keeps_the_others(
    api: Api, make: Factories, admin: Api, hospital: Unit, db: Session
) -> None:
    person = make.staff(Role.ORGANIZER, hospital)
    ward = make.unit(parent=hospital, kind=UnitKind.DEPARTMENT, name="急诊科")
    reply = admin.patch(f"/people/{person.id}", {"unit_id": str(ward.id), **WHY})
    assert (reply.status_code, reply.json["unit"]["name"]) == (200, "急诊科")
    held = db.execute(select(RoleGrant.role, RoleGrant.unit_id).where(RoleGrant.person_id == person.id))
    assert {(role, unit_id) for role, unit_id in held} == {(Role.LEARNER, ward.id), (Role.ORGANIZER, hospital.id)}
    entry = db.scalars(select(AuditEntry).where(AuditEntry.action == "person.edit")).one()
    assert (entry.subject_id, entry.reason) == (person.id, WHY["reason"])
    assert entry.after == {"unit_id": str(ward.id), "changed": ["unit_id"]}
    elsewhere = make.unit(name="第二医院")
    assert admin.patch(f"/people/{person.id}", {"unit_id": str(elsewhere.id), **WHY}).status_code == 403


def test_the_name_of_a_person_is_on_no_trail_and_a_reason_is_needed(
    make: Factories, admin: Api, hospital: Unit, db: Session
) -> None:
    person = make.person(unit=hospital, name="旧名")
    assert admin.patch(f"/people/{person.id}", {"name": "新名"}).status_code == 422
    assert admin.patch(f"/people/{person.id}", {"name": " ", **WHY}).status_code == 422
    assert admin.patch(f"/people/{person.id}", {"name": "新名", **WHY}).status_code == 200
    assert admin.patch(f"/people/{person.id}", {"name": "新名", **WHY}).status_code == 200
    entry = db.scalars(select(AuditEntry).where(AuditEntry.action == "person.edit")).one()
    assert (entry.before, entry.after) == ({}, {"changed": ["name"]})


def test_a_unit_is_renamed_and_moved_with_all_below_it(api: Api, make: Factories, db: Session) -> None:
    east, west = make.unit(kind=UnitKind.CITY, name="东市"), make.unit(kind=UnitKind.CITY, name="西市")
    hospital = make.unit(parent=east)
    ward = make.unit(parent=hospital, kind=UnitKind.DEPARTMENT, name="急诊科")
    nurse = make.person(unit=ward, name="赵示范")
    chief = api.as_(make.staff(Role.AUTHORITY, make.province))
    of_west = api.as_(make.staff(Role.AUTHORITY, west))
    assert found(of_west, "zsf") == set()
    reply = chief.patch(f"/units/{hospital.id}", {"name": "西市医院", "parent_id": str(west.id), **WHY})
    assert (reply.status_code, reply.json["name"], reply.json["parent"]["name"]) == (200, "西市医院", "西市")
    assert found(of_west, "zsf") == {"赵示范"}
    assert found(api.as_(make.staff(Role.AUTHORITY, east)), "zsf") == set()
    (shown,) = chief.get("/units?q=急诊").json["items"]
    assert [each["name"] for each in shown["above"]] == ["某省", "西市", "西市医院"]
    assert nurse.unit_id == ward.id
    entry = db.scalars(select(AuditEntry).where(AuditEntry.action == "unit.edit")).one()
    assert entry.before == {"parent_id": str(east.id), "name": "第一医院"}


def test_a_unit_goes_neither_below_itself_nor_below_a_lower_kind_nor_out_of_ones_reach(
    api: Api, make: Factories
) -> None:
    city = make.unit(kind=UnitKind.CITY, name="东市")
    hospital = make.unit(parent=city)
    ward = make.unit(parent=hospital, kind=UnitKind.DEPARTMENT, name="急诊科")
    chief = api.as_(make.staff(Role.AUTHORITY, make.province))
    for unit, parent in ((hospital, hospital), (hospital, ward), (city, hospital)):
        reply = chief.patch(f"/units/{unit.id}", {"parent_id": str(parent.id), **WHY})
        assert (reply.status_code, reply.json["code"]) == (422, "unit_kind_invalid")
    assert chief.patch(f"/units/{make.province.id}", {"parent_id": str(city.id), **WHY}).status_code == 403
    admin = api.as_(make.staff(Role.UNIT_ADMIN, hospital))
    other = make.unit(parent=city, name="第二医院")
    assert admin.patch(f"/units/{ward.id}", {"parent_id": str(other.id), **WHY}).status_code == 403
    assert admin.patch(f"/units/{hospital.id}", {"parent_id": str(make.province.id), **WHY}).status_code == 403
    assert admin.patch(f"/units/{other.id}", {"name": "越界", **WHY}).status_code == 403
