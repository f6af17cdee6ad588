"""An organizer's weeks over HTTP: an evening class that repeats, from its dry run to the report that is handed in."""

import io
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models.people import Role
from models.projects import Session as VenueSession
from tests.api import Api, Reply
from tests.attendance.conftest import Scene
from tests.fakes import face

Jobs = Callable[[], None]
SHANGHAI = ZoneInfo("Asia/Shanghai")


def told(reply: Reply, status: int = 200) -> Any:
    assert reply.status_code == status, reply.json
    return reply.json


def take(who: Api, project: str, *steps: str) -> None:
    for step in steps:
        assert told(who.post(f"/projects/{project}/transitions", {"to": step}))["status"] == step


def at(scene: Scene, instant: str, **later: float) -> None:
    scene.clock.set(datetime.fromisoformat(instant) + timedelta(**later))


def attend(scene: Scene, db: Session, who: Api, session: dict[str, Any], name: str) -> None:
    """Scan and show one's face, a quarter of an hour before it begins."""
    at(scene, session["starts_at"], minutes=-15)
    row = db.get_one(VenueSession, uuid.UUID(session["id"]))
    assert scene.check_in(who, face(name), ticket=scene.ticket(who, row)).json["status"] == "present"


def test_an_evening_class_from_its_dry_run_to_its_report(scene: Scene, db: Session, run_jobs: Jobs) -> None:
    staff, unit = scene.staff, scene.unit
    authority = scene.api.as_(scene.make.staff(Role.AUTHORITY, scene.make.province))
    chief = scene.api.as_(scene.make.staff(Role.UNIT_ADMIN, unit))
    learners = {name: scene.learner(name) for name in ("li", "wang")}
    monday = (scene.clock.now().astimezone(SHANGHAI) + timedelta(days=7)).replace(hour=18, minute=30, second=0)
    monday -= timedelta(days=monday.weekday())
    facts = {
        "name": "心电图夜校", "category": "NAT", "delivery_mode": "培训班", "credits": "5.00", "hours": "6.0",
        "starts_on": str(monday.date()), "ends_on": str(monday.date() + timedelta(days=15)),
        "conditions": {"min_attendance": "0.50"},
    }  # fmt: skip
    project = told(staff.post("/projects", facts), 201)["id"]

    # the plan: three Mondays, of which one is a holiday; the dry run says so before anything is made
    plan = {
        "title": "夜校", "venue": "一号厅", "starts_at": monday.isoformat(),
        "ends_at": (monday + timedelta(hours=2)).isoformat(), "repeat": {"every": "week", "count": 4},
    }  # fmt: skip
    path = f"/projects/{project}/session-series"
    (conflict,) = told(staff.post(path, {**plan, "dry_run": True}))["conflicts"]
    assert conflict == {
        "on": str(monday.date() + timedelta(days=21)), "kind": "outside_project", "session_id": None, "title": None,
    }  # fmt: skip
    assert staff.post(path, plan).json["days"] == [conflict["on"]]
    holiday = str(monday.date() + timedelta(days=7))
    fits = {"every": "week", "until": str(monday.date() + timedelta(days=14)), "without": [holiday]}
    first, second = told(staff.post(path, {**plan, "repeat": fits}), 201)["items"]

    # a roster of another project comes as a file, and goes in as it is
    book = staff.get(f"/projects/{scene.project.id}/roster.xlsx").data
    form = {"file": (io.BytesIO(book), "roster.xlsx")}
    sent = staff.call("POST", f"/projects/{project}/roster-imports", data=form, content_type="multipart/form-data")
    run_jobs()
    assert told(staff.post(f"/attendance-imports/{sent.json['id']}/commit"), 202)["bad"] == 0
    run_jobs()
    assert chief.get(f"/projects/{project}/roster").status_code == 403  # a draft is its organizer's
    take(staff, project, "filed")
    take(authority, project, "approved")
    take(staff, project, "announced", "running")
    for reader in (chief, authority):
        assert [each["name"] for each in told(reader.get(f"/projects/{project}/roster"))["items"]] == ["li", "wang"]

    # the first evening
    attend(scene, db, learners["li"], first, "li")
    attend(scene, db, learners["wang"], first, "wang")
    today = told(chief.get("/sessions", query_string={"on": str(monday.date())}))["items"]
    (evening,) = [each for each in today if each["project_id"] == project]
    assert (evening["state"], evening["open"]) == ("open", ["in"])
    assert (evening["numbers"]["expected"], evening["numbers"]["came"]) == (2, 2)
    board = told(staff.get(f"/sessions/{first['id']}/board"))
    assert (board["title"], board["venue"], board["project"]["name"], board["came"]) == (
        "夜校",
        "一号厅",
        "心电图夜校",
        2,
    )

    # the hall is given away: the rest moves, and everybody is told once
    moved = {"venue": "二号厅", "scope": "following"}
    assert told(staff.patch(f"/sessions/{second['id']}", moved))["venue"] == "二号厅"
    assert told(staff.get(f"/sessions/{first['id']}"))["venue"] == "一号厅"
    news = [each for each in told(learners["li"].get("/me/notices"))["items"] if each["topic"] == "session_moved"]
    assert len(news) == 1
    assert "二号厅" in news[0]["text"]

    # the last evening, the list, the credits
    attend(scene, db, learners["li"], second, "li")
    at(scene, second["ends_at"], hours=1)
    take(staff, project, "ended")
    preview = told(chief.get(f"/projects/{project}/settlement/preview"))
    assert preview["counts"] == {"grants": 2, "skipped": 0, "still_may": 0}
    at(scene, second["ends_at"], days=2)
    report = f"/projects/{project}/report"
    assert told(staff.get(report))["is_ready"] is False
    settlement = told(staff.post(f"/projects/{project}/settlement"), 202)
    decision = {"decision": "approve", "comment": "同意"}
    reviewed = told(authority.post(f"/settlements/{settlement['id']}/review", decision), 202)
    run_jobs()
    assert reviewed["confirmer"]["unit"]["name"] == unit.name
    assert reviewed["reviewer"]["unit"]["name"] == scene.make.province.name

    # the report, within two weeks
    assert staff.get(f"{report}.zip").status_code == 200
    done = told(staff.post(report))
    assert done["due_on"] == str(monday.date() + timedelta(days=15 + 14))
    assert (done["is_overdue"], done["submitter"]["name"]) == (False, scene.organizer.name)
    assert told(chief.get(report)) == done
