"""Withdrawals, resets, answers and decisions that race enrolments and check-ins: no face is left that should not be."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from faces.engine import Look, Purpose
from models.attendance import CheckIn, CheckInAttempt, ReviewReason
from models.faces import FaceCase, FaceCaseKind, FaceCaseStatus, FaceHold, FaceTemplate
from models.people import Person, Role
from tests.api import Api, Reply
from tests.attendance.conftest import Scene
from tests.concurrency.at_once import GUARD_SECONDS, MeetingEngine, at_once
from tests.concurrency.swapping_at_once import (
    count,
    nothing_is_left,
    owner,  # noqa: F401 - fixtures
    reset_password,
)
from tests.fakes import RecordingGateway, face


class PausingEngine(MeetingEngine):
    """A fake engine that can be made to do something in the middle of the next look."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: Callable[[], None] | None = None

    def look(self, photo: bytes, purpose: Purpose, model: str | None = None) -> Look:
        act, self.meanwhile = self.meanwhile, None
        if act is not None:
            other = threading.Thread(target=act)  # a request of its own, beside the one that waits here
            other.start()
            other.join(GUARD_SECONDS)
            assert not other.is_alive()
        return super().look(photo, purpose, model)


@pytest.fixture
def engine() -> PausingEngine:
    return PausingEngine()


def again(client: Api) -> Api:
    """Another connection of the same person."""
    return Api(client.app, client.token)


def withdraw(client: Api) -> Callable[[], Reply]:
    return lambda: again(client).delete("/me/face-consent")


def enrol(client: Api, *names: str) -> Callable[[], Reply]:
    return lambda: again(client).enrol(*map(face, names))


def decide(admin: Api, case: str, word: str) -> Callable[[], Reply]:
    body = {"decision": word, "reason": "已核对证件"}
    return lambda: again(admin).post(f"/face-cases/{case}/decision", body)


def test_a_withdrawal_during_an_enrolment_leaves_no_face(
    scene: Scene, owner: Person, engine: PausingEngine, db: Session
) -> None:
    me, answers = scene.api.as_(owner), []
    engine.meanwhile = lambda: answers.append(withdraw(me)())
    enrolled = me.enrol(face("li"))
    assert [each.status_code for each in answers] == [204]
    assert (enrolled.status_code, enrolled.json["code"]) == (409, "enrolment_interrupted")
    assert nothing_is_left(db)
    assert me.enrol(face("li")).status_code == 201  # no face was withdrawn, so none is held


def test_a_password_reset_during_an_enrolment_leaves_no_face_that_nobody_is_asked_about(
    scene: Scene, owner: Person, engine: PausingEngine, sms: RecordingGateway, db: Session
) -> None:
    thief = scene.api.as_(owner)
    engine.meanwhile = lambda: reset_password(scene, sms)
    enrolled = thief.enrol(face("thief"))
    assert (enrolled.status_code, enrolled.json["code"]) == (409, "enrolment_interrupted")
    assert nothing_is_left(db)


@pytest.mark.parametrize("times", range(3))
def test_a_withdrawal_and_an_enrolment_at_once_end_in_one_order_or_the_other(
    scene: Scene, owner: Person, db: Session, times: int
) -> None:
    me = scene.api.as_(owner)
    me.enrol(face("li"))
    withdrawn, enrolled = at_once([withdraw(me), enrol(me, "wang")])
    assert withdrawn.status_code == 204
    assert (enrolled.status_code, enrolled.json.get("code")) in {
        (202, None),
        (409, "face_already_enrolled"),
        (409, "enrolment_interrupted"),
    }
    assert count(db, FaceTemplate) == count(db, FaceCase) == (enrolled.status_code == 202)


def test_two_enrolments_after_a_withdrawal_at_once_are_one_face_and_one_case(
    scene: Scene, owner: Person, engine: PausingEngine, db: Session
) -> None:
    me = scene.api.as_(owner)
    me.enrol(face("li"))
    me.delete("/me/face-consent")
    engine.gather(4)
    replies = at_once([enrol(me, name) for name in ("li", "wang", "zhao", "qian")])
    assert sorted(reply.status_code for reply in replies) == [202, 409, 409, 409]
    case = db.scalars(select(FaceCase)).one()
    assert db.scalars(select(FaceTemplate.id)).one() == case.template_id


def test_two_withdrawals_at_once_are_one(scene: Scene, owner: Person, db: Session) -> None:
    me = scene.api.as_(owner)
    me.enrol(face("li"))
    replies = at_once([withdraw(me)] * 4)
    assert {reply.status_code for reply in replies} == {204}
    hold = db.scalars(select(FaceHold)).one()
    assert (hold.faces_withdrawn, hold.interruptions) == (1, 4)


@pytest.mark.parametrize("sets", [3, 6])
def test_sets_of_two_people_at_once_are_all_counted_and_make_one_case(
    scene: Scene, owner: Person, db: Session, sets: int
) -> None:
    me = scene.api.as_(owner)
    replies = at_once([enrol(me, "li", f"friend {n}") for n in range(sets)])
    assert {(reply.status_code, reply.json["code"]) for reply in replies} <= {
        (422, "not_one_person"),
        (409, "enrolment_held"),
    }
    assert [case.kind for case in db.scalars(select(FaceCase))] == [FaceCaseKind.TWO_PEOPLE]
    assert me.enrol(face("li")).json["code"] == "enrolment_held"


def test_an_enrolment_under_way_when_the_third_set_is_counted_is_held(
    scene: Scene, owner: Person, engine: PausingEngine, db: Session
) -> None:
    me = scene.api.as_(owner)
    for n in range(2):
        assert me.enrol(face("li"), face(f"friend {n}")).status_code == 422
    engine.meanwhile = lambda: (enrol(me, "li", "friend 3")(), None)[1]
    reply = me.enrol(face("li"))
    assert (reply.status_code, reply.json["code"]) == (409, "enrolment_held")
    assert count(db, FaceTemplate) == 0


@pytest.mark.parametrize("word", ["accept", "reject"])
def test_a_decision_and_a_withdrawal_at_once_leave_no_face(scene: Scene, owner: Person, db: Session, word: str) -> None:
    admin = scene.api.as_(scene.make.staff(Role.UNIT_ADMIN, scene.unit))
    me = scene.api.as_(owner)
    me.enrol(face("li"))
    me.delete("/me/face-consent")
    case = me.enrol(face("wang")).json["case"]
    decided, withdrawn = at_once([decide(admin, case, word), withdraw(me)])
    assert withdrawn.status_code == 204
    assert decided.status_code in (200, 409)
    assert nothing_is_left(db)
    status = db.scalars(select(FaceCase.status)).one()
    assert status is (FaceCaseStatus(f"{word}ed") if decided.status_code == 200 else FaceCaseStatus.CLOSED)
    assert me.enrol(face("zhao")).status_code == 202


def test_two_answers_at_once_are_one_answer(scene: Scene, owner: Person, sms: RecordingGateway, db: Session) -> None:
    scene.api.as_(owner).enrol(face("li"))
    reset_password(scene, sms)
    me = scene.api.as_(owner)
    replies = at_once(
        [lambda mine=mine: again(me).post("/me/face/answer", {"mine": mine}) for mine in (True, False, True, False)]  # type: ignore[misc]
    )
    assert sorted(reply.status_code for reply in replies) == [200, 409, 409, 409]
    said = next(reply.json for reply in replies if reply.status_code == 200)
    assert count(db, FaceTemplate) == said["enrolled"]
    assert count(db, FaceCase) == (not said["enrolled"])


@pytest.mark.parametrize(("mine", "status"), [(True, "present"), (False, None)])
def test_an_answer_during_a_check_in_decides_it(
    scene: Scene, owner: Person, engine: PausingEngine, sms: RecordingGateway, db: Session, mine: bool, status: str
) -> None:
    scene.api.as_(owner).enrol(face("li"))
    reset_password(scene, sms)
    me = scene.api.as_(owner)
    ticket, answers = scene.ticket(me), []
    engine.meanwhile = lambda: answers.append(again(me).post("/me/face/answer", {"mine": mine}))
    shown = scene.check_in(me, face("li"), ticket=ticket)
    assert [each.status_code for each in answers] == [200]
    assert shown.json.get("status" if mine else "code") == (status or "face_not_enrolled")
    assert count(db, CheckIn) == mine


def test_a_password_reset_during_a_check_in_makes_it_wait_for_staff(
    scene: Scene, owner: Person, engine: PausingEngine, sms: RecordingGateway, db: Session
) -> None:
    thief = scene.api.as_(owner)
    thief.enrol(face("thief"))
    ticket = scene.ticket(thief)
    engine.meanwhile = lambda: reset_password(scene, sms)
    shown = scene.check_in(thief, face("thief"), ticket=ticket)
    assert (shown.status_code, shown.json["status"]) == (201, "needs_review")
    (attempt,) = db.scalars(select(CheckInAttempt))
    assert attempt.review_reason is ReviewReason.FACE_IN_QUESTION


def test_a_face_that_another_one_replaced_during_the_look_checks_nobody_in(
    scene: Scene, owner: Person, engine: PausingEngine, db: Session
) -> None:
    first, second = (scene.api.as_(scene.make.staff(Role.UNIT_ADMIN, scene.unit)) for _ in range(2))
    me = scene.api.as_(owner)
    me.enrol(face("friend"))
    asked = first.post(f"/people/{owner.id}/face-resets", {"reason": "照片拍错"}).json["id"]
    answers: list[Reply] = []

    def replace_face() -> None:
        answers.append(second.post(f"/face-resets/{asked}/approval"))
        answers.append(enrol(me, "li")())

    ticket = scene.ticket(me)
    engine.meanwhile = replace_face
    shown = scene.check_in(me, face("friend"), ticket=ticket)
    assert [each.status_code for each in answers] == [200, 201]
    assert (shown.status_code, shown.json["code"]) == (409, "face_not_enrolled")
    assert count(db, CheckIn) == 0
    assert scene.check_in(me, face("li"), ticket=ticket).status_code == 201


@pytest.mark.parametrize("mine", [True, False])
def test_an_answer_and_a_check_in_at_once_never_block_each_other(
    scene: Scene, owner: Person, sms: RecordingGateway, db: Session, mine: bool
) -> None:
    scene.api.as_(owner).enrol(face("li"))
    reset_password(scene, sms)
    me = scene.api.as_(owner)
    ticket = scene.ticket(me)
    shown, answered = at_once(
        [
            lambda: scene.check_in(again(me), face("li"), ticket=ticket),
            lambda: again(me).post("/me/face/answer", {"mine": mine}),
        ]
    )
    assert answered.status_code == 200
    if shown.status_code == 201:
        assert shown.json["status"] in ({"present", "needs_review"} if mine else {"needs_review"})
    else:
        assert (mine, shown.json["code"]) == (False, "face_not_enrolled")
    assert count(db, FaceTemplate) == mine
