"""By hand for a time that has passed, for many people with one reason, and for people who were not expected."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from models.attendance import CheckIn
from models.attendance_acts import AttendanceAct
from models.edge import AuditEntry
from models.people import Person, Role
from models.projects import Project, ProjectStatus, RosterEntry, SessionPlace, WaitingEntry
from models.projects import Session as VenueSession
from tests.attendance.check_in.checking_in import DOUBTFUL, code_of
from tests.attendance.conftest import Scene
from tests.attendance.door.staff_hand import (
    WHY,
    by_hand,
    many,
    notices,
    numbers,
    own_session,
    path,
    rows,
    turn,
    walk_in,
)
from tests.databases import table_of
from tests.fakes import face


@pytest.mark.parametrize(("minutes", "status"), [(-5, "present"), (5, "late")])
def test_a_past_time_decides_whether_somebody_was_late(scene: Scene, minutes: int, status: str) -> None:
    scene.learner("li", is_enrolled=False)
    came = scene.session.starts_at + timedelta(minutes=minutes)
    turn(scene, minutes=60 * 24)
    reply = by_hand(scene, "li", at=came)
    assert (reply.status_code, reply.json["status"]) == (201, status)
    assert datetime.fromisoformat(reply.json["checked_in_at"]) == came
    assert own_session(scene, "li")["check_ins"][0]["status"] == status


def test_the_learner_sees_who_checked_them_in_and_why(scene: Scene) -> None:
    scene.learner("li", is_enrolled=False)
    turn(scene, minutes=30)
    by_hand(scene, "li", at=scene.session.starts_at)
    (seen,) = own_session(scene, "li")["check_ins"]
    decision = seen["decision"]
    told = (decision["kind"], decision["reason"], decision["made_by"], decision["unit"])
    assert told == ("by_hand", WHY, scene.organizer.name, "第一医院")
    (notice,) = notices(scene, "li")
    assert (notice["topic"], notice["session_id"]) == ("checked_in_by_hand", str(scene.session.id))
    assert scene.organizer.name in notice["text"]
    assert WHY in notice["text"]
    assert "（20" in notice["text"]  # the time for which it was entered


def test_a_time_to_come_or_outside_the_session_is_refused_with_the_times(scene: Scene) -> None:
    scene.learner("li", is_enrolled=False)
    future = by_hand(scene, "li", at=scene.clock.now() + timedelta(minutes=1))
    assert code_of(future) == (422, "time_outside_session")
    assert (future.json["why"], list(future.json["errors"])) == ("to_come", ["at"])
    turn(scene, minutes=60 * 24)
    early = by_hand(scene, "li", at=scene.session.in_opens_at - timedelta(seconds=1))
    late = by_hand(scene, "li", at=scene.session.ends_at + timedelta(seconds=1))
    assert {code_of(each) for each in (early, late)} == {(422, "time_outside_session")}
    assert (early.json["why"], early.json["zone"]) == ("outside", scene.session.zone)
    assert datetime.fromisoformat(early.json["earliest_at"]) == scene.session.in_opens_at
    assert datetime.fromisoformat(early.json["latest_at"]) == scene.session.ends_at
    left_early = by_hand(scene, "li", at=scene.session.out_opens_at - timedelta(seconds=1), direction="out")
    assert code_of(left_early) == (422, "time_outside_session")
    assert rows(scene, CheckIn) == []


def test_a_session_that_was_closed_ends_then(scene: Scene) -> None:
    scene.learner("li", is_enrolled=False)
    turn(scene, minutes=30)
    assert scene.staff.post(path(scene, "closing")).status_code == 200
    turn(scene, minutes=60)
    closed_at = rows(scene, VenueSession)[0].closed_at
    assert code_of(by_hand(scene, "li", at=closed_at + timedelta(minutes=1))) == (422, "time_outside_session")
    assert by_hand(scene, "li", at=closed_at - timedelta(minutes=1)).status_code == 201


def test_nobody_leaves_before_they_came(scene: Scene) -> None:
    scene.learner("li", is_enrolled=False)
    turn(scene, minutes=60 * 24)
    end = scene.session.ends_at
    assert by_hand(scene, "li", at=end - timedelta(minutes=10)).status_code == 201
    before = by_hand(scene, "li", at=end - timedelta(minutes=15), direction="out")
    assert (code_of(before), before.json["why"]) == ((422, "time_outside_session"), "before_check_in")
    assert by_hand(scene, "li", at=end, direction="out").status_code == 201


def test_a_time_of_yesterday_makes_no_conflict_with_the_session_of_today(scene: Scene) -> None:
    yesterday = scene.make.session(scene.project, starts_at=scene.session.starts_at - timedelta(days=1))
    me = scene.learner("li")
    assert scene.check_in(me, face("li")).status_code == 201
    body = {"cme_number": scene.people["li"].cme_number, "direction": "in", "reason": WHY}
    sent = {**body, "at": yesterday.starts_at.isoformat()}
    assert scene.staff.post(f"/sessions/{yesterday.id}/attendance", sent).status_code == 201
    (row,) = scene.staff.get(f"/projects/{scene.project.id}/attendance").json["items"]
    assert (row["conflicts"], row["standings"][str(yesterday.id)]) == ([], "late")
    listed = scene.staff.get(f"/sessions/{yesterday.id}/attendance").json["items"]
    assert datetime.fromisoformat(listed[0]["checked_in_at"]) == yesterday.starts_at


def test_many_are_checked_in_with_one_reason_and_one_audit_line(scene: Scene) -> None:
    for name in ("li", "wang"):
        scene.learner(name, is_enrolled=False)
    scene.check_in(scene.learner("zhao"), face("zhao"))
    scene.learner("sun", is_expected=False)
    scene.make.on_roster(scene.project, scene.organizer)
    people = [*numbers(scene, "li", "zhao", "sun", "wang"), {"person_id": str(scene.organizer.id)}]
    reply = many(scene, *people)
    assert reply.status_code == 200, reply.json
    results = [(each["result"], each["code"], each["status"]) for each in reply.json["items"]]
    assert results == [
        ("done", None, "present"),
        ("already", None, "present"),
        ("refused", "person_not_on_roster", None),
        ("done", None, "present"),
        ("refused", "own_attendance", None),
    ]
    assert (reply.json["done"], reply.json["already"], reply.json["refused"]) == (2, 1, 2)
    assert [each["person"] and each["person"]["name"] for each in reply.json["items"]][:3] == ["li", "zhao", None]
    assert reply.json["items"][2]["title"] == "名单中没有这个继教编号"
    (act,) = rows(scene, AttendanceAct)
    assert reply.json["act_id"] == str(act.id)
    (line,) = scene.db.scalars(select(AuditEntry).where(AuditEntry.action == "check_in.many_by_hand")).all()
    assert (line.reason, line.after and sorted(line.after["people"])) == (
        WHY, sorted(str(scene.people[name].id) for name in ("li", "wang")),
    )  # fmt: skip
    assert [each["topic"] for each in notices(scene, "wang")] == ["checked_in_by_hand"]
    again = many(scene, *people).json
    assert (again["done"], again["already"], again["act_id"]) == (0, 3, None)


def test_the_same_person_twice_is_done_once(scene: Scene) -> None:
    scene.learner("li", is_enrolled=False)
    twice = [*numbers(scene, "li"), {"person_id": str(scene.people["li"].id)}]
    assert [each["result"] for each in many(scene, *twice).json["items"]] == ["done", "already"]
    assert len(rows(scene, CheckIn)) == 1


def test_what_concerns_all_refuses_all(scene: Scene) -> None:
    scene.learner("li", is_enrolled=False)
    future = (scene.clock.now() + timedelta(minutes=1)).isoformat()
    assert code_of(many(scene, *numbers(scene, "li"), at=future)) == (422, "time_outside_session")
    scene.db.execute(table_of(Project).update().values(status=ProjectStatus.IN_REVIEW))
    scene.db.commit()
    assert code_of(many(scene, *numbers(scene, "li"))) == (409, "project_closed")
    assert code_of(walk_in(scene, "li")) == (409, "project_closed")
    assert code_of(many(scene)) == (422, "invalid_input")
    assert rows(scene, CheckIn) == []


def test_many_for_a_past_time_are_judged_one_by_one(scene: Scene) -> None:
    for name in ("li", "wang"):
        scene.learner(name, is_enrolled=False)
    turn(scene, minutes=60 * 24)
    end = scene.session.ends_at
    assert by_hand(scene, "li", at=end - timedelta(minutes=5)).status_code == 201
    reply = many(scene, *numbers(scene, "li", "wang"), direction="out", at=(end - timedelta(minutes=10)).isoformat())
    assert [(each["result"], each["code"]) for each in reply.json["items"]] == [
        ("refused", "time_outside_session"),
        ("done", None),
    ]
    assert "才签到" in reply.json["items"][0]["hint"]


def test_a_walk_in_is_put_on_the_roster_and_checked_in_with_one_reason(scene: Scene) -> None:
    scene.learner("li", is_expected=False, is_enrolled=False)
    reply = walk_in(scene, "li")
    assert (reply.status_code, reply.json["was_added"], reply.json["status"]) == (201, True, "present")
    roster = scene.staff.get(f"/projects/{scene.project.id}/roster").json["items"]
    assert [(each["name"], each["origin"]) for each in roster] == [("li", "on_site")]
    (seen,) = own_session(scene, "li")["check_ins"]
    assert (seen["decision"]["kind"], seen["decision"]["reason"]) == ("walk_in", WHY)
    assert [each["topic"] for each in notices(scene, "li")] == ["walked_in"]
    (line,) = scene.db.scalars(select(AuditEntry).where(AuditEntry.action == "check_in.walk_in")).all()
    assert (line.reason, line.after and line.after["was_added"]) == (WHY, True)
    again = walk_in(scene, "li")
    assert (again.status_code, again.json["was_added"], again.json["id"]) == (200, False, reply.json["id"])


def test_a_walk_in_finds_no_room_in_a_full_project_and_nothing_is_left(scene: Scene) -> None:
    scene.learner("wang", is_enrolled=False)
    scene.learner("li", is_expected=False, is_enrolled=False)
    scene.db.execute(table_of(Project).update().values(capacity=1))
    scene.db.commit()
    reply = walk_in(scene, "li")
    assert (code_of(reply), reply.json["capacity"]) == ((409, "project_full"), 1)
    assert "1" in reply.json["hint"]
    assert len(rows(scene, RosterEntry)) == 1
    assert (rows(scene, CheckIn), rows(scene, WaitingEntry)) == ([], [])
    assert walk_in(scene, "wang").status_code == 201  # who is expected needs no room


def test_a_walk_in_takes_a_place_where_places_are_limited(scene: Scene) -> None:
    for name in ("li", "wang"):
        scene.learner(name, is_expected=False, is_enrolled=False)
    scene.db.execute(table_of(VenueSession).update().values(capacity=1))
    scene.db.commit()
    first, second = walk_in(scene, "li"), walk_in(scene, "wang")
    assert (first.status_code, first.json["took_place"]) == (201, True)
    assert (code_of(second), second.json["capacity"]) == ((409, "session_full"), 1)
    assert [each.person_id for each in rows(scene, RosterEntry)] == [scene.people["li"].id]
    assert [(each.person_id, each.is_waiting) for each in rows(scene, SessionPlace)] == [(scene.people["li"].id, False)]


def test_who_waits_for_a_place_and_is_there_gets_it_once_the_session_has_begun(scene: Scene) -> None:
    for name in ("wang", "li"):
        scene.learner(name, is_enrolled=False)
    scene.db.execute(table_of(VenueSession).update().values(capacity=1))
    scene.db.commit()
    placed = {"cme_numbers": [each["cme_number"] for each in numbers(scene, "wang", "li")]}
    assert scene.staff.post(path(scene, "places"), placed).json["waiting"] == 1
    assert code_of(walk_in(scene, "li")) == (409, "session_full")
    turn(scene, minutes=11)
    assert scene.staff.delete(path(scene, f"places/{scene.people['wang'].id}")).status_code == 204
    reply = walk_in(scene, "li")
    assert (reply.json["was_added"], reply.json["took_place"]) == (False, True)
    assert own_session(scene, "li")["check_ins"][0]["decision"]["kind"] == "by_hand"


def test_nobody_walks_in_by_an_unknown_number_or_themselves(scene: Scene) -> None:
    unknown = scene.staff.post(path(scene, "walk-ins"), {"cme_number": "nobody", "reason": WHY})
    assert code_of(unknown) == (422, "person_unknown")
    own = scene.staff.post(path(scene, "walk-ins"), {"person_id": str(scene.organizer.id), "reason": WHY})
    assert code_of(own) == (403, "own_attendance")
    assert code_of(scene.staff.post(path(scene, "walk-ins"), {"cme_number": "1"})) == (422, "invalid_input")
    assert rows(scene, RosterEntry) == []


@pytest.mark.parametrize("role", [Role.AUTHORITY, Role.UNIT_ADMIN])
def test_who_does_not_organize_the_project_does_nothing_by_hand(scene: Scene, role: Role) -> None:
    scene.learner("li", is_enrolled=False)
    scene.staff = scene.api.as_(scene.make.staff(role, scene.make.province))
    assert code_of(many(scene, *numbers(scene, "li"))) == (403, "forbidden")
    assert code_of(walk_in(scene, "li")) == (403, "forbidden")


def test_a_decision_on_a_review_is_told_with_its_reason(scene: Scene) -> None:
    waiting = scene.check_in(scene.learner("li"), face("li", off=DOUBTFUL)).json["id"]
    sent = {"decision": "reject", "reason": "不是本人"}
    assert scene.staff.post(f"/check-ins/{waiting}/decision", sent).status_code == 200
    (seen,) = own_session(scene, "li")["check_ins"]
    assert (seen["status"], seen["decision"]["kind"], seen["decision"]["reason"]) == ("rejected", "review", "不是本人")
    topics = {each["topic"]: each["text"] for each in notices(scene, "li")}
    assert "不是本人" in topics["check_in_rejected"]


def test_without_a_number_somebody_walks_in_by_id(scene: Scene) -> None:
    scene.learner("li", is_expected=False, is_enrolled=False)
    scene.db.execute(table_of(Person).update().where(Person.name == "li").values(cme_number=None))
    scene.db.commit()
    sent = {"person_id": str(scene.people["li"].id), "reason": WHY}
    assert scene.staff.post(path(scene, "walk-ins"), sent).status_code == 201
