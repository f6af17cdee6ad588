"""Enrolments that race each other: one face an account, one account a face."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.consent import Consent
from models.edge import AuditEntry
from models.faces import FaceCase, FaceCaseStatus, FaceCounter, FaceKey, FaceTemplate
from models.people import Role
from tests.api import Api
from tests.concurrency.at_once import MeetingEngine, at_once
from tests.factories import Factories
from tests.fakes import HELD, face


@pytest.fixture(autouse=True)
def _law(make: Factories) -> None:
    make.face_law()


def count(db: Session, table: type) -> int:
    return db.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize("accounts", [2, 8])
def test_one_face_on_several_accounts_at_once_is_enrolled_on_one(
    api: Api, make: Factories, db: Session, engine: MeetingEngine, accounts: int
) -> None:
    people = [api.as_(make.person()) for _ in range(accounts)]
    engine.gather(accounts)
    replies = at_once([lambda me=me: me.enrol(face("li")) for me in people])  # type: ignore[misc]
    assert sorted(reply.status_code for reply in replies) == [201] + [409] * (accounts - 1)
    losers = [reply.json["code"] for reply in replies if reply.status_code == 409]
    assert set(losers) == {"face_belongs_to_another_account"}
    assert count(db, FaceTemplate) == count(db, FaceKey) == 1
    assert count(db, FaceCase) == accounts - 1
    assert count(db, Consent) == 2  # of the one who enrolled


def test_two_faces_that_are_likely_one_are_never_both_active(
    api: Api, make: Factories, db: Session, engine: MeetingEngine
) -> None:
    photos = [face("li"), face("li", off=HELD)]
    people = [api.as_(make.person()) for _ in photos]
    engine.gather(2)
    replies = at_once([lambda me=me, photo=photo: me.enrol(photo) for me, photo in zip(people, photos, strict=True)])  # type: ignore[misc]
    assert sorted(reply.status_code for reply in replies) == [201, 202]
    assert sorted(me.get("/me/face").json["enrolled"] for me in people) == [False, True]


@pytest.mark.parametrize("names", [["li"] * 8, [f"somebody {n}" for n in range(8)]])
def test_one_person_who_enrols_eight_times_at_once_is_enrolled_once(
    api: Api, make: Factories, db: Session, engine: MeetingEngine, names: list[str]
) -> None:
    me = api.as_(make.person())
    engine.gather(len(names))
    replies = at_once([lambda name=name: Api(me.app, me.token).enrol(face(name)) for name in names])  # type: ignore[misc]
    assert sorted(reply.status_code for reply in replies) == [201] + [409] * 7
    assert {reply.json.get("code") for reply in replies} == {None, "face_already_enrolled"}
    assert count(db, FaceTemplate) == count(db, FaceKey) == count(db, AuditEntry) == 1
    assert count(db, Consent) == 2
    assert count(db, FaceCase) == 0


def test_one_enrolment_sent_eight_times_with_one_key_is_answered_alike(
    api: Api, make: Factories, db: Session, engine: MeetingEngine
) -> None:
    me = api.as_(make.person())

    def enrol() -> tuple[int, object]:
        sender = Api(me.app, me.token)
        reply = sender.send_photos("/me/face", [face("li")], key="one-key", consent_version="test-1")
        return reply.status_code, reply.json

    engine.gather(8)
    answers = at_once([enrol] * 8)
    assert {status for status, _ in answers} <= {201, 409}
    assert len({str(body) for status, body in answers if status == 201}) == 1
    assert count(db, FaceTemplate) == 1
    assert enrol() == next(answer for answer in answers if answer[0] == 201)


def test_many_people_enrol_at_once_and_each_gets_a_number(
    api: Api, make: Factories, db: Session, engine: MeetingEngine
) -> None:
    people = [api.as_(make.person()) for _ in range(16)]
    engine.gather(16)
    replies = at_once([lambda n=n, me=me: me.enrol(face(f"person {n}")) for n, me in enumerate(people)])  # type: ignore[misc]
    assert [reply.status_code for reply in replies] == [201] * 16
    positions = db.scalars(select(FaceTemplate.position).order_by(FaceTemplate.position)).all()
    assert list(positions) == list(range(1, 17))
    assert db.scalar(select(FaceCounter.last)) == 16


def test_consent_withdrawn_while_enrolling_leaves_no_face_without_consent(
    api: Api, make: Factories, db: Session
) -> None:
    me = api.as_(make.person())
    calls = [lambda: Api(me.app, me.token).enrol(face("li")), lambda: me.delete("/me/face-consent")]
    enrolled, withdrawn = at_once(calls)
    assert withdrawn.status_code == 204
    assert enrolled.status_code == 201 or enrolled.json["code"] == "enrolment_interrupted"
    standing = db.scalar(select(func.count()).select_from(Consent).where(Consent.withdrawn_at.is_(None)))
    assert (count(db, FaceTemplate), count(db, FaceKey), standing) in {(1, 1, 2), (0, 0, 0)}


def test_a_case_decided_by_two_admins_at_once_is_decided_once(api: Api, make: Factories, db: Session) -> None:
    unit = make.unit()
    api.as_(make.person(unit=unit)).enrol(face("li"))
    api.as_(make.person(unit=unit)).enrol(face("li"))
    case = db.scalars(select(FaceCase)).one()
    admins = [api.as_(make.staff(Role.UNIT_ADMIN, unit)) for _ in range(4)]
    decisions = ["accept", "reject"] * 2
    before = count(db, AuditEntry)
    replies = at_once(
        [
            lambda admin=admin, word=word: admin.post(  # type: ignore[misc]
                f"/face-cases/{case.id}/decision", {"decision": word, "reason": "核对过"}
            )
            for admin, word in zip(admins, decisions, strict=True)
        ]
    )
    assert sorted(reply.status_code for reply in replies) == [200, 409, 409, 409]
    db.expire_all()
    decided = next(reply.json["status"] for reply in replies if reply.status_code == 200)
    assert db.get(FaceCase, case.id).status is FaceCaseStatus(decided)
    assert count(db, AuditEntry) == before + 1


def test_a_reset_approved_by_two_admins_at_once_is_approved_once(api: Api, make: Factories, db: Session) -> None:
    unit = make.unit()
    person = make.person(unit=unit)
    api.as_(person).enrol(face("li"))
    first, *others = (api.as_(make.staff(Role.UNIT_ADMIN, unit)) for _ in range(4))
    reset = first.post(f"/people/{person.id}/face-resets", {"reason": "照片拍错"}).json["id"]
    replies = at_once([lambda admin=admin: admin.post(f"/face-resets/{reset}/approval") for admin in others])  # type: ignore[misc]
    assert sorted(reply.status_code for reply in replies) == [200, 409, 409]
    assert count(db, FaceTemplate) == count(db, FaceKey) == 0
