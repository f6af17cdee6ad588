"""Edits of sessions and projects: what isn't sent stays, null clears, and a lost edit is refused."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.edge import AuditEntry
from models.projects import Project, ProjectStatus
from models.projects import Session as VenueSession
from tests.attendance.check_in.checking_in import code_of
from tests.attendance.conftest import Scene
from tests.attendance.planning.projects_and_sessions import FENCE, SESSION
from tests.attendance.projects.life_of_projects import course, put_into
from tests.databases import table_of
from tests.fakes import face

WHY = "会议厅停电"


def made(scene: Scene, **more: Any) -> dict[str, Any]:
    """A session of a draft, as it was made."""
    reply = scene.staff.post(f"/projects/{course(scene)}/sessions", {**SESSION, **more})
    assert reply.status_code == 201, reply.json
    return dict(reply.json)


def edited(scene: Scene, session: dict[str, Any], **change: Any) -> dict[str, Any]:
    reply = scene.staff.patch(f"/sessions/{session['id']}", change)
    assert reply.status_code == 200, reply.json
    return dict(reply.json)


def moved(instant: str, **by: float) -> str:
    return (datetime.fromisoformat(instant) + timedelta(**by)).isoformat().replace("+00:00", "Z")


def test_a_change_of_the_title_alone_keeps_everything_else(scene: Scene) -> None:
    facts = {"geofence": FENCE, "track": "内科", "capacity": 30, "qr_mode": "printed", "counts": False,
             "windows": {"in_closes_at": "2026-11-24T10:00:00+08:00"}}  # fmt: skip
    before = made(scene, **facts)
    after = edited(scene, before, title="上午（改名）")
    assert after == {**before, "title": "上午（改名）", "revision": 1}
    assert after.items() <= scene.staff.get(f"/sessions/{before['id']}").json.items()
    assert edited(scene, before, title="上午（改名）")["revision"] == 1  # nothing changed


def test_null_clears_what_can_be_cleared_and_nothing_else(scene: Scene) -> None:
    before = made(scene, geofence=FENCE, track="内科", capacity=30, windows={"late_from": "2026-11-24T08:40:00+08:00"})
    after = edited(scene, before, geofence=None, track=None, capacity=None, windows=None)
    assert [after[name] for name in ("geofence", "track", "capacity")] == [None, None, None]
    assert after["windows"]["late_from"] == after["starts_at"]
    path = f"/sessions/{before['id']}"
    for name in ("title", "venue", "starts_at", "ends_at", "zone", "qr_mode", "liveness", "counts"):
        assert code_of(scene.staff.patch(path, {name: None})) == (422, "invalid_input"), name
    assert code_of(scene.staff.patch(path, {"titel": "x"})) == (422, "invalid_input")
    assert code_of(scene.staff.patch(path, {"qr_mode": "printed"})) == (422, "geofence_required")
    for zone in ("Mars/Olympus", "../etc/localtime"):
        long = {"zone": zone, "ends_at": moved(before["ends_at"], hours=9)}
        assert code_of(scene.staff.patch(path, long)) == (422, "zone_unknown")
    assert scene.staff.put(path, {}).status_code == scene.staff.put(f"/projects/{before['project_id']}", {}).status_code
    assert code_of(scene.staff.put(path, {})) == (405, "method_not_allowed")


def test_default_windows_follow_the_times_and_others_keep_their_distance(scene: Scene) -> None:
    before = made(scene, windows={"in_closes_at": "2026-11-24T09:00:00+08:00"})
    later = {name: moved(before[name], hours=3) for name in ("starts_at", "ends_at")}
    after = edited(scene, before, **later)
    assert after["windows"] == {name: moved(at, hours=3) for name, at in before["windows"].items()}
    longer = edited(scene, before, ends_at=moved(after["ends_at"], hours=1))
    assert longer["windows"] == {
        **after["windows"],
        **{name: moved(after["windows"][name], hours=1) for name in ("out_opens_at", "out_closes_at")},
    }
    one = edited(scene, before, windows={"out_closes_at": moved(longer["windows"]["out_closes_at"], minutes=15)})
    assert one["windows"]["in_closes_at"] == longer["windows"]["in_closes_at"]  # of the windows too, the rest stays
    assert edited(scene, before, windows={"in_closes_at": None})["windows"]["in_closes_at"] == moved(
        one["starts_at"], minutes=20
    )


@pytest.mark.parametrize("kind", ["sessions", "projects"])
def test_a_lost_edit_is_refused_with_the_present_revision(scene: Scene, kind: str) -> None:
    session = made(scene)
    path = f"/{kind}/{session['id'] if kind == 'sessions' else session['project_id']}"
    name = "title" if kind == "sessions" else "name"
    shown = scene.staff.get(path)
    tag = shown.headers["ETag"]
    assert tag == f'"{shown.json["revision"]}"'
    first = scene.staff.patch(path, {name: "先改的"}, headers={"If-Match": tag})
    assert (first.status_code, first.headers["ETag"]) == (200, f'"{shown.json["revision"] + 1}"')
    lost = scene.staff.patch(path, {name: "旧的改动"}, headers={"If-Match": tag})
    assert code_of(lost) == (412, "edited_meanwhile")
    assert lost.json["revision"] == first.json["revision"]
    for stale in ('W/"1"', '"x"', '"99", W/"1"'):
        assert scene.staff.patch(path, {name: "旧的改动"}, headers={"If-Match": stale}).status_code == 412
    assert first.json.items() <= scene.staff.get(path).json.items()
    for fresh in (f'"7", {first.headers["ETag"]}', "*"):
        assert scene.staff.patch(path, {name: f"新的改动{fresh[0]}"}, headers={"If-Match": fresh}).status_code == 200


def test_every_change_of_a_project_raises_its_revision(scene: Scene) -> None:
    path = f"/projects/{course(scene)}"
    assert scene.staff.get(path).json["revision"] == 0
    assert scene.staff.patch(path, {"capacity": 5}).json["revision"] == 1
    assert scene.staff.patch(path, {"capacity": 5}).json["revision"] == 1
    assert scene.staff.post(f"{path}/transitions", {"to": "filed"}).status_code == 200
    assert scene.staff.get(path).json["revision"] == 2


def test_what_follows_from_other_facts_of_a_project_goes_on_to_follow(scene: Scene) -> None:
    project = course(scene, number="2026-1")
    course(scene, number="2026-2")
    path = f"/projects/{project}"
    assert scene.staff.get(path).json["level"] == "national"
    assert scene.staff.patch(path, {"category": "PRV"}).json["level"] == "provincial"
    assert scene.staff.patch(path, {"level": "municipal"}).json["level"] == "municipal"
    assert scene.staff.patch(path, {"category": "NAT"}).json["level"] == "municipal"
    assert scene.staff.patch(path, {"number": "2026-2"}).json["edition"] == 2
    assert scene.staff.patch(path, {"number": None}).json["edition"] == 1


def test_the_last_day_comes_forward_with_a_reason_and_not_before_the_last_session_that_counts(scene: Scene) -> None:
    project = course(scene, starts_on="2026-11-20", ends_on="2026-11-30")
    path = f"/projects/{project}"
    for day, more in ((22, {}), (24, {}), (25, {"counts": False}), (26, {})):
        at = {"starts_at": f"2026-11-{day}T08:30:00+08:00", "ends_at": f"2026-11-{day}T11:30:00+08:00"}
        last = scene.staff.post(f"{path}/sessions", {**SESSION, **at, **more}).json
    assert scene.staff.post(f"/sessions/{last['id']}/cancellation", {"reason": WHY}).status_code == 200
    for status in (ProjectStatus.RUNNING, ProjectStatus.ENDED):
        put_into(scene, project, status)
        assert code_of(scene.staff.patch(path, {"ends_on": "2026-11-28"})) == (422, "reason_needed")
        for wrong in ("2026-12-01", "2026-11-23"):
            assert code_of(scene.staff.patch(path, {"ends_on": wrong, "reason": WHY})) == (422, "last_day_invalid")
        more = {"ends_on": "2026-11-28", "credits": "6.00", "reason": WHY}
        assert code_of(scene.staff.patch(path, more)) == (409, "project_not_editable")
    done = scene.staff.patch(path, {"ends_on": "2026-11-24", "reason": WHY})
    assert (done.status_code, done.json["ends_on"]) == (200, "2026-11-24")
    listed = scene.staff.get(f"{path}/sessions").json["items"]
    (posters,) = (each for each in listed if not each["counts"])  # a day later, and its title can still be corrected
    assert scene.staff.patch(f"/sessions/{posters['id']}", {"title": "壁报"}).status_code == 200
    audited = scene.db.scalars(select(AuditEntry).where(AuditEntry.action == "project.bring_forward")).one()
    assert (audited.reason, audited.before, audited.after["ends_on"]) == (WHY, {"ends_on": "2026-11-30"}, "2026-11-24")
    put_into(scene, project, ProjectStatus.IN_REVIEW)
    assert code_of(scene.staff.patch(path, {"ends_on": "2026-11-24", "reason": WHY})) == (409, "project_closed")


def test_ten_minutes_more_move_the_end_of_one_window_alone(scene: Scene) -> None:
    path = f"/sessions/{scene.session.id}"
    before = scene.staff.get(path).json
    key = {"Idempotency-Key": "ten-more"}
    for _ in range(2):  # a request that is repeated extends once
        reply = scene.staff.post(f"{path}/extension", {"direction": "in", "minutes": 10}, headers=key)
        assert reply.status_code == 200
    windows = {**before["windows"], "in_closes_at": moved(before["windows"]["in_closes_at"], minutes=10)}
    assert scene.staff.get(path).json == {**before, "windows": windows, "revision": 1}
    out = scene.staff.post(f"{path}/extension", {"direction": "out", "minutes": 30}).json
    assert out["windows"]["out_closes_at"] == moved(before["windows"]["out_closes_at"], minutes=30)
    audited = scene.db.scalars(select(AuditEntry).where(AuditEntry.action == "session.extend")).all()
    assert [list(each.after) for each in audited] == [["in_closes_at"], ["out_closes_at"]]


def test_a_window_that_is_over_opens_again_for_so_many_minutes_from_now(scene: Scene) -> None:
    late = scene.learner("li")
    scene.clock.turn(minutes=45)
    assert code_of(scene.ask(late)) == (409, "session_not_open")
    path = f"/sessions/{scene.session.id}/extension"
    assert scene.staff.post(path, {"direction": "in", "minutes": 10}).status_code == 200
    assert scene.check_in(late, face("li")).json["status"] == "late"
    scene.clock.turn(minutes=11)
    assert code_of(scene.ask(scene.learner("wang"))) == (409, "session_not_open")


def test_no_window_is_extended_beyond_sense(scene: Scene) -> None:
    path = f"/sessions/{scene.session.id}/extension"
    for wrong in ({"minutes": 0}, {"minutes": 121}, {"minutes": 5, "direction": "up"}, {}):
        assert code_of(scene.staff.post(path, {"direction": "in", **wrong})) == (422, "invalid_input")
    scene.clock.set(scene.session.ends_at - timedelta(minutes=5))
    assert code_of(scene.staff.post(path, {"direction": "in", "minutes": 10})) == (422, "period_invalid")
    scene.clock.set(scene.session.ends_at + timedelta(hours=3))
    assert code_of(scene.staff.post(path, {"direction": "out", "minutes": 10})) == (422, "period_invalid")
    stranger = scene.api.as_(scene.make.organizer(scene.make.unit(name="二院")))
    assert code_of(stranger.post(path, {"direction": "in", "minutes": 10})) == (403, "forbidden")
    scene.db.execute(table_of(Project).update().values(status=ProjectStatus.ENDED))
    assert code_of(scene.staff.post(path, {"direction": "out", "minutes": 10})) == (409, "project_closed")


LENGTHS = [
    ("08:00", "14:00", 0, None), ("08:00", "14:01", 0, "check_out"), ("08:00", "20:00", 0, "check_out"),
    ("08:00", "20:01", 0, "counts_false"), ("08:00", "17:00", 1, "counts_false"), ("20:00", "02:00", 1, None),
    ("20:00", "02:01", 1, "counts_false"), ("14:00", "00:00", 1, "check_out"),
]  # fmt: skip


@pytest.mark.parametrize(("starts", "ends", "days", "needs"), LENGTHS)
def test_a_long_session_needs_check_out_and_one_of_two_days_does_not_count(
    scene: Scene, starts: str, ends: str, days: int, needs: str | None
) -> None:
    times = {"starts_at": f"2026-11-24T{starts}:00+08:00", "ends_at": f"2026-11-{24 + days}T{ends}:00+08:00"}
    for check_out in (False, True):
        project = course(scene, conditions={"check_out": check_out})
        path = f"/projects/{project}/sessions"
        is_refused = needs == "counts_false" or (needs == "check_out" and not check_out)
        reply = scene.staff.post(path, {**SESSION, **times})
        assert reply.status_code == (422 if is_refused else 201), reply.json
        if is_refused:
            assert (reply.json["code"], reply.json["needs"]) == ("session_too_long", needs)
        assert scene.staff.post(path, {**SESSION, **times, "counts": False}).status_code == 201
        short = scene.staff.post(path, SESSION).json
        assert scene.staff.patch(f"/sessions/{short['id']}", times).status_code == (422 if is_refused else 200)


def test_long_sessions_of_before_stay_are_named_and_do_not_count_in_a_copy(scene: Scene) -> None:
    long = scene.make.session(scene.project, ends_at=scene.clock.now() + timedelta(hours=30))
    path = f"/sessions/{long.id}"
    assert scene.staff.patch(path, {"title": "壁报"}).status_code == 200
    assert code_of(scene.staff.patch(path, {"ends_at": (long.ends_at + timedelta(hours=1)).isoformat()})) == (
        422, "session_too_long",
    )  # fmt: skip

    def too_long() -> int:
        found = scene.staff.post(f"{path}/rehearsals", {"attendees": 1}).json["findings"]
        return int({each["check"]: each["count"] for each in found}["too_long"])

    assert too_long() == 1
    copied = scene.staff.post(f"/projects/{scene.project.id}/copies", {"starts_on": "2027-05-24"}).json
    listed = scene.staff.get(f"/projects/{copied['id']}/sessions").json["items"]
    assert {each["title"]: each["counts"] for each in listed} == {"上午场": True, "壁报": False}
    assert scene.staff.patch(path, {"counts": False}).json["counts"] is False
    assert too_long() == 0


def test_a_project_keeps_its_check_out_while_a_long_session_needs_it(scene: Scene) -> None:
    project = course(scene, conditions={"check_out": True})
    long = {"ends_at": "2026-11-24T16:30:00+08:00"}
    session = scene.staff.post(f"/projects/{project}/sessions", {**SESSION, **long}).json
    without = {"conditions": {"check_out": False}}
    assert code_of(scene.staff.patch(f"/projects/{project}", without)) == (422, "session_too_long")
    assert scene.staff.patch(f"/sessions/{session['id']}", {"counts": False}).status_code == 200
    assert scene.staff.patch(f"/projects/{project}", without).status_code == 200


def test_an_ended_project_keeps_the_times_of_its_sessions_and_says_which_count(scene: Scene) -> None:
    path = f"/sessions/{scene.session.id}"
    scene.db.execute(table_of(Project).update().values(status=ProjectStatus.ENDED))
    later = {"ends_at": (scene.session.ends_at + timedelta(hours=1)).isoformat()}
    assert code_of(scene.staff.patch(path, later)) == (409, "project_closed")
    assert scene.staff.patch(path, {"counts": False}).status_code == 200
    row = scene.db.scalars(select(VenueSession).execution_options(populate_existing=True)).one()
    assert (row.counts, row.ends_at) == (False, scene.session.ends_at)


def test_what_does_not_count_is_in_no_share_and_no_conflict_and_shown_in_the_grid(scene: Scene) -> None:
    posters = scene.make.session(scene.project, ends_at=scene.clock.now() + timedelta(days=2), counts=False)
    me = scene.learner("li")
    for session in (posters, scene.session):
        assert scene.check_in(me, face("li"), ticket=scene.ticket(me, session)).status_code == 201
    scene.learner("wang", is_enrolled=False)
    said = {"cme_number": scene.people["wang"].cme_number, "mark": "present", "reason": "看过壁报"}
    assert scene.staff.post(f"/sessions/{posters.id}/corrections", said).status_code == 201
    grid = scene.staff.get(f"/projects/{scene.project.id}/attendance").json
    assert {each["id"]: each["counts"] for each in grid["sessions"]} == {
        str(posters.id): False, str(scene.session.id): True,
    }  # fmt: skip
    li, wang = grid["items"]
    assert (li["counted"], li["required"], li["share"], li["conflicts"]) == (1, 1, "1.00", [])
    assert (wang["counted"], wang["required"], wang["standings"][str(posters.id)]) == (0, 1, "present")
    (project,) = me.get("/me/attendance").json["items"]
    assert {each["id"]: each["counts"] for each in project["sessions"]} == {
        str(posters.id): False, str(scene.session.id): True,
    }  # fmt: skip
    assert scene.staff.get(f"/projects/{scene.project.id}/overlaps").json["items"] == []
