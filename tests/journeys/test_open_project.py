"""Ways onto a roster over HTTP, with real faces: an application that the organizer reviews, and a scan at the venue."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from foundation.clock import day_at_home
from tests.journeys.conftest import Demo
from tests.journeys.main_job import photos_of_two
from tests.journeys.phone import Phone

pytestmark = pytest.mark.slow


def answer(reply: httpx.Response, status: int = 200) -> Any:
    assert reply.status_code == status, reply.text
    return reply.json()


def announced(demo: Demo, authority: Phone, **facts: Any) -> str:
    """An announced project of the organizer that begins tomorrow and ends then."""
    day = str(day_at_home(datetime.now(UTC) + timedelta(days=1)))
    new = {
        "name": "心电图判读",
        "category": "NAT",
        "credits": "5.00",
        "hours": "15.0",
        "starts_on": day,
        "ends_on": day,
    }
    project = str(answer(demo.organizer.call("POST", "/projects", json={**new, **facts}), 201)["id"])
    for who, step in ((demo.organizer, "filed"), (authority, "approved"), (demo.organizer, "announced")):
        answer(who.call("POST", f"/projects/{project}/transitions", json={"to": step}))
    return project


def roster(who: Phone, project: str) -> dict[str, str]:
    items = answer(who.call("GET", f"/projects/{project}/roster"))["items"]
    return {each["cme_number"]: each["origin"] for each in items}


def test_people_apply_are_reviewed_wait_and_move_up(demo: Demo) -> None:
    authority = demo.sign_in(demo.told["admins"]["authority"])
    project = announced(demo, authority, applications="reviewed", capacity=1)
    first, second = demo.learner(4), demo.learner(5)
    for who in (first, second):
        (opening,) = answer(who.call("GET", "/openings"))["items"]
        assert (opening["id"], opening["entry"]["places_left"], opening["entry"]["can_apply"]) == (project, 1, True)
        answer(who.call("POST", f"/projects/{project}/applications", json={"note": "急诊科护士"}), 201)
    assert answer(demo.organizer.call("GET", "/me/home"))["waiting"]["applications"] == 2
    listed = answer(demo.organizer.call("GET", f"/projects/{project}/applications?status=pending"))["items"]
    said = {"ids": [each["id"] for each in listed], "decision": "accepted"}
    decided = answer(demo.organizer.call("POST", f"/projects/{project}/application-decisions", json=said))
    assert (decided["accepted"], decided["waiting"]) == (1, 1)
    (waits,) = answer(second.call("GET", "/me/applications"))["items"]
    assert (waits["status"], waits["waiting_place"]) == ("waiting", 1)
    assert first.call("DELETE", f"/projects/{project}/applications").status_code == 204
    (moved,) = answer(second.call("GET", "/me/applications"))["items"]
    assert moved["status"] == "accepted"
    notices = [each["topic"] for each in answer(second.call("GET", "/me/notices"))["items"]]
    assert {"application_decided", "place_given"} <= set(notices)
    assert roster(authority, project) == {demo.told["learners"][5]["cme_number"]: "application"}


def test_a_visitor_scans_joins_and_checks_in_and_the_admin_sees_how_they_came(demo: Demo) -> None:
    visitor = demo.sign_in(demo.told["admins"]["department"])  # not on the roster, and no staff of the project
    (shown, *enrolled), _ = photos_of_two()
    project = next(each["project"] for each in demo.told["sessions"] if each["id"] == demo.session)
    learners = len(demo.told["learners"])
    assert visitor.enrol(enrolled).status_code == 201
    assert visitor.ticket(demo.screen()).json()["code"] == "not_on_roster"
    answer(demo.organizer.call("PATCH", f"/projects/{project}", json={"is_open": True, "capacity": learners}))
    assert visitor.ticket(demo.screen()).json()["code"] == "project_full"
    answer(demo.organizer.call("PATCH", f"/projects/{project}", json={"capacity": learners + 1}))
    ticket = answer(visitor.ticket(demo.screen()), 201)["ticket"]
    assert answer(visitor.check_in(ticket, shown), 201)["status"] in ("present", "needs_review")
    admin = demo.sign_in(demo.told["admins"]["unit"])
    number = demo.told["admins"]["department"]["cme_number"]
    assert roster(admin, project)[number] == "on_site"
