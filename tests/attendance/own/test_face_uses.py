"""The privacy wallet (X-6): each use of my face, also after it is deleted, and never a number."""

import pytest

from tests.api import Api
from tests.attendance.check_in.checking_in import DOUBTFUL
from tests.attendance.conftest import Scene
from tests.fakes import face

pytestmark = pytest.mark.either_database


def uses(who: Api, query: str = "") -> list[tuple[str, str | None]]:
    reply = who.get(f"/me/face/uses{query}")
    assert reply.status_code == 200
    return [(each["kind"], each["result"]) for each in reply.json["items"]]


def used(scene: Scene) -> Api:
    """A learner who was enrolled, refused once, and then checked in."""
    me = scene.learner("li")
    ticket = scene.ticket(me)
    assert scene.check_in(me, face("somebody"), ticket=ticket).status_code == 403
    assert scene.check_in(me, face("li", off=0.1), ticket=ticket).status_code == 201
    return me


ALL = [("check_in", "present"), ("check_in", "face_mismatch"), ("enrol", "active")]


def test_each_use_is_listed_newest_first_with_session_result_and_model(scene: Scene) -> None:
    me = used(scene)
    assert uses(me) == ALL
    newest, refused, enrolled = me.get("/me/face/uses").json["items"]
    assert newest["session"]["id"] == refused["session"]["id"] == str(scene.session.id)
    assert newest["session"]["project"]["name"] == scene.project.name
    assert (newest["direction"], newest["title"]) == ("in", None)
    assert refused["title"]
    assert enrolled["model"] in newest["model"].split("+")  # a comparison names all networks that it used
    assert (enrolled["session"], enrolled["direction"]) == (None, None)


def test_no_use_has_a_number_of_the_face(scene: Scene) -> None:
    for use in used(scene).get("/me/face/uses").json["items"]:
        assert set(use) == {"id", "at", "kind", "session", "direction", "result", "title", "hint", "model"}


def test_the_uses_can_be_read_after_the_face_is_deleted(scene: Scene) -> None:
    me = used(scene)
    assert me.delete("/me/face-consent").status_code == 204
    assert uses(me) == ALL


def test_pages_follow_each_other_across_both_kinds(scene: Scene) -> None:
    me = used(scene)
    found, cursor = [], ""
    for _ in ALL:
        page = me.get(f"/me/face/uses?limit=1{cursor}").json
        found += [(each["kind"], each["result"]) for each in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert (found, page["next_cursor"]) == (ALL, None)


def test_one_that_waits_is_a_use_and_what_used_no_face_is_none(scene: Scene) -> None:
    me = scene.learner("li")
    ticket = scene.ticket(me)
    assert me.post("/check-in-tickets", {"qr": "no code"}).status_code == 422
    assert uses(me) == [("enrol", "active")]
    assert scene.check_in(me, face("li", off=DOUBTFUL), ticket=ticket).json["status"] == "needs_review"
    assert uses(me)[0] == ("check_in", "needs_review")


def test_nobody_sees_the_uses_of_another_face(scene: Scene) -> None:
    used(scene)
    assert uses(scene.learner("wang", is_enrolled=False)) == []
    assert uses(scene.staff) == []
