"""An organizer looks at what a move would do before anybody is told."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from models.edge import AuditEntry
from models.notices import Notice, NoticeTopic
from tests.api import Reply
from tests.attendance.check_in.checking_in import code_of
from tests.attendance.conftest import Scene
from tests.fakes import face


def preview(scene: Scene, **change: Any) -> Reply:
    return scene.staff.post(f"/sessions/{scene.session.id}/change-previews", change)


def moved(scene: Scene, **by: float) -> dict[str, str]:
    return {each: (getattr(scene.session, each) + timedelta(**by)).isoformat() for each in ("starts_at", "ends_at")}


def notices(scene: Scene) -> int:
    moved_ones = select(func.count()).select_from(Notice).where(Notice.topic == NoticeTopic.SESSION_MOVED)
    return scene.db.scalar(moved_ones) or 0


def test_the_preview_tells_times_windows_and_who_is_told_and_changes_nothing(scene: Scene) -> None:
    scene.learner("li")
    scene.learner("wang")
    path = f"/sessions/{scene.session.id}"
    before = scene.staff.get(path).json
    entries = scene.db.scalar(select(func.count()).select_from(AuditEntry))
    shown = preview(scene, venue="第二会议室", **moved(scene, minutes=30))
    assert shown.status_code == 200, shown.json
    told = shown.json
    assert (told["venue"], told["sessions"], told["told"]) == ("第二会议室", 1, 2)
    assert (told["needs_reason"], told["is_another_day"], told["at_the_same_time"]) == (False, False, [])
    opens = datetime.fromisoformat(before["windows"]["in_opens_at"]) + timedelta(minutes=30)
    assert datetime.fromisoformat(told["windows"]["in_opens_at"]) == opens
    assert scene.staff.get(path).json == before
    assert notices(scene) == 0
    assert scene.db.scalar(select(func.count()).select_from(AuditEntry)) == entries
    assert scene.staff.patch(path, {"venue": "第二会议室", **moved(scene, minutes=30)}).status_code == 200
    assert notices(scene) == told["told"]


def test_the_preview_of_a_move_to_another_day_counts_the_check_ins(scene: Scene) -> None:
    scene.check_in(scene.learner("li"), face("li"))
    told = preview(scene, **moved(scene, days=1)).json
    assert (told["needs_reason"], told["is_another_day"]) == (True, True)
    assert (told["check_ins"], told["corrections"]) == (1, 0)


def test_the_preview_names_sessions_at_the_same_time(scene: Scene) -> None:
    plan = {"title": "乙场", "venue": "二楼", "zone": "Asia/Shanghai", **moved(scene, hours=5)}
    other = scene.staff.post(f"/projects/{scene.project.id}/sessions", plan)
    assert other.status_code == 201, other.json
    told = preview(scene, **moved(scene, hours=5, minutes=10)).json
    assert [(each["title"], each["is_same_track"]) for each in told["at_the_same_time"]] == [("乙场", True)]


def test_what_would_change_nothing_says_so(scene: Scene) -> None:
    told = preview(scene, venue=scene.session.venue).json
    assert (told["sessions"], told["told"]) == (0, 0)


def test_the_preview_is_refused_as_the_change_is(scene: Scene) -> None:
    wrong = moved(scene, hours=1) | {"ends_at": scene.session.starts_at.isoformat()}
    assert code_of(preview(scene, **wrong)) == code_of(scene.staff.patch(f"/sessions/{scene.session.id}", wrong))
    assert code_of(preview(scene, **wrong))[1] == "period_invalid"
