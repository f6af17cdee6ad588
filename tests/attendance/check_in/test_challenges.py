"""Checking in where the session asks for a challenge: its frames, what is refused, and that only their hashes stay."""

from typing import Any

import pytest
from sqlalchemy import select

from attendance.sessions.liveness import allow_in_demo
from models.accounts import Throttle
from models.attendance import CheckInAttempt
from models.faces import UsedPicture
from models.projects import Liveness
from models.projects import Session as VenueSession
from tests.api import Api, new_key
from tests.attendance.check_in.checking_in import at_once, code_of, results, rows
from tests.attendance.conftest import Scene
from tests.fakes import face, picture, refused
from tests.frames import frame, frames

FAILED = (403, "liveness_failed")


@pytest.fixture
def venue(scene: Scene) -> Scene:
    """A scene whose session asks for a challenge."""
    allow_in_demo(scene.db, now=scene.clock.now())
    scene.session.liveness = Liveness.CHALLENGE
    scene.db.commit()
    return scene


def ask(venue: Scene, who: Api, session: VenueSession | None = None) -> tuple[str, list[str]]:
    """A ticket, and the steps of its challenge."""
    reply = venue.ask(who, session)
    assert reply.status_code == 201, reply.json
    challenge = reply.json["challenge"]
    assert challenge["kind"] == "challenge"
    return reply.json["ticket"], challenge["steps"]


def ask_for(venue: Scene, who: Api, wanted: list[str], session: VenueSession | None = None) -> str:
    """A ticket whose challenge has these steps; one of six has them."""
    for _ in range(200):
        ticket, steps = ask(venue, who, session)
        if steps == wanted:
            return ticket
    raise AssertionError("the challenges are not drawn")


def test_a_ticket_names_two_different_steps_and_not_always_the_same(venue: Scene) -> None:
    me = venue.learner("li")
    drawn = [tuple(ask(venue, me)[1]) for _ in range(30)]
    assert all(len(set(steps)) == 2 and set(steps) <= {"left", "right", "open_mouth"} for steps in drawn)
    assert len(set(drawn)) > 1  # thirty equal ones have a chance of 1e-23


def test_a_session_without_a_challenge_asks_for_no_step(scene: Scene) -> None:
    assert scene.ask(scene.learner("li")).json["challenge"] == {"kind": "none", "steps": []}


def test_the_steps_in_order_check_in_once(venue: Scene) -> None:
    me, key = venue.learner("li"), new_key()
    ticket, steps = ask(venue, me)
    shown = frames("li", *steps)
    first = venue.check_in(me, *shown, ticket=ticket, key=key)
    assert (first.status_code, first.json["status"]) == (201, "present")
    assert venue.check_in(me, *shown, ticket=ticket, key=key).json == first.json
    assert venue.check_in(me, *shown, ticket=ticket).status_code == 200
    assert len(rows(venue)) == 1


def test_the_frontal_frame_alone_is_compared(venue: Scene) -> None:
    me = venue.learner("li")
    ticket, steps = ask(venue, me)
    shown = [frame("li"), *(frame("li", step, off=0.3) for step in steps)]
    assert venue.check_in(me, *shown, ticket=ticket).json["status"] == "present"
    kept = venue.db.scalars(select(CheckInAttempt)).one()
    assert kept.guard_distance == pytest.approx(0.3, abs=0.04)  # the mean of all three is 0.38
    stranger = venue.learner("wang")
    ticket, steps = ask(venue, stranger)
    assert code_of(venue.check_in(stranger, *frames("zhao", *steps), ticket=ticket)) == (403, "face_mismatch")


def wrong(steps: list[str], how: str) -> list[bytes]:
    """Frames that must not pass."""
    own, (one, other) = frames("li", *steps), steps
    turn = next(step for step in steps if step in ("left", "right"))
    return {
        "a single still": [frame("li")],
        "the same frame four times": [frame("li", number=7)] * 4,
        "one photo tilted": [frame("li", skin="still", is_flat=True, amount=amount) for amount in (0, 0.3, 0.6, 0.2)],
        "a still in perspective": [frame("li", step, is_flat=True) for step in ("front", one, other)],
        "a still bent by a mesh": [frame("li", step, skin="still") for step in ("front", one, other)],
        "the other order": frames("li", other, one),
        "two people": [own[0], frame("wang", one), own[2]],
        "somebody else shows the steps beside my picture": [frame("li"), frame("wang", one), frame("wang", other)],
        "frames of two places": [own[0], own[1], frame("li", other, scene="elsewhere")],
        "photos that are no frames of a challenge": [own[0], own[1]],
        "all steps": frames("li", "left", "right", "open_mouth", turn),
    }[how]


@pytest.mark.parametrize(
    "how",
    [
        "a single still", "the same frame four times", "one photo tilted", "a still in perspective",
        "a still bent by a mesh", "the other order", "two people", "somebody else shows the steps beside my picture",
        "frames of two places", "photos that are no frames of a challenge", "all steps",
    ],
)  # fmt: skip
def test_what_shows_no_living_person_fails_with_what_to_do_and_is_kept(venue: Scene, how: str) -> None:
    me = venue.learner("li")
    ticket, steps = ask(venue, me)
    reply = venue.check_in(me, *wrong(steps, how), ticket=ticket)
    assert code_of(reply) == FAILED
    assert reply.json["hint"]
    assert reply.json["advice"]
    assert (rows(venue), results(venue)) == ([], ["liveness_failed"])
    assert venue.check_in(me, *frames("li", *steps), ticket=ticket).status_code == 201


def test_frames_of_an_earlier_check_in_fail_at_the_next_one_also_if_the_steps_fit(venue: Scene) -> None:
    me = venue.learner("li")
    ticket, steps = ask(venue, me)
    shown = frames("li", *steps)
    assert venue.check_in(me, *shown, ticket=ticket).status_code == 201
    session = venue.make.session(venue.project, short_code="again", liveness=Liveness.CHALLENGE)
    ticket = ask_for(venue, me, steps, session)
    reply = venue.check_in(me, *shown, ticket=ticket)
    assert (code_of(reply), reply.json["advice"][0]) == (FAILED, "live_camera")
    assert code_of(venue.check_in(me, frame("li"), *shown[1:], ticket=ticket)) == FAILED
    assert venue.check_in(me, *frames("li", *steps), ticket=ticket).status_code == 201


def test_an_enrolled_picture_among_the_frames_fails(venue: Scene) -> None:
    me = venue.learner("li", is_enrolled=False)
    assert me.enrol(picture("li", 900_001)).status_code == 201
    ticket, steps = ask(venue, me)
    copied = [frame("li", number=900_001), *(frame("li", step) for step in steps)]
    assert code_of(venue.check_in(me, *copied, ticket=ticket)) == FAILED


@pytest.mark.parametrize(
    ("shown", "answer"),
    [
        (face("li"), (503, "liveness_unavailable")),  # an engine without a mesh reads nothing from a frame
        (refused("no_face"), (422, "no_face")),
        (refused("face_queue_full"), (503, "face_queue_full")),
    ],
)
def test_a_frame_that_cannot_be_read_is_told_as_such_and_does_not_count_as_a_failure(
    venue: Scene, shown: bytes, answer: tuple[int, str]
) -> None:
    me = venue.learner("li")
    ticket, steps = ask(venue, me)
    for _ in range(6):
        assert code_of(venue.check_in(me, *frames("li", *steps), shown, ticket=ticket)) == answer
    assert venue.check_in(me, *frames("li", *steps), ticket=ticket).status_code == 201


def test_after_five_failures_challenges_wait_and_a_success_forgets_them(venue: Scene) -> None:
    me, other = venue.learner("li"), venue.learner("wang")
    ticket, steps = ask(venue, me)
    for _ in range(5):
        assert code_of(venue.check_in(me, *frames("li", *steps[::-1]), ticket=ticket)) == FAILED
    blocked = venue.check_in(me, *frames("li", *steps), ticket=ticket)
    assert code_of(blocked) == (429, "too_many_attempts")
    assert int(blocked.headers["Retry-After"]) <= 60
    assert other.get("/me").status_code == 200
    theirs, asked = ask(venue, other)
    assert venue.check_in(other, *frames("wang", *asked), ticket=theirs).status_code == 201  # nobody else waits
    venue.clock.turn(seconds=61)
    ticket, steps = ask(venue, me)
    assert venue.check_in(me, *frames("li", *steps), ticket=ticket).status_code == 201
    venue.db.rollback()
    assert venue.db.scalar(select(Throttle).where(Throttle.key.like("liveness:%"))) is None


def test_where_nothing_is_asked_a_block_stops_nobody(venue: Scene) -> None:
    me = venue.learner("li")
    ticket, steps = ask(venue, me)
    for _ in range(5):
        venue.check_in(me, *frames("li", *steps[::-1]), ticket=ticket)
    plain = venue.make.session(venue.project, short_code="plain")
    assert venue.check_in(me, face("li"), ticket=venue.ticket(me, plain)).status_code == 201


@pytest.mark.both_databases
def test_six_requests_at_once_with_right_frames_make_one_check_in(venue: Scene) -> None:
    me = venue.learner("li")
    ticket, steps = ask(venue, me)
    replies = at_once(6, lambda: venue.check_in(me, *frames("li", *steps), ticket=ticket))
    assert {reply.status_code for reply in replies} <= {200, 201}
    assert len({reply.json["id"] for reply in replies}) == 1
    assert len(rows(venue)) == 1


@pytest.mark.both_databases
def test_wrong_frames_at_once_count_each_and_right_ones_then_wait(venue: Scene) -> None:
    me = venue.learner("li")
    ticket, steps = ask(venue, me)
    replies = at_once(6, lambda: venue.check_in(me, *frames("li", *steps[::-1]), ticket=ticket))
    assert {reply.status_code for reply in replies} <= {403, 429}
    assert code_of(venue.check_in(me, *frames("li", *steps), ticket=ticket)) == (429, "too_many_attempts")
    assert rows(venue) == []


def test_no_frame_is_stored_but_its_hashes(venue: Scene) -> None:
    me = venue.learner("li")
    ticket, steps = ask(venue, me)
    shown = frames("li", *steps)
    assert venue.check_in(me, *shown, ticket=ticket).status_code == 201
    venue.db.rollback()
    kept: list[Any] = list(venue.db.scalars(select(UsedPicture)))
    assert len(kept) == 3
    assert all(len(each.file) == len(each.pixels) == 16 for each in kept)
