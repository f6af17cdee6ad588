"""A decision is about one face: an older case, reset or failed enrolment opens no way for another face."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.consent import Consent
from models.edge import AuditEntry
from models.faces import FaceCase, FaceCaseKind, FaceCaseStatus
from models.people import Role
from tests.accounts.enrolment.enrolling_in_person import BOTH, enrol
from tests.accounts.enrolment.swapping_a_face import WHY, decide, swap
from tests.api import Api, Reply
from tests.attendance.conftest import Scene, scene  # noqa: F401 - a fixture
from tests.fakes import HELD, face


@pytest.fixture
def me(scene: Scene) -> Api:  # noqa: F811
    """A learner with an enrolled face."""
    return scene.learner("li")


@pytest.fixture
def admin(scene: Scene) -> Api:  # noqa: F811
    return scene.api.as_(scene.make.staff(Role.UNIT_ADMIN, scene.unit))


@pytest.fixture
def second(scene: Scene) -> Api:  # noqa: F811
    return scene.api.as_(scene.make.staff(Role.UNIT_ADMIN, scene.unit))


def code_of(reply: Reply) -> tuple[int, str]:
    return reply.status_code, reply.json["code"]


def actions(db: Session, action: str) -> list[AuditEntry]:
    db.rollback()
    return list(db.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def found_later(scene: Scene) -> str:  # noqa: F811
    """A case of the daily look: the enrolled face looks like another account's."""
    other = scene.make.person(unit=scene.unit)
    case = FaceCase(
        kind=FaceCaseKind.DUPLICATE_FOUND,
        status=FaceCaseStatus.OPEN,
        person_id=scene.people["li"].id,
        other_person_id=other.id,
        distance=0.4,
        threshold=0.5,
        opened_at=scene.clock.now(),
    )
    scene.db.add(case)
    scene.db.commit()
    return str(case.id)


@pytest.mark.parametrize("word", ["accept", "reject"])
def test_an_older_case_neither_activates_nor_deletes_a_face_that_is_held_since(
    scene: Scene,  # noqa: F811
    me: Api,
    admin: Api,
    word: str,
) -> None:
    older = found_later(scene)
    scene.clock.turn(minutes=1)
    case = swap(me)
    assert decide(admin, older, word) == 200
    seen = me.get("/me/face").json
    assert (seen["enrolled"], seen["held"], seen["waiting"]["case"]) == (False, True, case)


def test_a_case_found_among_enrolled_faces_deletes_the_one_that_it_is_about(
    scene: Scene,  # noqa: F811
    me: Api,
    admin: Api,
) -> None:
    assert decide(admin, found_later(scene), "reject") == 200
    seen = me.get("/me/face").json
    assert (seen["enrolled"], seen["consents"]) == (False, [])
    assert seen["last_decision"]["result"] == "rejected"
    assert seen["last_decision"]["reason"] == WHY["reason"]


def test_an_enrolment_in_person_that_is_refused_lifts_nothing(scene: Scene, me: Api, admin: Api) -> None:  # noqa: F811
    scene.learner("wang")
    assert me.delete("/me/face-consent").status_code == 204
    reply = enrol(admin, scene.people["li"], face("wang"), **BOTH)
    assert code_of(reply) == (409, "face_belongs_to_another_account")
    assert me.enrol(face("zhao")).status_code == 202
    assert actions(scene.db, "face.lift_hold") == []


def test_a_likely_duplicate_in_person_lifts_nothing_either(scene: Scene, me: Api, admin: Api) -> None:  # noqa: F811
    scene.learner("wang")
    assert me.delete("/me/face-consent").status_code == 204
    held = enrol(admin, scene.people["li"], face("wang", off=HELD), **BOTH)
    assert held.status_code == 202
    assert decide(admin, held.json["case"], "reject") == 200
    assert me.enrol(face("zhao")).status_code == 202


def test_who_lifted_a_hold_in_person_is_audited(scene: Scene, me: Api) -> None:  # noqa: F811
    boss = scene.make.staff(Role.UNIT_ADMIN, scene.unit)
    assert me.delete("/me/face-consent").status_code == 204
    assert enrol(scene.api.as_(boss), scene.people["li"], face("li"), **BOTH).status_code == 201
    (entry,) = actions(scene.db, "face.lift_hold")
    assert (entry.actor_id, entry.subject_id) == (boss.id, scene.people["li"].id)


def test_a_reset_is_about_the_face_of_its_request(scene: Scene, me: Api, admin: Api, second: Api) -> None:  # noqa: F811
    person = scene.people["li"].id
    asked = admin.post(f"/people/{person}/face-resets", WHY).json["id"]
    again = admin.post(f"/people/{person}/face-resets", WHY)
    assert code_of(again) == (409, "reset_asked_already")
    assert again.json["face_reset"] == asked
    case = swap(me)
    assert code_of(second.post(f"/face-resets/{asked}/approval")) == (409, "reset_outdated")
    assert me.get("/me/face").json["waiting"]["case"] == case
    anew = admin.post(f"/people/{person}/face-resets", WHY)
    assert anew.status_code == 201
    assert second.post(f"/face-resets/{anew.json['id']}/approval").status_code == 200
    seen = me.get("/me/face").json
    assert (seen["held"], seen["waiting"], seen["last_decision"]["result"]) == (False, None, "reset")
    assert seen["consents"] == []


def test_consents_given_ahead_and_withdrawn_are_on_the_audit_trail(scene: Scene) -> None:  # noqa: F811
    me = scene.learner("li", is_enrolled=False)
    given = me.post("/me/face-consent", {"consent_version": "test-1", "face_recognition": True, "face_network": True})
    assert given.status_code < 300
    assert me.delete("/me/face-consent").status_code == 204
    assert [entry.subject_id for entry in actions(scene.db, "face_consent.withdraw")] == [scene.people["li"].id]
    assert me.delete("/me/face-consent").status_code == 204
    assert len(actions(scene.db, "face_consent.withdraw")) == 1
    assert all(each.withdrawn_at for each in scene.db.scalars(select(Consent)))


def test_who_may_not_enrol_reads_why(scene: Scene) -> None:  # noqa: F811
    me = scene.learner("li", is_enrolled=False)
    for other in ("wang", "zhao", "sun"):
        assert code_of(me.enrol(face("li"), face(other))) == (422, "not_one_person")
    waiting = me.get("/me/face").json["waiting"]
    assert waiting["reason"] == "two_people"
    assert waiting["text"]


def told(me: Api) -> list[str]:
    """What the inbox says of decisions about the face, newest first."""
    return [each["text"] for each in me.get("/me/notices").json["items"] if each["topic"] == "face_decided"]


@pytest.mark.parametrize(
    ("word", "on_older", "words"),
    [
        ("accept", False, "可用于签到"),
        ("reject", False, "人工签到"),
        ("accept", True, "另有一项仍待核实"),
        ("reject", True, "之后建档的人脸不受影响"),
    ],
)
def test_a_decision_is_in_the_inbox_with_its_reason_and_what_to_do(
    scene: Scene,  # noqa: F811
    me: Api,
    admin: Api,
    word: str,
    on_older: bool,
    words: str,
) -> None:
    older = found_later(scene)
    scene.clock.turn(minutes=1)
    case = swap(me)
    assert decide(admin, older if on_older else case, word) == 200
    (text,) = told(me)
    assert words in text
    assert WHY["reason"] in text
    assert decide(admin, older if on_older else case, word) == 409
    assert len(told(me)) == 1


def test_a_reset_is_in_the_inbox_once_it_is_approved(scene: Scene, me: Api, admin: Api, second: Api) -> None:  # noqa: F811
    asked = admin.post(f"/people/{scene.people['li'].id}/face-resets", WHY).json["id"]
    assert told(me) == []
    assert second.post(f"/face-resets/{asked}/approval").status_code == 200
    (text,) = told(me)
    assert "请重新建档" in text
    assert WHY["reason"] in text
    assert scene.learner("wang", is_enrolled=False).get("/me/notices").json["items"] == []


def test_who_was_refused_as_a_likely_double_reads_that_they_may_enrol_now(scene: Scene, admin: Api) -> None:  # noqa: F811
    scene.learner("li")
    me = scene.learner("wang", is_enrolled=False)
    refused = me.enrol(face("li"))
    assert code_of(refused) == (409, "face_belongs_to_another_account")
    (case,) = admin.get("/face-cases?status=open").json["items"]
    assert decide(admin, case["id"], "accept") == 200
    (text,) = told(me)
    assert text.startswith("管理员已核实：请重新建档。")
