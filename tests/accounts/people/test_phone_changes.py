"""A phone that changed: by its owner with two proofs, by an admin in person, never by the new phone's code alone."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.sign_in.sms import NoticeKind
from models.edge import AuditEntry
from models.people import Person, Role, Unit
from service.configuration.settings import Settings
from tests.api import Api, Reply
from tests.factories import PASSWORD, Factories
from tests.fakes import FakeClock, RecordingGateway

OLD, NEW, ANOTHER = "+8613800000001", "+8613711112222", "+8613711113333"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Settings with which the old phone is told."""
    return settings.model_copy(update={"sms_templates": {NoticeKind.PHONE_CHANGED: "SMS_1"}})


@pytest.fixture
def person(make: Factories) -> Person:
    """Somebody with a phone and a password."""
    return make.person(phone=OLD)


def ask(me: Api, sms: RecordingGateway, phone: str = NEW) -> str:
    """A code for a change, sent to this phone."""
    assert me.post("/auth/sms-codes", {"phone": phone, "purpose": "phone_change"}).status_code == 202
    assert sms.sent[-1].phone == phone
    return sms.last_code


def change(me: Api, code: str, phone: str = NEW, **proof: Any) -> Reply:
    return me.put("/me/phone", {"phone": phone, "code": code, **proof})


def codes_open(api: Api, sms: RecordingGateway, phone: str) -> bool:
    """Whether a code to this phone signs in."""
    before = len(sms.sent)
    assert api.post("/auth/sms-codes", {"phone": phone}).status_code == 202
    return (
        len(sms.sent) > before and api.post("/auth/login", {"phone": phone, "code": sms.last_code}).status_code == 200
    )


def test_with_the_password_the_new_phone_signs_in_and_the_old_one_no_longer(
    api: Api, person: Person, sms: RecordingGateway, db: Session, run_jobs: Callable[[], None]
) -> None:
    me, other = api.as_(person), api.as_(person)
    assert change(me, ask(me, sms), password=PASSWORD).status_code == 204
    assert codes_open(Api(api.app), sms, NEW)
    assert not codes_open(Api(api.app), sms, OLD)
    assert (me.get("/me").status_code, other.get("/me").status_code) == (200, 401)
    assert "account.phone_change" in db.scalars(select(AuditEntry.action)).all()
    run_jobs()
    assert [(each.phone, each.purpose) for each in sms.sent if not each.code] == [(OLD, "phone_changed")]


def test_with_a_code_to_the_old_phone_it_changes_too(api: Api, person: Person, sms: RecordingGateway) -> None:
    me = api.as_(person)
    old_code, code = ask(me, sms, OLD), ask(me, sms)
    wrong = change(me, code, old_code=f"{(int(old_code) + 1) % 10**6:06d}")
    assert (wrong.status_code, wrong.json["code"], list(wrong.json["errors"])) == (401, "bad_code", ["old_code"])
    assert change(me, code, old_code=old_code).status_code == 204
    assert codes_open(Api(api.app), sms, NEW)


def test_the_new_phones_code_alone_changes_nothing_and_stays_good(
    api: Api, person: Person, sms: RecordingGateway
) -> None:
    me = api.as_(person)
    code = ask(me, sms)
    refused = change(me, code)
    assert (refused.status_code, refused.json["code"]) == (403, "phone_proof_required")
    assert refused.json["proofs"] == ["password", "old_code"]
    wrong = change(me, code, password="not-the-word")
    assert (wrong.json["code"], list(wrong.json["errors"])) == ("current_password_wrong", ["password"])
    assert change(me, code, password=PASSWORD).status_code == 204
    assert change(me, code, password=PASSWORD).json["code"] == "bad_code"


def test_a_phone_of_another_account_is_taken_and_spends_no_code(
    api: Api, person: Person, make: Factories, sms: RecordingGateway
) -> None:
    make.person(phone=NEW)
    me = api.as_(person)
    code = ask(me, sms)
    for _ in range(2):
        refused = change(me, code, password=PASSWORD)
        assert (refused.status_code, refused.json["code"]) == (409, "phone_taken")
    assert codes_open(Api(api.app), sms, OLD)


def test_a_code_is_of_the_account_that_asked_for_it(
    api: Api, person: Person, make: Factories, sms: RecordingGateway
) -> None:
    thief = api.as_(make.person())
    code = ask(thief, sms)
    assert change(api.as_(person), code, password=PASSWORD).json["code"] == "bad_code"
    plain = Api(api.app).post("/auth/login", {"phone": NEW, "code": code})
    assert (plain.status_code, plain.json["code"]) == (401, "bad_code")


def test_nobody_asks_for_such_a_code_without_signing_in(api: Api, make: Factories) -> None:
    body = {"phone": NEW, "purpose": "phone_change"}
    assert api.post("/auth/sms-codes", body).json["code"] == "token_invalid"
    newcomer = make.person(must_change_password=True)
    token = api.post("/auth/login", {"cme_number": newcomer.cme_number, "password": PASSWORD}).json["access_token"]
    assert Api(api.app, token).post("/auth/sms-codes", body).json["code"] == "password_change_required"


def test_strangers_who_ask_for_codes_do_not_stop_a_change(
    api: Api, person: Person, sms: RecordingGateway, clock: FakeClock
) -> None:
    me = api.as_(person)
    for _ in range(10):
        assert Api(api.app).post("/auth/sms-codes", {"phone": NEW}).status_code == 202
        clock.turn(minutes=2)
    assert Api(api.app).post("/auth/sms-codes", {"phone": NEW}).status_code == 429
    assert change(me, ask(me, sms), password=PASSWORD).status_code == 204


def test_an_admin_changes_the_phone_of_somebody_who_came(
    api: Api, person: Person, make: Factories, sms: RecordingGateway, db: Session, run_jobs: Callable[[], None]
) -> None:
    hospital = db.get_one(Unit, person.unit_id)
    admin, me = api.as_(make.staff(Role.UNIT_ADMIN, hospital)), api.as_(person)
    far = api.as_(make.staff(Role.UNIT_ADMIN, make.unit()))
    path = f"/people/{person.id}/phone"
    body = {"phone": NEW, "code": ask(admin, sms), "reason": "本人持证到场"}
    assert far.put(path, body).status_code == 404
    assert me.put(path, body).status_code == 403
    assert (
        admin.put(path, {**body, "code": "000000" if body["code"] != "000000" else "1" * 6}).json["code"] == "bad_code"
    )
    assert admin.put(path, body).status_code == 204
    assert me.get("/me").status_code == 401
    assert codes_open(Api(api.app), sms, NEW)
    entry = db.scalars(select(AuditEntry).where(AuditEntry.action == "person.phone_change")).one()
    assert entry.reason == "本人持证到场"
    run_jobs()
    assert [each.phone for each in sms.sent if not each.code] == [OLD]


def test_an_admin_changes_no_phone_of_their_own_this_way(api: Api, make: Factories, sms: RecordingGateway) -> None:
    boss = make.staff(Role.UNIT_ADMIN, make.unit())
    admin = api.as_(boss)
    body = {"phone": NEW, "code": ask(admin, sms), "reason": "本人持证到场"}
    assert admin.put(f"/people/{boss.id}/phone", body).json["code"] == "own_account"


def test_a_phone_shows_its_owners_number_once(api: Api, person: Person, sms: RecordingGateway) -> None:
    api.post("/auth/sms-codes", {"phone": OLD})
    body = {"phone": OLD, "code": sms.last_code}
    wrong = f"{(int(sms.last_code) + 1) % 10**6:06d}"
    assert api.post("/auth/number-lookups", {**body, "code": wrong}).json["code"] == "bad_code"
    found = api.post("/auth/number-lookups", body)
    assert (found.status_code, found.json) == (200, {"cme_number": person.cme_number})
    assert api.post("/auth/number-lookups", body).json["code"] == "bad_code"
