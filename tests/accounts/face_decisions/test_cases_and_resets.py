"""What admins see before they decide: the people of a case side by side, and the resets that wait."""

from datetime import date

import pytest
from apiflask import APIFlask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.base import new_id
from models.edge import AuditEntry
from models.faces import FaceCase, FaceTemplate
from models.people import Role
from tests.accounts.enrolment.enrolling_in_person import code_of
from tests.api import Api
from tests.factories import Factories
from tests.fakes import FakeClock, face


@pytest.fixture(autouse=True)
def _law(make: Factories) -> None:
    make.face_law()


def opened_case(api: Api, db: Session, one, other) -> FaceCase:  # type: ignore[no-untyped-def]
    assert api.as_(one).enrol(face("li")).status_code == 201
    assert api.as_(other).enrol(face("li")).status_code == 409
    return db.scalars(select(FaceCase)).one()


def looks(db: Session) -> list[AuditEntry]:
    return list(db.scalars(select(AuditEntry).where(AuditEntry.action == "face_case.look").order_by(AuditEntry.id)))


def test_a_case_shows_both_people_and_what_tells_them_apart(
    api: Api, make: Factories, db: Session, app: APIFlask, clock: FakeClock
) -> None:
    here, there = make.unit(name="第一医院"), make.unit(name="第二医院")
    number = "330102198001011234"
    first = make.person(
        unit=there,
        name="李明",
        birth_on=date(1980, 1, 1),
        id_number=number,
    )
    second = make.person(unit=here, name="李明", birth_on=date(1981, 2, 2))
    case = opened_case(api, db, first, second)
    boss = make.staff(Role.UNIT_ADMIN, here)
    shown = api.as_(boss).get(f"/face-cases/{case.id}")
    assert shown.status_code == 200
    told = shown.json
    assert told["person"] == {
        "id": str(second.id), "name": "李明", "cme_number": second.cme_number, "unit": "第一医院", "employer": None,
        "birth_on": "1981-02-02", "id_number_end": None, "face": None, "enrolled_at": None,
    }  # fmt: skip
    assert (told["other"]["id"], told["other"]["unit"]) == (str(first.id), "第二医院")
    assert (told["other"]["id_number_end"], told["other"]["face"]) == ("1234", "active")
    assert told["other"]["enrolled_at"].startswith(clock.now().isoformat()[:19])
    assert (told["differs"], told["agrees"]) == (["cme_number", "unit", "birth_on"], ["name"])
    assert number not in shown.text
    assert api.as_(boss).get("/face-cases").json["items"] == [told]


def test_every_look_at_the_people_of_a_case_is_audited(api: Api, make: Factories, db: Session) -> None:
    unit = make.unit()
    first, second = make.person(unit=unit), make.person(unit=unit)
    case = opened_case(api, db, first, second)
    boss = make.staff(Role.UNIT_ADMIN, unit)
    admin = api.as_(boss)
    admin.get(f"/face-cases/{case.id}")
    admin.get("/face-cases?status=open")
    admin.get("/face-cases?status=rejected")  # shows nobody
    people = {str(first.id), str(second.id)}
    assert [(each.actor_id, each.subject_id, set(each.after["people"])) for each in looks(db)] == [
        (boss.id, case.id, people)
    ] * 2


def test_a_decided_case_still_shows_its_people(api: Api, make: Factories, db: Session) -> None:
    unit = make.unit()
    first, second = make.person(unit=unit), make.person(unit=unit)
    case = opened_case(api, db, first, second)
    boss = make.staff(Role.UNIT_ADMIN, unit)
    admin = api.as_(boss)
    decided = admin.post(f"/face-cases/{case.id}/decision", {"decision": "accept", "reason": "双胞胎"})
    assert decided.json["other"]["name"] == first.name
    assert (decided.json["decider"]["name"], decided.json["decided_by"]) == (boss.name, str(boss.id))
    assert admin.get(f"/face-cases/{case.id}").json["status"] == "accepted"


def test_a_case_is_shown_to_the_admins_of_the_persons_unit_alone(api: Api, make: Factories, db: Session) -> None:
    here, there = make.unit(), make.unit(name="第二医院")
    case = opened_case(api, db, make.person(unit=there), make.person(unit=here))
    assert code_of(api.as_(make.staff(Role.UNIT_ADMIN, there)).get(f"/face-cases/{case.id}")) == (403, "forbidden")
    assert code_of(api.as_(make.organizer(here)).get(f"/face-cases/{case.id}")) == (403, "forbidden")
    assert code_of(api.as_(make.staff(Role.UNIT_ADMIN, here)).get(f"/face-cases/{new_id()}")) == (404, "not_found")
    assert looks(db) == []


def asked_reset(api: Api, make: Factories, unit, name: str):  # type: ignore[no-untyped-def]
    """A person with a face, and the open request of an admin that they may enrol again."""
    person = make.person(unit=unit)
    assert api.as_(person).enrol(face(name)).status_code == 201
    asker = make.staff(Role.UNIT_ADMIN, unit)
    asked = api.as_(asker).post(f"/people/{person.id}/face-resets", {"reason": "照片拍错"})
    assert (asked.status_code, asked.json["status"]) == (201, "open")
    return person, asker, asked.json


def test_open_resets_are_found_by_the_second_admin(api: Api, make: Factories) -> None:
    unit = make.unit(name="第一医院")
    person, asker, asked = asked_reset(api, make, unit, "li")
    second = api.as_(make.staff(Role.DEPARTMENT_ADMIN, unit))
    (found,) = second.get("/face-resets?status=open").json["items"]
    assert found == asked
    assert found["person"] == {
        "id": str(person.id), "name": person.name, "cme_number": person.cme_number, "unit": "第一医院",
    }  # fmt: skip
    assert (found["requester"]["name"], found["reason"]) == (asker.name, "照片拍错")
    approved = second.post(f"/face-resets/{found['id']}/approval")
    assert (approved.status_code, approved.json["status"]) == (200, "approved")
    assert approved.json["approver"]["id"] == approved.json["approved_by"]
    assert (asked["approver"], approved.json["refuser"]) == (None, None)
    listed = {status: second.get(f"/face-resets?status={status}").json["items"] for status in ("open", "approved")}
    assert listed == {"open": [], "approved": [approved.json]}
    assert second.get("/face-resets").json["items"] == [approved.json]
    assert second.get("/face-resets?status=lost").status_code == 422


def test_a_reset_is_refused_with_a_reason_and_the_face_stays(api: Api, make: Factories, db: Session) -> None:
    unit = make.unit()
    person, _, asked = asked_reset(api, make, unit, "li")
    second = make.staff(Role.UNIT_ADMIN, unit)
    admin = api.as_(second)
    assert admin.post(f"/face-resets/{asked['id']}/refuse", {}).status_code == 422
    refused = admin.post(f"/face-resets/{asked['id']}/refuse", {"reason": "照片没有问题"})
    assert (refused.status_code, refused.json["status"]) == (200, "refused")
    assert (refused.json["refusal_reason"], refused.json["refused_by"]) == ("照片没有问题", str(second.id))
    assert refused.json["refuser"]["unit"] == {"id": str(unit.id), "name": unit.name}
    for again in (f"/face-resets/{asked['id']}/approval", f"/face-resets/{asked['id']}/refuse"):
        assert code_of(admin.post(again, {"reason": "再想想"})) == (409, "already_decided")
    assert db.scalar(select(func.count()).select_from(FaceTemplate)) == 1
    (told,) = db.scalars(select(AuditEntry).where(AuditEntry.action == "face_reset.refuse"))
    assert (told.actor_id, told.subject_id, told.reason) == (second.id, person.id, "照片没有问题")
    assert admin.get("/face-resets?status=refused").json["items"] == [refused.json]


def test_who_asked_may_take_it_back_and_not_approve(api: Api, make: Factories) -> None:
    unit = make.unit()
    _, asker, asked = asked_reset(api, make, unit, "li")
    admin = api.as_(asker)
    assert code_of(admin.post(f"/face-resets/{asked['id']}/approval")) == (409, "second_admin_needed")
    assert admin.post(f"/face-resets/{asked['id']}/refuse", {"reason": "误操作"}).json["status"] == "refused"


def test_nobody_decides_on_their_own_face(api: Api, make: Factories, db: Session) -> None:
    unit = make.unit()
    boss = make.staff(Role.UNIT_ADMIN, unit)
    assert api.as_(boss).enrol(face("boss")).status_code == 201
    asked = api.as_(make.staff(Role.UNIT_ADMIN, unit)).post(f"/people/{boss.id}/face-resets", {"reason": "照片拍错"})
    for act in ("approval", "refuse"):
        reply = api.as_(boss).post(f"/face-resets/{asked.json['id']}/{act}", {"reason": "本人"})
        assert code_of(reply) == (403, "own_face")
    assert db.scalar(select(func.count()).select_from(FaceTemplate)) == 1


def test_resets_come_in_pages_and_of_ones_own_units_alone(api: Api, make: Factories) -> None:
    here, there = make.unit(), make.unit(name="第二医院")
    ids = [asked_reset(api, make, here, f"somebody {n}")[2]["id"] for n in range(5)]
    other = asked_reset(api, make, there, "elsewhere")[2]["id"]
    admin = api.as_(make.staff(Role.UNIT_ADMIN, here))
    seen, cursor = [], ""
    while cursor is not None:
        page = admin.get(f"/face-resets?status=open&limit=2{'&cursor=' + cursor if cursor else ''}").json
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert seen == ids
    assert admin.get("/face-resets?cursor=garbage").status_code == 422
    assert code_of(admin.post(f"/face-resets/{other}/refuse", {"reason": "测试"})) == (403, "forbidden")
    assert code_of(admin.post(f"/face-resets/{new_id()}/refuse", {"reason": "测试"})) == (404, "not_found")
    assert api.as_(make.organizer(here)).get("/face-resets").status_code == 403


def waiting(api: Api, admin) -> tuple[int, int]:  # type: ignore[no-untyped-def]
    told = api.as_(admin).get("/me/home").json["waiting"]
    return told["face_cases"], told["face_resets"]


def test_home_counts_the_cases_that_wait_for_an_admin_until_they_are_decided(
    api: Api, make: Factories, db: Session
) -> None:
    here, there = make.unit(), make.unit(name="第二医院")
    case = opened_case(api, db, make.person(unit=there), make.person(unit=here))
    boss = make.staff(Role.UNIT_ADMIN, here)
    assert waiting(api, boss) == (1, 0)
    for nobody in (make.staff(Role.UNIT_ADMIN, there), make.organizer(here), make.person(unit=here)):
        assert waiting(api, nobody) == (0, 0)
    assert waiting(api, make.staff(Role.AUTHORITY, make.province)) == (1, 0)
    api.as_(boss).post(f"/face-cases/{case.id}/decision", {"decision": "accept", "reason": "双胞胎"})
    assert waiting(api, boss) == (0, 0)


def test_home_counts_no_case_that_the_admin_may_not_decide(api: Api, make: Factories, db: Session) -> None:
    unit = make.unit()
    chief = make.staff(Role.AUTHORITY, make.province)
    opened_case(api, db, make.person(unit=unit), chief)
    assert waiting(api, chief) == (0, 0)  # their own
    assert waiting(api, make.staff(Role.UNIT_ADMIN, make.province)) == (0, 0)  # of a higher role
    assert waiting(api, make.staff(Role.AUTHORITY, make.province)) == (1, 0)


def test_home_counts_a_reset_for_the_second_admin_alone(api: Api, make: Factories) -> None:
    unit = make.unit()
    _, asker, asked = asked_reset(api, make, unit, "li")
    second = make.staff(Role.UNIT_ADMIN, unit)
    assert (waiting(api, asker), waiting(api, second)) == ((0, 0), (0, 1))
    assert api.as_(second).post(f"/face-resets/{asked['id']}/approval").status_code == 200
    assert waiting(api, second) == (0, 0)
