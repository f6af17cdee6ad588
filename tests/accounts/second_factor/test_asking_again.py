"""The gravest steps ask for the second factor again, in the header X-OTP."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.edge import AuditEntry
from models.people import Person, Role, RoleGrant, Unit
from models.sign_in_proofs import RecoveryCode, SecondFactor
from service.configuration.settings import Settings
from tests.accounts.second_factor.owner import Owner
from tests.api import Api, Reply, new_key
from tests.factories import Factories
from tests.fakes import FakeClock, RecordingGateway

PHONE = "+8613800000001"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Settings as they are by default: roles need a second factor. Notices have a template."""
    templates = {"second_factor_removed": "T-1"}
    return settings.model_copy(update={"second_factor": True, "sms_templates": templates})


@pytest.fixture
def unit(make: Factories) -> Unit:
    return make.unit()


@pytest.fixture
def chief(api: Api, make: Factories, clock: FakeClock) -> Owner:
    """A system admin who signed in with a second factor."""
    owner = Owner(api, make.staff(Role.SYSTEM_ADMIN, make.province), clock)
    owner.set_up()
    return owner


@pytest.fixture
def me(chief: Owner) -> Api:
    return Api(chief.api.app, chief.login(otp=chief.next_code()).json["access_token"])


@pytest.fixture
def give(me: Api, make: Factories, unit: Unit) -> Callable[..., Reply]:
    """Gives a role to somebody new."""

    def give(otp: str | None = None, **headers: str) -> Reply:
        if otp is not None:
            headers["X-OTP"] = otp
        person = make.person(unit=unit)
        return me.post(f"/people/{person.id}/roles", {"role": "learner", "unit_id": str(unit.id)}, headers=headers)

    return give


def test_a_role_is_given_only_with_a_code(give: Callable[..., Reply], chief: Owner) -> None:
    refused = give()
    assert (refused.status_code, refused.json["code"]) == (401, "otp_required")
    assert refused.json["factors"] == ["totp", "recovery_code"]
    wrong = give(chief.wrong_code())
    assert (wrong.status_code, wrong.json["code"]) == (401, "otp_wrong")
    assert give(chief.next_code()).status_code == 201


def test_the_code_of_the_sign_in_is_used_up(give: Callable[..., Reply], chief: Owner) -> None:
    assert give(chief.code()).json["code"] == "otp_wrong"


def test_a_code_opens_once_and_covers_five_minutes_of_the_same_sign_in(
    give: Callable[..., Reply], chief: Owner, make: Factories, unit: Unit
) -> None:
    code = chief.next_code()
    assert give(code).status_code == 201
    assert give(code).json["code"] == "otp_wrong", "a code that is sent is always checked"
    assert give().status_code == 201
    chief.clock.turn(minutes=4, seconds=59)
    assert give().status_code == 201
    other = Api(chief.api.app, chief.login(otp=chief.next_code()).json["access_token"])
    given = {"role": "learner", "unit_id": str(unit.id)}
    assert other.post(f"/people/{make.person(unit=unit).id}/roles", given).json["code"] == "otp_required"
    assert give().json["code"] == "otp_required"


def test_a_recovery_code_does_too(give: Callable[..., Reply], chief: Owner, db: Session) -> None:
    assert give(chief.recovery_codes[0]).status_code == 201
    assert give(chief.recovery_codes[0]).json["code"] == "otp_wrong"
    assert len(db.scalars(select(RecoveryCode).where(RecoveryCode.used_at.is_not(None))).all()) == 1


def test_wrong_codes_are_braked_for_this_sign_in_alone(give: Callable[..., Reply], chief: Owner) -> None:
    assert [give(chief.wrong_code()).status_code for _ in range(6)] == [401] * 5 + [429]
    assert give(chief.next_code()).status_code == 429
    assert chief.login(otp=chief.next_code()).status_code == 200


def test_a_repeated_request_gets_its_reply_without_another_code(me: Api, chief: Owner, make: Factories) -> None:
    unit = make.unit()
    path, given = f"/people/{make.person(unit=unit).id}/roles", {"role": "learner", "unit_id": str(unit.id)}
    headers = {"Idempotency-Key": new_key(), "X-OTP": chief.next_code()}
    first, second = (me.post(path, given, headers=headers) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.headers["Idempotent-Replayed"] == "true"


def test_strange_headers_are_wrong_codes(give: Callable[..., Reply]) -> None:
    for strange in ("x", "０１２３４５".encode().decode("latin-1"), "9" * 5000):
        assert give(strange).json["code"] == "otp_wrong"


def test_an_admin_with_a_phone_shows_an_sms_code(
    api: Api, make: Factories, clock: FakeClock, db: Session, sms: RecordingGateway, unit: Unit
) -> None:
    person = make.person(unit=unit, phone=PHONE)
    db.add(RoleGrant(person_id=person.id, role=Role.UNIT_ADMIN, unit_id=unit.id, granted_at=clock.now()))
    db.commit()
    admin, path = api.as_(person), f"/people/{make.person(unit=unit).id}/roles"
    given = {"role": "organizer", "unit_id": str(unit.id)}
    assert admin.post(path, given).json["factors"] == ["sms"]
    api.post("/auth/sms-codes", {"phone": PHONE})
    assert admin.post(path, given, headers={"X-OTP": sms.last_code}).status_code == 201
    assert admin.post(path, given, headers={"X-OTP": sms.last_code}).json["code"] == "otp_wrong"


def test_a_sign_in_from_before_that_showed_none_is_sent_to_the_set_up(api: Api, make: Factories, unit: Unit) -> None:
    admin = api.as_(make.staff(Role.SYSTEM_ADMIN, make.province))
    reply = admin.post(f"/people/{make.person(unit=unit).id}/roles", {"role": "learner", "unit_id": str(unit.id)})
    assert (reply.status_code, reply.json["code"]) == (403, "second_factor_required")


def remove(me: Api, person_id: UUID, otp: str) -> Reply:
    return me.call("DELETE", f"/people/{person_id}/second-factor", {"reason": "手机丢失"}, headers={"X-OTP": otp})


def test_an_admin_removes_the_factor_of_somebody_who_lost_it_and_they_are_told(
    me: Api, chief: Owner, make: Factories, db: Session, sms: RecordingGateway, run_jobs: Callable[[], None]
) -> None:
    lost = Owner(chief.api, make.person(phone=PHONE), chief.clock)
    theirs = Api(chief.api.app, lost.set_up().json["access_token"])
    assert me.call("DELETE", f"/people/{lost.person.id}/second-factor", {"reason": "手机丢失"}).status_code == 401
    assert remove(me, lost.person.id, chief.next_code()).status_code == 204
    assert theirs.get("/me").status_code == 401
    assert lost.login().status_code == 200
    entry = db.scalars(select(AuditEntry).where(AuditEntry.action == "account.second_factor_remove")).one()
    assert (entry.actor_id, entry.reason) == (chief.person.id, "手机丢失")
    run_jobs()
    assert "动态口令" in sms.sent[-1].text
    assert remove(me, lost.person.id, chief.next_code()).json["code"] == "second_factor_missing"


def test_nobody_removes_their_own_that_way_nor_that_of_somebody_with_a_wider_role(
    api: Api, me: Api, chief: Owner, make: Factories, clock: FakeClock, db: Session
) -> None:
    assert remove(me, chief.person.id, chief.next_code()).json["code"] == "forbidden"
    city = make.unit()
    local: Person = make.staff(Role.SYSTEM_ADMIN, city)
    small = Owner(api, local, clock)
    small_api = Api(api.app, small.set_up().json["access_token"])
    wide = Owner(api, make.staff(Role.UNIT_ADMIN, city, Role.AUDITOR), clock)
    wide.set_up()
    db.add(RoleGrant(person_id=wide.person.id, role=Role.AUTHORITY, unit_id=make.province.id, granted_at=clock.now()))
    db.commit()
    assert remove(small_api, wide.person.id, small.next_code()).json["code"] == "role_too_high"
    assert remove(small_api, uuid4(), small.next_code()).status_code == 404
    unit_admin = Owner(api, make.staff(Role.UNIT_ADMIN, city), clock)
    admin_api = Api(api.app, unit_admin.set_up().json["access_token"])
    assert remove(admin_api, make.person(unit=city).id, unit_admin.next_code()).json["code"] == "forbidden"
    assert len(db.scalars(select(SecondFactor)).all()) == 4
