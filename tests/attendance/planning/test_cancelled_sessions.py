"""A cancelled session was never held: it counts for nobody, nobody gets in, and everybody reads why."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.attendance import CheckIn
from models.edge import AuditEntry
from models.projects import Project, ProjectStatus
from models.projects import Session as VenueSession
from tests.api import Api, Reply
from tests.attendance.check_in.checking_in import code_of
from tests.attendance.conftest import Scene
from tests.attendance.imports.punch_import import Jobs, local, number_of, previewed, zone_of
from tests.attendance.imports.roster_import import act
from tests.attendance.record.shares import shares
from tests.attendance.sessions.calendar_feed import events, subscribe
from tests.attendance.sessions.places_at_sessions import choose, holders
from tests.databases import table_of
from tests.fakes import face

WHY = "讲者航班取消，本场不办"


def cancel(scene: Scene, session: VenueSession | None = None, reason: str = WHY) -> Reply:
    return scene.staff.post(f"/sessions/{(session or scene.session).id}/cancellation", {"reason": reason})


def restore(scene: Scene) -> Reply:
    return scene.staff.delete(f"/sessions/{scene.session.id}/cancellation")


def mark(scene: Scene, session: VenueSession, name: str) -> Reply:
    said = {"cme_number": scene.people[name].cme_number, "mark": "present", "reason": "已核对签到表"}
    return scene.staff.post(f"/sessions/{session.id}/corrections", said)


def mine(who: Api, session: VenueSession) -> dict[str, Any]:
    (project,) = who.get("/me/attendance").json["items"]
    return next(each for each in project["sessions"] if each["id"] == str(session.id))


def share(scene: Scene, name: str) -> tuple[float, int]:
    (row,) = (
        each
        for each in scene.staff.get(f"/projects/{scene.project.id}/attendance").json["items"]
        if each["person"]["name"] == name
    )
    scene.db.expire_all()
    found = shares(scene.db, scene.project)[scene.people[name].id]
    assert (float(found.shown_counted), found.required) == (row["counted"], row["required"])
    return row["counted"], row["required"]


def test_a_cancelled_session_counts_for_nobody_until_that_is_taken_back(scene: Scene) -> None:
    scene.learner("li", is_enrolled=False)
    other = scene.make.session(scene.project, starts_at=scene.clock.now() - timedelta(days=1))
    assert mark(scene, other, "li").status_code == 201
    assert share(scene, "li") == (1, 2)
    cancelled = cancel(scene)
    assert (cancelled.status_code, cancelled.json["cancellation_reason"]) == (200, WHY)
    assert cancelled.json["cancelled_at"] is not None
    assert share(scene, "li") == (1, 1)
    assert cancel(scene).json["revision"] == cancelled.json["revision"] == 1
    again = restore(scene)
    assert (again.status_code, again.json["cancelled_at"], again.json["cancellation_reason"]) == (200, None, None)
    assert restore(scene).json["revision"] == again.json["revision"] == 2
    assert share(scene, "li") == (1, 2)
    audited = scene.db.scalars(select(AuditEntry).where(AuditEntry.action.like("session.%"))).all()
    assert [(each.action, each.reason) for each in audited] == [("session.cancel", WHY), ("session.restore", None)]


def test_what_was_recorded_before_counts_again_once_it_is_taken_back(scene: Scene) -> None:
    scene.check_in(scene.learner("li"), face("li"))
    cancel(scene)
    assert share(scene, "li") == (0, 0)
    restore(scene)
    assert share(scene, "li") == (1, 1)


def test_nobody_gets_a_ticket_checks_in_or_is_marked_at_a_cancelled_session(scene: Scene) -> None:
    me = scene.learner("li")
    ticket = scene.ticket(me)
    scanned = scene.shown()
    cancel(scene)
    by_hand = {"cme_number": scene.people["li"].cme_number, "direction": "in", "reason": "本人到场，已核对证件"}
    refused = [
        me.post("/check-in-tickets", {"qr": scanned}),
        scene.check_in(me, face("li"), ticket=ticket),
        scene.staff.post(f"/sessions/{scene.session.id}/attendance", by_hand),
        mark(scene, scene.session, "li"),
        scene.staff.post(f"/sessions/{scene.session.id}/extension", {"direction": "in", "minutes": 10}),
        scene.staff.post(f"/sessions/{scene.session.id}/closing", {}),
        *(scene.staff.get(f"/sessions/{scene.session.id}/qr.{kind}") for kind in ("svg", "png")),
    ]
    assert {code_of(reply) for reply in refused} == {(409, "session_cancelled")}
    assert all(reply.json["reason"] == WHY for reply in refused)
    assert scene.staff.get(f"/sessions/{scene.session.id}/attendance").json["items"] == []
    restore(scene)
    assert scene.check_in(me, face("li"), ticket=ticket).status_code == 201


def test_everybody_reads_the_reason_wherever_the_session_is_shown(scene: Scene) -> None:
    me = scene.learner("li", is_enrolled=False)
    feed = subscribe(me)
    scanned = scene.shown()
    cancel(scene)
    path = f"/sessions/{scene.session.id}"
    shown = [
        mine(me, scene.session),
        *(scene.staff.get(f"{path}{more}").json for more in ("", "/board", "/qr")),
        *scene.staff.get(f"/projects/{scene.project.id}/sessions").json["items"],
    ]
    for each in shown:
        assert each["cancellation_reason"] == WHY
        assert each["cancelled_at"] is not None
    (event,) = events(scene.api, feed)
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", "1")
    assert WHY in event["DESCRIPTION"].replace("\\", "")
    page = scene.api.get(scanned.removeprefix("https://cme.test"))
    assert (page.status_code, WHY in page.text, page.headers.get("Set-Cookie")) == (200, True, None)
    findings = scene.staff.post(f"{path}/rehearsals", {"attendees": 1}).json["findings"]
    assert {"check": "cancelled", "count": 1} in findings


def test_a_punch_at_a_cancelled_session_makes_no_row(scene: Scene, run_jobs: Jobs) -> None:
    scene.learner("li", is_enrolled=False)
    scene.clock.set(scene.session.ends_at + timedelta(hours=1))
    punch = number_of(scene, "li"), local(scene, scene.session.starts_at - timedelta(minutes=5))
    checked_before = previewed(scene, run_jobs, punch)
    cancel(scene)
    checked_after = previewed(scene, run_jobs, punch)
    (row,) = scene.staff.get(f"/attendance-imports/{checked_after['id']}/rows").json["items"]
    assert (row["outcome"], [each["code"] for each in row["findings"]]) == ("left_out", ["session_cancelled"])
    assert act(scene, checked_before["id"], run_jobs)["outcomes"] == {"left_out": 1}
    assert scene.db.scalars(select(CheckIn)).all() == []


def test_places_wait_for_a_cancelled_session_to_be_held_after_all(scene: Scene) -> None:
    hall = scene.make.session(scene.project, starts_at=scene.clock.now() + timedelta(hours=1), capacity=1)
    people = [scene.learner(name, is_enrolled=False) for name in "甲乙"]
    for who in people:
        choose(who, hall)
    cancel(scene, hall)
    assert code_of(people[0].delete(f"/sessions/{hall.id}/place")) == (409, "session_cancelled")
    numbers = {"cme_numbers": [scene.people["乙"].cme_number]}
    assert code_of(scene.staff.post(f"/sessions/{hall.id}/places", numbers)) == (409, "session_cancelled")
    (shown,) = people[0].get(f"/projects/{scene.project.id}/places").json["items"]
    assert shown["session"]["cancellation_reason"] == WHY
    assert scene.staff.patch(f"/sessions/{hall.id}", {"capacity": 2}).status_code == 200
    assert (holders(scene, hall), holders(scene, hall, waiting=True)) == ("甲", "乙")
    assert scene.staff.delete(f"/sessions/{hall.id}/cancellation").status_code == 200
    assert (holders(scene, hall), holders(scene, hall, waiting=True)) == ("甲乙", "")


@pytest.mark.parametrize("status", [ProjectStatus.IN_REVIEW, ProjectStatus.SETTLED])
def test_after_the_confirmation_nothing_is_cancelled_nor_taken_back(scene: Scene, status: ProjectStatus) -> None:
    scene.db.execute(table_of(Project).update().values(status=status))
    assert code_of(cancel(scene)) == code_of(restore(scene)) == (409, "project_closed")
    scene.db.execute(table_of(Project).update().values(status=ProjectStatus.ENDED))
    assert cancel(scene).status_code == restore(scene).status_code == 200


@pytest.mark.parametrize("is_cancelled", [True, False])
def test_a_session_after_the_last_day_neither_comes_back_nor_counts_again(scene: Scene, is_cancelled: bool) -> None:
    later = scene.make.session(scene.project, starts_at=scene.clock.now() + timedelta(days=2))
    path = f"/sessions/{later.id}"
    if is_cancelled:
        cancel(scene, later)
    else:
        assert scene.staff.patch(path, {"counts": False}).status_code == 200
    today = scene.session.starts_at.astimezone(zone_of(scene)).date().isoformat()
    earlier = scene.staff.patch(f"/projects/{scene.project.id}", {"ends_on": today, "reason": "提前结束"})
    assert earlier.status_code == 200, earlier.json
    before = scene.staff.get(path).json
    again = scene.staff.delete(f"{path}/cancellation") if is_cancelled else scene.staff.patch(path, {"counts": True})
    assert (code_of(again), list(again.json["errors"])) == ((422, "period_invalid"), ["starts_at"])
    assert scene.staff.get(path).json == before


def test_a_session_that_is_too_long_does_not_come_back(scene: Scene) -> None:
    cancel(scene)
    ends_at = scene.session.starts_at + timedelta(hours=7)  # as sessions of before the rule
    scene.db.execute(table_of(VenueSession).update().values(ends_at=ends_at, out_closes_at=ends_at))
    again = restore(scene)
    assert (code_of(again), again.json["hours"], again.json["needs"]) == ((422, "session_too_long"), "7.0", "check_out")
    assert scene.staff.patch(f"/sessions/{scene.session.id}", {"counts": False}).status_code == 200
    assert restore(scene).status_code == 200


def test_only_its_organizer_cancels_and_never_without_a_reason(scene: Scene) -> None:
    stranger = scene.api.as_(scene.make.organizer(scene.make.unit(name="二院")))
    path = f"/sessions/{scene.session.id}/cancellation"
    assert code_of(stranger.post(path, {"reason": WHY})) == (403, "forbidden")
    assert code_of(stranger.delete(path)) == (403, "forbidden")
    assert code_of(scene.staff.post(path, {})) == (422, "invalid_input")


def test_a_copy_of_the_project_holds_the_session_again(scene: Scene) -> None:
    cancel(scene)
    copied = scene.staff.post(f"/projects/{scene.project.id}/copies", {"starts_on": "2027-05-24"}).json
    (session,) = scene.staff.get(f"/projects/{copied['id']}/sessions").json["items"]
    assert (session["cancelled_at"], session["counts"]) == (None, True)


def test_a_session_closed_early_was_held_all_the_same(scene: Scene) -> None:
    scene.check_in(scene.learner("li"), face("li"))
    scene.learner("wang", is_enrolled=False)
    scene.clock.turn(minutes=10)
    closed = scene.staff.post(f"/sessions/{scene.session.id}/closing", {"reason": "提前结束"})
    assert (closed.status_code, closed.json["cancelled_at"]) == (200, None)
    assert (share(scene, "li"), share(scene, "wang")) == ((1, 1), (0, 1))


@pytest.mark.parametrize(("minutes", "counted"), [(20, 1), (171, 0)])
def test_nobody_owes_a_check_out_that_never_opened_until_the_session_opens_again(
    scene: Scene, minutes: int, counted: int
) -> None:
    scene.db.execute(table_of(Project).update().values(needs_check_out=True))
    scene.check_in(scene.learner("li"), face("li"))
    scene.clock.turn(minutes=minutes)  # the session begins in ten, and check-out opens after 170
    path = f"/sessions/{scene.session.id}"
    assert scene.staff.post(f"{path}/closing", {"reason": "讲者提前讲完"}).status_code == 200
    assert share(scene, "li") == (counted, 1)
    longer = scene.staff.post(f"{path}/extension", {"direction": "out", "minutes": 10})
    assert (longer.status_code, longer.json["closed_at"], share(scene, "li")) == (200, None, (0, 1))


@pytest.mark.parametrize("is_cancelled", [True, False])
def test_what_had_not_begun_when_the_project_ended_counts_against_nobody_afterwards(
    scene: Scene, is_cancelled: bool
) -> None:
    other = scene.make.session(scene.project, starts_at=scene.clock.now() - timedelta(days=1))
    scene.learner("li", is_enrolled=False)
    assert mark(scene, other, "li").status_code == 201
    path = f"/sessions/{scene.session.id}"
    if is_cancelled:
        cancel(scene)
    else:
        assert scene.staff.patch(path, {"counts": False}).status_code == 200
    assert scene.staff.post(f"/projects/{scene.project.id}/transitions", {"to": "ended"}).status_code == 200
    again = restore(scene) if is_cancelled else scene.staff.patch(path, {"counts": True})
    assert (again.status_code, share(scene, "li")) == (200, (1, 1))


@pytest.mark.parametrize("is_cancelled", [True, False])
def test_a_session_to_come_that_is_cancelled_or_does_not_count_keeps_no_project_from_its_end(
    scene: Scene, is_cancelled: bool
) -> None:
    def end() -> Reply:
        return scene.staff.post(f"/projects/{scene.project.id}/transitions", {"to": "ended"})

    assert code_of(end()) == (409, "sessions_to_come")
    if is_cancelled:
        cancel(scene)
    else:
        assert scene.staff.patch(f"/sessions/{scene.session.id}", {"counts": False}).status_code == 200
    assert end().status_code == 200
