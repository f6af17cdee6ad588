"""A ticket is for its owner and their device, for two minutes, and for checking in alone."""

import pytest
from sqlalchemy import select

from models.attendance import CheckInAttempt
from tests.api import Api
from tests.attendance.check_in.checking_in import DOUBTFUL, code_of, results
from tests.attendance.conftest import Scene
from tests.fakes import face


def test_a_ticket_is_its_owners_alone(scene: Scene) -> None:
    ticket = scene.ticket(scene.learner("li"))
    other = scene.learner("wang")
    assert code_of(scene.check_in(other, face("wang"), ticket=ticket)) == (403, "ticket_not_yours")
    (attempt,) = scene.db.scalars(select(CheckInAttempt))
    assert attempt.person_id == scene.people["wang"].id


def test_a_ticket_stays_on_its_device(scene: Scene) -> None:
    me = scene.learner("li")
    ticket = scene.ticket(me, device_id="phone-1")
    moved = scene.check_in(me, face("li"), ticket=ticket, device_id="phone-2")
    assert code_of(moved) == (403, "ticket_not_yours")
    assert scene.check_in(me, face("li"), ticket=ticket, device_id="phone-1").status_code == 201


def test_a_ticket_ends_after_two_minutes(scene: Scene) -> None:
    me = scene.learner("li")
    ticket = scene.ticket(me)
    scene.clock.turn(seconds=119)
    assert scene.check_in(me, face("wang"), ticket=ticket).status_code == 403
    scene.clock.turn(seconds=1)
    assert code_of(scene.check_in(me, face("li"), ticket=ticket)) == (410, "ticket_expired")
    assert results(scene) == ["face_mismatch", "ticket_expired"]


@pytest.mark.parametrize("forge", ["cut", "none", "access token", "empty", "long"])
def test_a_forged_ticket_is_refused(scene: Scene, forge: str) -> None:
    me = scene.learner("li")
    ticket = scene.ticket(me)
    head = "eyJhbGciOiJub25lIiwidHlwIjoiY21lLWNoZWNrLWluLXRpY2tldCtqd3QifQ"
    forged = {
        "cut": ticket[:-3] + ("AAA" if not ticket.endswith("AAA") else "BBB"),
        "none": f"{head}.{ticket.split('.')[1]}.",
        "access token": str(me.token),
        "empty": "x",
        "long": "x" * 2000,
    }[forge]
    reply = scene.check_in(me, face("li"), ticket=forged)
    assert code_of(reply) == (422, "ticket_invalid")
    assert results(scene) == []


def test_a_ticket_opens_no_other_door(scene: Scene) -> None:
    me = scene.learner("li")
    assert Api(scene.api.app, scene.ticket(me)).get("/me").status_code == 401


def test_an_expired_ticket_still_gives_the_check_in_that_it_made(scene: Scene) -> None:
    me = scene.learner("li")
    ticket = scene.ticket(me)
    first = scene.check_in(me, face("li", off=DOUBTFUL), ticket=ticket)
    scene.clock.turn(minutes=2)
    again = scene.check_in(me, face("li"), ticket=ticket)
    assert (again.status_code, again.json) == (200, first.json)
