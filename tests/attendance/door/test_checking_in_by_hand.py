"""The way without a face: staff check somebody in by hand, and it is worth the same."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from attendance.projects.states import NOT_ANNOUNCED
from models.attendance import CheckIn, CheckInAttempt
from models.edge import AuditEntry
from models.people import Person, Role
from models.projects import Project, ProjectStatus
from tests.attendance.check_in.checking_in import DOUBTFUL, at_once, code_of
from tests.attendance.conftest import Scene
from tests.attendance.imports.punch_import import zone_of
from tests.databases import table_of
from tests.fakes import face

WHY = "本人不使用人脸，已核对工作证"


def by_hand(scene: Scene, name: str, **more: object):
    body = {"cme_number": scene.people[name].cme_number, "direction": "in", "reason": WHY, **more}
    return scene.staff.post(f"/sessions/{scene.session.id}/attendance", body)


def test_somebody_without_a_face_is_checked_in_and_sees_it(scene: Scene) -> None:
    me = scene.learner("li", is_enrolled=False)
    reply = by_hand(scene, "li")
    assert (reply.status_code, reply.json["status"], reply.json["receipt"].count(".")) == (201, "present", 2)
    seen = me.get("/me/attendance").json["items"][0]["sessions"][0]["check_ins"]
    assert [(each["direction"], each["status"]) for each in seen] == [("in", "present")]
    listed = scene.staff.get(f"/sessions/{scene.session.id}/attendance").json["items"]
    assert [(each["method"], each["status"]) for each in listed] == [("staff", "present")]
    audited = scene.db.scalars(select(AuditEntry).where(AuditEntry.action == "check_in.by_hand")).one()
    assert (audited.actor_id, audited.reason) == (scene.organizer.id, WHY)


def test_somebody_without_a_number_is_checked_in_by_id(scene: Scene) -> None:
    scene.learner("li", is_enrolled=False)
    scene.db.execute(table_of(Person).update().where(Person.name == "li").values(cme_number=None))
    body = {"person_id": str(scene.people["li"].id), "direction": "in", "reason": WHY}
    path = f"/sessions/{scene.session.id}/attendance"
    assert scene.staff.post(path, body).status_code == 201
    for wrong in ({}, {"person_id": body["person_id"], "cme_number": "1"}):
        assert code_of(scene.staff.post(path, {**wrong, "direction": "in", "reason": WHY})) == (422, "invalid_input")


@pytest.mark.parametrize("status", sorted(NOT_ANNOUNCED))
def test_nobody_is_checked_in_before_the_project_is_announced(scene: Scene, status: ProjectStatus) -> None:
    scene.learner("li")
    scene.db.execute(table_of(Project).update().values(status=status))
    assert code_of(by_hand(scene, "li")) == (409, "project_not_announced")


def test_a_reason_is_needed(scene: Scene) -> None:
    scene.learner("li")
    for nothing in ("", " ", None):
        reply = by_hand(scene, "li", reason=nothing)
        assert (reply.status_code, list(reply.json["errors"])) == (422, ["reason"])
    assert scene.db.scalars(select(CheckIn)).all() == []


def test_it_is_done_once_and_never_takes_the_place_of_a_face_that_counts(scene: Scene) -> None:
    me = scene.learner("li")
    first = scene.check_in(me, face("li"))
    again = by_hand(scene, "li")
    assert (again.status_code, again.json["id"], again.json["receipt"]) == (
        200,
        first.json["id"],
        first.json["receipt"],
    )


def test_it_replaces_one_that_waits_for_review(scene: Scene) -> None:
    waiting = scene.check_in(scene.learner("li"), face("li", off=DOUBTFUL))
    reply = by_hand(scene, "li")
    assert (reply.status_code, reply.json["id"], reply.json["status"]) == (201, waiting.json["id"], "present")
    audited = scene.db.scalars(select(AuditEntry).where(AuditEntry.action == "check_in.replace")).one()
    assert (audited.actor_id, audited.reason) == (scene.organizer.id, WHY)
    assert len(scene.db.scalars(select(CheckInAttempt)).all()) == 2


def test_who_is_late_is_late_by_hand_too(scene: Scene) -> None:
    scene.learner("li", is_enrolled=False)
    scene.clock.turn(minutes=11)
    assert by_hand(scene, "li").json["status"] == "late"


def test_only_people_of_the_roster(scene: Scene) -> None:
    scene.learner("li", is_expected=False)
    assert code_of(by_hand(scene, "li")) == (422, "person_not_on_roster")
    assert code_of(by_hand(scene, "li", cme_number="nobody")) == (422, "person_not_on_roster")


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.UNIT_ADMIN, Role.AUTHORITY, Role.ORGANIZER])
def test_only_an_organizer_whose_reach_covers_it(scene: Scene, role: Role) -> None:
    scene.learner("li")
    elsewhere = scene.make.unit(name="第二医院")
    scene.staff = scene.api.as_(scene.make.staff(role, elsewhere))
    assert code_of(by_hand(scene, "li")) == (403, "forbidden")


def test_many_at_once_make_one(scene: Scene) -> None:
    scene.learner("li", is_enrolled=False)
    replies = at_once(8, lambda: by_hand(scene, "li"))
    assert {reply.status_code for reply in replies} == {200, 201}
    assert len({reply.json["receipt"] for reply in replies}) == 1
    assert len(scene.db.scalars(select(CheckIn)).all()) == 1


def test_nobody_was_present_at_a_session_of_a_later_day(scene: Scene) -> None:
    scene.learner("li", is_enrolled=False)
    starts_at = scene.clock.now() + timedelta(days=1)
    path = f"/sessions/{scene.make.session(scene.project, starts_at=starts_at).id}"
    person = {"cme_number": scene.people["li"].cme_number, "reason": WHY}

    def mark(said: str) -> tuple[int, str | None]:
        reply = scene.staff.post(f"{path}/corrections", {**person, "mark": said})
        return reply.status_code, reply.json.get("code")

    came = ("present", "late", "left_early")
    assert code_of(scene.staff.post(f"{path}/attendance", {**person, "direction": "in"})) == (409, "session_not_open")
    assert {mark(said) for said in came} == {(409, "session_not_open")}
    assert {mark(said) for said in ("absent", "excused", "as_recorded")} == {(201, None)}
    midnight = starts_at.astimezone(zone_of(scene)).replace(hour=0, minute=0, second=0, microsecond=0)
    scene.clock.set(midnight)  # the day has come, and check-in opens later
    assert {mark(said) for said in came} == {(201, None)}
    assert scene.staff.post(f"{path}/attendance", {**person, "direction": "in"}).status_code == 201
