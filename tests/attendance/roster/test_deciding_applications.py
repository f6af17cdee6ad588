"""Organizers review applications, and what becomes of them when the roster or the project changes."""

from collections.abc import Callable

import pytest

from attendance.imports.rows import ROSTER_COLUMNS
from foundation.clock import day_at_home
from models.people import Role
from models.projects import ProjectStatus
from sheets.writing import csv_lines
from tests.attendance.check_in.checking_in import code_of
from tests.attendance.conftest import Scene
from tests.attendance.imports.roster_import import act, send
from tests.attendance.roster.applying import (
    WHY,
    applied,
    apply,
    change,
    course,
    decide,
    entry,
    mine,
    people,
    roster,
    told,
    withdraw,
)


def test_the_organizer_sees_who_applied_and_decides_with_a_reason_that_the_person_is_told(scene: Scene) -> None:
    project = course(scene, applications="reviewed", capacity=5)
    li, wang = people(scene, "li", "wang")
    ids = [applied(who, project, note=f"{number}年工作经验")["id"] for number, who in enumerate((li, wang), 3)]
    assert scene.staff.get("/me/home").json["waiting"]["applications"] == 2
    assert roster(scene, project) == []
    path = f"/projects/{project.id}/applications"
    listed = scene.staff.get(f"{path}?status=pending").json
    assert [(each["name"], each["unit"], each["note"]) for each in listed["items"]] == [
        ("li", "第一医院", "3年工作经验"), ("wang", "第一医院", "4年工作经验"),
    ]  # fmt: skip
    assert listed["count"] == 2
    assert [each["name"] for each in scene.staff.get(f"{path}?q=wan").json["items"]] == ["wang"]
    assert code_of(decide(scene.staff, ids[1], "declined")) == (422, "reason_needed")
    assert decide(scene.staff, ids[0], "accepted").json["status"] == "accepted"
    assert decide(scene.staff, ids[1], "declined", **WHY).json["status"] == "declined"
    assert roster(scene, project) == [("li", "application")]
    assert (mine(li), mine(wang)) == ([("accepted", None)], [("declined", WHY["reason"])])
    assert "已同意" in told(li)[0]
    assert WHY["reason"] in told(wang)[0]
    (declined,) = scene.staff.get(f"{path}?status=declined").json["items"]
    assert declined["decider"]["name"] == scene.organizer.name
    assert "decider" not in li.get("/me/applications").json["items"][0]
    assert scene.staff.get("/me/home").json["waiting"]["applications"] == 0


def test_an_application_is_decided_once(scene: Scene) -> None:
    project = course(scene, applications="reviewed")
    (li,) = people(scene, "li")
    ident = applied(li, project)["id"]
    assert decide(scene.staff, ident, "declined", **WHY).status_code == 200
    assert code_of(decide(scene.staff, ident, "accepted")) == (409, "already_decided")
    again = applied(li, project)["id"]
    assert again != ident
    assert withdraw(li, project).status_code == 204
    assert code_of(decide(scene.staff, again, "accepted")) == (409, "already_decided")
    assert roster(scene, project) == []


def test_accepted_beyond_the_capacity_they_wait_and_are_told_so(scene: Scene) -> None:
    project = course(scene, applications="reviewed", capacity=1)
    li, wang = people(scene, "li", "wang")
    ids = [applied(who, project)["id"] for who in (li, wang)]
    assert [decide(scene.staff, each, "accepted").json["status"] for each in ids] == ["accepted", "waiting"]
    assert "候补" in told(wang)[0]
    assert wang.get("/me/applications").json["items"][0]["waiting_place"] == 1
    change(scene, project, capacity=2)
    assert mine(wang) == [("accepted", None)]
    assert roster(scene, project) == [("li", "application"), ("wang", "application")]
    assert wang.get("/me/applications").json["items"][0]["waiting_place"] is None


def test_many_are_decided_in_one_step_and_the_first_to_apply_get_the_places(scene: Scene) -> None:
    project, other = course(scene, applications="reviewed", capacity=2), course(scene, applications="reviewed")
    crowd = people(scene, "li", "wang", "zhao", "qian", "sun")
    ids = [applied(who, project)["id"] for who in crowd]
    elsewhere, mine_too = applied(crowd[0], other)["id"], applied(scene.staff, project)["id"]
    assert withdraw(crowd[3], project).status_code == 204
    path = f"/projects/{project.id}/application-decisions"
    asked = {"ids": [*reversed(ids[:4]), elsewhere, mine_too], "decision": "accepted"}
    said = scene.staff.post(path, asked).json
    assert {name: said[name] for name in ("accepted", "waiting", "declined")} == {
        "accepted": 2, "waiting": 1, "declined": 0,
    }  # fmt: skip
    left = {each["id"]: each["code"] for each in said["left"]}
    assert left == {ids[3]: "already_decided", elsewhere: "not_found", mine_too: "own_attendance"}
    assert mine(crowd[0])[0][0] == "pending"  # at the other project
    assert [mine(who)[0][0] for who in crowd[1:]] == ["accepted", "waiting", "withdrawn", "pending"]
    assert roster(scene, project) == [("li", "application"), ("wang", "application")]
    last = {"ids": [ids[4]], "decision": "declined"}
    assert code_of(scene.staff.post(path, last)) == (422, "reason_needed")
    assert scene.staff.post(path, {**last, **WHY}).json["declined"] == 1
    assert mine(crowd[4]) == [("declined", WHY["reason"])]
    assert WHY["reason"] in told(crowd[4])[0]


def test_organizers_of_other_units_neither_see_nor_decide(scene: Scene) -> None:
    project = course(scene, applications="reviewed")
    (li,) = people(scene, "li")
    ident = applied(li, project)["id"]
    other = scene.api.as_(scene.make.staff(Role.ORGANIZER, scene.make.unit(name="第二医院")))
    for who in (other, li):
        assert who.get(f"/projects/{project.id}/applications").status_code == 403
        assert decide(who, ident, "accepted").status_code == 403


@pytest.mark.parametrize("status", [ProjectStatus.RUNNING, ProjectStatus.ENDED])
def test_a_late_decision_is_possible_while_the_roster_changes(scene: Scene, status: ProjectStatus) -> None:
    project = course(scene, applications="reviewed")
    (li,) = people(scene, "li")
    ident = applied(li, project)["id"]
    assert scene.staff.post(f"/projects/{project.id}/transitions", {"to": "running"}).status_code == 200
    if status is ProjectStatus.RUNNING:
        assert decide(scene.staff, ident, "accepted").json["status"] == "accepted"
    else:
        assert scene.staff.post(f"/projects/{project.id}/transitions", {"to": "ended"}).status_code == 200
        assert code_of(decide(scene.staff, ident, "accepted")) == (409, "already_decided")
        assert mine(li) == [("lapsed", None)]


def test_whoever_the_staff_put_on_the_roster_is_accepted(scene: Scene) -> None:
    project = course(scene, applications="reviewed", capacity=1)
    li, wang = people(scene, "li", "wang")
    for who in (li, wang):
        applied(who, project)
    numbers = {"cme_numbers": [scene.people[name].cme_number for name in ("li", "wang")]}
    assert scene.staff.post(f"/projects/{project.id}/roster", numbers).json["added"] == 1
    assert (mine(li)[0][0], mine(wang)[0][0]) == ("accepted", "waiting")
    assert "已同意" in told(li)[0]
    assert "候补" in told(wang)[0]


def test_a_file_that_is_undone_leaves_the_application_to_be_decided(scene: Scene, run_jobs: Callable[[], None]) -> None:
    project, scene.project = scene.project, course(scene, applications="reviewed")
    (li,) = people(scene, "li")
    applied(li, scene.project)
    row = (scene.people["li"].cme_number, "li", "", "", "", "")
    ident = send(scene, "".join(csv_lines(ROSTER_COLUMNS, [row])).encode()).json["id"]
    run_jobs()
    assert scene.staff.post(f"/attendance-imports/{ident}/commit").status_code == 202
    run_jobs()
    assert mine(li) == [("accepted", None)]
    act(scene, ident, run_jobs, "undo")
    assert mine(li) == [("pending", None)]
    assert roster(scene, scene.project) == []
    scene.project = project


def test_who_is_removed_is_told_why_and_comes_back_through_the_staff_alone(scene: Scene) -> None:
    project = course(scene, capacity=1)
    li, wang = people(scene, "li", "wang")
    for who in (li, wang):
        applied(who, project)
    path = f"/projects/{project.id}/roster/{scene.people['li'].id}"
    assert code_of(scene.staff.delete(path)) == (422, "reason_needed")
    assert roster(scene, project) == [("li", "application")]
    assert scene.staff.delete(path, json={"reason": "不符合参加条件"}).status_code == 204
    assert mine(li) == [("removed", "不符合参加条件")]
    assert "不符合参加条件" in told(li)[0]
    assert roster(scene, project) == [("wang", "application")]
    again = applied(li, project)
    assert again["status"] == "pending"  # an automatic project asks the organizer about them
    assert decide(scene.staff, again["id"], "accepted").json["status"] == "waiting"
    assert withdraw(wang, project).status_code == 204
    assert roster(scene, project) == [("li", "application")]
    assert withdraw(li, project).status_code == 204
    assert applied(li, project)["status"] == "accepted"  # the removal was lifted by the staff


def test_who_was_declined_is_not_accepted_by_itself_after_a_change_of_the_rules(scene: Scene) -> None:
    project = course(scene, applications="reviewed")
    (li,) = people(scene, "li")
    assert decide(scene.staff, applied(li, project)["id"], "declined", **WHY).status_code == 200
    change(scene, project, applications="automatic")
    again = applied(li, project)
    assert again["status"] == "pending"
    assert decide(scene.staff, again["id"], "accepted").json["status"] == "accepted"
    assert withdraw(li, project).status_code == 204
    assert applied(li, project)["status"] == "accepted"


def test_who_came_by_the_staff_is_removed_without_a_reason_as_before_and_is_told(scene: Scene) -> None:
    project = course(scene)
    (li,) = people(scene, "li")
    scene.make.on_roster(project, scene.people["li"])
    assert scene.staff.delete(f"/projects/{project.id}/roster/{scene.people['li'].id}").status_code == 204
    assert "移出" in told(li)[0]


def test_who_waits_is_removed_from_the_waiting_list_with_a_reason(scene: Scene) -> None:
    project = course(scene, capacity=1)
    li, wang = people(scene, "li", "wang")
    for who in (li, wang):
        applied(who, project)
    path = f"/projects/{project.id}/roster/{scene.people['wang'].id}"
    assert code_of(scene.staff.delete(path)) == (422, "reason_needed")
    assert scene.staff.delete(path, json=WHY).status_code == 204
    assert mine(wang) == [("removed", WHY["reason"])]
    assert entry(wang, project)["waiting_place"] is None


def test_the_rules_of_entry_are_changed_at_any_time_until_the_project_is_over(scene: Scene) -> None:
    project = course(scene, applications="none")
    (li,) = people(scene, "li")
    before = scene.staff.get(f"/projects/{project.id}").json
    changed = change(scene, project, applications="reviewed", is_open=True, open_to="own_unit").json
    assert (changed["applications"], changed["is_open"], changed["open_to"]) == ("reviewed", True, "own_unit")
    assert changed["revision"] == before["revision"] + 1
    assert change(scene, project, applications="reviewed").json["revision"] == changed["revision"]
    ident = applied(li, project)["id"]
    change(scene, project, applications="none")
    assert apply(li, project).json["status"] == "pending"  # what stands is still decided
    assert decide(scene.staff, ident, "accepted").json["status"] == "accepted"
    for step in ("running", "ended"):
        assert scene.staff.post(f"/projects/{project.id}/transitions", {"to": step}).status_code == 200
    reply = scene.staff.patch(f"/projects/{project.id}", {"is_open": False})
    assert code_of(reply) == (409, "project_not_editable")
    assert scene.staff.patch(f"/projects/{project.id}", {"applications": "some"}).status_code == 422
    copied = scene.staff.post(f"/projects/{project.id}/copies", {"starts_on": "2031-01-05"}).json
    assert (copied["applications"], copied["is_open"], copied["open_to"]) == ("none", True, "own_unit")


def test_a_draft_is_made_with_its_rules_of_entry(scene: Scene) -> None:
    day = day_at_home(scene.clock.now()).isoformat()
    new = {"name": "新项目", "starts_on": day, "ends_on": day, "applications": "automatic", "is_open": True}
    made = scene.staff.post("/projects", new).json
    assert (made["applications"], made["is_open"], made["open_to"]) == ("automatic", True, "anyone")
