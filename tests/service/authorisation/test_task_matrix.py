"""What an assignment to a project or session opens is what the matrix of tasks says, and nothing else."""

from datetime import timedelta
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy.orm import Session

from models.people import Role, Unit
from models.project_staff import StaffTask
from tests.api import Api
from tests.fakes import FakeClock
from tests.service.authorisation.asking import ask
from tests.service.authorisation.routes import routes_of_roles
from tests.service.authorisation.task_matrix import TASKS
from tests.service.authorisation.world import OWN, Caller, CityFactories, Province, make_province

pytestmark = pytest.mark.either_database

EVERY = [task.value for task in StaffTask]
OF_SESSIONS = ["door", "results"]


def opened(row: str) -> set[str]:
    """The allowed assignments, such as `door p`."""
    cells = (cell.partition(":") for cell in row.split())
    return {f"{task} {scope}" for task, _, scopes in cells for scope in scopes}


def assigned(province: Province, api: Api, make: CityFactories, where: str, **new: Any) -> Caller:
    """Somebody without a role, assigned at a project."""
    person = make.person(unit=make.unit(name="志愿者单位"))
    named = {"cme_number": person.cme_number, "name": person.name, **new}
    reply = api.as_(province.world.organizer).post(f"/projects/{where}/staff", named)
    assert reply.status_code == 201, reply.json
    return Caller(person, api.as_(person), {"made": reply.json["id"]})


def callers_of(province: Province, api: Api, make: CityFactories, db: Session, clock: FakeClock) -> dict[str, Caller]:
    """People with each kind of assignment, and some whose assignment opens nothing here."""
    world = province.world
    here, session = str(world.project.id), str(world.session.id)
    elsewhere = make.project(unit=db.get_one(Unit, world.project.unit_id), organizer=world.organizer)
    other_session = str(make.session(world.project).id)
    found = {f"{task} p": assigned(province, api, make, here, tasks=[task]) for task in EVERY}
    found |= {
        f"{task} s": assigned(province, api, make, here, tasks=[task], session_id=session) for task in OF_SESSIONS
    }
    found["another session"] = assigned(province, api, make, here, tasks=OF_SESSIONS, session_id=other_session)
    found["another project"] = assigned(province, api, make, str(elsewhere.id), tasks=EVERY)
    found["ended"] = assigned(province, api, make, here, tasks=EVERY)
    gone = api.as_(world.organizer).call("DELETE", f"/project-staff/{found['ended'].ids['made']}")
    assert gone.status_code == 204
    until = (clock.now() + timedelta(minutes=1)).isoformat()
    found["over"] = assigned(province, api, make, here, tasks=EVERY, until=until)
    clock.turn(minutes=1)
    return found


def test_the_matrix_of_tasks_names_the_routes_that_open_to_them_and_no_other(app: APIFlask) -> None:
    routes = routes_of_roles(app)
    declared = {
        endpoint: sorted(task.value for task in app.view_functions[endpoint].access.tasks)  # type: ignore[attr-defined]
        for endpoint in routes
    }
    assert {endpoint: tasks for endpoint, tasks in declared.items() if tasks} == {
        endpoint: [cell.partition(":")[0] for cell in row.split()] for endpoint, row in TASKS.items()
    }


def test_each_route_of_a_role_opens_to_assignments_as_the_matrix_says(
    app: APIFlask, api: Api, db: Session, clock: FakeClock, request: pytest.FixtureRequest
) -> None:
    make = CityFactories(app, db, clock)
    province = make_province(make, api, db, clock, Role.ORGANIZER)
    callers = callers_of(province, api, make, db, clock)
    request.getfixturevalue("written_off")
    wrong = []
    for endpoint, (method, path, _) in routes_of_roles(app).items():
        for kind, caller in callers.items():
            province.callers[OWN] = Caller(caller.person, caller.api, {})
            reply = ask(province, clock, endpoint, method, path, OWN)
            is_refused = reply.status_code in (403, 404)
            if reply.status_code >= 500 or reply.status_code in (400, 401, 405, 415):
                wrong.append(f"{endpoint} {kind}: asked wrongly: {reply.status_code} {reply.text[:200]}")
            elif is_refused == (kind in opened(TASKS.get(endpoint, ""))):
                wrong.append(f"{endpoint} {kind}: {reply.status_code} {reply.text[:100]}")
    assert not wrong, "\n".join(["", *wrong])
