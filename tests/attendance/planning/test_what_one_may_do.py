"""A session says what its reader may do there, so that no page offers what is then refused."""

from models.people import Role
from tests.api import Api
from tests.attendance.conftest import Scene
from tests.factories import Factories


def test_a_session_says_what_organizer_door_and_reviewer_may_do(scene: Scene, api: Api, make: Factories) -> None:
    helper, boss = make.person(unit=scene.unit), make.staff(Role.UNIT_ADMIN, scene.unit)
    path = f"/sessions/{scene.session.id}"
    named = scene.staff.post(
        f"/projects/{scene.project.id}/staff", {"cme_number": helper.cme_number, "name": helper.name, "tasks": ["door"]}
    )
    assert named.status_code == 201, named.json
    assert scene.staff.get(path).json["acts"] == ["run_door", "plan"]
    assert api.as_(helper).get(path).json["acts"] == ["run_door"]
    assert api.as_(boss).get(path).json["acts"] == []
