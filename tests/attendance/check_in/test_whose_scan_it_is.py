"""A scan belongs to the first person who uses it, and stays theirs while they sign in and enrol (X-1)."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from models.attendance import CheckInAttempt
from models.scans import PendingScan
from tests.attendance.check_in.checking_in import at_once, code_of, results
from tests.attendance.check_in.scanning import ask, scanned, ticket
from tests.attendance.conftest import Scene
from tests.fakes import face

pytestmark = pytest.mark.either_database


def test_a_forwarded_cookie_gives_its_first_person_tickets_and_nobody_else(scene: Scene) -> None:
    scene.learner("li")
    scene.learner("wang")
    cookie = scanned(scene)
    assert ticket(scene, "li", cookie).status_code == 201
    assert ticket(scene, "li", cookie).status_code == 201
    refused = ticket(scene, "wang", cookie)
    assert code_of(refused) == (403, "scan_not_yours")
    assert "自己的手机" in refused.json["hint"]
    scene.db.rollback()
    (kept,) = scene.db.scalars(select(CheckInAttempt).where(CheckInAttempt.person_id == scene.people["wang"].id))
    assert (kept.result, kept.session_id) == ("scan_not_yours", scene.session.id)


def test_of_many_who_send_one_cookie_at_once_one_gets_a_ticket(scene: Scene) -> None:
    names = [f"p{number}" for number in range(4)]
    for name in names:
        scene.learner(name)
    cookie, queue = scanned(scene), list(names)
    replies = at_once(len(names), lambda: ticket(scene, queue.pop(), cookie))
    assert sorted(each.status_code for each in replies) == [201, 403, 403, 403]
    scene.db.rollback()
    assert len(scene.db.scalars(select(PendingScan)).all()) == 1


def test_whoever_must_enrol_first_keeps_the_scan_for_fifteen_minutes(scene: Scene) -> None:
    scene.learner("li", is_enrolled=False)
    scene.clock.turn(minutes=9)
    cookie = scanned(scene)
    scene.clock.turn(minutes=2, seconds=59)
    refused = ticket(scene, "li", cookie)
    assert code_of(refused) == (409, "face_not_enrolled")
    held = ask(scene, "GET", "/scan-proof", name="li")
    assert held.status_code == 200
    assert held.json["session"]["id"] == str(scene.session.id)
    assert held.json["direction"] == "in"
    assert datetime.fromisoformat(held.json["until"]) == scene.clock.now() + timedelta(minutes=15)
    scene.clock.turn(minutes=14, seconds=59)
    me = scene.api.as_(scene.people["li"])
    assert me.enrol(face("li")).status_code == 201
    given = ticket(scene, "li")
    assert given.status_code == 201
    done = scene.check_in(me, face("li"), ticket=given.json["ticket"])
    assert (done.status_code, done.json["status"]) == (201, "present")  # scanned before the start


def test_the_scan_of_the_app_is_kept_too_for_whoever_must_enrol_first(scene: Scene) -> None:
    me = scene.learner("li", is_enrolled=False)
    assert scene.ask(me).json["code"] == "face_not_enrolled"
    scene.clock.turn(minutes=5)
    me.enrol(face("li"))
    assert ticket(scene, "li").status_code == 201


def test_after_fifteen_minutes_the_scan_is_over(scene: Scene) -> None:
    scene.learner("li")
    cookie = scanned(scene)
    assert ask(scene, "POST", "/scan-proof", name="li", cookie=cookie).status_code == 201
    scene.clock.turn(minutes=15)
    assert ask(scene, "GET", "/scan-proof", name="li").status_code == 404
    assert code_of(ticket(scene, "li")) == (422, "qr_invalid")
    assert code_of(ticket(scene, "li", cookie)) == (410, "qr_expired")


def test_holding_a_scan_again_does_not_make_it_last_longer(scene: Scene) -> None:
    scene.learner("li")
    cookie = scanned(scene)
    first = ask(scene, "POST", "/scan-proof", name="li", cookie=cookie)
    scene.clock.turn(minutes=10)
    again = ask(scene, "POST", "/scan-proof", name="li", cookie=cookie)
    assert (again.status_code, again.json["until"]) == (201, first.json["until"])


def test_a_held_scan_gives_tickets_without_the_cookie_to_its_person_alone(scene: Scene) -> None:
    scene.learner("li")
    scene.learner("wang")
    cookie = scanned(scene)
    assert ask(scene, "POST", "/scan-proof", name="li", cookie=cookie).status_code == 201
    assert ticket(scene, "li").status_code == 201
    assert code_of(ticket(scene, "wang")) == (422, "qr_invalid")
    assert code_of(ask(scene, "POST", "/scan-proof", name="wang", cookie=cookie)) == (403, "scan_not_yours")
    assert ask(scene, "GET", "/scan-proof", name="wang", cookie=cookie).status_code == 404


def test_looking_at_the_scan_of_a_browser_makes_it_nobodys(scene: Scene) -> None:
    scene.learner("li")
    scene.learner("wang")
    cookie = scanned(scene)
    seen = ask(scene, "GET", "/scan-proof", cookie=cookie)
    assert (seen.status_code, set(seen.json)) == (200, {"session", "direction", "until"})
    assert datetime.fromisoformat(seen.json["until"]) == scene.clock.now() + timedelta(minutes=3)
    assert ask(scene, "GET", "/scan-proof", name="li", cookie=cookie).status_code == 200
    assert ticket(scene, "wang", cookie).status_code == 201
    assert ask(scene, "GET", "/scan-proof", cookie=cookie).status_code == 404  # somebody's now


@pytest.mark.parametrize("cookie", [None, "cme_scan=", "cme_scan=x.y.z"])
def test_without_a_scan_there_is_nothing_to_tell_or_to_hold(scene: Scene, cookie: str | None) -> None:
    scene.learner("li")
    assert ask(scene, "GET", "/scan-proof", cookie=cookie).status_code == 404
    assert ask(scene, "GET", "/scan-proof", name="li", cookie=cookie).status_code == 404
    assert code_of(ask(scene, "POST", "/scan-proof", name="li", cookie=cookie)) == (422, "qr_invalid")
    assert ask(scene, "POST", "/scan-proof", cookie=cookie).status_code == 401


def test_a_bad_token_is_told_although_the_browser_holds_a_scan(scene: Scene) -> None:
    cookie = scanned(scene)
    client = scene.api.app.test_client(use_cookies=False)
    reply = client.get("/api/v1/scan-proof", headers={"Cookie": cookie, "Authorization": "Bearer x.y.z"})
    assert reply.status_code == 401


def test_an_expired_code_falls_back_to_the_scan_of_the_same_session(scene: Scene) -> None:
    scene.learner("li")
    scene.learner("wang")
    text = scene.shown()
    cookie = scanned(scene, text)
    scene.clock.turn(minutes=1)
    assert code_of(ticket(scene, "wang", qr=text)) == (410, "qr_expired")
    assert ticket(scene, "li", cookie, qr=text).status_code == 201
    assert ticket(scene, "li", qr=text).status_code == 201  # it is pending now
    assert code_of(ticket(scene, "wang", cookie, qr=text)) == (410, "qr_expired")


def test_an_expired_code_never_falls_back_to_another_session(scene: Scene) -> None:
    scene.learner("li")
    other = scene.make.session(scene.project)
    text = scene.shown()
    cookie = scanned(scene, scene.shown(other))
    scene.clock.turn(minutes=1)
    assert code_of(ticket(scene, "li", cookie, qr=text)) == (410, "qr_expired")
    assert ticket(scene, "li", cookie).json["session"]["id"] == str(other.id)


def test_on_a_shared_phone_the_second_person_uses_their_own_scan_in_spite_of_the_firsts_cookie(scene: Scene) -> None:
    scene.learner("li")
    scene.learner("wang")
    cookie = scanned(scene)
    assert ticket(scene, "li", cookie).status_code == 201
    mine = scanned(scene)
    assert ask(scene, "POST", "/scan-proof", name="wang", cookie=mine).status_code == 201
    assert ticket(scene, "wang", cookie).status_code == 201


def test_the_newest_of_ones_scans_is_used(scene: Scene) -> None:
    scene.learner("li")
    other = scene.make.session(scene.project)
    for session in (scene.session, other):
        ask(scene, "POST", "/scan-proof", name="li", cookie=scanned(scene, scene.shown(session)))
        scene.clock.turn(seconds=20)
    assert ticket(scene, "li").json["session"]["id"] == str(other.id)


def test_a_machine_whose_clock_is_seconds_ahead_signs_proofs_that_are_good_at_once(scene: Scene) -> None:
    scene.learner("li")
    scene.clock.turn(seconds=4)
    cookie = scanned(scene)
    scene.clock.turn(seconds=-4)
    assert ticket(scene, "li", cookie).status_code == 201


def test_a_clock_that_jumps_back_makes_no_proof_last_longer(scene: Scene) -> None:
    scene.learner("li")
    cookie = scanned(scene)
    scene.clock.turn(minutes=-10)
    assert code_of(ticket(scene, "li", cookie)) == (410, "qr_expired")


def test_nobody_outside_the_roster_gets_a_ticket_for_a_scan_of_their_own(scene: Scene) -> None:
    scene.learner("li", is_expected=False)
    cookie = scanned(scene)
    assert ask(scene, "POST", "/scan-proof", name="li", cookie=cookie).status_code == 201
    assert code_of(ticket(scene, "li")) == (403, "not_on_roster")
    assert results(scene) == ["not_on_roster"]
