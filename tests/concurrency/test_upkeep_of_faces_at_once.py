"""Upkeep of faces, password resets, withdrawals and check-ins in the middle of each other: none fails, none is lost."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from foundation.clock import day_at_home
from models.attendance import CheckIn, CheckInStatus
from models.edge import AuditEntry
from models.faces import FaceTemplate
from models.people import Person
from service.configuration.settings import Settings
from service.running.upkeep import sweep
from tests.accounts.enrolment.changing_the_model import NEW
from tests.accounts.enrolment.recomputing_templates import after, new  # noqa: F401 - fixtures
from tests.api import Api
from tests.attendance.conftest import Scene
from tests.concurrency.interleaving import meanwhile
from tests.concurrency.swapping_at_once import PHONE, count, nothing_is_left, owner, reset_password  # noqa: F401
from tests.fakes import RecordingGateway
from tests.pictures import PaintedEngine, picture

SHOWN = picture("li", off=0.3)


@pytest.fixture
def engine() -> PaintedEngine:
    return PaintedEngine()


@pytest.fixture
def me(scene: Scene, owner: Person) -> Api:  # noqa: F811
    """The owner, whose face was enrolled yesterday from kept photos."""
    client = scene.api.as_(owner)
    enrolled = client.send_photos("/me/face", [picture("li")], consent_version="test-1", keep_photos="true")
    assert enrolled.status_code == 201
    last_shown(scene, days_ago=1)
    return client


def last_shown(scene: Scene, *, days_ago: int) -> None:
    on = (scene.clock.now() - timedelta(days=days_ago)).date()
    scene.db.execute(update(FaceTemplate).values(last_shown_on=on))


def actions(db: Session) -> set[str]:
    return {each for each in db.scalars(select(AuditEntry.action)) if each.startswith("face.")}


def withdraw(me: Api) -> Callable[[], int]:
    return lambda: Api(me.app, me.token).delete("/me/face-consent").status_code


@pytest.mark.parametrize("at", ["SELECT face_template.person_id, face_template.enrolled_at", "DELETE FROM face_temp"])
def test_a_password_reset_while_a_template_is_computed_anew_still_asks_the_owner(
    scene: Scene,
    me: Api,
    owner: Person,  # noqa: F811
    sms: RecordingGateway,
    db: Session,
    after: Settings,  # noqa: F811
    new: PaintedEngine,  # noqa: F811
    at: str,
) -> None:
    with meanwhile(db, at, lambda: reset_password(scene, sms)):
        sweep(after, now=scene.clock.now(), faces=new)
    assert list(db.scalars(select(FaceTemplate.engine))) == [NEW]
    assert scene.api.as_(owner).get("/me/face").json["question"] is not None


def test_a_template_computed_anew_during_a_password_reset_does_not_stop_it(
    scene: Scene,
    me: Api,
    owner: Person,  # noqa: F811
    sms: RecordingGateway,
    db: Session,
    after: Settings,  # noqa: F811
    new: PaintedEngine,  # noqa: F811
) -> None:
    asking = "UPDATE face_template SET question_at"
    with meanwhile(db, asking, lambda: sweep(after, now=scene.clock.now(), faces=new)) as answers:
        reset_password(scene, sms)
    assert answers == [None]  # it raised nothing
    assert list(db.scalars(select(FaceTemplate.engine))) == [NEW]
    assert scene.api.as_(owner).get("/me/face").json["question"] is not None


@pytest.mark.parametrize("at", ["UPDATE face_counter", "DELETE FROM face_template"])
def test_a_withdrawal_and_the_sweep_of_unused_faces_never_block_each_other(
    scene: Scene, me: Api, settings: Settings, db: Session, at: str
) -> None:
    last_shown(scene, days_ago=400)
    with meanwhile(db, at, lambda: sweep(settings, now=scene.clock.now())) as answers:
        assert withdraw(me)() == 204
    assert answers == [None]
    assert nothing_is_left(db)
    assert "face.expire" not in actions(db)


@pytest.mark.parametrize("at", ["UPDATE face_counter", "DELETE FROM face_template"])
def test_a_withdrawal_during_the_sweep_of_unused_faces_finds_nothing_left(
    scene: Scene, me: Api, settings: Settings, db: Session, at: str
) -> None:
    last_shown(scene, days_ago=400)
    with meanwhile(db, at, withdraw(me)) as answers:
        sweep(settings, now=scene.clock.now())
    assert answers == [204]
    assert nothing_is_left(db)
    assert "face.expire" in actions(db)


def test_a_face_that_is_used_just_now_is_not_deleted_as_unused(
    scene: Scene, me: Api, settings: Settings, db: Session
) -> None:
    last_shown(scene, days_ago=400)
    ticket = scene.ticket(me)
    with meanwhile(db, "UPDATE face_template", lambda: sweep(settings, now=scene.clock.now())) as answers:
        assert scene.check_in(me, SHOWN, ticket=ticket).json["status"] == "present"
    assert answers == [None]
    assert list(db.scalars(select(FaceTemplate.last_shown_on))) == [day_at_home(scene.clock.now())]


@pytest.mark.parametrize("at", ["INSERT INTO check_in_attempt", "INSERT INTO used_picture", "UPDATE face_template"])
def test_the_first_check_in_of_a_day_and_a_withdrawal_never_block_each_other(
    scene: Scene, me: Api, db: Session, at: str
) -> None:
    ticket = scene.ticket(me)
    with meanwhile(db, at, withdraw(me)) as answers:
        assert scene.check_in(me, SHOWN, ticket=ticket).json["status"] == "present"
    assert answers == [204]
    assert nothing_is_left(db)
    assert count(db, CheckIn) == 1


@pytest.mark.parametrize("at", ["DELETE FROM face_photo", "DELETE FROM face_key"])
def test_a_check_in_at_the_end_of_a_withdrawal_finds_no_face(scene: Scene, me: Api, db: Session, at: str) -> None:
    again, ticket = Api(me.app, me.token), scene.ticket(me)
    with meanwhile(db, at, lambda: scene.check_in(again, SHOWN, ticket=ticket)) as answers:
        assert withdraw(me)() == 204
    ((reply),) = answers
    assert (reply.status_code, reply.json["code"]) == (409, "face_not_enrolled")  # type: ignore[attr-defined]
    assert nothing_is_left(db)
    assert count(db, CheckIn) == 0


@pytest.mark.parametrize("at", ["INSERT INTO check_in_attempt", "INSERT INTO used_picture", "UPDATE face_template"])
def test_two_first_check_ins_of_a_day_are_one(scene: Scene, me: Api, db: Session, at: str) -> None:
    again, tickets = Api(me.app, me.token), [scene.ticket(me) for _ in range(2)]
    with meanwhile(db, at, lambda: scene.check_in(again, SHOWN, ticket=tickets[1]).status_code) as answers:
        assert scene.check_in(me, SHOWN, ticket=tickets[0]).status_code == 201
    assert answers == [200]
    assert list(db.scalars(select(CheckIn.status))) == [CheckInStatus.PRESENT]


@pytest.mark.parametrize("at", ["INSERT INTO check_in_attempt", "UPDATE face_template"])
def test_a_check_in_while_its_template_is_computed_anew_counts(
    scene: Scene,
    me: Api,
    db: Session,
    after: Settings,  # noqa: F811
    new: PaintedEngine,  # noqa: F811
    at: str,
) -> None:
    ticket = scene.ticket(me)
    with meanwhile(db, at, lambda: sweep(after, now=scene.clock.now(), faces=new)) as answers:
        assert scene.check_in(me, SHOWN, ticket=ticket).json["status"] == "present"
    assert answers == [None]
    stored = db.execute(select(FaceTemplate.engine, FaceTemplate.last_shown_on)).all()
    assert stored == [(NEW, day_at_home(scene.clock.now()))]
