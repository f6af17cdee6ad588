"""What learners and organizers see of attendance."""

import base64
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import cast

import pytest
from sqlalchemy.orm import Session

from models.projects import Project, ProjectStatus
from tests.api import Api
from tests.attendance.check_in.checking_in import DOUBTFUL, code_of
from tests.attendance.conftest import Scene
from tests.attendance.projects.lists import pages, statements
from tests.attendance.settlement.settling import close
from tests.databases import table_of
from tests.factories import Factories
from tests.fakes import FakeClock, face


def test_my_history_says_what_a_project_earned_and_no_more_once_it_is_taken_back(
    api: Api, make: Factories, clock: FakeClock, db: Session, run_jobs: Callable[[], None]
) -> None:
    closing = close(api, make, clock, db)
    closing.change(credits=Decimal("12.00"))
    me = api.as_(closing.expect("li"))

    def earned() -> str | None:
        (project,) = me.get("/me/attendance").json["items"]
        return cast(str | None, project["earned"])

    assert earned() is None
    settlement = closing.confirm().json["id"]
    assert closing.review(settlement).status_code == 202
    run_jobs()
    assert earned() == "10.00"  # what one project may count
    assert closing.reverse(settlement, "li").status_code < 300
    assert earned() is None


def test_my_history_holds_no_project_that_is_only_planned(scene: Scene) -> None:
    me = scene.learner("li")
    for status in (ProjectStatus.DRAFT, ProjectStatus.APPROVED, ProjectStatus.CHANGED, ProjectStatus.CANCELLED):
        scene.db.execute(table_of(Project).update().values(status=status))
        assert me.get("/me/attendance").json["items"] == [], status
    scene.db.execute(table_of(Project).update().values(status=ProjectStatus.ANNOUNCED))
    assert len(me.get("/me/attendance").json["items"]) == 1


def test_my_history_shows_projects_sessions_and_check_ins(scene: Scene) -> None:
    me = scene.learner("li")
    checked_in = scene.check_in(me, face("li")).json
    (project,) = me.get("/me/attendance").json["items"]
    assert project["id"] == str(scene.project.id)
    assert (project["owed"], project["earned"]) == ([], None)
    (session,) = project["sessions"]
    assert session["id"] == str(scene.session.id)
    (mine,) = session["check_ins"]
    assert mine == {
        "id": checked_in["id"],
        "direction": "in",
        "status": "present",
        "checked_in_at": checked_in["checked_in_at"],
        "machine": None,
        "decision": None,
    }


def test_my_history_is_mine_alone(scene: Scene) -> None:
    me, other = scene.learner("li"), scene.learner("wang")
    scene.check_in(other, face("wang"))
    (project,) = me.get("/me/attendance").json["items"]
    assert project["sessions"][0]["check_ins"] == []
    assert scene.learner("zhao", is_expected=False).get("/me/attendance").json == {"items": [], "next_cursor": None}
    assert scene.api.get("/me/attendance").status_code == 401


def test_my_history_is_newest_first_page_by_page_and_complete(scene: Scene) -> None:
    me = scene.learner("li")
    today = scene.project.starts_on
    for number in range(6):
        made = scene.make.project(
            unit=scene.unit, organizer=scene.organizer, starts_on=today - timedelta(days=number // 2), name=str(number)
        )
        scene.make.on_roster(made, scene.people["li"])
    whole = me.get("/me/attendance").json["items"]
    assert [each["starts_on"] for each in whole] == sorted((each["starts_on"] for each in whole), reverse=True)
    assert len(whole) == 7
    for limit in (1, 2, 3, 7):
        assert [each for page in pages(me, "/me/attendance", limit) for each in page] == whole


def test_my_history_takes_as_many_statements_however_long_it_is(scene: Scene) -> None:
    me = scene.learner("li")
    scene.check_in(me, face("li"))
    with statements(scene.api) as one:
        me.get("/me/attendance")
    for _ in range(5):
        made = scene.make.project(unit=scene.unit, organizer=scene.organizer)
        for _ in range(3):
            scene.make.session(made)
        scene.make.on_roster(made, scene.people["li"])
    with statements(scene.api) as many:
        assert len(me.get("/me/attendance").json["items"]) == 6
    # who is calling; projects, sessions, check-ins, void ones, decisions; facts and marks, corrections, places; units,
    # roles, reasons of statuses, waiting lists; results, reversals, what is owed, earned
    assert len(many) == len(one) == 18


def test_the_organizer_sees_who_checked_in(scene: Scene) -> None:
    checked_in = scene.check_in(scene.learner("li"), face("li")).json
    (item,) = scene.staff.get(f"/sessions/{scene.session.id}/attendance").json["items"]
    person = scene.people["li"]
    assert item == {
        "id": checked_in["id"],
        "person": {"id": str(person.id), "name": "li", "cme_number": person.cme_number, "unit": scene.unit.name},
        "direction": "in",
        "checked_in_at": checked_in["checked_in_at"],
        "method": "face",
        "status": "present",
        "face": {
            "distance": pytest.approx(0.13, abs=0.03), "accept_at": 0.5602, "review_to": 0.6626, "band": "pass",
            "policy_version": "packaged-ea-1", "engine": "dlib-resnet-v1+human-faceres-3.3.6",
            "guard": {"distance": 0.0, "accept_at": 0.52, "review_to": 0.6},
        },
        "review_reason": None,
        "machine": None,
        "captured_at": None,
        "review": None,
    }  # fmt: skip


def test_a_doubtful_face_is_told_in_words_to_its_owner_and_in_numbers_to_the_staff(scene: Scene) -> None:
    me, nobody = scene.learner("li"), scene.learner("wang", is_enrolled=False)
    told = scene.check_in(me, face("li", off=DOUBTFUL)).json["face"]
    assert told == {"band": "review", "words": "不能确定，请等待工作人员核对"}
    by_hand = {"cme_number": scene.people["wang"].cme_number, "direction": "in", "reason": "已核对证件"}
    path = f"/sessions/{scene.session.id}/attendance"
    assert scene.staff.post(path, by_hand).json["face"] is None
    faces = {item["person"]["name"]: item["face"] for item in scene.staff.get(path).json["items"]}
    assert (faces["li"]["band"], faces["wang"]) == ("review", None)
    assert faces["li"]["distance"] < faces["li"]["accept_at"]  # the worse band counts, and the guard is in doubt
    assert faces["li"]["guard"] == {"distance": pytest.approx(DOUBTFUL, abs=1e-3), "accept_at": 0.52, "review_to": 0.6}
    assert nobody.get("/me/face").json["enrolled"] is False


def test_the_list_is_in_order_page_by_page_and_filtered(scene: Scene) -> None:
    for number in range(5):
        scene.check_in(scene.learner(f"n{number}"), face(f"n{number}", off=DOUBTFUL if number == 2 else 0.0))
        scene.clock.turn(seconds=number % 2)  # some at the same instant
    path = f"/sessions/{scene.session.id}/attendance"
    whole = scene.staff.get(path).json["items"]
    assert len(whole) == 5
    for limit in (1, 2, 5):
        assert [each for page in pages(scene.staff, path, limit) for each in page] == whole
    (waiting,) = scene.staff.get(f"{path}?status=needs_review").json["items"]
    assert waiting["person"]["name"] == "n2"
    assert scene.staff.get(f"{path}?direction=out").json["items"] == []
    assert [len(page) for page in pages(scene.staff, f"{path}?status=present&direction=in", 3)] == [3, 1]


def test_a_filter_that_is_none_is_422(scene: Scene) -> None:
    for query in ("status=gone", "direction=up", "limit=0", "limit=201", "limit=x"):
        reply = scene.staff.get(f"/sessions/{scene.session.id}/attendance?{query}")
        assert code_of(reply) == (422, "invalid_input"), query


def cursors() -> list[str]:
    def packed(text: str) -> str:
        return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()

    inner = ['["x","y"]', "[]", "{}", "null", '["0001-01-01T00:00:00+23:00","01900000-0000-7000-8000-000000000000"]',
             '["2026-11-24T08:00:00","01900000-0000-7000-8000-000000000000"]', '["2026-11-24","17"]',
             '["2026-11-24T08:00:00+00:00"]', '["17"]', "[1,2]", "[" * 300]  # fmt: skip
    return ["!", "x", "%00", "é", *map(packed, inner)]


@pytest.mark.parametrize("path", ["/me/attendance", "/sessions/{}/attendance", "/projects", "/projects/{}/sessions"])
def test_a_cursor_of_somebody_elses_making_is_422(scene: Scene, path: str) -> None:
    target = scene.project.id if path.startswith("/projects") else scene.session.id
    for cursor in cursors():
        reply = scene.staff.get(path.format(target), query_string={"cursor": cursor})
        assert code_of(reply) == (422, "invalid_input"), cursor
        assert "cursor" in reply.json["errors"]


def test_only_an_organizer_of_the_unit_sees_the_session(scene: Scene) -> None:
    learner = scene.learner("li")
    stranger = scene.api.as_(scene.make.organizer(scene.make.unit()))
    department = scene.make.unit(parent=scene.unit)
    below = scene.api.as_(scene.make.organizer(department))
    paths = [f"/sessions/{scene.session.id}{tail}" for tail in ("", "/attendance", "/qr", "/qr.svg", "/qr.png")]
    paths += [f"/projects/{scene.project.id}", f"/projects/{scene.project.id}/sessions"]
    for path in paths:
        assert scene.api.get(path).status_code == 401
        for other in (learner, stranger, below):
            assert code_of(other.get(path)) == (403, "forbidden")
        assert scene.staff.get(path).status_code == 200
        nothing = path.replace(str(scene.session.id), "01900000-0000-7000-8000-000000000000")
        nothing = nothing.replace(str(scene.project.id), "01900000-0000-7000-8000-000000000000")
        assert code_of(scene.staff.get(nothing)) == (404, "not_found")


def test_who_has_not_come_owes_no_evaluation_that_they_may_not_give(scene: Scene) -> None:
    form = {"questions": [{"kind": "stars", "text": "内容"}]}
    assert scene.staff.put(f"/projects/{scene.project.id}/evaluation", form).status_code == 200
    scene.db.execute(table_of(Project).update().values(needs_evaluation=True, status=ProjectStatus.RUNNING))
    came, absent = scene.learner("li"), scene.learner("wang")
    assert scene.check_in(came, face("li")).status_code == 201
    owed = [who.get("/me/attendance").json["items"][0]["owed"] for who in (came, absent)]
    assert owed == [["evaluation"], []]
