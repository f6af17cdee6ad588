"""Proofs of initial passwords and slips beside second factors: nothing is spent before all of them are right."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.sign_in import slips
from accounts.sign_in.passwords import hash_password
from models.accounts import Account
from models.people import Person, Role, RoleGrant
from models.sign_in_proofs import PasswordSlip
from service.configuration.settings import Settings
from tests.accounts.second_factor.owner import Owner
from tests.api import Api, Reply, new_key
from tests.databases import table_of
from tests.factories import PASSWORD, Factories
from tests.fakes import FakeClock, RecordingGateway

PHONE = "+8613800000001"
INITIAL = "123456"
_HASHED = hash_password(INITIAL)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Settings as they are by default."""
    return settings.model_copy(update={"second_factor": True, "require_initial_proof": True})


@pytest.fixture
def newcomer(make: Factories, db: Session, clock: FakeClock) -> Person:
    """An organizer with a phone who never signed in."""
    unit = make.unit()
    person = make.person(unit=unit, phone=PHONE, must_change_password=True, password_hash=_HASHED)
    db.add(RoleGrant(person_id=person.id, role=Role.ORGANIZER, unit_id=unit.id, granted_at=clock.now()))
    db.commit()
    return person


def login(api: Api, person: Person, password: str, **more: Any) -> Reply:
    return Api(api.app).post("/auth/login", {"cme_number": person.cme_number, "password": password, **more})


def a_slip(api: Api, person: Person, db: Session, clock: FakeClock) -> str:
    account_id = db.scalars(select(Account.id).where(Account.person_id == person.id)).one()
    made = slips.make(db, account_id, given_by=None, now=clock.now(), seal=api.app.extensions["components"].seal)
    db.commit()
    return made.text


def test_a_code_that_proves_the_person_is_the_second_factor_of_an_organizer_too(
    api: Api, newcomer: Person, sms: RecordingGateway
) -> None:
    api.post("/auth/sms-codes", {"phone": PHONE})
    first = login(api, newcomer, INITIAL, proof={"code": sms.last_code})
    assert (first.status_code, first.json["must_change_password"], first.json["second_factor_due"]) == (
        200,
        True,
        False,
    )
    me = Api(api.app, first.json["access_token"])
    changed = me.put("/me/password", {"current_password": INITIAL, "new_password": "Stetho-scope-9"})
    assert Api(api.app, changed.json["access_token"]).get("/me").status_code == 200


def test_a_code_beside_a_password_of_ones_own_proves_nothing(
    api: Api, newcomer: Person, db: Session, sms: RecordingGateway
) -> None:
    db.execute(table_of(Account).update().values(must_change_password=False))
    api.post("/auth/sms-codes", {"phone": PHONE})
    wrong = f"{(int(sms.last_code) + 1) % 1_000_000:06d}"
    assert login(api, newcomer, INITIAL, proof={"code": wrong}).json["code"] == "otp_required"


def set_up_by_sms(owner: Owner, sms: RecordingGateway) -> None:
    """Set up a second factor where an SMS code was the factor until then."""
    owner.api.post("/auth/sms-codes", {"phone": PHONE})
    owner.set_up(owner.api.as_(owner.person), headers={"X-OTP": sms.last_code})


def test_a_proof_is_not_spent_before_the_second_factor_is_right(
    api: Api, newcomer: Person, clock: FakeClock, sms: RecordingGateway
) -> None:
    owner = Owner(api, newcomer, clock)
    set_up_by_sms(owner, sms)
    clock.turn(minutes=1)
    api.post("/auth/sms-codes", {"phone": PHONE})
    proof = {"code": sms.last_code}
    assert login(api, newcomer, INITIAL, proof=proof).json["code"] == "otp_required"
    assert login(api, newcomer, INITIAL, proof=proof, otp=owner.wrong_code()).json["code"] == "otp_wrong"
    assert login(api, newcomer, INITIAL, proof=proof, otp=owner.next_code()).status_code == 200
    assert login(api, newcomer, INITIAL, proof=proof, otp=owner.next_code()).json["code"] == "proof_wrong"


def test_the_second_factor_is_not_asked_for_without_the_proof(
    api: Api, newcomer: Person, clock: FakeClock, sms: RecordingGateway
) -> None:
    owner = Owner(api, newcomer, clock)
    set_up_by_sms(owner, sms)
    code = owner.next_code()
    assert login(api, newcomer, INITIAL, otp=code).json["code"] == "proof_required"
    assert login(api, newcomer, INITIAL, otp=code, proof={"code": "000000"}).json["code"] == "proof_wrong"


def test_a_slip_is_not_spent_and_the_old_password_holds_before_the_second_factor_is_right(
    api: Api, make: Factories, clock: FakeClock, db: Session
) -> None:
    owner = Owner(api, make.person(), clock)
    owner.set_up()
    slip = a_slip(api, owner.person, db, clock)
    assert owner.login(password=slip).json["code"] == "otp_required"
    assert owner.login(password=slip, otp=owner.wrong_code()).json["code"] == "otp_wrong"
    assert db.scalars(select(PasswordSlip.ended_at)).one() is None
    assert owner.login(password=PASSWORD, otp=owner.next_code()).status_code == 200
    opened = owner.login(password=slip, otp=owner.next_code())
    assert (opened.status_code, opened.json["must_change_password"]) == (200, True)
    me = Api(api.app, opened.json["access_token"])
    changed = me.put("/me/password", {"current_password": slip, "new_password": "Stetho-scope-9"})
    assert (changed.status_code, changed.json["second_factor_due"]) == (200, False)


def test_a_slip_for_somebody_who_needs_a_second_factor_leads_to_its_set_up(
    api: Api, make: Factories, clock: FakeClock, db: Session
) -> None:
    owner = Owner(api, make.staff(Role.SYSTEM_ADMIN, make.province), clock)
    slip = a_slip(api, owner.person, db, clock)
    me = Api(api.app, owner.login(password=slip).json["access_token"])
    changed = me.put("/me/password", {"current_password": slip, "new_password": "Stetho-scope-9"})
    assert changed.json["second_factor_due"] is True
    due = Api(api.app, changed.json["access_token"])
    assert due.get("/me").json["code"] == "second_factor_required"
    assert owner.set_up(due).status_code == 200


def test_an_admin_makes_a_slip_only_with_a_code(api: Api, make: Factories, clock: FakeClock) -> None:
    chief = Owner(api, make.staff(Role.SYSTEM_ADMIN, make.province), clock)
    me = Api(api.app, chief.set_up().json["access_token"])
    path, because = f"/people/{make.person().id}/password-slips", {"reason": "本人到场"}
    assert me.post(path, because).json["code"] == "otp_required"
    assert me.post(path, because, headers={"X-OTP": chief.next_code()}).status_code == 201


def test_a_lost_answer_is_given_again_though_its_code_is_used_up(api: Api, make: Factories, clock: FakeClock) -> None:
    owner = Owner(api, make.person(), clock)
    owner.set_up()
    body = {"cme_number": owner.person.cme_number, "password": PASSWORD, "otp": owner.next_code()}
    key = {"Idempotency-Key": new_key()}
    first, again = (Api(api.app).post("/auth/login", body, headers=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json["access_token"] == again.json["access_token"]
    assert Api(api.app).post("/auth/login", body, headers={"Idempotency-Key": new_key()}).json["code"] == "otp_wrong"


def test_a_sign_in_whose_second_factor_is_due_changes_no_phone(api: Api, make: Factories, clock: FakeClock) -> None:
    owner = Owner(api, make.staff(Role.AUTHORITY, make.province), clock)
    due = Api(api.app, owner.login().json["access_token"])
    for reply in (
        due.post("/auth/sms-codes", {"phone": PHONE, "purpose": "phone_change"}),
        due.put("/me/phone", {"phone": PHONE, "code": "123456", "password": PASSWORD}),
    ):
        assert (reply.status_code, reply.json["code"]) == (403, "second_factor_required")


def test_a_phone_that_is_a_second_factor_is_changed_only_by_showing_it(
    api: Api, newcomer: Person, sms: RecordingGateway, db: Session, clock: FakeClock
) -> None:
    db.execute(table_of(Account).update().values(must_change_password=False))
    me, new = api.as_(newcomer), "+8613800000002"
    assert me.post("/auth/sms-codes", {"phone": new, "purpose": "phone_change"}).status_code == 202
    change = {"phone": new, "code": sms.last_code, "password": INITIAL}
    assert me.put("/me/phone", change).json["code"] == "otp_required"
    assert api.post("/auth/sms-codes", {"phone": PHONE}).status_code == 202
    assert me.put("/me/phone", change, headers={"X-OTP": sms.last_code}).status_code == 204
