"""Repeated sessions: made in one step or not at all, and changed or cancelled from one of them on."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from models.edge import AuditEntry
from models.notices import Notice, NoticeTopic
from models.people import Role
from models.projects import Project, ProjectStatus
from models.projects import Session as VenueSession
from tests.api import Reply
from tests.attendance.check_in.checking_in import code_of
from tests.attendance.conftest import Scene
from tests.attendance.planning.projects_and_sessions import FENCE as CIRCLE
from tests.attendance.projects.life_of_projects import course, put_into
from tests.attendance.projects.lists import statements
from tests.databases import table_of
from tests.fakes import face

WHY = "会议厅停电"
FENCE = {**CIRCLE, "is_required": True}
SESSION = {
    "title": "夜校", "venue": "一号会议厅", "starts_at": "2026-11-02T18:30:00+08:00",
    "ends_at": "2026-11-02T20:30:00+08:00", "track": "内科", "capacity": 30, "qr_mode": "printed", "geofence": FENCE,
    "windows": {"in_closes_at": "2026-11-02T19:00:00+08:00"},
}  # fmt: skip
MONDAYS = {"every": "week", "weekdays": ["monday"], "until": "2026-11-30"}


def long_course(scene: Scene, **more: Any) -> str:
    return course(scene, starts_on="2026-11-01", ends_on="2026-12-31", **more)


def ask(scene: Scene, project: str, repeat: dict[str, Any], **more: Any) -> Reply:
    return scene.staff.post(f"/projects/{project}/session-series", {**SESSION, "repeat": repeat, **more})


def made(scene: Scene, project: str, repeat: dict[str, Any] | None = None, **more: Any) -> list[dict[str, Any]]:
    reply = ask(scene, project, repeat or MONDAYS, **more)
    assert reply.status_code == 201, reply.json
    return list(reply.json["items"])


def listed(scene: Scene, project: str) -> list[dict[str, Any]]:
    return list(scene.staff.get(f"/projects/{project}/sessions?limit=200").json["items"])


def walls(sessions: list[dict[str, Any]], name: str = "starts_at") -> list[str]:
    return [
        datetime.fromisoformat(each[name]).astimezone(ZoneInfo(each["zone"])).strftime("%m-%d %H:%M")
        for each in sessions
    ]


def test_a_series_is_made_in_one_step_with_all_that_its_first_session_has(scene: Scene) -> None:
    project = long_course(scene)
    reply = ask(scene, project, {**MONDAYS, "without": ["2026-11-16"]})
    assert reply.status_code == 201, reply.json
    assert (reply.json["dry_run"], reply.json["conflicts"]) == (False, [])
    sessions = listed(scene, project)
    assert [each["id"] for each in sessions] == [each["id"] for each in reply.json["items"]]
    assert walls(sessions) == ["11-02 18:30", "11-09 18:30", "11-23 18:30", "11-30 18:30"]
    assert {each["series_id"] for each in sessions} == {reply.json["series_id"]}
    for each in sessions:
        assert [each[name] for name in ("title", "venue", "track", "capacity", "qr_mode", "geofence")] == [
            SESSION[name] for name in ("title", "venue", "track", "capacity", "qr_mode", "geofence")
        ]
        at = datetime.fromisoformat(each["starts_at"])
        assert datetime.fromisoformat(each["windows"]["in_closes_at"]) - at == timedelta(minutes=30)
    scene.db.rollback()
    assert scene.db.scalar(select(func.count(func.distinct(VenueSession.short_code)))) == 5  # with the scene's own
    (entry,) = scene.db.scalars(select(AuditEntry).where(AuditEntry.action == "session_series.create"))
    assert entry.after["sessions"] == [each["id"] for each in sessions]


def test_a_dry_run_shows_the_days_and_stores_nothing(scene: Scene) -> None:
    project = long_course(scene)
    seen = ask(scene, project, {"every": "day", "count": 3}, dry_run=True)
    assert (seen.status_code, seen.json["series_id"], seen.json["zone"]) == (200, None, "Asia/Shanghai")
    assert [(each["on"], each["id"]) for each in seen.json["items"]] == [
        ("2026-11-02", None), ("2026-11-03", None), ("2026-11-04", None),
    ]  # fmt: skip
    assert listed(scene, project) == []


def test_what_stands_in_the_way_is_told_by_day_and_nothing_is_made(scene: Scene) -> None:
    project = long_course(scene)
    taken = {
        **SESSION,
        "title": "已有场次",
        "starts_at": "2026-11-09T19:00:00+08:00",
        "ends_at": "2026-11-09T21:00:00+08:00",
    }
    standing = scene.staff.post(f"/projects/{project}/sessions", {**taken, "windows": {}}).json
    beyond = {"every": "week", "until": "2027-01-11"}
    conflicts = [
        {"on": "2026-11-09", "kind": "overlap", "session_id": standing["id"], "title": "已有场次"},
        {"on": "2027-01-04", "kind": "outside_project", "session_id": None, "title": None},
        {"on": "2027-01-11", "kind": "outside_project", "session_id": None, "title": None},
    ]
    assert ask(scene, project, beyond, dry_run=True).json["conflicts"] == conflicts
    refused = ask(scene, project, beyond)
    assert code_of(refused) == (409, "series_conflicts")
    assert refused.json["conflicts"] == [{name: value for name, value in each.items() if value} for each in conflicts]
    assert refused.json["days"] == [each["on"] for each in conflicts]
    assert "2027-01-04" in refused.json["hint"]
    assert [each["id"] for each in listed(scene, project)] == [standing["id"]]
    freed = {**beyond, "without": [each["on"] for each in conflicts]}
    assert len(made(scene, project, freed)) == 8


def test_sessions_at_the_same_time_need_a_word_or_another_track(scene: Scene) -> None:
    project = long_course(scene)
    assert len(made(scene, project)) == 5
    assert {each["kind"] for each in ask(scene, project, MONDAYS).json["conflicts"]} == {"overlap"}
    assert len(made(scene, project, track="外科")) == 5
    assert len(made(scene, project, may_overlap=True)) == 5
    first = listed(scene, project)[0]["id"]
    assert scene.staff.post(f"/sessions/{first}/cancellation", {"reason": WHY}).status_code == 200


def test_repetitions_that_reach_into_the_next_one_are_conflicts(scene: Scene) -> None:
    project = long_course(scene)
    daily = {"every": "day", "count": 2}
    long = {"ends_at": "2026-11-03T19:30:00+08:00", "counts": True}
    kinds = [(each["on"], each["kind"]) for each in ask(scene, project, daily, **long).json["conflicts"]]
    assert kinds == [("2026-11-02", "too_long"), ("2026-11-03", "too_long"), ("2026-11-03", "overlap")]
    assert len(made(scene, project, daily, **{**long, "counts": False})) == 2


@pytest.mark.parametrize(
    ("repeat", "code"),
    [
        ({"every": "day"}, "invalid_input"),
        ({"every": "day", "count": 2, "until": "2026-11-30"}, "invalid_input"),
        ({"every": "day", "count": 101}, "invalid_input"),
        ({"every": "day", "count": 0}, "invalid_input"),
        ({"every": "year", "count": 2}, "invalid_input"),
        ({"every": "day", "count": 2, "weekdays": ["monday"]}, "invalid_input"),
        ({"every": "week", "count": 2, "weekdays": ["someday"]}, "invalid_input"),
        ({"every": "day", "interval": 0, "count": 2}, "invalid_input"),
        ({"every": "day", "until": "2099-12-31"}, "series_too_long"),
        ({"every": "day", "until": "2026-11-01"}, "period_invalid"),
        ({"every": "day", "until": "2026-11-02", "without": ["2026-11-02"]}, "period_invalid"),
    ],
)
def test_a_rhythm_that_cannot_be_is_refused(scene: Scene, repeat: dict[str, Any], code: str) -> None:
    project = long_course(scene)
    reply = ask(scene, project, repeat)
    assert (reply.status_code, reply.json["code"]) == (422, code)
    assert listed(scene, project) == []


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"zone": "Mars/Olympus"}, "zone_unknown"),
        ({"geofence": None}, "geofence_required"),
        ({"ends_at": "2026-11-02T18:00:00+08:00"}, "period_invalid"),
        ({"windows": {"out_closes_at": "2026-11-02T18:00:00+08:00"}}, "period_invalid"),
    ],
)
def test_what_is_wrong_with_the_first_session_is_told_as_for_one(
    scene: Scene, wrong: dict[str, Any], code: str
) -> None:
    assert ask(scene, long_course(scene), MONDAYS, **wrong).json["code"] == code


def test_a_series_belongs_to_the_organizer_of_an_open_project(scene: Scene) -> None:
    project = long_course(scene)
    put_into(scene, project, ProjectStatus.ENDED)
    assert code_of(ask(scene, project, MONDAYS)) == (409, "project_closed")
    put_into(scene, project, ProjectStatus.RUNNING)
    scene.staff = scene.api.as_(scene.make.staff(Role.UNIT_ADMIN, scene.unit))
    assert code_of(ask(scene, project, MONDAYS)) == (403, "forbidden")
    assert code_of(ask(scene, str(uuid.uuid4()), MONDAYS))[0] in (403, 404)


def test_a_long_series_costs_as_many_statements_as_a_short_one(scene: Scene) -> None:
    project = long_course(scene)
    with statements(scene.api) as short:
        made(scene, project, {"every": "day", "count": 2})
    with statements(scene.api) as long:
        made(scene, project, {"every": "day", "count": 50}, track="外科")
    assert len(long) == len(short)


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


def test_a_copied_project_has_a_series_of_its_own_with_places_and_rules(scene: Scene) -> None:
    project = long_course(scene)
    before = made(scene, project, {"every": "week", "count": 3})
    copy = scene.staff.post(f"/projects/{project}/copies", {"starts_on": "2027-03-01"}).json["id"]
    copied = listed(scene, copy)
    assert len({each["series_id"] for each in copied}) == 1
    assert copied[0]["series_id"] not in (None, listed(scene, project)[0]["series_id"])
    kept = ("title", "venue", "track", "capacity", "qr_mode", "geofence", "counts", "liveness", "zone")
    assert [[each[name] for name in kept] for each in copied] == [
        [each[name] for name in kept] for each in listed(scene, project)
    ]
    assert len(copied) == len(before)


NOT_COPIED = {
    "id", "project_id", "short_code", "series_id", "revision", "closed_at", "is_check_out_waived", "cancelled_at",
    "cancellation_reason", "cancelled_by",
}  # fmt: skip
"""Columns of a session that a copy has of its own."""


def test_a_copy_decides_about_each_column_of_a_session() -> None:
    from attendance.planning import project_copies

    copied = {*project_copies._REST, *project_copies._TIMES}
    assert copied | NOT_COPIED == set(table_of(VenueSession).columns.keys())
    assert not copied & NOT_COPIED
