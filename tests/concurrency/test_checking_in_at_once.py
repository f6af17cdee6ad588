"""Check-ins that race each other, their reviews, and the withdrawal of the face: one row, one receipt, one truth."""

from collections.abc import Callable
from functools import partial

import jwt
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.attendance import CheckIn, CheckInAttempt, CheckInReview, CheckInStatus, Direction
from models.edge import IdempotentReply
from models.faces import FaceTemplate, UsedPicture
from tests.api import Api, Reply, new_key
from tests.attendance.conftest import Scene
from tests.concurrency.at_once import MeetingEngine, at_once
from tests.fakes import FakeClock, face, picture

CROWD = 32
DOUBTFUL = 0.56  # with one enrolment photo: accepted to 0.52, reviewed to 0.60, by plain distance


def count(db: Session, table: type) -> int:
    return db.scalar(select(func.count()).select_from(table)) or 0


def show(scene: Scene, who: Api, ticket: str, photo: bytes, key: str | None = None) -> Callable[[], Reply]:
    """A check-in to be made later, by a client of its own."""
    return lambda: Api(scene.api.app, who.token).send_photos("/check-ins", [photo], key=key, ticket=ticket)


def receipts(replies: list[Reply]) -> set[tuple[str, str]]:
    return {(reply.json["id"], reply.json["receipt"]) for reply in replies}


@pytest.mark.parametrize("keys", ["one key", "a key each", "no key"])
@pytest.mark.parametrize("tickets", ["one ticket", "a ticket each"])
def test_a_crowd_racing_one_check_in_makes_one_row_and_one_receipt(
    scene: Scene, db: Session, engine: MeetingEngine, keys: str, tickets: str
) -> None:
    li = scene.learner("li")
    scans = [scene.ticket(li)] * CROWD if "one" in tickets else [scene.ticket(li) for _ in range(CROWD)]
    same = new_key()
    names = {"one key": lambda: same, "a key each": new_key, "no key": lambda: None}
    engine.gather(CROWD)
    replies = at_once([show(scene, li, scan, face("li"), names[keys]()) for scan in scans])
    statuses = sorted(reply.status_code for reply in replies)
    if (keys, tickets) == ("one key", "a ticket each"):  # one key for different requests
        assert set(statuses) == {201, 422}
        replies = [reply for reply in replies if reply.status_code == 201]
    elif keys == "one key":
        assert statuses == [201] * CROWD  # one reply, repeated
    else:
        assert statuses == [200] * (CROWD - 1) + [201]
    assert len(receipts(replies)) == 1
    assert count(db, CheckIn) == 1
    assert count(db, IdempotentReply) == {"one key": 1, "a key each": CROWD, "no key": 0}[keys]
    row = db.scalars(select(CheckIn)).one()
    assert {(str(row.id), row.receipt)} == receipts(replies)


def test_many_people_check_in_at_once_and_each_gets_their_own(scene: Scene, db: Session, engine: MeetingEngine) -> None:
    people = [scene.learner(f"person {n}") for n in range(24)]
    tickets = [scene.ticket(who) for who in people]
    engine.gather(len(people))
    crowd = enumerate(zip(people, tickets, strict=True))
    replies = at_once([show(scene, who, ticket, face(f"person {n}")) for n, (who, ticket) in crowd])
    assert {reply.status_code for reply in replies} == {201}
    whose = {str(row.id): row.person_id for row in db.scalars(select(CheckIn))}
    assert [whose[reply.json["id"]] for reply in replies] == [person.id for person in scene.people.values()]
    assert len(receipts(replies)) == len(people)


def test_checking_in_and_out_at_once_are_two(scene: Scene, db: Session, engine: MeetingEngine) -> None:
    session = scene.make.session(scene.project, out_opens_at=scene.clock.now(), short_code="bothways")
    li = scene.learner("li")
    ways = [scene.ticket(li, session, direction=way) for way in ("in", "out")] * 8
    engine.gather(len(ways))
    replies = at_once([show(scene, li, ticket, face("li")) for ticket in ways])
    assert sorted(reply.status_code for reply in replies) == [200] * 14 + [201] * 2
    assert {row.direction for row in db.scalars(select(CheckIn))} == set(Direction)
    assert count(db, CheckIn) == 2


def test_clear_and_doubtful_faces_at_once_end_clear(scene: Scene, db: Session, engine: MeetingEngine) -> None:
    li = scene.learner("li")
    ticket = scene.ticket(li)
    engine.gather(16)
    photos = [face("li"), face("li", off=DOUBTFUL)] * 8
    replies = at_once([show(scene, li, ticket, photo) for photo in photos])
    assert {reply.status_code for reply in replies} <= {200, 201}
    row = db.scalars(select(CheckIn)).one()
    assert row.status is CheckInStatus.PRESENT
    # Whoever was told "present" was given the receipt that stands.
    told = {reply.json["receipt"] for reply in replies if reply.json["status"] == "present"}
    assert told == {row.receipt}
    assert jwt.decode(row.receipt, options={"verify_signature": False})["status"] == "present"


def test_wrong_faces_at_once_are_all_kept_and_use_the_ticket_up(
    scene: Scene, db: Session, engine: MeetingEngine
) -> None:
    li = scene.learner("li")
    ticket = scene.ticket(li)
    engine.gather(8)
    replies = at_once([show(scene, li, ticket, face("wang"))] * 8)
    assert {(reply.status_code, reply.json["code"]) for reply in replies} == {(403, "face_mismatch")}
    assert count(db, CheckInAttempt) == 8
    engine.gather(1)
    assert show(scene, li, ticket, face("li"))().json["code"] == "ticket_expired"
    assert count(db, CheckIn) == 0


@pytest.mark.parametrize("word", ["accept", "reject"])
def test_a_decision_and_a_clear_face_at_once_leave_it_counting_once(scene: Scene, db: Session, word: str) -> None:
    li = scene.learner("li")
    first = scene.check_in(li, face("li", off=DOUBTFUL))
    assert first.json["status"] == "needs_review"
    again = scene.ticket(li)
    decided, shown = at_once(
        [
            lambda: scene.staff.post(f"/check-ins/{first.json['id']}/decision", {"decision": word, "reason": "看过"}),
            show(scene, li, again, face("li")),
        ]
    )
    assert shown.status_code in (200, 201)
    assert decided.status_code in (200, 409)
    row = db.scalars(select(CheckIn)).one()
    assert row.status is CheckInStatus.PRESENT
    assert shown.json["receipt"] == row.receipt
    assert count(db, CheckInReview) == (decided.status_code == 200)


def test_a_face_withdrawn_during_a_check_in_is_gone_whatever_came_first(
    scene: Scene, db: Session, engine: MeetingEngine
) -> None:
    li = scene.learner("li")
    ticket = scene.ticket(li)
    shown, withdrawn = at_once(
        [show(scene, li, ticket, face("li")), lambda: Api(li.app, li.token).delete("/me/face-consent")]
    )
    assert withdrawn.status_code == 204
    assert shown.status_code == 201 or shown.json["code"] == "face_not_enrolled"
    assert count(db, FaceTemplate) == 0
    assert count(db, CheckIn) == (shown.status_code == 201)


def test_a_crowd_at_different_times_of_day_still_makes_one(
    scene: Scene, db: Session, engine: MeetingEngine, clock: FakeClock
) -> None:
    li = scene.learner("li")
    early = scene.ticket(li)
    clock.turn(minutes=11)  # the session has begun
    late = scene.ticket(li)
    clock.turn(seconds=-11 * 60 + 30)  # a server whose clock was set back sees both tickets as good
    engine.gather(8)
    replies = at_once([show(scene, li, ticket, face("li")) for ticket in [early, late] * 4])
    assert sorted(reply.status_code for reply in replies) == [200] * 7 + [201]
    assert len({(reply.json["id"], reply.json["status"]) for reply in replies}) == 1
    assert count(db, CheckIn) == 1


def test_one_picture_at_one_session_twice_at_once_makes_one_check_in(
    scene: Scene, db: Session, engine: MeetingEngine
) -> None:
    li = scene.learner("li")
    tickets = [scene.ticket(li) for _ in range(8)]
    engine.gather(len(tickets))
    replies = at_once([show(scene, li, ticket, picture("li", 1)) for ticket in tickets])
    assert sorted(reply.status_code for reply in replies) == [200] * 7 + [201]
    assert len(receipts(replies)) == 1
    assert count(db, CheckIn) == count(db, UsedPicture) == 1


@pytest.mark.parametrize("tags", [0, 1])
def test_one_picture_at_several_sessions_at_once_brings_one_check_in(
    scene: Scene, db: Session, engine: MeetingEngine, tags: int
) -> None:
    li = scene.learner("li")
    sessions = [scene.make.session(scene.project, short_code=f"room{n}") for n in range(4)]
    tickets = [scene.ticket(li, session) for session in sessions]
    engine.gather(len(tickets))
    # Two pictures in either order: neither request waits for the other one for ever.
    orders = [[1, 2], [2, 1]] * 2
    shots = [[picture("li", number, tags=tags * place) for number in order] for place, order in enumerate(orders)]
    replies = at_once(
        [
            lambda ticket=ticket, photos=photos: Api(scene.api.app, li.token).send_photos(  # type: ignore[misc]
                "/check-ins", photos, ticket=ticket
            )
            for ticket, photos in zip(tickets, shots, strict=True)
        ]
    )
    assert sorted(reply.status_code for reply in replies) == [201] + [422] * 3
    assert {reply.json["code"] for reply in replies if reply.status_code == 422} == {"photo_used_before"}
    row = db.scalars(select(CheckIn)).one()
    assert {(str(row.id), row.receipt)} == receipts([reply for reply in replies if reply.status_code == 201])
    assert {each.check_in_id for each in db.scalars(select(UsedPicture))} == {row.id}
    kept = sorted(db.scalars(select(CheckInAttempt.result)))
    assert kept == ["photo_used_before"] * 3 + ["present"]


def test_a_face_withdrawn_during_a_check_in_leaves_no_marks(scene: Scene, db: Session, engine: MeetingEngine) -> None:
    for number in range(4):
        li = scene.learner(f"li {number}")  # after a withdrawal the next face is held
        ticket = scene.ticket(li, scene.make.session(scene.project, short_code=f"hall{number}"))
        withdraw = partial(Api(li.app, li.token).delete, "/me/face-consent")
        shown, withdrawn = at_once([show(scene, li, ticket, picture(f"li {number}", number)), withdraw])
        assert withdrawn.status_code == 204
        assert shown.status_code == 201 or shown.json["code"] == "face_not_enrolled"
        assert count(db, FaceTemplate) == count(db, UsedPicture) == 0
