"""Names beside the ids of people, units and projects, and what they cost."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from models.people import Role, RoleGrant
from models.projects import ProjectStatus
from tests.api import Api
from tests.attendance.conftest import Scene
from tests.attendance.projects.lists import statements
from tests.factories import Factories
from tests.fakes import FakeClock


def brief_of(person: object, unit: object) -> dict[str, object]:
    shown = {"id": str(unit.id), "name": unit.name}  # type: ignore[attr-defined]
    return {"id": str(person.id), "name": person.name, "cme_number": person.cme_number, "unit": shown}  # type: ignore[attr-defined]


def test_each_role_of_mine_has_its_unit(api: Api, make: Factories, db: Session, clock: FakeClock) -> None:
    ward, city = make.unit(name="急诊科"), make.unit(name="某市")
    me = make.staff(Role.ORGANIZER, ward)
    db.add(RoleGrant(person_id=me.id, role=Role.UNIT_ADMIN, unit_id=city.id, granted_at=clock.now()))
    db.commit()
    told = api.as_(me).get("/me").json
    assert {(each["role"], each["unit"]["name"]) for each in told["held_roles"]} == {
        ("learner", "急诊科"), ("organizer", "急诊科"), ("unit_admin", "某市"),
    }  # fmt: skip
    assert all(each["unit"]["id"] == each["unit_id"] for each in told["held_roles"])
    assert told["roles"] == ["learner", "organizer", "unit_admin"]


def test_the_steps_of_a_project_name_who_took_them(api: Api, make: Factories) -> None:
    unit = make.unit()
    organizer = make.organizer(unit)
    me, project = api.as_(organizer), make.project(unit=unit, organizer=organizer, status=ProjectStatus.DRAFT)
    why = {"to": "cancelled", "reason": "不办了"}
    assert me.post(f"/projects/{project.id}/transitions", why).status_code == 200
    (step,) = me.get(f"/projects/{project.id}/transitions").json["steps"]
    assert step["taker"] == brief_of(organizer, unit)
    assert step["taken_by"] == str(organizer.id)


def test_a_correction_names_its_person_and_its_maker(scene: Scene) -> None:
    scene.learner("li")
    body = {"cme_number": scene.people["li"].cme_number, "mark": "excused", "reason": "参加抢救"}
    made = scene.staff.post(f"/sessions/{scene.session.id}/corrections", body)
    assert made.status_code == 201, made.json
    assert made.json["person"]["name"] == "li"
    assert made.json["maker"] == brief_of(scene.organizer, scene.unit)
    assert scene.staff.get(f"/sessions/{scene.session.id}/corrections").json["items"] == [made.json]


def test_a_ticket_names_the_project_of_its_session(scene: Scene) -> None:
    scene.learner("li")
    session = scene.staff.get(f"/sessions/{scene.session.id}").json
    assert session["project"]["id"] == session["project_id"] == str(scene.project.id)
    assert session["project"]["name"] == scene.project.name
    assert session["project"]["unit"] == scene.unit.name


def test_a_person_and_a_unit_name_the_units_that_they_are_in(api: Api, make: Factories) -> None:
    unit = make.unit(name="第三医院")
    person, me = make.person(unit=unit), api.as_(make.staff(Role.UNIT_ADMIN, unit))
    assert me.get(f"/people?cme_number={person.cme_number}").json["unit"] == {"id": str(unit.id), "name": "第三医院"}
    ward = me.post("/units", {"name": "急诊科", "kind": "department", "parent_id": str(unit.id)}).json
    assert ward["parent"] == {"id": str(unit.id), "name": "第三医院"}


def people_of_units(scene: Scene, count: int) -> None:
    for _ in range(count):
        scene.make.person(unit=scene.make.unit(parent=scene.unit))


def projects_of_units(scene: Scene, count: int) -> None:
    for _ in range(count):
        unit = scene.make.unit(parent=scene.unit)
        scene.make.project(unit=unit, organizer=scene.organizer)


def corrections_of_people(scene: Scene, count: int) -> None:
    for _ in range(count):
        person = scene.make.person()
        scene.make.on_roster(scene.project, person)
        body = {"cme_number": person.cme_number, "mark": "excused", "reason": "参加抢救"}
        assert scene.staff.post(f"/sessions/{scene.session.id}/corrections", body).status_code == 201


@pytest.mark.parametrize(
    ("add", "path"),
    [
        (projects_of_units, "/projects"),
        (corrections_of_people, "/sessions/{}/corrections"),
        (people_of_units, "/people"),
    ],
)
def test_names_take_one_statement_however_many_rows(scene: Scene, add: Callable[[Scene, int], None], path: str) -> None:
    asked, counts = path.format(scene.session.id), []
    staff = scene.api.as_(scene.make.staff(Role.ORGANIZER, scene.unit, Role.UNIT_ADMIN))
    for more in (1, 6):
        add(scene, more)
        with statements(scene.api) as seen:
            assert len(staff.get(asked).json["items"]) >= more
        counts.append((len(seen), sum("unit.name" in each for each in seen)))
    assert counts[0] == counts[1]
    assert counts[0][1] == 1
