"""A number of somebody of another hospital tells the staff of a project nothing, unless they name the person too."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from models.edge import AuditEntry
from models.people import Person, Role, UnitKind
from models.projects import RosterEntry
from tests.api import Api, Reply
from tests.attendance.check_in.checking_in import code_of
from tests.attendance.conftest import Scene
from tests.attendance.imports.roster_import import previewed

pytestmark = pytest.mark.either_database

NOBODY = "3388888888"
WHY = {"reason": "现场核对胸牌"}
Jobs = Callable[[], None]


@pytest.fixture
def stranger(scene: Scene) -> Person:
    """Somebody of a hospital of another city."""
    city = scene.make.unit(kind=UnitKind.CITY, name="另一市")
    return scene.make.person(unit=scene.make.unit(parent=city, name="另一市医院"), name="欧阳不告")


def add(scene: Scene, *numbers: Any, who: Api | None = None, **more: Any) -> Reply:
    """Put people on the roster."""
    return (who or scene.staff).post(f"/projects/{scene.project.id}/roster", {"cme_numbers": [*numbers], **more})


def listed(scene: Scene) -> str:
    """The roster as its staff read it."""
    reply = scene.staff.get(f"/projects/{scene.project.id}/roster?limit=200")
    assert reply.status_code == 200
    return str(reply.get_data(as_text=True))


def test_a_number_of_a_stranger_is_answered_as_one_of_nobody(scene: Scene, stranger: Person) -> None:
    known, nobody = add(scene, stranger.cme_number), add(scene, NOBODY)
    assert known.json == {"added": 0, "already": 0, "waiting": 0, "unknown": [stranger.cme_number]}
    assert known.status_code == nobody.status_code == 200
    assert known.get_data(as_text=True).replace(str(stranger.cme_number), NOBODY) == nobody.get_data(as_text=True)
    assert scene.db.scalars(select(RosterEntry)).all() == []


@pytest.mark.parametrize("name", ["不是此人", "欧阳", "欧阳不告告", "%", "_" * 4])
def test_a_wrong_name_is_as_unknown_as_none(scene: Scene, stranger: Person, name: str) -> None:
    number = str(stranger.cme_number)
    answers = [add(scene, each, names=[{"cme_number": each, "name": name}]) for each in (number, NOBODY)]
    assert answers[0].get_data(as_text=True).replace(number, NOBODY) == answers[1].get_data(as_text=True)
    assert answers[0].json["added"] == 0
    assert "欧阳不告" not in listed(scene)


@pytest.mark.parametrize("name", ["欧阳不告", "欧阳 不告", "欧阳　不告"])
def test_who_names_a_stranger_rightly_puts_them_on_the_roster(scene: Scene, stranger: Person, name: str) -> None:
    number = str(stranger.cme_number)
    assert add(scene, number, names=[{"cme_number": number, "name": name}]).json["added"] == 1
    assert "欧阳不告" in listed(scene)
    assert add(scene, number).json == {"added": 0, "already": 1, "waiting": 0, "unknown": []}


def test_people_of_the_hospital_and_of_ones_own_reach_need_no_name(scene: Scene, stranger: Person) -> None:
    ward = scene.make.unit(parent=scene.unit, kind=UnitKind.DEPARTMENT, name="急诊科")
    assert add(scene, scene.make.person(unit=ward).cme_number).json["added"] == 1
    chief = scene.api.as_(scene.make.staff(Role.AUTHORITY, scene.make.province))
    assert add(scene, stranger.cme_number, who=chief).json["added"] == 1


def test_the_organizer_of_a_department_knows_the_whole_hospital(scene: Scene) -> None:
    ward = scene.make.unit(parent=scene.unit, kind=UnitKind.DEPARTMENT, name="急诊科")
    other = scene.make.unit(parent=scene.unit, kind=UnitKind.DEPARTMENT, name="心内科")
    organizer = scene.make.organizer(ward)
    project = scene.make.project(unit=ward, organizer=organizer)
    colleague = scene.make.person(unit=other)
    body = {"cme_numbers": [colleague.cme_number]}
    assert scene.api.as_(organizer).post(f"/projects/{project.id}/roster", body).json["added"] == 1


def test_who_asks_for_strangers_leaves_a_trail(scene: Scene, stranger: Person) -> None:
    add(scene, stranger.cme_number, NOBODY)
    entry = scene.db.scalars(select(AuditEntry).where(AuditEntry.action == "roster.add")).one()
    assert (entry.after, entry.subject_id) == ({"role": "learner", "people": [], "unknown": 2}, scene.project.id)


def errors_of(scene: Scene, run_jobs: Jobs, *row: str) -> list[dict[str, str]]:
    """What is wrong with the one row of a file."""
    ident = previewed(scene, run_jobs, row)["id"]
    (told,) = scene.staff.get(f"/attendance-imports/{ident}/rows").json["items"]
    found: list[dict[str, str]] = told["errors"]
    return found


def test_a_file_with_the_number_of_a_stranger_alone_or_with_a_wrong_name_tells_nothing(
    scene: Scene, stranger: Person, run_jobs: Jobs
) -> None:
    number = str(stranger.cme_number)
    for name in ("", "不是此人"):
        known, nobody = errors_of(scene, run_jobs, number, name), errors_of(scene, run_jobs, NOBODY, name)
        assert known == nobody
        assert [each["code"] for each in known] == ["unknown_number"]


def test_a_file_that_names_a_stranger_rightly_is_taken(scene: Scene, stranger: Person, run_jobs: Jobs) -> None:
    assert errors_of(scene, run_jobs, str(stranger.cme_number), "欧阳不告") == []


def test_a_walk_in_of_a_stranger_needs_the_name(scene: Scene, stranger: Person) -> None:
    path = f"/sessions/{scene.session.id}/walk-ins"
    answers = [
        scene.staff.post(path, {**body, **WHY})
        for body in (
            {"cme_number": stranger.cme_number},
            {"cme_number": NOBODY},
            {"cme_number": stranger.cme_number, "name": "不是此人"},
        )
    ]
    assert [code_of(each) for each in answers] == [(422, "person_unknown")] * 3
    assert "欧阳不告" not in answers[0].get_data(as_text=True)
    named = {"cme_number": stranger.cme_number, "name": "欧阳不告", **WHY}
    assert scene.staff.post(path, named).status_code == 201


def test_who_was_taken_off_the_roster_is_a_stranger_again(scene: Scene, stranger: Person) -> None:
    number = str(stranger.cme_number)
    assert add(scene, number, names=[{"cme_number": number, "name": "欧阳不告"}]).json["added"] == 1
    assert scene.staff.call("DELETE", f"/projects/{scene.project.id}/roster/{stranger.id}", {}).status_code == 204
    assert add(scene, number).json["unknown"] == [number]


def test_a_stranger_is_assigned_to_tasks_by_number_and_name(scene: Scene, stranger: Person) -> None:
    path, body = f"/projects/{scene.project.id}/staff", {"cme_number": stranger.cme_number, "tasks": ["door"]}
    assert code_of(scene.staff.post(path, body)) == (422, "person_unknown")
    assert scene.staff.post(path, {**body, "name": "欧阳不告"}).status_code == 201
