"""A body names things too: whoever may change their own may not draw another unit's into it."""

import uuid
from collections.abc import Mapping
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy.orm import Session

from models.people import Person, Role, UnitKind
from models.projects import Project
from tests.api import Api
from tests.fakes import FakeClock
from tests.fuzz.world import World, make_world
from tests.service.authorisation.world import CityFactories as Factories

CHOICE = {"kind": "single", "text": "?", "options": ["a", "b"], "correct": [0]}
WHY = {"reason": "矩阵测试"}


class Neighbour:
    """An organizer and an admin of another hospital, with a project and a session, beside the world of the first."""

    def __init__(self, app: APIFlask, api: Api, db: Session, clock: FakeClock) -> None:
        make = Factories(app, db, clock)
        make.city = make.unit(parent=make.province, kind=UnitKind.CITY, name="甲市")
        self.world: World = make_world(make, api, db, clock)
        self.stranger = db.get_one(Person, uuid.UUID(self.world.ids["person_id"]))
        made = api.as_(self.world.organizer).post("/evaluation-templates", {"name": "表", "questions": QUESTIONS})
        self.theirs = self.world.ids | {
            "unit_id": str(self.world.project.unit_id),
            "template_id": made.json["id"],
            "cme_number": str(self.stranger.cme_number),
        }
        unit = make.unit(name="第二医院")
        organizer = make.staff(Role.ORGANIZER, unit)
        self.mine = make.person(unit=unit)
        self.project: Project = make.project(unit=unit, organizer=organizer)
        make.on_roster(self.project, self.mine)
        self.session = make.session(self.project, capacity=10)
        self.unit_id = str(unit.id)
        self.organizer, self.admin = api.as_(organizer), api.as_(make.staff(Role.UNIT_ADMIN, unit))
        drafted = self.organizer.post("/projects", {"name": "草稿", **days(self.project)})
        assert drafted.status_code == 201, drafted.json
        self.draft = f"/projects/{drafted.json['id']}"
        assert self.organizer.put(f"/projects/{self.project.id}/exam", {"questions": [CHOICE]}).status_code == 200


QUESTIONS = [{"kind": "stars", "text": "内容"}]


@pytest.fixture
def beside(app: APIFlask, api: Api, db: Session, clock: FakeClock) -> Neighbour:
    return Neighbour(app, api, db, clock)


def days(project: Project) -> dict[str, str]:
    return {"starts_on": project.starts_on.isoformat(), "ends_on": project.ends_on.isoformat()}


def test_a_body_draws_in_nothing_of_another_unit(beside: Neighbour) -> None:
    theirs, project, session = beside.theirs, f"/projects/{beside.project.id}", f"/sessions/{beside.session.id}"
    number, unit = {"cme_number": theirs["cme_number"]}, {"unit_id": theirs["unit_id"]}
    picture = {**CHOICE, "picture_id": theirs["picture_id"]}
    by_organizer: list[tuple[str, str, Mapping[str, Any]]] = [
        ("POST", "/projects", {"name": "新项目", **days(beside.project), **unit}),
        ("PATCH", beside.draft, unit),  # a project never changes its unit
        ("PATCH", beside.draft, {"reviewing_unit_id": theirs["unit_id"]}),
        ("POST", "/projects", {"name": "新项目", **days(beside.project), "reviewing_unit_id": theirs["unit_id"]}),
        ("PUT", f"{project}/evaluation", {"template_id": theirs["template_id"]}),
        ("POST", "/evaluation-templates", {"name": "表", "questions": QUESTIONS, **unit}),
        ("PUT", f"{project}/exam", {"questions": [picture]}),
        ("POST", "/question-bank", {**picture, "discipline": "急诊"}),
        ("POST", "/question-bank", {**CHOICE, "discipline": "急诊", **unit}),
        ("POST", f"{project}/exam/corrections", {"question_id": theirs["question_id"], "void": True, **WHY}),
        ("POST", f"{project}/exam/exceptions", {**number, "attempts": 1, **WHY}),
        ("PUT", f"{project}/exam/extra-time", {**number, "minutes": 5, **WHY}),
        ("POST", f"{session}/attendance", {**number, "direction": "in", **WHY}),
        ("POST", f"{session}/corrections", {**number, "mark": "present", **WHY}),
        ("PUT", f"{project}/taught-hours", {"speakers": [{**number, "hours": "1.0"}]}),
        ("DELETE", f"{project}/roster/{theirs['person_id']}", {}),
        ("DELETE", f"{session}/places/{theirs['person_id']}", {}),
    ]
    by_admin = [
        ("POST", "/people", {"cme_number": "3398765432", "name": "新人", **unit}),
        ("POST", "/units", {"name": "科", "kind": "department", "parent_id": theirs["unit_id"]}),
        ("POST", f"/people/{beside.mine.id}/roles", {"role": "organizer", **unit}),
        ("POST", f"/people/{theirs['person_id']}/roles", {"role": "organizer", "unit_id": beside.unit_id}),
        ("DELETE", f"/people/{beside.mine.id}/roles/{theirs['role_id']}", {}),
    ]
    allowed = [
        (method, path, body, reply.status_code, reply.text[:200])
        for who, calls in ((beside.organizer, by_organizer), (beside.admin, by_admin))
        for method, path, body in calls
        if not 400 <= (reply := who.call(method, path, body or None)).status_code < 500
        or reply.json["code"] in ("invalid_input", "place_not_needed")
    ]
    assert allowed == []
