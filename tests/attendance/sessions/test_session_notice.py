"""The sign for the check-in point (PRIVACY L-10): printed by the organizer, in both languages."""

import pytest

from tests.attendance.conftest import Scene

pytestmark = pytest.mark.either_database


def test_the_sign_says_what_is_recorded_who_is_responsible_and_the_way_without_a_face(scene: Scene) -> None:
    page = scene.staff.get(f"/sessions/{scene.session.id}/notice.html")
    assert (page.status_code, page.mimetype) == (200, "text/html")
    for told in (scene.project.name, scene.session.title, scene.session.venue, scene.unit.name):
        assert told in page.text
    for words in ("记录什么", "What is recorded", "由谁负责", "Who is responsible", "You can check in without a face"):
        assert words in page.text
    assert "size: A4" in page.text
    assert "<script" not in page.text
    assert "style-src 'nonce-" in page.headers["Content-Security-Policy"]


def test_the_location_is_told_of_only_where_it_is_asked_for(scene: Scene) -> None:
    path = f"/sessions/{scene.session.id}/notice.html"
    assert "coordinate" not in scene.staff.get(path).text
    scene.session.latitude, scene.session.longitude, scene.session.radius_m = 30.25, 120.16, 200
    scene.db.commit()
    assert "never a coordinate" in scene.staff.get(path).text


def test_a_kiosk_is_told_of_while_there_is_one(scene: Scene) -> None:
    path = f"/sessions/{scene.session.id}/notice.html"
    code = scene.staff.post(f"/sessions/{scene.session.id}/kiosks", {}).json["pairing_code"]
    assert "我的二维码" not in scene.staff.get(path).text
    paired = scene.api.post("/kiosks", {"pairing_code": code, "name": "门口"})
    assert paired.status_code == 201
    assert "我的二维码" in scene.staff.get(path).text
    assert scene.staff.delete(f"/kiosks/{paired.json['id']}").status_code == 204
    assert "我的二维码" not in scene.staff.get(path).text


def test_names_on_the_sign_are_no_markup(scene: Scene) -> None:
    scene.session.title = "<b>上午</b>"
    scene.db.commit()
    page = scene.staff.get(f"/sessions/{scene.session.id}/notice.html").text
    assert "<b>上午" not in page
    assert "&lt;b&gt;上午" in page


def test_it_is_for_the_organizer_alone(scene: Scene) -> None:
    path = f"/sessions/{scene.session.id}/notice.html"
    assert scene.learner("li").get(path).status_code == 403
    stranger = scene.api.as_(scene.make.organizer(scene.make.unit()))
    assert stranger.get(path).status_code in (403, 404)
    missing = scene.staff.get("/sessions/019aafc0-7b1c-7e4f-8a13-0123456789ab/notice.html")
    assert (missing.status_code, missing.json["code"]) == (404, "not_found")
