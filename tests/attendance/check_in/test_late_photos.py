"""A network that fails: photos that were taken in time and come late wait for staff, and nothing is lost."""

from datetime import datetime, timedelta

import pytest

from models.attendance import CheckInStatus, ReviewReason
from tests.api import Reply, new_key
from tests.attendance.check_in.checking_in import at_once, code_of, results, rows
from tests.attendance.conftest import Scene
from tests.fakes import face

pytestmark = pytest.mark.either_database


def back(scene: Scene, name: str = "li", **by: float) -> None:
    """Let time pass until the network is back, and sign everybody in anew."""
    scene.clock.turn(**by)
    scene.staff = scene.api.as_(scene.organizer)


def send(scene: Scene, ticket: str, captured_at: datetime | None, *, name: str = "li", key: str | None = None) -> Reply:
    more = {"captured_at": captured_at.isoformat()} if captured_at is not None else {}
    me = scene.api.as_(scene.people[name])
    return me.send_photos("/check-ins", [face(name)], key=key, ticket=ticket, **more)


def taken(scene: Scene, name: str = "li") -> tuple[str, datetime]:
    """A ticket, and the moment ten seconds later at which the photo is taken."""
    ticket = scene.ticket(scene.learner(name))
    scene.clock.turn(seconds=10)
    return ticket, scene.clock.now()


def test_late_with_its_time_it_waits_for_staff_and_tells_both_times(scene: Scene) -> None:
    ticket, at = taken(scene)
    back(scene, minutes=25)
    assert code_of(send(scene, ticket, None)) == (410, "ticket_expired")
    reply = send(scene, ticket, at)
    assert (reply.status_code, reply.json["status"], reply.json["review"]["code"]) == (201, "needs_review", "sent_late")
    assert datetime.fromisoformat(reply.json["captured_at"]) == at
    assert datetime.fromisoformat(reply.json["checked_in_at"]) == scene.clock.now()
    (listed,) = scene.staff.get(f"/sessions/{scene.session.id}/attendance").json["items"]
    assert (listed["review_reason"], datetime.fromisoformat(listed["captured_at"])) == ("sent_late", at)
    decision = {"decision": "accept", "reason": "断网，已核对"}
    decided = scene.staff.post(f"/check-ins/{reply.json['id']}/decision", decision)
    assert decided.json["status"] == "present"  # scanned before the start


def test_sent_again_it_is_the_same_receipt_with_and_without_the_key(scene: Scene) -> None:
    ticket, at = taken(scene)
    back(scene, minutes=25)
    key = new_key()
    first, again, bare = (send(scene, ticket, at, key=each) for each in (key, key, None))
    assert [each.status_code for each in (first, again, bare)] == [201, 201, 200]
    assert first.json["receipt"] == again.json["receipt"] == bare.json["receipt"]
    assert len(rows(scene)) == 1


def test_six_at_once_are_one_check_in(scene: Scene) -> None:
    ticket, at = taken(scene)
    back(scene, minutes=25)
    replies = at_once(6, lambda: send(scene, ticket, at))
    assert {each.status_code for each in replies} <= {200, 201}
    assert len({each.json["receipt"] for each in replies}) == len(rows(scene)) == 1


def test_within_the_ticket_a_time_changes_nothing(scene: Scene) -> None:
    ticket, at = taken(scene)
    reply = send(scene, ticket, at)
    assert (reply.json["status"], reply.json["captured_at"]) == ("present", None)


@pytest.mark.parametrize(
    ("shift", "why", "words"),
    [
        ({"hours": 2}, "future", "校准手机时间"),
        ({"seconds": -15}, "before_scan", "扫码"),
        ({"minutes": 3}, "after_ticket", "凭证失效"),
        ({"minutes": 24}, "after_ticket", "凭证失效"),
    ],
)
def test_a_time_that_does_not_fit_is_told(scene: Scene, shift: dict[str, float], why: str, words: str) -> None:
    ticket, at = taken(scene)
    back(scene, minutes=25)
    reply = send(scene, ticket, at + timedelta(**shift))
    assert code_of(reply) == (422, "captured_at_invalid")
    assert (reply.json["why"], "captured_at" in reply.json["errors"]) == (why, True)
    assert words in reply.json["hint"]
    assert results(scene)[-1] == "captured_at_invalid"
    assert rows(scene) == []


def test_a_photo_of_after_the_window_is_told_so_and_one_of_its_last_second_is_good(scene: Scene) -> None:
    scene.clock.set(scene.session.in_closes_at - timedelta(seconds=30))
    scene.staff = scene.api.as_(scene.organizer)
    ticket = scene.ticket(scene.learner("li"))
    back(scene, minutes=5)
    late = send(scene, ticket, scene.session.in_closes_at)
    assert (code_of(late), late.json["why"]) == ((422, "captured_at_invalid"), "after_window")
    assert send(scene, ticket, scene.session.in_closes_at - timedelta(seconds=1)).json["status"] == "needs_review"


def test_an_hour_after_the_window_it_is_too_late(scene: Scene) -> None:
    ticket, at = taken(scene)
    other, other_at = taken(scene, "wang")
    scene.clock.set(scene.session.in_closes_at + timedelta(minutes=59, seconds=59))
    assert send(scene, ticket, at).status_code == 201
    scene.clock.turn(seconds=1)
    assert code_of(send(scene, other, other_at, name="wang")) == (410, "ticket_expired")


def test_a_ticket_whose_tries_are_used_up_takes_no_late_photo(scene: Scene) -> None:
    ticket, at = taken(scene)
    me = scene.api.as_(scene.people["li"])
    for number in range(5):
        assert scene.check_in(me, face(f"stranger{number}"), ticket=ticket).json["code"] == "face_mismatch"
    back(scene, minutes=5)
    assert code_of(send(scene, ticket, at)) == (410, "ticket_expired")


def test_a_late_stranger_is_a_stranger(scene: Scene) -> None:
    ticket, at = taken(scene)
    back(scene, minutes=5)
    me = scene.api.as_(scene.people["li"])
    reply = me.send_photos("/check-ins", [face("wang")], ticket=ticket, captured_at=at.isoformat())
    assert code_of(reply) == (403, "face_mismatch")


def test_a_session_that_was_closed_early_takes_no_photo_of_later(scene: Scene) -> None:
    ticket, at = taken(scene)
    back(scene, seconds=20)
    assert scene.staff.post(f"/sessions/{scene.session.id}/closing", {"reason": "提前结束"}).status_code == 200
    closed = scene.clock.now()
    back(scene, minutes=10)
    assert send(scene, ticket, closed + timedelta(seconds=1)).json["why"] == "after_window"
    assert send(scene, ticket, at).json["status"] == "needs_review"


def test_rejected_by_staff_it_stays_rejected(scene: Scene) -> None:
    ticket, at = taken(scene)
    back(scene, minutes=5)
    made = send(scene, ticket, at)
    scene.staff.post(f"/check-ins/{made.json['id']}/decision", {"decision": "reject", "reason": "不在现场"})
    assert send(scene, ticket, at).json["status"] == "rejected"
    (row,) = rows(scene)
    assert row.status is CheckInStatus.REJECTED


def test_a_clear_check_in_takes_the_place_of_a_late_one(scene: Scene) -> None:
    ticket, at = taken(scene)
    back(scene, minutes=5)
    assert send(scene, ticket, at).json["status"] == "needs_review"
    clear = scene.check_in(scene.api.as_(scene.people["li"]), face("li", off=0.01))
    assert (clear.json["status"], clear.json["captured_at"]) == ("present", None)


def test_a_phone_whose_clock_rounds_to_seconds_is_believed(scene: Scene) -> None:
    ticket, at = taken(scene)
    back(scene, minutes=5)
    assert send(scene, ticket, at - timedelta(seconds=10, milliseconds=600)).status_code == 201


@pytest.mark.parametrize("text", ["noon", "2026-11-30T10:00:00", "9999-12-31T23:59:59+00:00", ""])
def test_a_time_that_is_none_is_422(scene: Scene, text: str) -> None:
    ticket, _ = taken(scene)
    me = scene.api.as_(scene.people["li"])
    reply = me.send_photos("/check-ins", [face("li")], ticket=ticket, captured_at=text)
    assert code_of(reply) == (422, "invalid_input")


def test_the_reason_has_a_name_for_staff() -> None:
    assert ReviewReason("sent_late") is ReviewReason.SENT_LATE
