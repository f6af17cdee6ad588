"""The phone of a check-in: that of the ticket; shared phones are allowed, shown or refused."""

import pytest

from models.projects import SharedDevices
from tests.api import Reply
from tests.attendance.check_in.checking_in import at_once, code_of, rows
from tests.attendance.conftest import Scene
from tests.fakes import face

pytestmark = pytest.mark.either_database


def policy(scene: Scene, policy: SharedDevices) -> None:
    reply = scene.staff.patch(f"/sessions/{scene.session.id}", {"shared_devices": policy.value})
    assert (reply.status_code, reply.json["shared_devices"]) == (200, policy.value)


def check_in(scene: Scene, name: str, *, asked: str | None, sent: str | None):
    me = scene.api.as_(scene.people[name])
    ticket = scene.ticket(me, **({"device_id": asked} if asked else {}))
    return scene.check_in(me, face(name), ticket=ticket, **({"device_id": sent} if sent else {}))


def device_on_card(scene: Scene, name: str, reply: Reply) -> str:
    attempt = reply.json.get("attempt") or reply.json["attempt_id"]
    card = scene.api.as_(scene.people[name]).get(f"/attempts/{attempt}").json
    return {each["of"]: each["result"] for each in card["checks"]}["device"]


@pytest.mark.parametrize(
    ("asked", "sent", "result"), [("a", "a", "passed"), ("a", None, "not_asked"), (None, None, "not_asked")]
)
def test_the_card_tells_whether_a_phone_was_compared(
    scene: Scene, asked: str | None, sent: str | None, result: str
) -> None:
    scene.learner("li")
    reply = check_in(scene, "li", asked=asked, sent=sent)
    assert reply.status_code == 201
    assert device_on_card(scene, "li", reply) == result


@pytest.mark.parametrize("asked", ["a", None])
def test_another_phone_than_that_of_the_ticket_is_refused(scene: Scene, asked: str | None) -> None:
    scene.learner("li")
    reply = check_in(scene, "li", asked=asked, sent="b")
    assert code_of(reply) == (403, "ticket_not_yours")
    assert device_on_card(scene, "li", reply) == "failed"


def test_a_shared_phone_is_shown_to_staff_and_refuses_nobody(scene: Scene) -> None:
    for name in ("li", "wang"):
        scene.learner(name)
    replies = [check_in(scene, name, asked="a", sent="a") for name in ("li", "wang")]
    assert [each.status_code for each in replies] == [201, 201]
    assert device_on_card(scene, "wang", replies[1]) == "unverified"
    (signal,) = scene.staff.get(f"/sessions/{scene.session.id}/signals").json["items"]
    assert (signal["kind"], signal["count"]) == ("shared_device", 2)
    assert {each["name"] for each in signal["people"]} == {"li", "wang"}


def test_where_shared_phones_are_allowed_nothing_is_shown(scene: Scene) -> None:
    policy(scene, SharedDevices.ALLOWED)
    for name in ("li", "wang"):
        scene.learner(name)
    replies = [check_in(scene, name, asked="a", sent="a") for name in ("li", "wang")]
    assert device_on_card(scene, "wang", replies[1]) == "passed"
    assert scene.staff.get(f"/sessions/{scene.session.id}/signals").json["items"] == []


def test_where_they_are_refused_the_second_person_is_told_and_the_first_can_check_in_again(scene: Scene) -> None:
    policy(scene, SharedDevices.REFUSED)
    for name in ("li", "wang"):
        scene.learner(name)
    assert check_in(scene, "li", asked="a", sent="a").status_code == 201
    refused = check_in(scene, "wang", asked="a", sent="a")
    assert code_of(refused) == (403, "device_shared")
    assert "每人使用自己的手机" in refused.json["hint"]
    assert device_on_card(scene, "wang", refused) == "failed"
    assert check_in(scene, "li", asked="a", sent="a").status_code == 200
    assert check_in(scene, "wang", asked="b", sent="b").status_code == 201


def test_of_four_people_with_one_phone_at_once_one_is_checked_in(scene: Scene) -> None:
    policy(scene, SharedDevices.REFUSED)
    tickets = {}
    for name in ("p1", "p2", "p3", "p4"):
        tickets[name] = (scene.learner(name), scene.ticket(scene.api.as_(scene.people[name]), device_id="a"))
    queue = list(tickets)

    def one():
        name = queue.pop()
        me, ticket = tickets[name]
        return scene.check_in(me, face(name), ticket=ticket, device_id="a")

    replies = at_once(4, one)
    assert sorted(each.status_code for each in replies) == [201, 403, 403, 403]
    assert len(rows(scene)) == 1
