"""A ticket and a face make exactly one check-in."""

import threading

import jwt
import pytest
from sqlalchemy import func, select, update

from models.attendance import CheckIn, CheckInAttempt
from models.edge import AuditEntry
from models.projects import Session as VenueSession
from tests.api import Api, Reply, new_key
from tests.attendance.check_in.checking_in import DOUBTFUL, at_once, code_of, results, rows
from tests.attendance.conftest import Scene
from tests.fakes import FakeEngine, face, refused


@pytest.mark.manual("M-6.2", "M-8.1")
def test_the_right_face_checks_in_and_gets_a_receipt(scene: Scene) -> None:
    me = scene.learner("li")
    reply = scene.check_in(me, face("li", off=0.3))
    assert reply.status_code == 201
    told = {
        "id",
        "session",
        "direction",
        "attempt_id",
        "captured_at",
        "checked_in_at",
        "status",
        "receipt",
        "face",
        "review",
    }
    assert set(reply.json) == told
    assert reply.json["review"] is None
    assert reply.json["face"] == {"band": "pass", "words": "与建档照片很像"}
    assert (reply.json["direction"], reply.json["status"]) == ("in", "present")
    assert reply.json["session"]["id"] == str(scene.session.id)
    keys = jwt.PyJWKSet.from_dict(scene.api.get("/.well-known/jwks.json").json)
    token = reply.json["receipt"]
    claims = jwt.decode(token, keys[jwt.get_unverified_header(token)["kid"]], algorithms=["EdDSA"])
    assert claims["jti"] == reply.json["id"]
    assert claims["session"] == str(scene.session.id)
    assert claims["iss"] == "https://cme.test"
    (attempt,) = scene.db.scalars(select(CheckInAttempt))
    assert attempt.result == "present"
    assert attempt.policy_version == "packaged-ea-1"
    assert attempt.distance is not None
    assert (attempt.accept_at, attempt.review_to) == pytest.approx((0.5602, 0.6626), abs=1e-3)
    assert attempt.distance < attempt.accept_at
    assert attempt.guard_distance == pytest.approx(0.3, abs=1e-3)
    assert (attempt.guard_accept_at, attempt.guard_review_to) == (0.52, 0.60)


def test_after_the_start_one_is_late_by_the_time_of_the_scan(scene: Scene) -> None:
    on_time, late = scene.learner("li"), scene.learner("wang")
    scene.clock.turn(minutes=9, seconds=59)
    ticket = scene.ticket(on_time)
    scene.clock.turn(seconds=60)
    assert scene.check_in(on_time, face("li"), ticket=ticket).json["status"] == "present"
    assert scene.check_in(late, face("wang")).json["status"] == "late"


def test_a_session_has_a_check_in_and_a_check_out(scene: Scene) -> None:
    scene.learner("li")
    started, ended = scene.session.starts_at, scene.session.ends_at
    for at, direction in ((started, "in"), (ended, "out")):
        scene.clock.set(at)
        scene.staff = scene.api.as_(scene.organizer)
        reply = scene.check_in(scene.api.as_(scene.people["li"]), face("li"))
        assert reply.status_code == 201
        assert reply.json["direction"] == direction
    assert len(rows(scene)) == 2


def test_the_same_key_gives_the_same_receipt(scene: Scene, engine: FakeEngine) -> None:
    me, key = scene.learner("li"), new_key()
    ticket, looks = scene.ticket(me), engine.looks
    first, again = (scene.check_in(me, face("li"), ticket=ticket, key=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert again.headers["Idempotent-Replayed"] == "true"
    assert engine.looks == looks + 1
    assert code_of(scene.check_in(me, face("wang"), ticket=ticket, key=key)) == (422, "idempotency_key_reused")


def test_another_try_gives_the_first_receipt(scene: Scene) -> None:
    me = scene.learner("li")
    ticket = scene.ticket(me)
    first = scene.check_in(me, face("li"), ticket=ticket)
    for again in (
        scene.check_in(me, face("li"), ticket=ticket),
        scene.check_in(me, face("li")),
        scene.check_in(me, face("somebody else"), ticket=ticket),
    ):
        assert again.status_code == 200
        assert again.json == first.json
    scene.clock.turn(minutes=3)
    expired = scene.check_in(me, face("li"), ticket=ticket)
    assert (expired.status_code, expired.json["receipt"]) == (200, first.json["receipt"])
    assert len(rows(scene)) == 1


def test_thirty_two_at_once_make_one_check_in(scene: Scene) -> None:
    me = scene.learner("li")
    tickets = [scene.ticket(me) for _ in range(4)]
    turns = iter(range(32))
    lock = threading.Lock()

    def call() -> Reply:
        with lock:
            ticket = tickets[next(turns) % 4]
        return scene.check_in(Api(me.app, me.token), face("li"), ticket=ticket)

    replies = at_once(32, call)
    assert sorted(reply.status_code for reply in replies) == [200] * 31 + [201]
    assert len({reply.json["receipt"] for reply in replies}) == 1
    assert len(rows(scene)) == 1
    assert results(scene).count("present") == 1


def test_sixteen_at_once_with_one_key_make_one_check_in_and_one_reply(scene: Scene) -> None:
    me, key = scene.learner("li"), new_key()
    ticket = scene.ticket(me)
    replies = at_once(16, lambda: scene.check_in(Api(me.app, me.token), face("li"), ticket=ticket, key=key))
    assert {reply.status_code for reply in replies} <= {200, 201}
    assert len({reply.json["receipt"] for reply in replies}) == 1
    assert len(rows(scene)) == 1


def test_doubtful_faces_at_once_make_one_check_in_for_review(scene: Scene) -> None:
    me = scene.learner("li")
    ticket = scene.ticket(me)
    replies = at_once(8, lambda: scene.check_in(Api(me.app, me.token), face("li", off=DOUBTFUL), ticket=ticket))
    assert {reply.status_code for reply in replies} == {200, 201}
    assert len({reply.json["id"] for reply in replies}) == 1
    assert [row.status.value for row in rows(scene)] == ["needs_review"]


def test_another_face_is_refused_and_the_ticket_survives_it(scene: Scene) -> None:
    me = scene.learner("li")
    ticket = scene.ticket(me)
    assert code_of(scene.check_in(me, face("wang"), ticket=ticket)) == (403, "face_mismatch")
    assert rows(scene) == []
    assert results(scene) == ["face_mismatch"]
    assert scene.check_in(me, face("li"), ticket=ticket).status_code == 201


def test_a_strangers_photo_among_the_right_ones_does_not_pass(scene: Scene) -> None:
    me = scene.learner("li")
    assert code_of(scene.check_in(me, face("li"), face("wang"))) == (403, "face_mismatch")


def test_a_ticket_bears_five_refused_faces(scene: Scene) -> None:
    me = scene.learner("li")
    ticket = scene.ticket(me)
    for _ in range(5):
        assert scene.check_in(me, face("wang"), ticket=ticket).status_code == 403
    assert code_of(scene.check_in(me, face("li"), ticket=ticket)) == (410, "ticket_expired")
    assert scene.check_in(me, face("li")).status_code == 201


@pytest.mark.parametrize("cover", [{"mouth_cover": 0.8}, {"eyes_cover": 0.8}])
@pytest.mark.parametrize("off", [DOUBTFUL, 1.4])
def test_a_covered_face_that_does_not_pass_is_told_so_and_costs_no_try(
    scene: Scene, cover: dict[str, float], off: float
) -> None:
    me = scene.learner("li")
    ticket = scene.ticket(me)
    for _ in range(6):
        reply = scene.check_in(me, face("li", off=off, **cover), ticket=ticket)
        assert code_of(reply) == (422, "face_covered")
        assert "photos.0" in reply.json["errors"]
        assert reply.json["advice"] == ["uncover_face"]
    assert results(scene) == ["face_covered"] * 6
    assert rows(scene) == []
    assert scene.db.scalars(select(CheckInAttempt.distance)).all() == [None] * 6
    assert scene.check_in(me, face("li"), ticket=ticket).json["status"] == "present"


def test_a_covered_face_passes_only_when_it_is_clearly_the_enrolled_one(scene: Scene) -> None:
    me = scene.learner("li")
    accept_at = 0.52  # the guard's, for one enrolled photo
    barely = face("li", off=accept_at * 0.95, mouth_cover=0.8)
    assert code_of(scene.check_in(me, barely)) == (422, "face_covered")
    assert scene.check_in(me, face("li", off=accept_at * 0.8, mouth_cover=0.8)).json["status"] == "present"


def test_an_uncovered_face_keeps_its_band(scene: Scene) -> None:
    me = scene.learner("li")
    almost = face("li", off=DOUBTFUL, mouth_cover=0.49, eyes_cover=0.49)
    assert scene.check_in(me, almost).json["status"] == "needs_review"
    assert code_of(scene.check_in(me, face("wang", mouth_cover=0.49))) == (403, "face_mismatch")


@pytest.mark.parametrize(
    ("photo", "status", "code"),
    [
        (refused("no_face"), 422, "no_face"),
        (refused("face_covered"), 422, "face_covered"),
        (refused("multiple_faces"), 422, "multiple_faces"),
        (refused("low_quality"), 422, "low_quality"),
        (refused("photo_broken"), 422, "photo_broken"),
        (refused("photo_too_large"), 413, "photo_too_large"),
        (b"\xff\xd8\xff\xe0 broken", 415, "photo_unsupported"),
    ],
)
def test_an_unusable_photo_is_kept_as_an_attempt_and_costs_no_try(
    scene: Scene, photo: bytes, status: int, code: str
) -> None:
    me = scene.learner("li")
    ticket = scene.ticket(me)
    for _ in range(6):
        reply = scene.check_in(me, face("li"), photo, ticket=ticket)
        assert code_of(reply) == (status, code)
        assert "photos.1" in reply.json["errors"]
    assert results(scene) == [code] * 6
    assert scene.check_in(me, face("li"), ticket=ticket).status_code == 201


@pytest.mark.parametrize("code", ["face_queue_full", "face_engine_down"])
def test_a_busy_engine_is_no_attempt_and_the_same_key_works_again(scene: Scene, code: str) -> None:
    me, key = scene.learner("li"), new_key()
    ticket = scene.ticket(me)
    reply = scene.check_in(me, refused(code), ticket=ticket, key=key)
    assert code_of(reply) == (503, code)
    assert int(reply.headers["Retry-After"]) > 0
    assert results(scene) == []
    assert scene.check_in(me, face("li"), ticket=ticket, key=key).status_code == 201


def test_a_scan_just_before_the_window_closes_still_counts(scene: Scene) -> None:
    me = scene.learner("li")
    scene.clock.turn(minutes=29, seconds=50)
    me = scene.api.as_(scene.people["li"])
    scene.staff = scene.api.as_(scene.organizer)
    ticket = scene.ticket(me)
    scene.clock.turn(seconds=90)
    assert scene.check_in(me, face("li"), ticket=ticket).status_code == 201


def test_windows_moved_after_the_scan_close_the_session(scene: Scene) -> None:
    me = scene.learner("li")
    ticket = scene.ticket(me)
    moved = update(VenueSession).where(VenueSession.id == scene.session.id)
    scene.db.execute(moved.values(in_closes_at=scene.clock.now()))
    scene.db.commit()
    assert code_of(scene.check_in(me, face("li"), ticket=ticket)) == (409, "session_not_open")


def test_a_face_withdrawn_after_the_scan_checks_nobody_in(scene: Scene) -> None:
    me = scene.learner("li")
    ticket = scene.ticket(me)
    me.delete("/me/face-consent")
    assert code_of(scene.check_in(me, face("li"), ticket=ticket)) == (409, "face_not_enrolled")


def test_a_doubtful_face_waits_for_review_and_a_clear_one_replaces_it(scene: Scene) -> None:
    me = scene.learner("li")
    waiting = scene.check_in(me, face("li", off=DOUBTFUL))
    assert (waiting.status_code, waiting.json["status"]) == (201, "needs_review")
    again = scene.check_in(me, face("li", off=DOUBTFUL))
    assert (again.status_code, again.json) == (200, waiting.json)
    scene.clock.turn(seconds=30)
    clear = scene.check_in(me, face("li"))
    assert (clear.status_code, clear.json["status"]) == (201, "present")
    assert clear.json["id"] == waiting.json["id"]
    assert clear.json["receipt"] != waiting.json["receipt"]
    (row,) = rows(scene)
    assert (row.status.value, row.checked_in_at) == ("present", scene.clock.now())
    assert results(scene) == ["needs_review", "again", "present"]
    audited = scene.db.scalars(select(AuditEntry).where(AuditEntry.action == "check_in.replace")).one()
    assert (audited.before["status"], audited.after["status"]) == ("needs_review", "present")


def test_a_clear_photo_with_the_same_ticket_replaces_a_doubtful_one_too(scene: Scene) -> None:
    me = scene.learner("li")
    ticket = scene.ticket(me)
    assert scene.check_in(me, face("li", off=DOUBTFUL), ticket=ticket).json["status"] == "needs_review"
    assert scene.check_in(me, face("wang"), ticket=ticket).status_code == 403
    assert scene.check_in(me, face("li"), ticket=ticket).json["status"] == "present"


@pytest.mark.parametrize("photos", [0, 6])
def test_one_to_five_photos_are_wanted(scene: Scene, photos: int) -> None:
    me = scene.learner("li")
    reply = scene.check_in(me, *[face("li")] * photos)
    assert code_of(reply) == (422, "invalid_input")
    assert "photos" in reply.json["errors"]


def test_a_form_with_something_else_in_it_is_422(scene: Scene) -> None:
    me = scene.learner("li")
    assert code_of(scene.check_in(me, face("li"), surprise="1")) == (422, "invalid_input")
    assert code_of(me.send_photos("/check-ins", [face("li")])) == (422, "invalid_input")
    assert scene.api.send_photos("/check-ins", [face("li")], ticket="x").status_code == 401


def test_a_sign_in_elsewhere_changes_nothing(scene: Scene) -> None:
    scene.learner("li")
    first = scene.check_in(scene.api.as_(scene.people["li"]), face("li"))
    second = scene.check_in(scene.api.as_(scene.people["li"]), face("li"))
    assert (first.status_code, second.status_code) == (201, 200)
    assert scene.db.scalar(select(func.count()).select_from(CheckIn)) == 1
