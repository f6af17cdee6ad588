"""What organizers see of a session that looks like cheating: evidence, and no decision."""

from datetime import timedelta

import pytest

from models.attendance import CheckIn, CheckInAttempt, CheckInMethod, CheckInStatus, Direction
from models.base import new_id
from models.projects import Session as VenueSession
from tests.attendance.conftest import Scene
from tests.fakes import face, picture

pytestmark = pytest.mark.either_database


def signals(scene: Scene, session: VenueSession | None = None) -> list[dict]:
    reply = scene.staff.get(f"/sessions/{(session or scene.session).id}/signals")
    assert reply.status_code == 200
    return list(reply.json["items"])


def crowd(scene: Scene, number: int, *, seconds: float, every: float = 0.0) -> None:
    """People who checked in with scans from `seconds` after now on."""
    for place in range(number):
        person = scene.make.person(unit=scene.unit)
        at = scene.clock.now() + timedelta(seconds=seconds + place * every)
        attempt = CheckInAttempt(
            id=new_id(), session_id=scene.session.id, person_id=person.id, direction=Direction.IN, attempted_at=at,
            result="present", ticket_id=new_id(),
        )  # fmt: skip
        scene.db.add(attempt)
        scene.db.flush()
        scene.db.add(
            CheckIn(
                session_id=scene.session.id, person_id=person.id, direction=Direction.IN, scanned_at=at,
                status=CheckInStatus.PRESENT, method=CheckInMethod.FACE, checked_in_at=at, ticket_id=attempt.ticket_id,
                attempt_id=attempt.id, receipt="r",
            )
        )  # fmt: skip
    scene.db.commit()


def test_a_quiet_room_has_no_signals(scene: Scene) -> None:
    scene.check_in(scene.learner("li"), face("li"))
    assert signals(scene) == []


def test_many_people_with_one_code_step_are_a_burst_and_a_full_hall_is_none(scene: Scene) -> None:
    crowd(scene, 60, seconds=0, every=15)  # four a minute, one a step
    assert signals(scene) == []
    crowd(scene, 25, seconds=7 * 15)
    (burst,) = signals(scene)
    assert (burst["kind"], burst["count"], len(burst["people"])) == ("code_burst", 26, 26)
    assert burst["at"] is not None
    assert burst["elsewhere"] is None


def test_a_hall_in_which_all_scan_within_a_minute_is_no_burst(scene: Scene) -> None:
    crowd(scene, 120, seconds=0, every=0.5)
    assert signals(scene) == []


def test_a_picture_that_was_used_before_is_shown_with_its_person(scene: Scene) -> None:
    other = scene.make.session(scene.project)
    me = scene.learner("li", is_enrolled=False)
    assert me.enrol(picture("li", 1)).status_code == 201
    photo = picture("li", 2)
    assert scene.check_in(me, photo, ticket=scene.ticket(me)).status_code == 201
    assert scene.check_in(me, photo, ticket=scene.ticket(me, other)).json["code"] == "photo_used_before"
    (signal,) = signals(scene, other)
    assert (signal["kind"], [each["name"] for each in signal["people"]]) == ("same_picture", ["li"])
    assert signals(scene) == []


def test_somebody_at_two_venues_at_once_is_shown_at_both_with_the_other_one(scene: Scene) -> None:
    other = scene.make.session(scene.project)
    other.venue = "另一个会场"
    scene.db.commit()
    me = scene.learner("li")
    for number, session in enumerate((scene.session, other)):
        shown = face("li", off=0.01 * (number + 1))
        assert scene.check_in(me, shown, ticket=scene.ticket(me, session)).status_code == 201
    (here,), (there,) = signals(scene), signals(scene, other)
    assert (here["kind"], here["elsewhere"]["id"]) == ("two_venues", str(other.id))
    assert (there["kind"], there["elsewhere"]["id"]) == ("two_venues", str(scene.session.id))


def test_the_same_venue_is_no_second_one(scene: Scene) -> None:
    other = scene.make.session(scene.project)
    me = scene.learner("li")
    for number, session in enumerate((scene.session, other)):
        scene.check_in(me, face("li", off=0.01 * (number + 1)), ticket=scene.ticket(me, session))
    assert signals(scene) == []
