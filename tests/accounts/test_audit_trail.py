"""The audit trail is read by auditors within their reach, and by everybody about themselves."""

import ast
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models.people import Role, Unit, UnitKind
from service.wording.audit import DEEDS, THINGS, words_of
from tests.api import Api
from tests.factories import PASSWORD, Factories
from tests.fakes import FakeClock

ROOT = Path(__file__).parents[2]
WHY = {"reason": "测试原因"}


@pytest.fixture
def hospital(make: Factories) -> Unit:
    return make.unit()


@pytest.fixture
def auditor(api: Api, make: Factories) -> Api:
    return api.as_(make.staff(Role.AUDITOR, make.province))


def entries(who: Api, **asked: Any) -> list[dict[str, Any]]:
    """The entries that a reader finds, newest first."""
    reply = who.get("/audit", query_string=asked)
    assert reply.status_code == 200, reply.json
    found: list[dict[str, Any]] = reply.json["items"]
    return found


def test_the_auditor_reads_who_gave_whom_which_role_and_when_in_words(
    api: Api, make: Factories, auditor: Api, hospital: Unit
) -> None:
    giver, person = make.staff(Role.SYSTEM_ADMIN, make.province), make.person(unit=hospital, name="受权示范")
    body = {"role": "organizer", "unit_id": str(hospital.id)}
    assert api.as_(giver).post(f"/people/{person.id}/roles", body).status_code == 201
    (entry,) = entries(auditor, subject=person.id)
    assert (entry["action"], entry["what"], entry["actor"]["name"]) == ("role.give", "角色：授予", giver.name)
    assert (entry["people"][0]["person"]["name"], entry["people_count"]) == ("受权示范", 1)
    assert (entry["after"], entry["before"]) == ({"role": "organizer", "unit_id": str(hospital.id)}, None)
    english = auditor.get(f"/audit?subject={person.id}", headers={"Accept-Language": "en"}).json["items"][-1]
    assert english["what"] == "role: given"


def test_a_failed_sign_in_is_on_the_trail_without_what_was_typed(
    api: Api, make: Factories, auditor: Api, hospital: Unit
) -> None:
    person = make.person(unit=hospital)
    api.post("/auth/login", {"cme_number": person.cme_number, "password": "not-the-1-word"})
    (entry,) = entries(auditor, subject=person.id)
    assert (entry["action"], entry["actor"], entry["after"]["reason"]) == ("sign_in.fail", None, "wrong_password")
    assert "not-the-1-word" not in str(entry)
    assert PASSWORD not in str(entry)


def test_looks_at_a_roster_at_attendance_and_at_people_are_entries(
    api: Api, make: Factories, auditor: Api, hospital: Unit
) -> None:
    organizer, admin = make.organizer(hospital), make.staff(Role.UNIT_ADMIN, hospital)
    project = make.project(unit=hospital, organizer=organizer)
    session = make.session(project)
    me = api.as_(organizer)
    for path in ("roster", "roster?q=zs", "roster.xlsx", "roster.csv", "waiting-list", "attendance", "attendance.csv"):
        assert me.get(f"/projects/{project.id}/{path}").status_code == 200
    assert me.get(f"/sessions/{session.id}/attendance").status_code == 200
    looked = [(each["action"], each["subject_kind"]) for each in entries(auditor, actor=organizer.id)]
    assert sorted(looked) == [
        ("attendance.export", "project"), ("attendance.look", "project"), ("attendance.look", "session"),
        ("roster.export", "project"), ("roster.look", "project"), ("waiting_list.look", "project"),
    ]  # fmt: skip
    api.as_(admin).get("/people?q=zs")
    api.as_(admin).get(f"/people/{organizer.id}")
    looked = [(each["action"], each["after"]) for each in entries(auditor, actor=admin.id)]
    assert looked == [("person.look", None), ("people.look", None)]


def test_many_looks_at_one_list_are_one_entry_for_ten_minutes(
    api: Api, make: Factories, auditor: Api, hospital: Unit, clock: FakeClock
) -> None:
    organizer = make.organizer(hospital)
    project = make.project(unit=hospital, organizer=organizer)
    for text in "zsf":
        api.as_(organizer).get(f"/projects/{project.id}/roster?q={text}")
    assert len(entries(auditor, actor=organizer.id)) == 1
    clock.turn(minutes=11)
    api.as_(organizer).get(f"/projects/{project.id}/roster")
    assert len(entries(auditor, actor=organizer.id)) == 2


def test_a_look_that_is_refused_is_no_entry(api: Api, make: Factories, auditor: Api, hospital: Unit) -> None:
    stranger = make.organizer(make.unit(name="第二医院"))
    project = make.project(unit=hospital, organizer=make.organizer(hospital))
    assert api.as_(stranger).get(f"/projects/{project.id}/roster").status_code == 403
    assert entries(auditor, actor=stranger.id) == []


@pytest.mark.parametrize(
    "role", [Role.ORGANIZER, Role.DEPARTMENT_ADMIN, Role.UNIT_ADMIN, Role.AUTHORITY, Role.SYSTEM_ADMIN]
)
def test_nobody_but_an_auditor_reads_it(api: Api, make: Factories, role: Role) -> None:
    assert api.as_(make.staff(role, make.province)).get("/audit").status_code == 403
    assert api.as_(make.person()).get("/audit").status_code == 403
    assert api.get("/audit").status_code == 401


def test_reading_the_trail_is_an_entry_itself(api: Api, make: Factories, hospital: Unit) -> None:
    who, person = make.staff(Role.AUDITOR, make.province), make.person(unit=hospital)
    auditor = api.as_(who)
    assert entries(auditor, subject=person.id, kind="role") == []
    (entry,) = entries(auditor, actor=who.id)
    assert (entry["action"], entry["subject_id"]) == ("audit.read", str(person.id))
    assert entry["after"] == {"subject": str(person.id), "kind": "role"}


def test_an_auditor_of_a_city_reads_what_concerns_its_people_alone(api: Api, make: Factories, db: Session) -> None:
    east, west = make.unit(kind=UnitKind.CITY, name="东市"), make.unit(kind=UnitKind.CITY, name="西市")
    here, there = make.person(unit=make.unit(parent=east)), make.person(unit=make.unit(parent=west))
    system = api.as_(make.staff(Role.SYSTEM_ADMIN, make.province))
    for person in (here, there):
        assert system.put(f"/people/{person.id}/suspension", WHY).status_code == 204
    mine = api.as_(make.staff(Role.AUDITOR, east))
    assert [each["subject_id"] for each in entries(mine, kind="account.suspend")] == [str(here.id)]
    assert entries(mine, subject=there.id) == []
    of_all = api.as_(make.staff(Role.AUDITOR, make.province))
    assert len(entries(of_all, kind="account.suspend")) == 2


def test_entries_are_found_by_kind_and_by_days_in_the_province(
    api: Api, make: Factories, auditor: Api, hospital: Unit, clock: FakeClock
) -> None:
    admin, person = api.as_(make.staff(Role.UNIT_ADMIN, hospital)), make.person(unit=hospital)
    admin.put(f"/people/{person.id}/suspension", WHY)
    first = clock.now()
    clock.turn(days=2)
    admin = api.as_(make.staff(Role.UNIT_ADMIN, hospital))
    admin.post(f"/people/{person.id}/reinstatement", WHY)
    day = (first + timedelta(hours=8)).date()
    late, early = (day + timedelta(days=1)).isoformat(), day.isoformat()

    def found(**asked: Any) -> list[str]:
        return [each["action"] for each in entries(auditor, subject=person.id, **asked) if each["actor_id"]]

    assert found(kind="account") == ["account.reinstate", "account.suspend"]
    assert (found(kind="account.suspend"), found(kind="accoun")) == (["account.suspend"], [])
    assert found(kind="account", **{"from": late}) == ["account.reinstate"]
    assert found(kind="account", **{"from": early, "to": early}) == ["account.suspend"]
    for bad in ({"kind": "a b"}, {"subject": "x"}, {"from": "gestern"}, {"cursor": "x"}, {"limit": 500}):
        assert auditor.get("/audit", query_string=bad).status_code == 422, bad


def test_pages_of_the_trail_are_complete(api: Api, make: Factories, auditor: Api, hospital: Unit) -> None:
    admin, person = api.as_(make.staff(Role.UNIT_ADMIN, hospital)), make.person(unit=hospital)
    for _ in range(3):  # all at one instant
        admin.put(f"/people/{person.id}/suspension", WHY)
        admin.post(f"/people/{person.id}/reinstatement", WHY)
    seen: list[str] = []
    asked: dict[str, Any] = {"subject": person.id, "kind": "account", "limit": 4}
    while True:
        page = auditor.get("/audit", query_string=asked).json
        seen += [each["id"] for each in page["items"]]
        if page["next_cursor"] is None:
            break
        asked["cursor"] = page["next_cursor"]
    assert len(seen) == len(set(seen)) == 6


def test_an_entry_about_a_whole_list_is_found_by_each_of_its_people(
    api: Api, make: Factories, auditor: Api, hospital: Unit
) -> None:
    organizer = make.organizer(hospital)
    project = make.project(unit=hospital, organizer=organizer)
    people = [make.person(unit=hospital) for _ in range(23)]
    body = {"cme_numbers": [each.cme_number for each in people]}
    assert api.as_(organizer).post(f"/projects/{project.id}/roster", body).status_code == 200
    (entry,) = entries(auditor, subject=people[-1].id)
    assert (entry["action"], len(entry["people"]), entry["people_count"]) == ("roster.add", 20, 23)


def test_a_person_reads_what_was_done_to_them_by_whom_and_not_what_they_did(
    api: Api, make: Factories, hospital: Unit
) -> None:
    who, person = make.staff(Role.UNIT_ADMIN, hospital), make.person(unit=hospital)
    api.as_(who).put(f"/people/{person.id}/suspension", WHY)
    api.as_(who).post(f"/people/{person.id}/reinstatement", WHY)
    api.post("/auth/login", {"cme_number": person.cme_number, "password": "wrong-1-word"})
    mine = api.as_(person).get("/me/audit").json["items"]
    assert {(each["action"], each["by"], each["name"]) for each in mine} == {
        ("sign_in.fail", "system", None), ("account.reinstate", "staff", who.name),
        ("account.suspend", "staff", who.name),
    }  # fmt: skip
    assert {each["unit"]["name"] for each in mine if each["unit"]} == {"第一医院"}
    assert api.as_(who).get("/me/audit").json["items"] == []
    assert api.get("/me/audit").status_code == 401


def test_each_action_of_the_trail_has_words() -> None:
    found = set()
    for package in ("accounts", "attendance", "credit", "service", "foundation"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func) in ("audit.record", "audit.look", "looks_at"):
                    found |= {
                        each.value for each in node.args if isinstance(each, ast.Constant) and "." in str(each.value)
                    }
    assert len(found) > 80
    lacking = {each for each in found if each.partition(".")[0] not in THINGS or each.partition(".")[2] not in DEEDS}
    assert lacking == set(), "service/wording/audit.py"
    assert all(re.search(r"[\u4e00-\u9fff]", words_of(each)[0]) for each in found)
