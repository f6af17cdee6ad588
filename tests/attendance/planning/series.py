"""What the tests of repeated sessions share."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.api import Reply
from tests.attendance.conftest import Scene
from tests.attendance.planning.projects_and_sessions import FENCE as CIRCLE
from tests.attendance.projects.life_of_projects import course

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
