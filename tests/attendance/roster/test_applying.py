"""Learners find projects, apply for them, and withdraw."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from foundation.clock import day_at_home
from models.edge import AuditEntry
from models.people import Role
from models.projects import Project, ProjectStatus, RosterRole
from tests.attendance.check_in.checking_in import code_of
from tests.attendance.conftest import Scene
from tests.attendance.projects.lists import pages, statements
from tests.attendance.roster.applying import (
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
from tests.databases import table_of


def test_an_automatic_project_takes_people_at_once_while_there_are_places_and_then_they_wait(scene: Scene) -> None:
    project = course(scene, capacity=2)
    li, wang, zhao = people(scene, "li", "wang", "zhao")
    assert entry(li, project) | {"applies_until": ""} == {
        "applications": "automatic", "is_open": False, "open_to": "anyone", "capacity": 2, "places_left": 2,
        "applies_until": "", "can_apply": True, "closed": None, "application": None, "waiting_place": None,
        "is_expected": False,
    }  # fmt: skip
    assert [applied(who, project)["status"] for who in (li, wang)] == ["accepted", "accepted"]
    assert entry(zhao, project)["places_left"] == 0
    late = applied(zhao, project)
    assert (late["status"], late["waiting_place"]) == ("waiting", 1)
    assert roster(scene, project) == [("li", "application"), ("wang", "application")]
    assert entry(li, project)["is_expected"]
    assert entry(zhao, project)["places_left"] == 0
    assert withdraw(wang, project).status_code == 204
    assert roster(scene, project) == [("li", "application"), ("zhao", "application")]
    assert mine(zhao) == [("accepted", None)]
    assert any("名额" in each for each in told(zhao))
    audited = scene.db.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == project.id)).all()
    assert sorted(audited) == ["application.add"] * 3 + ["application.withdraw", "roster.look"]


def test_fewer_places_than_people_are_no_places_left(scene: Scene) -> None:
    project = course(scene, capacity=3)
    for who in people(scene, "li", "wang"):
        applied(who, project)
    (zhao,) = people(scene, "zhao")
    assert entry(zhao, project)["places_left"] == 1
    change(scene, project, capacity=1)
    assert entry(zhao, project)["places_left"] == 0
    assert len(roster(scene, project)) == 2
    assert applied(zhao, project)["waiting_place"] == 1


def test_applying_and_withdrawing_twice_changes_nothing(scene: Scene) -> None:
    project = course(scene)
    (li,) = people(scene, "li")
    first = applied(li, project, note="已完成基础课程")
    assert applied(li, project)["id"] == first["id"]
    assert [withdraw(li, project).status_code for _ in range(2)] == [204, 204]
    assert mine(li) == [("withdrawn", None)]
    again = applied(li, project)
    assert again["id"] != first["id"]
    assert mine(li) == [("accepted", None), ("withdrawn", None)]


def test_nobody_applies_again_and_again(scene: Scene) -> None:
    project = course(scene)
    (li,) = people(scene, "li")
    for _ in range(5):
        applied(li, project)
        withdraw(li, project)
    reply = apply(li, project)
    assert (*code_of(reply), reply.json["why"]) == (409, "applications_closed", "too_often")
    assert "联系主办方" in reply.json["hint"]


def test_who_has_not_applied_has_nothing_to_withdraw(scene: Scene) -> None:
    project = course(scene)
    (li,) = people(scene, "li")
    assert code_of(withdraw(li, project)) == (404, "not_found")
    scene.make.on_roster(project, scene.people["li"])
    assert code_of(withdraw(li, project)) == (404, "not_found")
    assert roster(scene, project) == [("li", "staff")]


def test_who_is_on_the_roster_or_waits_needs_no_application(scene: Scene) -> None:
    project = course(scene, capacity=1)
    li, wang = people(scene, "li", "wang")
    numbers = {"cme_numbers": [scene.people[name].cme_number for name in ("li", "wang")]}
    assert scene.staff.post(f"/projects/{project.id}/roster", numbers).json["waiting"] == 1
    assert code_of(apply(li, project)) == (409, "already_on_roster")
    reply = apply(wang, project)
    assert (reply.json["code"], reply.json["why"], reply.json["place"]) == ("already_on_roster", "waiting", 1)
    assert not entry(wang, project)["can_apply"]


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"applications": "none", "is_open": True}, "none"),
        ({"status": ProjectStatus.RUNNING}, "begun"),
        ({"status": ProjectStatus.ENDED}, "over"),
        ({"status": ProjectStatus.SETTLED}, "over"),
    ],
)
def test_closed_applications_say_why(scene: Scene, facts: dict[str, object], why: str) -> None:
    project = course(scene, **facts)
    (li,) = people(scene, "li")
    reply = apply(li, project)
    assert (*code_of(reply), reply.json["why"]) == (409, "applications_closed", why)
    assert (entry(li, project)["closed"], entry(li, project)["can_apply"]) == (why, False)


def test_applications_close_when_the_first_session_begins(scene: Scene) -> None:
    project = course(scene)
    starts_at = scene.clock.now() + timedelta(minutes=5)
    scene.make.session(project, starts_at=starts_at + timedelta(days=1))
    first = scene.make.session(project, starts_at=starts_at)
    li, wang = people(scene, "li", "wang")
    assert entry(li, project)["applies_until"] == first.starts_at.isoformat().replace("+00:00", "Z")
    scene.clock.turn(minutes=4, seconds=59)
    applied(li, project)
    scene.clock.turn(seconds=1)
    assert apply(wang, project).json["why"] == "begun"
    assert wang.get("/openings").json["items"] == []
    assert scene.staff.post(f"/sessions/{first.id}/cancellation", {"reason": "讲者因故不能到场"}).status_code < 300
    applied(wang, project)  # the project begins tomorrow now


def test_a_project_that_nobody_announced_is_not_there(scene: Scene) -> None:
    project = course(scene, status=ProjectStatus.APPROVED)
    (li,) = people(scene, "li")
    assert code_of(apply(li, project)) == (404, "not_found")
    assert li.get(f"/openings/{project.id}").status_code == 404
    assert li.get("/openings").json["items"] == []


def test_a_project_that_is_being_changed_takes_nobody_meanwhile(scene: Scene) -> None:
    project = course(scene)
    li, wang = people(scene, "li", "wang")
    applied(li, project)
    step = {"to": "changed", "reason": "改期"}
    assert scene.staff.post(f"/projects/{project.id}/transitions", step).status_code == 200
    assert apply(wang, project).json["why"] == "not_announced"
    assert mine(li) == [("accepted", None)]


def test_a_project_for_its_own_unit_is_closed_to_others(scene: Scene) -> None:
    project = course(scene, open_to="own_unit")
    ward = scene.make.unit(parent=scene.unit, name="急诊科")
    inside = scene.api.as_(scene.make.person(unit=ward))
    outside = scene.api.as_(scene.make.person(unit=scene.make.unit(name="第二医院")))
    assert [len(who.get("/openings").json["items"]) for who in (inside, outside)] == [1, 0]
    assert outside.get(f"/openings/{project.id}").status_code == 404
    assert code_of(apply(outside, project)) == (403, "project_not_for_you")
    assert applied(inside, project)["status"] == "accepted"
    change(scene, project, open_to="anyone")
    assert applied(outside, project)["status"] == "accepted"


def test_openings_are_found_by_name_and_in_pages_with_as_many_statements_for_each(scene: Scene) -> None:
    today = day_at_home(scene.clock.now())
    for number in range(7):
        starts_on = today + timedelta(days=10 - number)
        course(scene, name=f"第{number}期", starts_on=starts_on, capacity=number + 1)
    course(scene, name="不报名", applications="none")
    (li,) = people(scene, "li")
    names = [[each["name"] for each in page] for page in pages(li, "/openings", 3)]
    assert names == [["第6期", "第5期", "第4期"], ["第3期", "第2期", "第1期"], ["第0期"]]
    assert [each["name"] for each in li.get("/openings?q=3期").json["items"]] == ["第3期"]
    assert li.get("/openings?limit=2").json["count"] == 7
    counted = []
    for limit in (1, 7):
        with statements(scene.api) as seen:
            li.get(f"/openings?limit={limit}&cursor=")
            li.get(f"/openings?limit={limit}")
        counted.append(len(seen))
    assert counted[0] - 1 <= counted[1] <= counted[0]  # the last page needs no count


def test_the_page_of_a_project_has_its_conditions_and_sessions(scene: Scene) -> None:
    project = course(scene, capacity=30)
    scene.make.session(project, starts_at=scene.clock.now() + timedelta(days=10))
    (li,) = people(scene, "li")
    page = li.get(f"/openings/{project.id}").json
    assert (page["name"], page["unit"], page["conditions"]["min_attendance"]) == ("心肺复苏新进展", "第一医院", "0.80")
    (session,) = page["sessions"]
    assert (session["title"], session["venue"], session["zone"]) == ("上午场", "一号会议厅", scene.session.zone)
    assert "short_code" not in session


def test_a_project_that_gives_missing_credits_says_how_to_get_in(scene: Scene) -> None:
    project = course(scene, capacity=5, credits="5.00", hours="15.0", category="NAT")
    days = {"starts_on": day_at_home(scene.clock.now()), "ends_on": day_at_home(scene.clock.now())}
    scene.db.execute(table_of(Project).update().where(Project.id == project.id).values(**days))
    scene.make.session(project, starts_at=scene.clock.now() + timedelta(minutes=5))
    scene.db.commit()
    (li,) = people(scene, "li")
    (found,) = [each for each in li.get("/me/compliance/openings").json["items"] if each["id"] == str(project.id)]
    assert (found["entry"]["places_left"], found["entry"]["can_apply"]) == (5, True)


def test_who_took_part_does_not_withdraw(scene: Scene) -> None:
    project = course(scene)
    session = scene.make.session(project)
    (li,) = people(scene, "li")
    applied(li, project)
    by_hand = {"cme_number": scene.people["li"].cme_number, "direction": "in", "reason": "手机没电，已核对证件"}
    assert scene.staff.post(f"/sessions/{session.id}/attendance", by_hand).status_code == 201
    assert code_of(withdraw(li, project)) == (409, "has_attended")
    assert mine(li) == [("accepted", None)]


def test_a_project_that_is_cancelled_or_ended_lets_applications_lapse_and_tells_it(scene: Scene) -> None:
    li, wang, zhao = people(scene, "li", "wang", "zhao")
    reviewed, full = course(scene, applications="reviewed"), course(scene, capacity=1)
    assert applied(li, reviewed)["status"] == "pending"
    assert [applied(who, full)["status"] for who in (wang, zhao)] == ["accepted", "waiting"]
    for project in (reviewed, full):
        step = {"to": "cancelled", "reason": "场地停用"}
        assert scene.staff.post(f"/projects/{project.id}/transitions", step).status_code == 200
    assert [mine(who)[0][0] for who in (li, wang, zhao)] == ["lapsed", "accepted", "lapsed"]
    assert "失效" in told(li)[0]
    assert "失效" in told(zhao)[0]
    assert "场地停用" in told(wang)[0]
    assert apply(li, reviewed).json["why"] == "cancelled"
    assert code_of(withdraw(wang, full)) == (409, "project_closed")
    assert entry(li, reviewed)["application"]["status"] == "lapsed"


def test_staff_apply_as_others_do_but_another_one_of_the_staff_decides(scene: Scene) -> None:
    project = course(scene)
    own = applied(scene.staff, project)
    assert own["status"] == "pending"
    assert code_of(decide(scene.staff, own["id"], "accepted")) == (403, "own_attendance")
    colleague = scene.api.as_(scene.make.staff(Role.ORGANIZER, scene.unit))
    assert decide(colleague, own["id"], "accepted").json["status"] == "accepted"
    (listed,) = colleague.get(f"/projects/{project.id}/applications").json["items"]
    assert listed["is_staff"]


def test_a_speaker_of_the_project_needs_no_application(scene: Scene) -> None:
    project = course(scene)
    (li,) = people(scene, "li")
    body = {"cme_numbers": [scene.people["li"].cme_number], "role": RosterRole.SPEAKER.value}
    assert scene.staff.post(f"/projects/{project.id}/roster", body).json["added"] == 1
    assert code_of(apply(li, project)) == (409, "already_on_roster")
