"""An admin enrols the face of a person who is with them, as the witness of both consents."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from foundation.clock import day_at_home
from models.consent import Consent
from models.edge import AuditEntry
from models.faces import FaceKey, FaceTemplate
from models.people import Role
from tests.accounts.enrolment.enrolling_in_person import BOTH, code_of, enrol
from tests.api import Api
from tests.factories import Factories, years_ago
from tests.fakes import HELD, FakeClock, face, refused


@pytest.fixture(autouse=True)
def _law(make: Factories) -> None:
    make.face_law()


def count(db: Session, table: type) -> int:
    return db.scalar(select(func.count()).select_from(table)) or 0


def test_an_admin_enrols_a_person_and_is_the_witness(api: Api, make: Factories, db: Session, clock: FakeClock) -> None:
    unit = make.unit(name="第三医院")
    person, boss = make.person(unit=unit), make.staff(Role.DEPARTMENT_ADMIN, unit)
    reply = enrol(api.as_(boss), person, face("li"), face("li", off=0.2), **BOTH)
    assert reply.status_code == 201, reply.json
    assert len(reply.json["quality"]) == 2
    given = db.scalars(select(Consent).where(Consent.person_id == person.id)).all()
    assert {each.purpose.value for each in given} == {"face_recognition", "face_network"}
    assert {(each.channel, each.witness_id, each.version) for each in given} == {("in_person", boss.id, "test-1")}
    told = db.scalars(select(AuditEntry).where(AuditEntry.action == "face.enrol")).one()
    assert (told.actor_id, told.subject_id, told.after["channel"]) == (boss.id, person.id, "in_person")


def test_the_person_sees_who_enrolled_them_and_when(api: Api, make: Factories, db: Session, clock: FakeClock) -> None:
    unit = make.unit(name="第三医院")
    person, boss = make.person(unit=unit), make.staff(Role.UNIT_ADMIN, unit)
    me = api.as_(person)
    enrol(api.as_(boss), person, face("li"), **BOTH)
    seen = me.get("/me/face").json
    who = {"name": boss.name, "unit": "第三医院"}
    assert (seen["enrolled"], seen["channel"], seen["enrolled_by"]) == (True, "in_person", who)
    assert seen["enrolled_at"].startswith(clock.now().isoformat()[:19])
    assert [(each["purpose"], each["channel"], each["witness"]) for each in seen["consents"]] == [
        ("face_recognition", "in_person", who),
        ("face_network", "in_person", who),
    ]
    assert me.delete("/me/face-consent").status_code == 204
    assert me.get("/me/face").json["consents"] == []
    assert count(db, FaceTemplate) == count(db, FaceKey) == 0


def test_who_enrols_oneself_sees_that_nobody_else_did(api: Api, make: Factories) -> None:
    me = api.as_(make.person())
    me.enrol(face("li"))
    seen = me.get("/me/face").json
    assert (seen["channel"], seen["enrolled_by"], seen["consents"][0]["witness"]) == ("app", None, None)


@pytest.mark.parametrize(
    ("ticked", "missing"),
    [
        ({}, "face_recognition"),
        ({"face_recognition": "true"}, "face_network"),
        ({"face_network": "true"}, "face_recognition"),
        ({"face_recognition": "true", "face_network": "false"}, "face_network"),
        ({"face_recognition": "0", "face_network": "true"}, "face_recognition"),
    ],
)
def test_each_consent_is_ticked_by_itself(
    api: Api, make: Factories, db: Session, ticked: dict[str, str], missing: str
) -> None:
    unit = make.unit()
    reply = enrol(api.as_(make.staff(Role.UNIT_ADMIN, unit)), make.person(unit=unit), face("li"), **ticked)
    assert code_of(reply) == (422, "consent_required")
    assert list(reply.json["errors"]) == [missing]
    assert count(db, FaceTemplate) == count(db, Consent) == 0


def test_the_text_must_be_the_current_one(api: Api, make: Factories, db: Session) -> None:
    unit = make.unit()
    admin, person = api.as_(make.staff(Role.UNIT_ADMIN, unit)), make.person(unit=unit)
    assert code_of(enrol(admin, person, face("li"), version="test-0", **BOTH)) == (422, "consent_required")
    assert admin.send_photos(f"/people/{person.id}/face", [face("li")], **BOTH).status_code == 422
    assert count(db, Consent) == 0


def test_the_refusals_are_those_of_self_enrolment(api: Api, make: Factories, clock: FakeClock) -> None:
    unit = make.unit()
    admin = api.as_(make.staff(Role.UNIT_ADMIN, unit))
    first, second = make.person(unit=unit), make.person(unit=unit)
    young = make.person(unit=unit, birth_on=years_ago(day_at_home(clock.now()), 13))
    assert enrol(admin, first, face("li"), **BOTH).status_code == 201
    assert code_of(enrol(admin, first, face("li"), **BOTH)) == (409, "face_already_enrolled")
    assert code_of(enrol(admin, second, face("li"), **BOTH)) == (409, "face_belongs_to_another_account")
    assert code_of(enrol(admin, second, face("wang"), face("zhao"), **BOTH)) == (422, "not_one_person")
    assert code_of(enrol(admin, young, face("young"), **BOTH)) == (403, "guardian_consent_required")
    assert code_of(enrol(admin, second, refused("no_face"), **BOTH)) == (422, "no_face")
    assert enrol(admin, second, **BOTH).status_code == 422
    assert enrol(admin, second, *[face("wang")] * 6, **BOTH).status_code == 422


def test_a_likely_duplicate_is_held(api: Api, make: Factories) -> None:
    unit = make.unit()
    admin = api.as_(make.staff(Role.UNIT_ADMIN, unit))
    first, second = make.person(unit=unit), make.person(unit=unit)
    enrol(admin, first, face("li"), **BOTH)
    reply = enrol(admin, second, face("li", off=HELD), **BOTH)
    assert (reply.status_code, reply.json["status"]) == (202, "held")
    seen = api.as_(second).get("/me/face").json
    assert (seen["held"], seen["channel"]) == (True, "in_person")


def test_nobody_is_their_own_witness(api: Api, make: Factories, db: Session) -> None:
    unit = make.unit()
    boss = make.staff(Role.UNIT_ADMIN, unit)
    assert code_of(enrol(api.as_(boss), boss, face("boss"), **BOTH)) == (403, "own_face")
    other_account = make.staff(Role.UNIT_ADMIN, unit)
    assert enrol(api.as_(other_account), boss, face("boss"), **BOTH).status_code == 201
    twice = make.staff(Role.UNIT_ADMIN, unit)
    assert enrol(api.as_(boss), twice, face("boss"), **BOTH).status_code == 409  # opens a case of the two accounts
    assert code_of(enrol(api.as_(twice), boss, face("boss"), **BOTH)) == (403, "own_face")
    assert count(db, FaceTemplate) == 1


def test_admins_enrol_people_of_their_own_unit_alone(api: Api, make: Factories, db: Session) -> None:
    here, there = make.unit(), make.unit(name="第二医院")
    person = make.person(unit=there)
    assert code_of(enrol(api.as_(make.staff(Role.UNIT_ADMIN, here)), person, face("li"), **BOTH)) == (403, "forbidden")
    assert code_of(enrol(api.as_(make.organizer(there)), person, face("li"), **BOTH)) == (403, "forbidden")
    assert code_of(enrol(api.as_(person), person, face("li"), **BOTH)) == (403, "forbidden")
    assert enrol(api.as_(make.staff(Role.AUTHORITY, make.province)), person, face("li"), **BOTH).status_code == 201
    unknown = f"/people/{here.id}/face"
    reply = api.as_(make.staff(Role.UNIT_ADMIN, here)).send_photos(unknown, [face("li")], consent_version="test-1")
    assert code_of(reply) == (404, "not_found")


def test_a_repeat_with_one_key_gives_one_answer(api: Api, make: Factories, db: Session) -> None:
    unit = make.unit()
    admin, person = api.as_(make.staff(Role.UNIT_ADMIN, unit)), make.person(unit=unit)
    sent = {"consent_version": "test-1", **BOTH}
    replies = [admin.send_photos(f"/people/{person.id}/face", [face("li")], key="one", **sent) for _ in range(2)]
    assert [reply.status_code for reply in replies] == [201, 201]
    assert replies[0].json == replies[1].json
    assert count(db, FaceTemplate) == 1


def test_consents_are_given_before_the_photos(api: Api, make: Factories, db: Session) -> None:
    person = make.person()
    me = api.as_(person)
    reply = me.post("/me/face-consent", {"consent_version": "test-1", "face_recognition": True})
    assert reply.status_code == 200
    assert [each["purpose"] for each in reply.json["items"]] == ["face_recognition"]
    both = {"consent_version": "test-1", "face_recognition": True, "face_network": True}
    for _ in range(2):  # the second changes nothing
        reply = me.post("/me/face-consent", both)
        assert {each["purpose"] for each in reply.json["items"]} == {"face_recognition", "face_network"}
    assert count(db, Consent) == 2
    assert [each.action for each in db.scalars(select(AuditEntry))] == ["face_consent.give"] * 2
    assert len(me.get("/me/face").json["consents"]) == 2
    assert me.delete("/me/face-consent").status_code == 204
    assert me.get("/me/face").json["consents"] == []
    assert me.post("/me/face-consent", both).status_code == 200
    assert count(db, Consent) == 4


def test_consents_are_to_the_current_text_and_none_is_implied(api: Api, make: Factories, clock: FakeClock) -> None:
    me = api.as_(make.person())
    assert code_of(me.post("/me/face-consent", {"consent_version": "test-1"})) == (422, "consent_required")
    old = {"consent_version": "test-0", "face_recognition": True, "face_network": True}
    assert code_of(me.post("/me/face-consent", old)) == (422, "consent_required")
    young = api.as_(make.person(birth_on=years_ago(day_at_home(clock.now()), 13)))
    assert code_of(young.post("/me/face-consent", old | {"consent_version": "test-1"})) == (
        403,
        "guardian_consent_required",
    )


def test_an_admin_who_sees_the_person_lifts_what_holds_them(api: Api, make: Factories) -> None:
    unit = make.unit()
    person = make.person(unit=unit)
    me, admin = api.as_(person), api.as_(make.staff(Role.UNIT_ADMIN, unit))
    assert me.enrol(face("li")).status_code == 201
    assert me.delete("/me/face-consent").status_code == 204
    for other in ("wang", "zhao", "sun"):
        assert code_of(me.enrol(face("li"), face(other))) == (422, "not_one_person")
    assert code_of(me.enrol(face("li"))) == (409, "enrolment_held")
    assert code_of(enrol(admin, person, face("li"), face("wang"), **BOTH)) == (422, "not_one_person")
    assert enrol(admin, person, face("li"), **BOTH).status_code == 201
    assert me.get("/me/face").json["enrolled"] is True
    assert admin.get("/face-cases?status=open").json["items"] == []
