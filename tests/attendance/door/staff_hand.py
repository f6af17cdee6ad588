"""What the tests of check-ins by hand, and of their undo, share."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from tests.attendance.conftest import Scene

WHY = "签到时断网，已核对签到册"


def path(scene: Scene, ending: str = "attendance") -> str:
    """A path of the session."""
    return f"/sessions/{scene.session.id}/{ending}"


def by_hand(scene: Scene, name: str, at: datetime | None = None, direction: str = "in") -> Any:
    """Check somebody in by hand, for a past time if one is given."""
    body = {"cme_number": scene.people[name].cme_number, "direction": direction, "reason": WHY}
    return scene.staff.post(path(scene), {**body, **({"at": at.isoformat()} if at else {})})


def many(scene: Scene, *people: dict[str, Any], **more: Any) -> Any:
    """Check many in by hand."""
    return scene.staff.post(
        path(scene, "attendance/many"), {"people": people, "direction": "in", "reason": WHY, **more}
    )


def numbers(scene: Scene, *names: str) -> list[dict[str, Any]]:
    """People as a request names them."""
    return [{"cme_number": scene.people[name].cme_number} for name in names]


def walk_in(scene: Scene, name: str, **more: Any) -> Any:
    """Somebody comes who was not expected."""
    return scene.staff.post(
        path(scene, "walk-ins"), {"cme_number": scene.people[name].cme_number, "reason": WHY, **more}
    )


def turn(scene: Scene, **by: int) -> None:
    """Let time pass; the organizer signs in anew."""
    scene.clock.turn(**by)
    scene.staff = scene.api.as_(scene.organizer)


def own_session(scene: Scene, name: str) -> Any:
    """The session as the learner sees it."""
    me = scene.api.as_(scene.people[name])
    return me.get(f"/me/projects/{scene.project.id}").json["sessions"][0]


def notices(scene: Scene, name: str) -> list[dict[str, Any]]:
    """What the learner was told, newest first."""
    return list(scene.api.as_(scene.people[name]).get("/me/notices").json["items"])


def rows(scene: Scene, table: Any) -> list[Any]:
    """All rows of a table, as they are now."""
    scene.db.rollback()
    scene.db.expire_all()
    return list(scene.db.scalars(select(table)).all())
