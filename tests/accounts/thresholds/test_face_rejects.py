"""What staff's decisions tell of the thresholds in force: whom they turned away wrongly, and whether doubts rise."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.thresholds.false_rejects import RECENT, count_rejects, doubts_risen
from models.attendance import CheckInAttempt
from models.faces import FaceTemplate
from tests.attendance.check_in.checking_in import DOUBTFUL
from tests.attendance.conftest import Scene, scene
from tests.fakes import FakeClock, FakeEngine, face

__all__ = ["scene"]
VERSION = "packaged-ea-1"


def test_who_was_refused_and_let_in_by_staff_was_refused_wrongly(scene: Scene, db: Session, clock: FakeClock) -> None:
    for name in ("clear", "doubted", "refused", "stranger"):
        scene.learner(name)
    clients = {name: scene.api.as_(person) for name, person in scene.people.items()}
    scene.check_in(clients["clear"], face("clear"))
    doubted = scene.check_in(clients["doubted"], face("doubted", off=DOUBTFUL)).json["id"]
    assert scene.check_in(clients["refused"], face("refused", off=0.9)).json["code"] == "face_mismatch"
    assert scene.check_in(clients["stranger"], face("clear")).json["code"] == "face_mismatch"
    seen = count_rejects(db, VERSION, since=clock.now() - RECENT)
    assert (seen.decisions, seen.overridden) == (1, 0)

    scene.staff.post(f"/check-ins/{doubted}/decision", {"decision": "accept", "reason": "本人"})
    by_hand = {"cme_number": scene.people["refused"].cme_number, "direction": "in", "reason": "已核对证件"}
    assert scene.staff.post(f"/sessions/{scene.session.id}/attendance", by_hand).status_code == 201
    seen = count_rejects(db, VERSION, since=clock.now() - RECENT)
    assert (seen.decisions, seen.overridden) == (3, 2)
    assert seen.share == pytest.approx(2 / 3, abs=1e-6)
    assert seen.low < seen.share < seen.high
    assert count_rejects(db, "another-1", since=clock.now() - RECENT).decisions == 0


def test_doubts_rise_when_a_larger_share_of_faces_is_doubted_than_before(scene: Scene, db: Session) -> None:
    now, person = scene.clock.now(), scene.make.person()

    def attempts(count: int, doubted: int, days_ago: int) -> None:
        for number in range(count):
            db.add(
                CheckInAttempt(
                    session_id=scene.session.id,
                    person_id=person.id,
                    attempted_at=now - timedelta(days=days_ago),
                    result="needs_review" if number < doubted else "present",
                    distance=0.3,
                    policy_version=VERSION,
                )
            )
        db.flush()

    attempts(200, 10, days_ago=40)
    assert doubts_risen(db, VERSION, now) == 0  # nothing recent to compare
    attempts(150, 8, days_ago=3)
    assert abs(doubts_risen(db, VERSION, now)) < 1
    attempts(150, 60, days_ago=2)
    assert doubts_risen(db, VERSION, now) > 3


def test_a_photo_of_an_accepted_check_in_never_changes_a_template(scene: Scene, db: Session) -> None:
    me = scene.learner("li")
    before = db.scalars(select(FaceTemplate.sealed)).one()
    assert scene.check_in(me, face("li", off=0.35)).status_code == 201
    assert db.scalars(select(FaceTemplate.sealed)).one() == before


def test_without_the_second_network_decisions_go_by_the_first_and_say_so(
    scene: Scene, db: Session, engine: FakeEngine
) -> None:
    me = scene.learner("li")
    engine.also = ()
    assert scene.check_in(me, face("li")).status_code == 201
    (item,) = scene.staff.get(f"/sessions/{scene.session.id}/attendance").json["items"]
    assert item["face"]["engine"] == "dlib-resnet-v1"
    assert scene.api.get("/readyz").json["missing_face_networks"] == ["human-faceres-3.3.6"]
    newcomer = scene.learner("wang")
    assert newcomer.get("/me/face").json["enrolled"] is True
    networks = set(db.scalars(select(FaceTemplate.networks)))
    assert networks == {"dlib-resnet-v1", "dlib-resnet-v1+human-faceres-3.3.6"}
