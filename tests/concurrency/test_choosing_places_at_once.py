"""Learners who choose and give back places at the same moment: never more held than there are, nobody passed over."""

from collections import Counter
from datetime import timedelta

from sqlalchemy import select

from models.projects import SessionPlace
from tests.api import Api
from tests.attendance.conftest import Scene
from tests.concurrency.at_once import at_once

CROWD, ROOM = 12, 5


def places(scene: Scene) -> dict[tuple[object, bool], int]:
    scene.db.expire_all()
    return Counter((each.session_id, each.is_waiting) for each in scene.db.scalars(select(SessionPlace)))


def test_a_crowd_gets_as_many_places_as_there_are_and_those_given_back_are_filled(scene: Scene) -> None:
    starts_at = scene.clock.now() + timedelta(hours=1)
    hall = scene.make.session(scene.project, starts_at=starts_at, capacity=ROOM)
    people = [scene.learner(f"n{place}", is_enrolled=False) for place in range(CROWD)]
    path = f"/sessions/{hall.id}/place"
    replies = at_once([lambda who=who: Api(who.app, who.token).put(path) for who in people])  # type: ignore[misc]
    assert Counter(reply.json["mine"] for reply in replies) == {"held": ROOM, "waiting": CROWD - ROOM}
    assert places(scene) == {(hall.id, False): ROOM, (hall.id, True): CROWD - ROOM}
    holding = [who for who, reply in zip(people, replies, strict=True) if reply.json["mine"] == "held"]
    gone = at_once([lambda who=who: Api(who.app, who.token).delete(path) for who in holding])  # type: ignore[misc]
    assert {reply.status_code for reply in gone} == {204}
    assert places(scene) == {(hall.id, False): ROOM, (hall.id, True): CROWD - 2 * ROOM}


def test_a_crowd_that_changes_tracks_leaves_nobody_with_two_places(scene: Scene) -> None:
    starts_at = scene.clock.now() + timedelta(hours=1)
    halls = [scene.make.session(scene.project, starts_at=starts_at, capacity=4) for _ in range(2)]
    people = [scene.learner(f"n{place}", is_enrolled=False) for place in range(8)]
    for place, who in enumerate(people):
        assert who.put(f"/sessions/{halls[place % 2].id}/place").json["mine"] == "held"
    others = [halls[(place + 1) % 2] for place in range(8)]
    at_once(
        [
            lambda who=who, hall=hall: Api(who.app, who.token).put(f"/sessions/{hall.id}/place")  # type: ignore[misc]
            for who, hall in zip(people, others, strict=True)
        ]
    )
    found = places(scene)
    assert all(found[hall.id, False] <= 4 for hall in halls)
    held = Counter(each.person_id for each in scene.db.scalars(select(SessionPlace)) if not each.is_waiting)
    assert len(held) == 8  # nobody lost the place they had
    assert set(held.values()) == {1}
