"""Enrolling a face once, withdrawing consent, and what admins decide."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from foundation.clock import day_at_home
from models.consent import Consent, ImpactAssessment
from models.edge import AuditEntry
from models.faces import FaceCase, FaceKey, FaceTemplate
from models.people import Role
from service.app import create_app
from service.configuration.settings import Settings
from service.edge.database import db as flask_db
from tests.accounts.enrolment.enrolling_a_face import count
from tests.api import Api
from tests.factories import Factories, years_ago
from tests.fakes import HELD, FakeClock, FakeEngine, RecordingGateway, face, refused


@pytest.fixture(autouse=True)
def _law(make: Factories) -> None:
    make.face_law()


@pytest.mark.manual("M-9.4")
def test_a_face_is_enrolled_once(api: Api, make: Factories, db: Session) -> None:
    me = api.as_(make.person())
    assert me.get("/me/face").json == {
        "enrolled": False,
        "enrolled_at": None,
        "held": False,
        "is_outdated": False,
        "photos_kept": 0,
        "question": None,
        "channel": None,
        "enrolled_by": None,
        "consents": [],
        "waiting": None,
        "last_decision": None,
    }
    reply = me.enrol(face("li"), face("li", off=0.2), face("li", off=0.1))
    assert reply.status_code == 201
    assert len(reply.json["quality"]) == 3
    assert me.get("/me/face").json["enrolled_at"] == reply.json["enrolled_at"]
    assert me.get("/me").json["face_enrolled"] is True
    again = me.enrol(face("li"))
    assert (again.status_code, again.json["code"]) == (409, "face_already_enrolled")
    assert count(db, Consent) == 2  # the face itself, and sending it over the network (L-5)
    assert count(db, AuditEntry) == 1


def test_no_photo_and_no_embedding_is_kept_in_clear(api: Api, make: Factories, db: Session, engine: FakeEngine) -> None:
    api.as_(make.person()).enrol(face("li"))
    from faces.engine import Purpose

    numbers = engine.look(face("li"), Purpose.ENROL).embedding.tobytes()
    row = db.scalars(select(FaceTemplate)).one()
    assert numbers not in row.sealed
    assert numbers[:16] not in row.sealed


@pytest.mark.parametrize("version", ["", "test-0", "x" * 41])
def test_without_consent_to_the_current_text_no_face(api: Api, make: Factories, db: Session, version: str) -> None:
    reply = api.as_(make.person()).enrol(face("li"), version=version)
    assert reply.status_code == 422
    assert "consent_version" in reply.json["errors"]
    assert count(db, FaceTemplate) == count(db, Consent) == 0


def test_without_a_valid_impact_assessment_faces_are_off(
    api: Api, make: Factories, db: Session, clock: FakeClock
) -> None:
    db.execute(update(ImpactAssessment).values(valid_until=day_at_home(clock.now()) - timedelta(days=1)))
    db.commit()
    assert api.as_(make.person()).enrol(face("li")).json["code"] == "face_not_offered"


def test_under_fourteen_a_guardian_must_consent(api: Api, make: Factories, clock: FakeClock) -> None:
    young = make.person(birth_on=years_ago(day_at_home(clock.now()), 13))
    of_age = make.person(birth_on=years_ago(day_at_home(clock.now()), 15))
    assert api.as_(young).enrol(face("young")).json["code"] == "guardian_consent_required"
    assert api.as_(of_age).enrol(face("older")).status_code == 201


def test_a_birthday_begins_at_midnight_in_the_province(api: Api, make: Factories, clock: FakeClock) -> None:
    clock.set((clock.now() + timedelta(days=1)).replace(hour=16, minute=30))  # half past midnight, of the next day
    of_age = make.person(birth_on=years_ago(day_at_home(clock.now()), 14))
    assert api.as_(of_age).enrol(face("li")).status_code == 201


@pytest.mark.parametrize(
    "code", ["no_face", "multiple_faces", "face_covered", "low_quality", "photo_broken", "photo_unsupported"]
)
def test_a_refused_photo_is_named_and_leaves_nothing(api: Api, make: Factories, db: Session, code: str) -> None:
    reply = api.as_(make.person()).enrol(face("li"), refused(code))
    assert reply.json["code"] == code
    assert 400 < reply.status_code < 500
    assert "photos.1" in reply.json["errors"]
    assert count(db, FaceTemplate) == count(db, FaceKey) == count(db, Consent) == 0


@pytest.mark.parametrize(("language", "word"), [("en", "mask"), ("zh-CN", "口罩")])
@pytest.mark.parametrize("code", ["no_face", "face_covered"])
def test_where_a_cover_may_be_why_the_first_advice_is_to_take_it_off(
    api: Api, make: Factories, code: str, language: str, word: str
) -> None:
    form = {"photos": [(io.BytesIO(refused(code)), "0.jpg")], "consent_version": "test-1"}
    me, headers = api.as_(make.person()), {"Accept-Language": language}
    reply = me.call("POST", "/me/face", headers=headers, data=form, content_type="multipart/form-data")
    assert (reply.status_code, reply.json["code"]) == (422, code)
    assert reply.json["advice"][0] == "uncover_face"
    assert word in reply.json["hint"].lower()


def test_covered_eyes_are_told_in_the_quality(api: Api, make: Factories) -> None:
    reply = api.as_(make.person()).enrol(face("li", eyes_cover=0.9))
    assert reply.status_code == 201
    assert reply.json["quality"][0]["eyes_cover"] == 0.9


@pytest.mark.parametrize("code", ["face_queue_full", "face_engine_down"])
def test_a_busy_engine_is_503_with_a_time_to_come_back(api: Api, make: Factories, code: str) -> None:
    reply = api.as_(make.person()).enrol(refused(code))
    assert (reply.status_code, reply.json["code"]) == (503, code)
    assert int(reply.headers["Retry-After"]) >= 1


def test_photos_of_two_people_are_refused(api: Api, make: Factories) -> None:
    reply = api.as_(make.person()).enrol(face("li"), face("wang"))
    assert (reply.status_code, reply.json["code"]) == (422, "not_one_person")


def test_none_or_more_than_five_photos_are_422(api: Api, make: Factories, engine: FakeEngine) -> None:
    me = api.as_(make.person())
    assert me.enrol().status_code == 422
    assert me.enrol(*[face("li")] * 6).status_code == 422
    assert me.call("POST", "/me/face", data={"photos": "text", "consent_version": "test-1"}).status_code == 422
    assert engine.looks == 0


def test_one_face_belongs_to_one_account(api: Api, make: Factories, db: Session) -> None:
    api.as_(make.person()).enrol(face("li"))
    second = make.person()
    reply = api.as_(second).enrol(face("li"))
    assert (reply.status_code, reply.json["code"]) == (409, "face_belongs_to_another_account")
    assert count(db, FaceTemplate) == 1
    case = db.scalars(select(FaceCase)).one()
    assert case.person_id == second.id
    assert api.as_(second).get("/me/face").json["enrolled"] is False


def test_a_likely_duplicate_is_held_until_an_admin_accepts_it(api: Api, make: Factories, db: Session) -> None:
    unit = make.unit()
    first, second = make.person(unit=unit), make.person(unit=unit)
    api.as_(first).enrol(face("li"))
    reply = api.as_(second).enrol(face("li", off=HELD))
    assert reply.status_code == 202
    assert reply.json["status"] == "held"
    me = api.as_(second)
    seen = me.get("/me/face").json
    assert {name: seen[name] for name in ("enrolled", "enrolled_at", "held", "is_outdated", "photos_kept")} == {
        "enrolled": False,
        "enrolled_at": None,
        "held": True,
        "is_outdated": False,
        "photos_kept": 0,
    }
    admin = api.as_(make.staff(Role.UNIT_ADMIN, unit))
    listed = admin.get("/face-cases?status=open").json
    assert [item["id"] for item in listed["items"]] == [reply.json["case"]]
    decided = admin.post(f"/face-cases/{reply.json['case']}/decision", {"decision": "accept", "reason": "双胞胎"})
    assert decided.json["status"] == "accepted"
    assert me.get("/me/face").json["enrolled"] is True
    again = admin.post(f"/face-cases/{reply.json['case']}/decision", {"decision": "reject", "reason": "再想想"})
    assert (again.status_code, again.json["code"]) == (409, "already_decided")


def test_a_held_face_that_is_rejected_is_deleted_with_its_key(api: Api, make: Factories, db: Session) -> None:
    unit = make.unit()
    api.as_(make.person(unit=unit)).enrol(face("li"))
    reply = api.as_(make.person(unit=unit)).enrol(face("li", off=HELD))
    admin = api.as_(make.staff(Role.UNIT_ADMIN, unit))
    admin.post(f"/face-cases/{reply.json['case']}/decision", {"decision": "reject", "reason": "同一人"})
    assert count(db, FaceTemplate) == count(db, FaceKey) == 1


def test_people_told_apart_by_an_admin_can_both_enrol(api: Api, make: Factories, db: Session) -> None:
    unit = make.unit()
    api.as_(make.person(unit=unit)).enrol(face("twin"))
    second = api.as_(make.person(unit=unit))
    assert second.enrol(face("twin")).status_code == 409
    case = db.scalars(select(FaceCase)).one()
    admin = api.as_(make.staff(Role.DEPARTMENT_ADMIN, unit))
    admin.post(f"/face-cases/{case.id}/decision", {"decision": "accept", "reason": "双胞胎，已核对证件"})
    assert second.enrol(face("twin")).status_code == 201
    third = api.as_(make.person(unit=unit))
    assert third.enrol(face("twin")).json["code"] == "face_belongs_to_another_account"


def test_withdrawing_consent_deletes_the_face_and_opens_enrolment_again(api: Api, make: Factories, db: Session) -> None:
    me = api.as_(make.person())
    me.enrol(face("li"))
    assert me.delete("/me/face-consent").status_code == 204
    assert count(db, FaceTemplate) == count(db, FaceKey) == 0
    assert all(row.withdrawn_at is not None for row in db.scalars(select(Consent)))
    assert me.delete("/me/face-consent").status_code == 204
    again = me.enrol(face("li"))
    assert (again.status_code, again.json["reason"]) == (202, "enrolled_after_withdrawal")
    other = api.as_(make.person())
    assert other.enrol(face("li")).status_code == 409


def test_a_reset_takes_two_admins(api: Api, make: Factories, db: Session) -> None:
    unit = make.unit()
    person = make.person(unit=unit)
    one, two = (api.as_(make.staff(Role.UNIT_ADMIN, unit)) for _ in range(2))
    assert one.post(f"/people/{person.id}/face-resets", {"reason": "照片拍错"}).json["code"] == "face_not_enrolled"
    me = api.as_(person)
    me.enrol(face("li"))
    asked = one.post(f"/people/{person.id}/face-resets", {"reason": "照片拍错"})
    assert asked.status_code == 201
    alone = one.post(f"/face-resets/{asked.json['id']}/approval")
    assert (alone.status_code, alone.json["code"]) == (409, "second_admin_needed")
    assert count(db, FaceTemplate) == 1
    assert two.post(f"/face-resets/{asked.json['id']}/approval").status_code == 200
    assert two.post(f"/face-resets/{asked.json['id']}/approval").json["code"] == "already_decided"
    assert count(db, FaceTemplate) == count(db, FaceKey) == 0
    assert me.enrol(face("li")).status_code == 201


def test_admins_reach_their_own_unit_alone(api: Api, make: Factories, db: Session) -> None:
    here, elsewhere = make.unit(), make.unit(name="第二医院")
    person = make.person(unit=here)
    api.as_(make.person(unit=here)).enrol(face("li"))
    api.as_(person).enrol(face("li"))
    case = db.scalars(select(FaceCase)).one()
    stranger = api.as_(make.staff(Role.UNIT_ADMIN, elsewhere))
    assert stranger.get("/face-cases").json["items"] == []
    decision = {"decision": "accept", "reason": "双胞胎"}
    assert stranger.post(f"/face-cases/{case.id}/decision", decision).json["code"] == "forbidden"
    assert stranger.post(f"/people/{person.id}/face-resets", {"reason": "测试"}).status_code == 403
    assert api.as_(person).get("/face-cases").status_code == 403


def test_cases_come_in_pages(api: Api, make: Factories) -> None:
    unit = make.unit()
    api.as_(make.person(unit=unit)).enrol(face("li"))
    for _ in range(5):
        api.as_(make.person(unit=unit)).enrol(face("li"))
    admin = api.as_(make.staff(Role.UNIT_ADMIN, unit))
    seen, cursor = [], ""
    while cursor is not None:
        page = admin.get(f"/face-cases?limit=2{'&cursor=' + cursor if cursor else ''}").json
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert len(seen) == len(set(seen)) == 5
    assert admin.get("/face-cases?cursor=garbage").status_code == 422
    assert admin.get("/face-cases?limit=0").status_code == 422


def test_a_repeated_enrolment_with_one_key_gives_one_answer(api: Api, make: Factories) -> None:
    me = api.as_(make.person())
    first = me.send_photos("/me/face", [face("li")], key="key-1", consent_version="test-1")
    again = me.send_photos("/me/face", [face("li")], key="key-1", consent_version="test-1")
    assert (again.status_code, again.json) == (201, first.json)
    assert again.headers["Idempotent-Replayed"] == "true"
    other = me.send_photos("/me/face", [face("li", off=0.1)], key="key-1", consent_version="test-1")
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")


def test_every_process_learns_of_faces_enrolled_and_deleted_by_others(
    api: Api, make: Factories, settings: Settings, clock: FakeClock, engine: FakeEngine, sms: RecordingGateway
) -> None:
    here, there = api, Api(create_app(settings, clock=clock, engine=engine, sms=sms))
    first, second, third = make.person(), make.person(), make.person()
    assert here.as_(first).enrol(face("li")).status_code == 201
    assert there.as_(second).enrol(face("li")).json["code"] == "face_belongs_to_another_account"
    here.as_(first).delete("/me/face-consent")
    assert there.as_(third).enrol(face("wang")).status_code == 201
    assert len(there.app.extensions["components"].faces) == 0  # li is gone from memory too, wang not read yet
    assert there.as_(second).enrol(face("li")).status_code == 201
    assert here.as_(first).enrol(face("li")).json["code"] == "face_belongs_to_another_account"
    with there.app.app_context():
        flask_db.engine.dispose()
