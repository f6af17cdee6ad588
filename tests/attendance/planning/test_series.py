"""Repeated sessions: made in one step or not at all, and changed or cancelled from one of them on."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from models.edge import AuditEntry
from models.people import Role
from models.projects import ProjectStatus
from models.projects import Session as VenueSession
from tests.attendance.check_in.checking_in import code_of
from tests.attendance.conftest import Scene
from tests.attendance.planning.series import MONDAYS, SESSION, WHY, ask, listed, long_course, made, walls
from tests.attendance.projects.life_of_projects import put_into
from tests.attendance.projects.lists import statements
from tests.databases import table_of


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
