"""Venue screens: a link that shows one session's code and numbers, and opens nothing else."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.edge import AuditEntry
from models.projects import QrMode
from models.venue_machines import Screen
from tests.api import Reply
from tests.attendance.check_in.checking_in import code_of
from tests.attendance.conftest import Scene
from tests.fakes import face

pytestmark = pytest.mark.either_database


def made(scene: Scene) -> Reply:
    reply = scene.staff.post(f"/sessions/{scene.session.id}/screens")
    assert reply.status_code == 201
    return reply


def shown(scene: Scene, token: str | None) -> Reply:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return scene.api.app.test_client().get("/api/v1/screen", headers=headers)


def page(scene: Scene, token: str) -> Reply:
    return scene.api.app.test_client().get(f"/screen/{token}")


def test_a_screen_shows_the_session_the_numbers_and_the_codes_of_a_minute(scene: Scene) -> None:
    me = scene.learner("li")
    scene.check_in(me, face("li"))
    screen = made(scene)
    view = shown(scene, screen.json["token"])
    assert view.status_code == 200
    told = view.json
    assert (told["title"], told["venue"], told["expected"], told["came"]) == ("上午场", "一号会议厅", 1, 1)
    urls = [each["url"] for each in told["codes"]]
    assert len(set(urls)) == 5
    assert urls[0] == scene.shown()
    assert [one["shown_until"] for one in told["codes"][:-1]] == [one["shown_from"] for one in told["codes"][1:]]
    assert scene.people["li"].name not in view.text
    assert screen.json["url"] == f"https://cme.test/screen/{screen.json['token']}"


def test_the_codes_of_the_next_minute_are_good_in_their_time_and_not_before(scene: Scene) -> None:
    me = scene.learner("li")
    codes = [each["url"] for each in shown(scene, made(scene).json["token"]).json["codes"]]
    assert me.post("/check-in-tickets", {"qr": codes[4]}).json["code"] == "qr_invalid"
    scene.clock.turn(seconds=60)
    assert me.post("/check-in-tickets", {"qr": codes[4]}).status_code == 201


def test_its_token_opens_nothing_else_and_no_other_token_opens_it(scene: Scene) -> None:
    me = scene.learner("li")
    token = made(scene).json["token"]
    calls = [
        ("GET", "/me"), ("GET", f"/sessions/{scene.session.id}/attendance"),
        ("GET", f"/sessions/{scene.session.id}/qr"),
        ("POST", "/check-in-tickets"), ("POST", f"/sessions/{scene.session.id}/screens"), ("POST", "/kiosk/check-ins"),
    ]  # fmt: skip
    client = scene.api.app.test_client()
    for method, path in calls:
        headers = {"Authorization": f"Bearer {token}"}
        reply = client.open(f"/api/v1{path}", method=method, headers=headers, json={} if method == "POST" else None)
        assert reply.status_code == 401, path
    for other in (None, "x", scene.staff.token, me.token):
        assert code_of(shown(scene, other)) == (401, "machine_unknown")


def test_only_the_organizer_makes_lists_and_revokes_screens(scene: Scene) -> None:
    me = scene.learner("li")
    path = f"/sessions/{scene.session.id}/screens"
    assert me.post(path).status_code == 403
    screen = made(scene)
    (listed,) = scene.staff.get(path).json["items"]
    assert (listed["id"], listed["maker"]["name"], listed["revoked_at"]) == (
        screen.json["id"], scene.organizer.name, None,
    )  # fmt: skip
    assert screen.json["token"] not in scene.staff.get(path).text
    stranger = scene.api.as_(scene.make.organizer(scene.make.unit()))
    assert stranger.delete(f"/screens/{screen.json['id']}").status_code == 403
    for _ in range(2):
        assert scene.staff.delete(f"/screens/{screen.json['id']}").status_code == 204
    gone = shown(scene, screen.json["token"])
    assert (code_of(gone), gone.json["why"]) == ((403, "machine_ended"), "revoked")
    acts = scene.db.scalars(select(AuditEntry.action).where(AuditEntry.subject_kind == "screen")).all()
    assert sorted(acts) == ["screen.add", "screen.revoke"]


def test_it_ends_with_the_session(scene: Scene) -> None:
    token = made(scene).json["token"]
    scene.clock.set(scene.session.out_closes_at - timedelta(seconds=1))
    assert shown(scene, token).status_code == 200
    scene.clock.turn(seconds=1)
    over = shown(scene, token)
    assert (code_of(over), over.json["why"]) == ((403, "machine_ended"), "session_over")
    scene.staff = scene.api.as_(scene.organizer)
    assert code_of(scene.staff.post(f"/sessions/{scene.session.id}/screens")) == (403, "machine_ended")


def test_a_cancelled_session_shows_why_and_no_code(scene: Scene) -> None:
    token = made(scene).json["token"]
    assert scene.staff.post(f"/sessions/{scene.session.id}/cancellation", {"reason": "台风"}).status_code == 200
    view = shown(scene, token).json
    assert (view["codes"], view["cancellation_reason"]) == ([], "台风")
    assert "台风" in page(scene, token).text


def test_a_printed_code_is_alone(scene: Scene) -> None:
    scene.session = scene.make.session(
        scene.project, qr_mode=QrMode.PRINTED, latitude=30.25, longitude=120.17, radius_m=300
    )
    (code,) = shown(scene, made(scene).json["token"]).json["codes"]
    assert (code["url"], code["shown_until"]) == (scene.shown(), None)


def test_the_page_has_the_code_and_loads_itself_anew_without_script(scene: Scene) -> None:
    screen = made(scene)
    scene.clock.turn(seconds=-(int(scene.clock.now().timestamp()) % 15))
    shows = page(scene, screen.json["token"])
    assert (shows.status_code, shows.mimetype) == (200, "text/html")
    assert '<meta http-equiv="refresh" content="15">' in shows.text
    assert "<svg" in shows.text
    assert "<script" not in shows.text
    assert shows.headers["Content-Security-Policy"].startswith("default-src 'none'")
    gone = page(scene, "x")
    assert "此屏幕已停用" in gone.text
    assert "refresh" not in gone.text


def test_only_the_hash_of_the_secret_is_stored(scene: Scene) -> None:
    token = made(scene).json["token"]
    scene.db.rollback()
    (row,) = scene.db.scalars(select(Screen))
    assert token.encode() not in row.token_hash
    assert len(row.token_hash) == 32
