"""Names beside the ids of people, units and projects, and what they cost."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from models.people import Role, RoleGrant
from models.projects import ProjectStatus
from tests.api import Api
from tests.attendance.check_in.checking_in import DOUBTFUL
from tests.attendance.conftest import Scene
from tests.attendance.imports.roster_import import book, send
from tests.attendance.projects.lists import statements
from tests.attendance.settlement.settling import close
from tests.factories import Factories
from tests.fakes import FakeClock, face


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
    ("add", "path", "kinds"),
    [
        (projects_of_units, "/projects", 2),  # units, and those who made the projects
        (corrections_of_people, "/sessions/{}/corrections", 1),
        (people_of_units, "/people", 1),
    ],
)
def test_names_take_one_statement_however_many_rows(
    scene: Scene, add: Callable[[Scene, int], None], path: str, kinds: int
) -> None:
    asked, counts = path.format(scene.session.id), []
    staff = scene.api.as_(scene.make.staff(Role.ORGANIZER, scene.unit, Role.UNIT_ADMIN))
    staff.get(asked)  # the first look of the staff is audited
    for more in (1, 6):
        add(scene, more)
        with statements(scene.api) as seen:
            assert len(staff.get(asked).json["items"]) >= more
        counts.append((len(seen), sum("unit.name" in each for each in seen)))
    assert counts[0] == counts[1]
    assert counts[0][1] == kinds


def test_a_project_a_cancellation_and_an_import_say_who_did_it(scene: Scene) -> None:
    who = brief_of(scene.organizer, scene.unit)
    assert scene.staff.get(f"/projects/{scene.project.id}").json["creator"] == who
    path = f"/sessions/{scene.session.id}"
    assert scene.staff.get(path).json["canceller"] is None
    assert scene.staff.post(f"{path}/cancellation", {"reason": "停电"}).json["canceller"] == who
    other = scene.make.organizer(scene.unit)
    again = scene.api.as_(other).post(f"{path}/cancellation", {"reason": "停电一天"}).json
    assert (again["canceller"], again["cancellation_reason"]) == (who, "停电一天")
    assert scene.staff.delete(f"{path}/cancellation").json["canceller"] is None
    made = send(scene, book(["3300000001", "无"])).json
    assert made["maker"] == who
    (listed,) = scene.staff.get(f"/projects/{scene.project.id}/attendance-imports").json["items"]
    assert (listed["made_by"], listed["maker"]) == (str(scene.organizer.id), who)


def test_a_settlement_says_who_confirmed_and_who_reviewed_it(
    api: Api, make: Factories, clock: FakeClock, db: Session
) -> None:
    closing = close(api, make, clock, db)
    closing.expect("li")
    made = closing.confirm().json
    assert (made["confirmer"]["name"], made["reviewer"]) == (closing.organizer.name, None)
    assert closing.review(made["id"]).status_code == 202
    one, listed = closing.staff.get(f"/settlements/{made['id']}").json, closing.staff.get("/settlements").json["items"]
    for told in (one, *listed):
        assert (told["confirmed_by"], told["reviewed_by"]) == (str(closing.organizer.id), str(closing.authority.id))
        assert told["reviewer"]["name"] == closing.authority.name
        assert told["reviewer"]["unit"]["id"] == str(closing.authority.unit_id)


def test_a_request_says_to_staff_who_decided_it_and_to_the_learner_no_name(scene: Scene) -> None:
    me = scene.learner("li")
    wish = {"session_id": str(scene.session.id), "direction": "in", "reason": "手机没电"}
    asked = me.post("/me/correction-requests", wish).json["id"]
    path = f"/projects/{scene.project.id}/correction-requests"
    (waiting,) = scene.staff.get(path).json["items"]
    assert (waiting["decided_by"], waiting["decider"]) == (None, None)
    said = {"decision": "reject", "reason": "查无记录"}
    assert scene.staff.post(f"/correction-requests/{asked}/decision", said).status_code == 200
    (decided,) = scene.staff.get(path).json["items"]
    assert decided["decider"] == brief_of(scene.organizer, scene.unit)
    assert "decider" not in me.get("/me/correction-requests").json["items"][0]


def test_an_exemption_says_who_recorded_and_who_revoked_it(api: Api, make: Factories) -> None:
    unit = make.unit()
    first, second = make.staff(Role.UNIT_ADMIN, unit), make.staff(Role.UNIT_ADMIN, unit)
    body = {"year": 2026, "kind": "SICK", "months": 3, "reason": "病假证明"}
    made = api.as_(first).post(f"/people/{make.person(unit=unit).id}/credit-exemptions", body)
    assert (made.status_code, made.json["recorder"]) == (201, brief_of(first, unit))
    gone = api.as_(second).post(f"/credit-exemptions/{made.json['id']}/revocation", {"reason": "录错人"}).json
    assert (gone["recorder"], gone["revoker"]) == (brief_of(first, unit), brief_of(second, unit))


def test_a_check_in_says_who_decided_on_it_and_why(scene: Scene) -> None:
    me = scene.learner("li")
    waiting = scene.check_in(me, face("li", off=DOUBTFUL)).json
    path = f"/sessions/{scene.session.id}/attendance"
    assert scene.staff.get(path).json["items"][0]["review"] is None
    said = {"decision": "reject", "reason": "与证件照不符"}
    assert scene.staff.post(f"/check-ins/{waiting['id']}/decision", said).status_code == 200
    review = scene.staff.get(path).json["items"][0]["review"]
    assert (review["decision"], review["reason"]) == ("reject", "与证件照不符")
    assert review["decider"] == brief_of(scene.organizer, scene.unit)
    scene.clock.turn(seconds=1)
    assert scene.check_in(me, face("li")).json["status"] == "present"  # a clear attempt takes its place
    assert scene.staff.get(path).json["items"][0]["review"] is None
