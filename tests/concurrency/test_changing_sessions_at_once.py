"""Sessions that change while people check in, and edits that race: nobody is in at a session that moved or is off."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from faces.engine import Look, Purpose
from models.attendance import CheckIn, CheckInAttempt, CheckInStatus, VoidedCheckIn
from models.projects import Session as VenueSession
from tests.api import Api
from tests.attendance.conftest import Scene
from tests.concurrency.at_once import GUARD_SECONDS, MeetingEngine, at_once
from tests.fakes import face

WHY = "停电改到明天"


def move(scene: Scene) -> Any:
    at = {name: (getattr(scene.session, name) + timedelta(days=1)).isoformat() for name in ("starts_at", "ends_at")}
    return scene.staff.patch(f"/sessions/{scene.session.id}", {**at, "reason": WHY, "earlier_check_ins": "void"})


def cancel(scene: Scene) -> Any:
    return scene.staff.post(f"/sessions/{scene.session.id}/cancellation", {"reason": WHY})


@pytest.mark.parametrize(("change", "code"), [(move, "session_not_open"), (cancel, "session_cancelled")])
def test_who_shows_their_face_while_the_session_changes_is_not_checked_in(
    scene: Scene, db: Session, engine: MeetingEngine, monkeypatch: pytest.MonkeyPatch, change: Any, code: str
) -> None:
    me = scene.learner("li")
    ticket = scene.ticket(me)
    is_looking, has_changed, look = threading.Event(), threading.Event(), engine.look

    def look_slowly(photo: bytes, purpose: Purpose, model: str | None = None) -> Look:
        is_looking.set()
        assert has_changed.wait(GUARD_SECONDS)
        return look(photo, purpose, model)

    monkeypatch.setattr(engine, "look", look_slowly)
    with ThreadPoolExecutor(1) as threads:
        coming = threads.submit(
            lambda: Api(scene.api.app, me.token).send_photos("/check-ins", [face("li")], ticket=ticket)
        )
        assert is_looking.wait(GUARD_SECONDS)
        assert change(scene).status_code == 200
        has_changed.set()
        reply = coming.result(GUARD_SECONDS)
    assert (reply.status_code, reply.json["code"]) == (409, code)
    assert db.scalars(select(CheckIn)).all() == []
    assert [each.result for each in db.scalars(select(CheckInAttempt))] == [code]


def test_of_edits_at_once_of_the_same_revision_one_is_made(scene: Scene) -> None:
    path = f"/sessions/{scene.session.id}"
    tag = {"If-Match": scene.staff.get(path).headers["ETag"]}
    replies = at_once(
        [
            lambda number=number: Api(scene.api.app, scene.staff.token).patch(  # type: ignore[misc]
                path, {"title": f"第{number}次改名"}, headers=tag
            )
            for number in range(8)
        ]
    )
    assert Counter(reply.status_code for reply in replies) == {200: 1, 412: 7}
    (made,) = (reply.json for reply in replies if reply.status_code == 200)
    assert made.items() <= scene.staff.get(path).json.items()
    assert made["revision"] == 1


def test_check_ins_by_hand_and_the_move_at_once_end_void_or_are_refused(scene: Scene, db: Session) -> None:
    people = [scene.make.person(unit=scene.unit) for _ in range(6)]
    scene.make.on_roster(scene.project, *people)
    path = f"/sessions/{scene.session.id}/attendance"
    said = {"direction": "in", "reason": "本人到场，已核对证件"}
    calls = [
        lambda who=who: Api(scene.api.app, scene.staff.token).post(path, {**said, "cme_number": who.cme_number})
        for who in people
    ]
    *by_hand, moved = at_once([*calls, lambda: move(scene)])
    made = {reply.json["id"] for reply in by_hand if reply.status_code == 201}
    late = {(reply.status_code, reply.json["code"]) for reply in by_hand if reply.status_code != 201}
    assert (late <= {(409, "session_not_open")}, moved.status_code) == (True, 200)
    db.expire_all()
    rows = db.scalars(select(CheckIn)).all()
    assert {str(row.id) for row in rows} == made
    assert {row.status for row in rows} <= {CheckInStatus.VOID}
    assert {str(each) for each in db.scalars(select(VoidedCheckIn.check_in_id))} == made


def plan(scene: Scene) -> dict[str, Any]:
    """A week of evenings of the scene's project, from tomorrow on."""
    start = scene.clock.now() + timedelta(days=1)
    times = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=2)).isoformat()}
    return {"title": "夜校", "venue": "大厅", **times, "repeat": {"every": "day", "count": 2}}


def test_of_equal_series_at_once_one_is_made_whole(scene: Scene, db: Session) -> None:
    path, body = f"/projects/{scene.project.id}/session-series", plan(scene)
    replies = at_once([lambda: Api(scene.api.app, scene.staff.token).post(path, body) for _ in range(6)])
    assert Counter(reply.status_code for reply in replies) == {201: 1, 409: 5}
    assert {reply.json["code"] for reply in replies if reply.status_code == 409} == {"series_conflicts"}
    made = db.scalars(select(VenueSession.series_id).where(VenueSession.series_id.is_not(None))).all()
    assert (len(made), len(set(made))) == (2, 1)


def test_changes_and_cancellations_of_a_series_from_both_ends_wait_for_each_other(scene: Scene, db: Session) -> None:
    made = scene.staff.post(f"/projects/{scene.project.id}/session-series", plan(scene)).json["items"]
    first, last = (f"/sessions/{each['id']}" for each in made)
    staff, off = scene.staff.token, {"reason": WHY, "scope": "following"}
    calls = [
        lambda: Api(scene.api.app, staff).patch(first, {"venue": "一号厅", "scope": "following"}),
        lambda: Api(scene.api.app, staff).post(f"{last}/cancellation", off),
        lambda: Api(scene.api.app, staff).post(f"{first}/cancellation", off),
        lambda: Api(scene.api.app, staff).patch(last, {"venue": "二号厅", "scope": "following"}),
    ]
    assert [reply.status_code for reply in at_once(calls)] == [200] * 4
    found = db.scalars(select(VenueSession).where(VenueSession.series_id.is_not(None))).all()
    assert [each.cancellation_reason for each in found] == [WHY] * 2
