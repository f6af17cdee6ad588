"""What public bug reports of other check-in systems tell of doors, kiosks and volunteers, tried here."""

import uuid
from datetime import timedelta

import pytest

from tests.api import Api
from tests.attendance.check_in.checking_in import code_of, rows
from tests.attendance.conftest import Scene
from tests.attendance.machines.reading import code, learner, paired, read

pytestmark = pytest.mark.either_database
WHY = "本人到场，已核对证件"


def at_door(scene: Scene) -> Api:
    """A volunteer at the door of the session."""
    person = scene.make.person(name="门口")
    named = {"cme_number": person.cme_number, "name": person.name}
    new = {**named, "tasks": ["door"], "session_id": str(scene.session.id)}
    assert scene.staff.post(f"/projects/{scene.project.id}/staff", new).status_code == 201
    return scene.api.as_(person)


def test_a_room_with_two_doors_counts_each_person_once(scene: Scene) -> None:
    """Hi.Events 889: two lists reported more people than there were, when the hall was near its limit."""
    tokens, door = (paired(scene), paired(scene)), at_door(scene)
    people = {name: learner(scene, name) for name in ("li", "wang", "zhao")}
    for token in tokens:
        for name in ("li", "wang"):
            assert read(scene, token, code(people[name])).status_code in (200, 201)
    body = {"cme_number": scene.people["li"].cme_number, "direction": "in", "reason": WHY}
    assert door.post(f"/sessions/{scene.session.id}/attendance", body).status_code == 200
    assert door.get(f"/sessions/{scene.session.id}/board").json["came"] == len(rows(scene)) == 2


def test_who_was_removed_is_not_let_in_by_a_scan_that_was_kept_since_before(scene: Scene) -> None:
    """Hi.Events 151: cancelled attendees could still be checked in."""
    me, token = learner(scene, "li"), paired(scene)
    text, at = code(me), scene.clock.now()
    path = f"/projects/{scene.project.id}/roster/{scene.people['li'].id}"
    assert scene.staff.call("DELETE", path, {"reason": "本人退出"}).status_code == 204
    scene.clock.turn(minutes=5)
    assert code_of(read(scene, token, text, scanned_at=at.isoformat())) == (403, "not_on_roster")
    assert rows(scene) == []


def test_a_volunteer_ticks_nobody_at_a_session_of_a_later_day(scene: Scene) -> None:
    """nyc-trees 1568: people were checked in days before the event."""
    learner(scene, "li")
    scene.session = scene.make.session(scene.project, starts_at=scene.clock.now() + timedelta(days=2))
    body = {"cme_number": scene.people["li"].cme_number, "direction": "in", "reason": WHY}
    assert code_of(at_door(scene).post(f"/sessions/{scene.session.id}/attendance", body)) == (409, "session_not_open")


def test_kept_scans_of_many_people_are_all_taken_in_any_order(scene: Scene) -> None:
    """Eventra 11074: all but the first one of an offline queue were dropped as its duplicates."""
    names = ["li", "wang", "zhao", "sun"]
    token, people = paired(scene), [learner(scene, name) for name in names]
    kept = [(code(who), uuid.uuid4().hex) for who in people]
    at = scene.clock.now().isoformat()
    scene.clock.turn(minutes=30)
    for text, nonce in [*reversed(kept), *kept]:
        assert read(scene, token, text, nonce, scanned_at=at).json["status"] == "needs_review"
    assert {row.person_id for row in rows(scene)} == {scene.people[name].id for name in names}


def test_a_volunteer_sees_names_and_numbers_of_their_session_and_nothing_that_identifies_further(scene: Scene) -> None:
    """Hi.Events 1224 and 936: a check-in page gave e-mail addresses and orders of everybody away."""
    person = scene.make.person(name="li", unit=scene.unit, phone="+8613800000066", id_number="330106199001011234")
    scene.make.on_roster(scene.project, person)
    door = at_door(scene)
    told = door.get(f"/sessions/{scene.session.id}/attendance?missing=1").text
    assert "li" in told
    assert "13800000066" not in told
    assert "330106199001011234" not in told
    assert code_of(door.get(f"/projects/{scene.project.id}/roster")) == (403, "forbidden")
    assert code_of(door.get(f"/people?q={person.cme_number}")) == (403, "forbidden")
