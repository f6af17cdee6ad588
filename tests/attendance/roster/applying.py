"""What the tests of applications and of joining on the spot share."""

from datetime import timedelta
from typing import Any

from foundation.clock import day_at_home
from models.projects import Project, ProjectStatus
from tests.api import Api, Reply
from tests.attendance.conftest import Scene

WHY = {"reason": "本期仅限急诊专业"}


def course(scene: Scene, **facts: Any) -> Project:
    """An announced project that begins in ten days; applications are accepted at once unless a test says otherwise."""
    today = day_at_home(scene.clock.now())
    days = {"starts_on": today + timedelta(days=10), "ends_on": today + timedelta(days=11)}
    more = {"status": ProjectStatus.ANNOUNCED, "applications": "automatic", "name": "心肺复苏新进展"} | days | facts
    return scene.make.project(unit=scene.unit, organizer=scene.organizer, **more)


def people(scene: Scene, *names: str) -> list[Api]:
    """People of the unit who are on no roster."""
    return [scene.learner(name, is_expected=False, is_enrolled=False) for name in names]


def apply(who: Api, project: Project, **more: Any) -> Reply:
    """Apply for a project."""
    return who.post(f"/projects/{project.id}/applications", more)


def withdraw(who: Api, project: Project) -> Reply:
    """Withdraw from it."""
    return who.delete(f"/projects/{project.id}/applications")


def applied(who: Api, project: Project, **more: Any) -> Any:
    """Apply and return what came of it."""
    reply = apply(who, project, **more)
    assert reply.status_code == 201, reply.json
    return reply.json


def decide(who: Api, ident: str, decision: str, **more: Any) -> Reply:
    """Decide an application."""
    return who.post(f"/applications/{ident}/decision", {"decision": decision, **more})


def change(scene: Scene, project: Project, **facts: Any) -> Reply:
    """Change a project as its organizer."""
    reply = scene.staff.patch(f"/projects/{project.id}", facts)
    assert reply.status_code == 200, reply.json
    return reply


def roster(scene: Scene, project: Project) -> list[tuple[str, str]]:
    """Who is on the roster, and how they got there."""
    items = scene.staff.get(f"/projects/{project.id}/roster").json["items"]
    return [(each["name"], each["origin"]) for each in items]


def entry(who: Api, project: Project) -> Any:
    """How somebody gets into a project."""
    reply = who.get(f"/openings/{project.id}")
    assert reply.status_code == 200, reply.json
    return reply.json["entry"]


def mine(who: Api) -> list[tuple[str, str | None]]:
    """The statuses of somebody's applications with their reasons, newest first."""
    return [(each["status"], each["reason"]) for each in who.get("/me/applications").json["items"]]


def told(who: Api) -> list[str]:
    """The texts of somebody's notices, newest first."""
    return [each["text"] for each in who.get("/me/notices").json["items"]]
