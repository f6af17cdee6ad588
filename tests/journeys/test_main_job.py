"""The main job as people do it: the real service, real faces, over HTTP."""

from typing import Any

import httpx
import jwt
import pytest

from tests.api import new_key
from tests.journeys.conftest import Demo
from tests.journeys.main_job import photos_of_two
from tests.journeys.phone import Phone

pytestmark = pytest.mark.slow


def problem(reply: httpx.Response) -> tuple[int, str]:
    assert reply.headers["Content-Type"] == "application/problem+json"
    return reply.status_code, reply.json()["code"]


def test_two_people_enrol_check_in_and_see_it_and_one_withdraws(demo: Demo) -> None:
    (mine, *my_enrolment), (theirs, *their_enrolment) = photos_of_two()
    me, other, third = (demo.learner(place) for place in range(3))

    assert problem(me.ticket(demo.screen())) == (409, "face_not_enrolled")
    assert me.enrol(my_enrolment).status_code == 201
    assert other.enrol(their_enrolment).status_code == 201
    assert problem(third.enrol(my_enrolment)) == (409, "face_belongs_to_another_account")
    assert problem(me.enrol(my_enrolment)) == (409, "face_already_enrolled")

    ticket = demo.ticket(me)
    assert problem(other.check_in(ticket, theirs)) == (403, "ticket_not_yours")
    assert problem(me.check_in(ticket, theirs)) == (403, "face_mismatch")
    assert problem(me.check_in(ticket, b"\xff\xd8\xff no photo")) in {(422, "photo_broken"), (415, "photo_unsupported")}
    key = new_key()
    done = me.check_in(ticket, mine, key)
    assert done.status_code == 201, done.text
    assert done.json()["status"] in ("present", "needs_review")
    again = me.check_in(ticket, mine, key)
    assert (again.status_code, again.json()) == (201, done.json())
    _is_signed_by_the_published_key(demo.base_url, done.json())

    assert other.check_in(demo.ticket(other), theirs).status_code == 201
    assert me.check_in(demo.ticket(me), mine).json()["id"] == done.json()["id"]

    history = me.call("GET", "/me/attendance").json()["items"]
    mine_there = [check_in for project in history for each in project["sessions"] for check_in in each["check_ins"]]
    assert [check_in["id"] for check_in in mine_there] == [done.json()["id"]]
    attended = demo.organizer.call("GET", f"/sessions/{demo.session}/attendance").json()["items"]
    assert len(attended) == 2
    assert attended[0]["person"]["cme_number"] == demo.told["learners"][0]["cme_number"]
    assert problem(me.call("GET", f"/sessions/{demo.session}/attendance")) == (403, "forbidden")

    assert me.call("DELETE", "/me/face-consent").status_code == 204
    assert me.call("GET", "/me/face").json()["enrolled"] is False
    assert problem(me.ticket(demo.screen())) == (409, "face_not_enrolled")
    assert me.call("GET", "/me/attendance").json()["items"] == history  # the check-in stands
    assert third.enrol(my_enrolment).status_code == 201  # the face is nobody's now


def test_sms_codes_and_refresh_tokens_work_across_the_web_workers(demo: Demo) -> None:
    phone = demo.told["learners"][5]["phone"]
    with Phone(demo.base_url) as nobody:
        assert nobody.call("POST", "/auth/sms-codes", json={"phone": phone}).status_code == 202
        assert problem(nobody.call("POST", "/auth/sms-codes", json={"phone": phone})) == (429, "too_many_attempts")
        with httpx.Client(base_url=demo.base_url, trust_env=False) as developer:
            code = developer.get("/dev/outbox", params={"phone": phone}).json()["code"]
        pair = nobody.call("POST", "/auth/login", json={"phone": phone, "code": code}).json()

    def call(method: str, path: str, token: str) -> httpx.Response:
        with Phone(demo.base_url) as somebody:  # a connection each, so that any worker may take it
            return somebody.call(method, path, headers={"Authorization": f"Bearer {token}"})

    answers = [call("POST", "/auth/refresh", pair["refresh_token"]) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200] * 4  # an answer may have been lost on its way
    (following,) = {(answer.json()["access_token"], answer.json()["refresh_token"]) for answer in answers}
    assert call("GET", "/me", following[0]).status_code == 200
    assert call("POST", "/auth/refresh", following[1]).status_code == 200  # now it has arrived for certain
    assert call("POST", "/auth/refresh", pair["refresh_token"]).status_code == 401
    assert call("POST", "/auth/refresh", following[1]).status_code == 401  # the whole family has ended


def _is_signed_by_the_published_key(base_url: str, check_in: dict[str, Any]) -> None:
    keys = httpx.get(f"{base_url}/.well-known/jwks.json", trust_env=False).json()
    key = jwt.PyJWKSet.from_dict(keys)[jwt.get_unverified_header(check_in["receipt"])["kid"]]
    signed = jwt.decode(check_in["receipt"], key, ["EdDSA"], options={"verify_aud": False})
    assert (signed["jti"], signed["session"]) == (check_in["id"], check_in["session"]["id"])
