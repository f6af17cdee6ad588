"""One session of a series and those after it are changed or cancelled together, and people are told once."""

import uuid
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from models.notices import Notice, NoticeTopic
from models.projects import Project
from models.projects import Session as VenueSession
from tests.api import Reply
from tests.attendance.check_in.checking_in import code_of
from tests.attendance.conftest import Scene
from tests.attendance.planning.series import FENCE, SESSION, WHY, listed, long_course, made, walls
from tests.attendance.projects.life_of_projects import course
from tests.databases import table_of
from tests.fakes import face


def change(scene: Scene, ident: str, scope: str = "following", **sent: Any) -> Reply:
    return scene.staff.patch(f"/sessions/{ident}", {**sent, "scope": scope})


def test_this_and_following_change_alike_and_earlier_ones_stay(scene: Scene) -> None:
    project = long_course(scene)
    ids = [each["id"] for each in made(scene, project)]
    reply = change(scene, ids[2], venue="二号会议厅", capacity=None, geofence={**FENCE, "radius_m": 90})
    assert (reply.status_code, reply.json["id"]) == (200, ids[2])
    sessions = listed(scene, project)
    assert [each["venue"] for each in sessions] == ["一号会议厅"] * 2 + ["二号会议厅"] * 3
    assert [each["capacity"] for each in sessions] == [30] * 2 + [None] * 3
    assert [each["geofence"]["radius_m"] for each in sessions] == [300] * 2 + [90] * 3
    assert change(scene, ids[0], "this", title="第一讲").status_code == 200
    assert [each["title"] for each in listed(scene, project)] == ["第一讲", "夜校", "夜校", "夜校", "夜校"]


def test_new_times_are_those_of_the_wall_on_each_day(scene: Scene) -> None:
    project = course(scene, starts_on="2026-10-01", ends_on="2026-11-30")
    berlin = {
        "zone": "Europe/Berlin", "starts_at": "2026-10-12T09:00:00+02:00", "ends_at": "2026-10-12T11:00:00+02:00",
        "windows": {}, "repeat": {"every": "week", "count": 4},
    }  # fmt: skip
    reply = scene.staff.post(f"/projects/{project}/session-series", {**SESSION, **berlin})
    assert reply.status_code == 201, reply.json
    ids = [each["id"] for each in reply.json["items"]]
    assert walls(listed(scene, project)) == ["10-12 09:00", "10-19 09:00", "10-26 09:00", "11-02 09:00"]
    # one hour later and a day on; the clocks change between the second and the third
    sent = {"starts_at": "2026-10-20T10:00:00+02:00", "ends_at": "2026-10-20T13:00:00+02:00"}
    assert change(scene, ids[1], **sent).status_code == 200
    sessions = listed(scene, project)
    assert walls(sessions) == ["10-12 09:00", "10-20 10:00", "10-27 10:00", "11-03 10:00"]
    assert walls(sessions, "ends_at") == ["10-12 11:00", "10-20 13:00", "10-27 13:00", "11-03 13:00"]


def test_windows_of_their_own_move_to_each_day(scene: Scene) -> None:
    project = long_course(scene)
    ids = [each["id"] for each in made(scene, project)]
    assert change(scene, ids[1], windows={"in_opens_at": "2026-11-09T17:00:00+08:00"}).status_code == 200
    opens = [each["windows"]["in_opens_at"] for each in listed(scene, project)]
    assert opens == ["2026-11-02T10:00:00Z", *(f"2026-11-{day:02}T09:00:00Z" for day in (9, 16, 23, 30))]


def test_a_change_that_cannot_be_on_one_day_is_made_on_none(scene: Scene) -> None:
    project = course(scene, starts_on="2026-11-01", ends_on="2026-11-30")
    ids = [each["id"] for each in made(scene, project)]
    before = listed(scene, project)
    sent = {"starts_at": "2026-11-10T18:30:00+08:00", "ends_at": "2026-11-10T20:30:00+08:00"}
    refused = change(scene, ids[1], **sent)  # the last one would be on 1 December
    assert code_of(refused) == (422, "period_invalid")
    assert (refused.json["session"], refused.json["on"]) == (ids[4], "2026-11-30")
    assert listed(scene, project) == before


def test_a_session_on_its_own_has_nothing_that_follows(scene: Scene) -> None:
    other = scene.make.session(scene.project, starts_at=scene.clock.now() + timedelta(days=1))
    assert change(scene, str(scene.session.id), venue="二号会议厅").status_code == 200
    assert scene.staff.get(f"/sessions/{other.id}").json["venue"] != "二号会议厅"
    assert code_of(change(scene, str(scene.session.id), "all", venue="三号")) == (422, "invalid_input")


def running(scene: Scene, count: int = 3, **more: Any) -> list[str]:
    """A series of the scene's own project, which learners see, from tomorrow on."""
    first = (scene.clock.now() + timedelta(hours=20)).isoformat()
    last = (scene.clock.now() + timedelta(hours=22)).isoformat()
    scene.db.execute(table_of(Project).update().values(ends_on=date(2099, 1, 1)))
    plan = {
        "starts_at": first,
        "ends_at": last,
        "windows": {},
        "capacity": None,
        "geofence": None,
        "qr_mode": "rotating",
    } | more
    return [each["id"] for each in made(scene, str(scene.project.id), {"every": "day", "count": count}, **plan)]


def news(scene: Scene, topic: NoticeTopic) -> list[tuple[str, int | None]]:
    scene.db.rollback()
    found = scene.db.scalars(select(Notice).where(Notice.topic == topic).order_by(Notice.id))
    return [(str(each.session_id), each.facts.get("following")) for each in found]


def test_one_notice_tells_of_a_whole_series_that_moved_or_was_cancelled(scene: Scene) -> None:
    me = scene.learner("li")
    ids = running(scene)
    assert change(scene, ids[1], venue="二号会议厅", reason=WHY).status_code == 200
    assert news(scene, NoticeTopic.SESSION_MOVED) == [(ids[1], 1)]
    sent = {"reason": "讲者因故不能到场", "scope": "following"}
    assert scene.staff.post(f"/sessions/{ids[0]}/cancellation", sent).status_code == 200
    assert news(scene, NoticeTopic.SESSION_CANCELLED) == [(ids[0], 2)]
    cancelled, moved = (each["text"] for each in me.get("/me/notices").json["items"][:2])
    assert "及之后 2 场" in cancelled
    assert "及之后 1 场" in moved
    english = me.get("/me/notices", headers={"Accept-Language": "en"}).json["items"]
    assert "with the 2 sessions after it" in english[0]["text"]
    states = {each["id"]: each["cancellation_reason"] for each in listed(scene, str(scene.project.id))}
    assert [states[each] for each in ids] == ["讲者因故不能到场"] * 3


def test_a_cancelled_session_stays_as_it_is_when_those_around_it_change(scene: Scene) -> None:
    scene.learner("li")
    ids = running(scene)
    assert scene.staff.post(f"/sessions/{ids[1]}/cancellation", {"reason": "停电一天"}).status_code == 200
    assert change(scene, ids[0], venue="二号会议厅").status_code == 200
    venues = {each["id"]: each["venue"] for each in listed(scene, str(scene.project.id))}
    assert [venues[each] for each in ids] == ["二号会议厅", "一号会议厅", "二号会议厅"]
    sent = {"reason": "全部停办", "scope": "following"}
    assert scene.staff.post(f"/sessions/{ids[1]}/cancellation", sent).status_code == 200
    reasons = {each["id"]: each["cancellation_reason"] for each in listed(scene, str(scene.project.id))}
    assert [reasons[each] for each in ids] == [None, "全部停办", "全部停办"]
    assert news(scene, NoticeTopic.SESSION_CANCELLED) == [(ids[1], None), (ids[2], None)]


def test_who_holds_a_place_at_one_session_is_told_of_that_one(scene: Scene) -> None:
    for name in ("li", "wang"):
        scene.learner(name, is_enrolled=False)
    ids = running(scene, count=2, capacity=1)
    for ident, name in zip(ids, ("li", "wang"), strict=True):
        sent = {"cme_numbers": [scene.people[name].cme_number]}
        assert scene.staff.post(f"/sessions/{ident}/places", sent).json["held"] == 1
    assert change(scene, ids[0], venue="二号会议厅").status_code == 200
    assert news(scene, NoticeTopic.SESSION_MOVED) == [(ids[0], None), (ids[1], None)]


def test_check_ins_of_a_following_session_ask_for_a_reason_and_name_it(scene: Scene) -> None:
    ids = running(scene)
    me = scene.learner("li")
    scene.clock.turn(hours=20)
    session = scene.db.get_one(VenueSession, uuid.UUID(ids[0]))
    scene.check_in(me, face("li"), ticket=scene.ticket(me, session))
    scene.clock.turn(hours=-20)
    assert code_of(change(scene, ids[0], venue="二号会议厅")) == (422, "reason_needed")
    assert change(scene, ids[0], venue="二号会议厅", reason=WHY).status_code == 200
    scene.staff.patch(f"/sessions/{ids[1]}", {"title": "另一场", "scope": "this"})
    stale = scene.staff.patch(
        f"/sessions/{ids[1]}", {"title": "又一场", "scope": "following"}, headers={"If-Match": '"0"'}
    )
    assert code_of(stale) == (412, "edited_meanwhile")
