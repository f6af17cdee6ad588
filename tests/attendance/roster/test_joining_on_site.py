"""The scan of somebody who is not on the roster of an open project puts them on it (现场报名)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.attendance import CheckInAttempt
from models.edge import AuditEntry
from models.people import Role
from models.projects import ProjectStatus
from tests.api import Api, Reply
from tests.attendance.check_in.checking_in import code_of
from tests.attendance.conftest import Scene
from tests.attendance.roster.applying import WHY, applied, change, course, decide, mine, roster, told
from tests.fakes import face


def visitor(scene: Scene, name: str) -> Api:
    """Somebody with a face, on no roster."""
    return scene.learner(name, is_expected=False)


def refused(reply: Reply) -> tuple[int, str, str | None]:
    """Why a scan was refused."""
    return (*code_of(reply), reply.json.get("why"))


def remove(scene: Scene, name: str, **reason: str) -> None:
    path = f"/projects/{scene.project.id}/roster/{scene.people[name].id}"
    assert scene.staff.delete(path, json=reason).status_code == 204


def test_a_visitor_of_an_open_project_is_put_on_the_roster_and_checks_in(scene: Scene) -> None:
    change(scene, scene.project, is_open=True, capacity=5)
    scene.learner("li")
    wang = visitor(scene, "wang")
    ticket = scene.ticket(wang)
    assert roster(scene, scene.project) == [("li", "staff"), ("wang", "on_site")]
    assert scene.check_in(wang, face("wang"), ticket=ticket).status_code == 201
    assert scene.ask(wang).status_code == 201
    assert len(roster(scene, scene.project)) == 2
    found = scene.staff.get(f"/projects/{scene.project.id}/roster?origin=on_site").json["items"]
    assert [each["name"] for each in found] == ["wang"]
    assert len([each for each in told(wang) if "现场报名成功" in each]) == 1
    (project,) = wang.get("/me/attendance").json["items"]
    assert project["id"] == str(scene.project.id)
    (entry,) = scene.db.scalars(select(AuditEntry).where(AuditEntry.action == "roster.join_on_site"))
    assert entry.actor_id == scene.people["wang"].id


def test_the_organizer_opens_and_closes_the_door_while_the_project_runs(scene: Scene) -> None:
    wang, zhao = visitor(scene, "wang"), visitor(scene, "zhao")
    assert refused(scene.ask(wang)) == (403, "not_on_roster", "unknown")
    change(scene, scene.project, is_open=True)
    assert scene.ask(wang).status_code == 201
    change(scene, scene.project, is_open=False)
    assert refused(scene.ask(zhao)) == (403, "not_on_roster", "unknown")
    assert scene.ask(wang).status_code == 201  # who joined stays


def test_a_full_project_refuses_the_visitor_and_says_what_to_do(scene: Scene) -> None:
    change(scene, scene.project, is_open=True, capacity=1)
    scene.learner("li")
    wang = visitor(scene, "wang")
    reply = scene.ask(wang)
    assert (*code_of(reply), reply.json["capacity"]) == (409, "project_full", 1)
    assert "增加名额" in reply.json["hint"]
    assert roster(scene, scene.project) == [("li", "staff")]
    attempts = scene.db.scalars(select(CheckInAttempt.result)).all()
    assert list(attempts) == ["project_full"]
    change(scene, scene.project, capacity=2)
    assert scene.ask(wang).status_code == 201


def test_a_free_place_goes_to_who_waits_first_and_to_the_visitor_after_them(scene: Scene) -> None:
    change(scene, scene.project, is_open=True, capacity=1)
    scene.learner("li")
    wang, zhao = visitor(scene, "wang"), visitor(scene, "zhao")
    numbers = {"cme_numbers": [scene.people["wang"].cme_number]}
    assert scene.staff.post(f"/projects/{scene.project.id}/roster", numbers).json["waiting"] == 1
    reply = scene.ask(wang)
    assert (*refused(reply), reply.json["place"]) == (409, "project_full", "waiting", 1)
    assert "第 1 位" in reply.json["hint"]
    assert refused(scene.ask(zhao)) == (409, "project_full", None)
    change(scene, scene.project, capacity=2)
    assert refused(scene.ask(zhao)) == (409, "project_full", None)
    assert roster(scene, scene.project) == [("li", "staff"), ("wang", "staff")]
    assert scene.ask(wang).status_code == 201


def test_whom_the_staff_removed_or_declined_does_not_come_in_by_a_scan(scene: Scene) -> None:
    change(scene, scene.project, is_open=True)
    wang = visitor(scene, "wang")
    scene.ticket(wang)
    remove(scene, "wang", reason="不符合参加条件")
    reply = scene.ask(wang)
    assert (*refused(reply), reply.json["reason"]) == (403, "not_on_roster", "removed", "不符合参加条件")
    assert "不符合参加条件" in reply.json["hint"]
    scene.learner("zhao")
    remove(scene, "zhao")
    assert refused(scene.ask(scene.api.as_(scene.people["zhao"])))[2] == "removed_without_reason"
    numbers = {"cme_numbers": [scene.people["wang"].cme_number]}
    assert scene.staff.post(f"/projects/{scene.project.id}/roster", numbers).json["added"] == 1
    assert scene.ask(wang).status_code == 201


def test_an_application_that_was_declined_is_not_replaced_by_a_scan_but_one_that_was_withdrawn_is(
    scene: Scene,
) -> None:
    project = course(scene, applications="reviewed", is_open=True)
    session = scene.make.session(project)
    li, wang, zhao = (visitor(scene, name) for name in ("li", "wang", "zhao"))
    ids = [applied(who, project)["id"] for who in (li, wang, zhao)]
    assert decide(scene.staff, ids[0], "declined", **WHY).status_code == 200
    assert wang.delete(f"/projects/{project.id}/applications").status_code == 204
    assert refused(scene.ask(li, session)) == (403, "not_on_roster", "declined")
    assert scene.ask(wang, session).status_code == 201
    assert scene.ask(zhao, session).status_code == 201  # the door is open to who waits for a decision, too
    assert roster(scene, project) == [("wang", "on_site"), ("zhao", "on_site")]
    assert [mine(who)[0][0] for who in (li, wang, zhao)] == ["declined", "withdrawn", "accepted"]


def test_a_project_for_its_own_unit_lets_no_others_in(scene: Scene) -> None:
    change(scene, scene.project, is_open=True, open_to="own_unit")
    home, scene.unit = scene.unit, scene.make.unit(name="第二医院")
    outside = visitor(scene, "wang")
    scene.unit = home
    assert refused(scene.ask(outside)) == (403, "not_on_roster", "own_unit")
    assert scene.ask(visitor(scene, "zhao")).status_code == 201


def test_staff_of_the_project_do_not_join_by_a_scan(scene: Scene) -> None:
    change(scene, scene.project, is_open=True)
    assert scene.staff.enrol(face("boss")).status_code == 201
    assert refused(scene.ask(scene.staff)) == (403, "not_on_roster", "staff")
    colleague = scene.api.as_(scene.make.staff(Role.ORGANIZER, scene.unit))
    numbers = {"cme_numbers": [scene.organizer.cme_number]}
    assert colleague.post(f"/projects/{scene.project.id}/roster", numbers).json["added"] == 1
    assert scene.ask(scene.staff).status_code == 201


def test_nobody_joins_whose_ticket_is_refused_for_another_reason(scene: Scene) -> None:
    change(scene, scene.project, is_open=True)
    faceless = scene.learner("li", is_expected=False, is_enrolled=False)
    assert code_of(scene.ask(faceless)) == (409, "face_not_enrolled")
    wang = visitor(scene, "wang")
    fenced = scene.make.session(scene.project, latitude=30.25, longitude=120.17, radius_m=300)
    far = {"latitude": 31.25, "longitude": 120.17, "accuracy": 10}
    assert code_of(scene.ask(wang, fenced, location=far)) == (403, "outside_geofence")
    later = scene.make.session(scene.project, starts_at=scene.clock.now() + timedelta(hours=5))
    assert code_of(scene.ask(wang, later)) == (409, "session_not_open")
    assert roster(scene, scene.project) == []


@pytest.mark.parametrize("status", [ProjectStatus.APPROVED, ProjectStatus.ENDED])
def test_nobody_joins_a_project_that_is_not_announced_or_is_over(scene: Scene, status: ProjectStatus) -> None:
    project = course(scene, status=status, is_open=True)
    session = scene.make.session(project)
    assert scene.ask(visitor(scene, "li"), session).status_code in (403, 409)
    assert roster(scene, project) == []


def test_at_a_session_with_places_the_visitor_gets_one_or_is_refused_whole(scene: Scene) -> None:
    change(scene, scene.project, is_open=True)
    hall = scene.make.session(scene.project, capacity=1)
    wang, zhao = visitor(scene, "wang"), visitor(scene, "zhao")
    ticket = scene.ticket(wang, hall)
    assert code_of(scene.ask(zhao, hall)) == (409, "no_place")
    assert roster(scene, scene.project) == [("wang", "on_site")]
    listed = scene.staff.get(f"/sessions/{hall.id}/places?waiting=0").json["items"]
    assert [each["name"] for each in listed] == ["wang"]
    assert scene.check_in(wang, face("wang"), ticket=ticket).status_code == 201


def test_an_open_project_is_among_the_openings_also_while_it_runs(scene: Scene) -> None:
    wang = visitor(scene, "wang")
    assert wang.get("/openings").json["items"] == []
    change(scene, scene.project, is_open=True, capacity=3)
    (found,) = wang.get("/openings").json["items"]
    assert (found["entry"]["is_open"], found["entry"]["places_left"], found["entry"]["closed"]) == (True, 3, "none")
