"""Attacks on the door that once worked: guesses that were not counted, tokens that outlived a reset, stolen tokens."""

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.sign_in import puzzles, slips
from accounts.sign_in.password_queue import PasswordHasher
from models.accounts import Account, SmsCode
from models.people import Person, Role, RoleGrant
from models.sign_in_proofs import KnownDevice
from service.configuration.settings import Settings
from tests.accounts.second_factor.owner import Owner
from tests.api import Api, Reply
from tests.factories import PASSWORD, Factories
from tests.fakes import FakeClock, RecordingGateway

PHONE, NEW = "+8613800000001", "Owners-new-word-7"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The service as it is without the demo."""
    return settings.model_copy(update={"second_factor": True, "require_initial_proof": True})


@pytest.fixture
def person(make: Factories) -> Person:
    return make.person(phone=PHONE)


def login(api: Api, person: Person, password: str = PASSWORD, **more: Any) -> Reply:
    return Api(api.app).post("/auth/login", {"cme_number": person.cme_number, "password": password, **more})


def ask(api: Api, **more: str) -> None:
    assert Api(api.app).post("/auth/sms-codes", {"phone": PHONE, **more}).status_code == 202


def meanwhile(monkeypatch: pytest.MonkeyPatch, name: str, act: Callable[[], None]) -> None:
    """Have something happen once while a password is judged or hashed."""
    real, todo = getattr(PasswordHasher, name), iter([act])

    def slow(self: PasswordHasher, *arguments: Any) -> Any:
        found = real(self, *arguments)
        for each in todo:
            thread = threading.Thread(target=each)
            thread.start()
            thread.join()
            break
        return found

    monkeypatch.setattr(PasswordHasher, name, slow)


def reset(api: Api, sms: RecordingGateway, **more: str) -> None:
    body = {"phone": PHONE, "code": sms.last_code, "new_password": NEW, **more}
    assert Api(api.app).post("/auth/password-resets", body).status_code == 204


@pytest.fixture(params=["blocked", "puzzled"])
def refused_alike(
    request: pytest.FixtureRequest, api: Api, person: Person, make: Factories, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A number at which strangers are blocked, or must solve a puzzle."""
    if request.param == "puzzled":
        monkeypatch.setattr(puzzles, "FREE_FAILURES", 1)
    for _ in range(6):
        login(api, person if request.param == "blocked" else make.person(), "wrong-word-1", device_id="thief")


@pytest.mark.usefixtures("refused_alike")
def test_each_guess_of_a_code_counts_whatever_else_is_refused(
    api: Api, person: Person, sms: RecordingGateway, db: Session
) -> None:
    ask(api, device_id="thief")
    for n in range(1, 12):
        code = f"{(int(sms.last_code) + n) % 1_000_000:06d}"
        assert login(api, person, "wrong-word-1", device_id="thief", proof={"code": code}).status_code == 429
    assert db.scalar(select(SmsCode.tries)) == 5
    body = {"phone": PHONE, "code": sms.last_code, "device_id": "thief"}
    assert Api(api.app).post("/auth/login", body).status_code == 429


def test_a_stolen_token_of_an_admin_brings_no_second_factor_of_its_own(
    api: Api, make: Factories, clock: FakeClock, db: Session
) -> None:
    unit = make.unit()
    holder = make.person(unit=unit, phone=PHONE)
    db.add(RoleGrant(person_id=holder.id, role=Role.UNIT_ADMIN, unit_id=unit.id, granted_at=clock.now()))
    db.flush()
    refused = api.as_(holder).post("/me/second-factor")
    assert (refused.status_code, refused.json["code"], refused.json["factors"]) == (401, "otp_required", ["sms"])


def test_a_second_factor_that_was_set_up_is_told(api: Api, person: Person, clock: FakeClock) -> None:
    me = api.as_(person)
    assert Owner(api, person, clock).set_up(me).status_code == 200
    assert "second_factor_set" in [each["topic"] for each in me.get("/me/notices").json["items"]]


def test_a_sign_in_that_was_under_way_does_not_outlive_a_reset(
    api: Api, person: Person, sms: RecordingGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(api, purpose="password_reset")
    meanwhile(monkeypatch, "fits", lambda: reset(api, sms))
    assert login(api, person, device_id="thief").status_code == 401
    assert login(api, person, NEW).status_code == 200


def test_a_change_that_was_under_way_does_not_undo_a_reset(
    api: Api, person: Person, sms: RecordingGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    thief = Api(api.app, login(api, person, device_id="thief").json["access_token"])
    ask(api, purpose="password_reset")
    meanwhile(monkeypatch, "fits", lambda: reset(api, sms))
    changed = thief.put("/me/password", {"current_password": PASSWORD, "new_password": "Thiefs-word-99"})
    assert (changed.status_code, changed.json["code"]) == (401, "token_invalid")
    assert login(api, person, NEW).status_code == 200


def test_a_role_given_while_the_password_changes_needs_its_second_factor(
    api: Api, make: Factories, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder, boss = make.person(unit=make.province), make.staff(Role.SYSTEM_ADMIN, make.province)
    me, owner = api.as_(holder), Owner(api, boss, clock)
    admin = Api(api.app, owner.set_up(api.as_(boss)).json["access_token"])
    code, role = owner.next_code(), {"role": "auditor", "unit_id": str(make.province.id)}

    def give() -> None:
        given = admin.post(f"/people/{holder.id}/roles", role, headers={"X-OTP": code})
        assert given.status_code == 201

    meanwhile(monkeypatch, "hash", give)
    changed = me.put("/me/password", {"current_password": PASSWORD, "new_password": "Another-word-99"})
    assert (changed.status_code, changed.json["second_factor_due"]) == (200, True)
    read = Api(api.app, changed.json["access_token"]).get(f"/people/{boss.id}/failed-sign-ins")
    assert (read.status_code, read.json["code"]) == (403, "second_factor_required")


def test_a_reset_hashes_no_password_before_the_code_is_right(
    api: Api, person: Person, sms: RecordingGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    real = PasswordHasher.hash

    def hash_and_note(self: PasswordHasher, word: str) -> str:
        hashed.append(word)
        return real(self, word)

    monkeypatch.setattr(PasswordHasher, "hash", hash_and_note)
    ask(api, purpose="password_reset")
    wrong = f"{(int(sms.last_code) + 1) % 1_000_000:06d}"
    for phone in (PHONE, "+8613900000000"):
        body = {"phone": phone, "code": wrong, "new_password": NEW}
        assert Api(api.app).post("/auth/password-resets", body).json["code"] == "bad_code"
    assert hashed == []
    reset(api, sms)
    assert hashed == [NEW]


def test_a_half_sign_in_ends_when_its_owner_signs_in_by_sms(
    api: Api, person: Person, sms: RecordingGateway, db: Session, clock: FakeClock
) -> None:
    slip = slip_for(api, person, db, clock)
    thief = login(api, person, slip, device_id="thief").json
    assert thief["must_change_password"] is True
    ask(api)
    assert Api(api.app).post("/auth/login", {"phone": PHONE, "code": sms.last_code}).status_code == 200
    assert Api(api.app, thief["refresh_token"]).post("/auth/refresh").status_code == 401
    change = {"current_password": slip, "new_password": "Thiefs-word-99"}
    assert Api(api.app, thief["access_token"]).put("/me/password", change).status_code == 401


def test_a_reset_ends_the_slip_that_was_not_used(
    api: Api, person: Person, sms: RecordingGateway, db: Session, clock: FakeClock
) -> None:
    slip = slip_for(api, person, db, clock)
    ask(api, purpose="password_reset")
    reset(api, sms)
    assert login(api, person, slip).status_code == 401


def test_a_thiefs_device_is_forgotten_with_a_reset_and_with_all_other_sign_ins(
    api: Api, person: Person, sms: RecordingGateway, db: Session
) -> None:
    def known() -> int:
        return len(db.scalars(select(KnownDevice.device_hash)).all())

    mine = login(api, person, device_id="mine").json["access_token"]
    login(api, person, device_id="thief")
    assert known() == 2
    assert Api(api.app, mine).delete("/me/sign-ins").status_code == 204
    assert known() == 1
    login(api, person, device_id="thief")
    ask(api, purpose="password_reset", device_id="mine")
    reset(api, sms, device_id="mine")
    assert known() == 1


def test_another_sites_form_signs_nobody_in(api: Api, person: Person) -> None:
    body = json.dumps({"cme_number": person.cme_number, "password": PASSWORD, "keep": "cookie"})
    foreign = {"Origin": "https://evil.example"}
    reply = Api(api.app).call("POST", "/auth/login", data=body, content_type="text/plain", headers=foreign)
    assert (reply.status_code, reply.json["code"]) == (403, "foreign_origin")
    assert not reply.headers.getlist("Set-Cookie")


def test_a_desk_asks_for_codes_to_a_few_phones_as_often_as_it_needs(api: Api, person: Person, clock: FakeClock) -> None:
    me = api.as_(person)
    for _ in range(8):
        for phone in ("+8613900000001", "+8613900000002", "+8613900000003"):
            asked = me.post("/auth/sms-codes", {"phone": phone, "purpose": "phone_change"})
            assert asked.status_code == 202, asked.json
        clock.turn(seconds=61)


def slip_for(api: Api, person: Person, db: Session, clock: FakeClock) -> str:
    """A slip from the machine itself."""
    account_id = db.scalars(select(Account.id).where(Account.person_id == person.id)).one()
    seal = api.app.extensions["components"].seal
    return slips.make(db, account_id, given_by=None, now=clock.now(), seal=seal).text
