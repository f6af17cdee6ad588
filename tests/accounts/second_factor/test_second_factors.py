"""Second factors: set up, asked for at sign-in, replaced, removed; each code opens once."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.second_factor.second_steps import MAY_USE_PHONE, NEEDS_TOTP
from models.accounts import Account, SignIn, SignInEnd
from models.edge import AuditEntry
from models.people import Role, RoleGrant
from models.sign_in_proofs import FailedSignIn, RecoveryCode, SecondFactor
from service.configuration.settings import Settings
from tests.accounts.second_factor.owner import Owner
from tests.api import Api, new_key
from tests.databases import table_of
from tests.factories import PASSWORD, Factories
from tests.fakes import FakeClock, RecordingGateway

PHONE = "+8613800000001"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Settings as they are by default: roles need a second factor."""
    return settings.model_copy(update={"second_factor": True})


@pytest.fixture
def owner(api: Api, make: Factories, clock: FakeClock) -> Owner:
    """A learner, who needs no second factor."""
    return Owner(api, make.person(phone=PHONE), clock)


def by_code(api: Api, code: str, **more: str):
    return Api(api.app).post("/auth/login", {"phone": PHONE, "code": code, **more})


def test_by_default_roles_need_a_second_factor_but_not_in_the_demo() -> None:
    assert Settings().needs_second_factor
    assert not Settings(demo=True).needs_second_factor
    assert Settings(demo=True, second_factor=True).needs_second_factor


def test_each_role_beyond_learner_needs_one_kind() -> None:
    assert {*NEEDS_TOTP, *MAY_USE_PHONE, Role.LEARNER} == set(Role)
    assert not set(NEEDS_TOTP) & set(MAY_USE_PHONE)


def test_a_set_up_shows_the_secret_an_address_a_picture_and_ten_codes(owner: Owner) -> None:
    me = owner.api.as_(owner.person)
    made = me.post("/me/second-factor").json
    assert made["uri"].startswith("otpauth://totp/")
    assert f"secret={made['secret']}" in made["uri"]
    assert made["qr_svg"].lstrip().startswith(("<svg", "<?xml"))
    assert len(set(made["recovery_codes"])) == 10
    assert len(made["secret"]) == 32


def test_it_is_not_asked_for_before_it_is_confirmed(owner: Owner) -> None:
    me = owner.api.as_(owner.person)
    me.post("/me/second-factor")
    assert owner.login().status_code == 200
    assert me.get("/me/second-factor").json == {
        "is_confirmed": False, "is_required": False, "need": "nothing", "recovery_codes_left": 0,
    }  # fmt: skip


def test_a_wrong_first_code_confirms_nothing(owner: Owner) -> None:
    me = owner.api.as_(owner.person)
    owner.secret = me.post("/me/second-factor").json["secret"]
    wrong = me.put("/me/second-factor", {"code": owner.wrong_code()})
    assert (wrong.status_code, wrong.json["code"]) == (401, "otp_wrong")
    assert owner.login().status_code == 200


def test_first_codes_are_braked(owner: Owner) -> None:
    me = owner.api.as_(owner.person)
    owner.secret = me.post("/me/second-factor").json["secret"]
    replies = [me.put("/me/second-factor", {"code": owner.wrong_code()}) for _ in range(6)]
    assert [reply.status_code for reply in replies] == [401] * 5 + [429]
    assert me.put("/me/second-factor", {"code": owner.code()}).status_code == 429


def test_there_is_nothing_to_confirm_before_a_set_up_and_after_it(owner: Owner) -> None:
    me = owner.api.as_(owner.person)
    none = me.put("/me/second-factor", {"code": "123456"})
    assert (none.status_code, none.json["code"]) == (409, "second_factor_not_begun")
    assert owner.set_up(me).status_code == 200
    assert me.put("/me/second-factor", {"code": owner.next_code()}).status_code == 409


def test_a_confirmation_ends_all_other_sign_ins_and_gives_new_tokens(owner: Owner, db: Session) -> None:
    me, other = owner.api.as_(owner.person), owner.api.as_(owner.person)
    answer = owner.set_up(me)
    assert other.get("/me").status_code == 401
    assert SignInEnd.SECOND_FACTOR_CHANGED in set(db.scalars(select(SignIn.end_reason)))
    assert Api(owner.api.app, answer.json["access_token"]).get("/me").status_code == 200
    assert answer.json["second_factor_due"] is False
    assert me.get("/me/second-factor").json["recovery_codes_left"] == 10
    assert "account.second_factor_confirm" in set(db.scalars(select(AuditEntry.action)))


def test_a_sign_in_without_it_is_otp_required_and_gives_nothing(owner: Owner) -> None:
    owner.set_up()
    reply = owner.login()
    assert (reply.status_code, reply.json["code"]) == (401, "otp_required")
    assert reply.json["factors"] == ["totp", "recovery_code"]
    assert "token" not in reply.text


def test_it_is_asked_for_only_with_the_right_password(owner: Owner) -> None:
    owner.set_up()
    code = owner.next_code()
    for more in ({}, {"otp": code}):
        wrong = owner.login(password="a guess", **more)
        assert (wrong.status_code, wrong.json["code"]) == (401, "bad_credentials")
    assert owner.login(otp=code).status_code == 200


def test_a_code_opens_once_and_the_confirming_code_opens_no_sign_in(owner: Owner) -> None:
    owner.set_up()
    assert owner.login(otp=owner.code()).json["code"] == "otp_wrong"
    code = owner.next_code()
    assert owner.login(otp=code).status_code == 200
    again = owner.login(otp=code)
    assert (again.status_code, again.json["code"]) == (401, "otp_wrong")


@pytest.mark.parametrize(("seconds", "status"), [(-60, 401), (-30, 200), (30, 200), (60, 401)])
def test_a_clock_may_be_one_step_off(owner: Owner, seconds: int, status: int) -> None:
    owner.set_up()
    owner.clock.turn(minutes=5)
    owner.clock.turn(seconds=seconds)
    code = owner.code()
    owner.clock.turn(seconds=-seconds)
    assert owner.login(otp=code).status_code == status


def test_a_code_older_than_the_last_one_is_refused(owner: Owner) -> None:
    owner.set_up()
    older, newer = owner.next_code(), owner.next_code()
    assert owner.login(otp=newer).status_code == 200
    assert owner.login(otp=older).json["code"] == "otp_wrong"


def test_wrong_codes_have_a_count_of_their_own_which_a_known_device_doesnt_share(owner: Owner) -> None:
    owner.set_up()
    code = owner.next_code()
    assert owner.login(otp=code, device_id="my-phone").status_code == 200
    replies = [owner.login(otp=owner.wrong_code(), device_id=f"thief-{n}") for n in range(6)]
    assert [reply.json["code"] for reply in replies] == ["otp_wrong"] * 5 + ["too_many_attempts"]
    assert owner.login(otp=owner.next_code(), device_id="thief").status_code == 429
    assert owner.login(otp=owner.next_code(), device_id="my-phone").status_code == 200


def test_a_recovery_code_opens_once_however_it_is_typed(owner: Owner, db: Session) -> None:
    owner.set_up()
    first, second, *_ = owner.recovery_codes
    assert owner.login(otp=first).status_code == 200
    assert owner.login(otp=first).json["code"] == "otp_wrong"
    assert owner.login(otp=f" {second.upper().replace('-', ' ')}").status_code == 200
    assert len(db.scalars(select(RecoveryCode).where(RecoveryCode.used_at.is_not(None))).all()) == 2


def test_neither_secret_nor_recovery_code_is_stored_in_clear(owner: Owner, db: Session) -> None:
    owner.set_up()
    factor = db.scalars(select(SecondFactor)).one()
    assert owner.secret.encode() not in factor.secret_sealed
    hashes = set(db.scalars(select(RecoveryCode.code_hash)))
    assert len(hashes) == 10
    assert not any(code.encode() in each for each in hashes for code in owner.recovery_codes)


def test_no_reply_with_a_secret_is_kept(owner: Owner) -> None:
    me, key = owner.api.as_(owner.person), {"Idempotency-Key": new_key()}
    first, second = (me.post("/me/second-factor", headers=key) for _ in range(2))
    assert first.json["secret"] != second.json["secret"]


def test_a_sign_in_by_sms_asks_for_it_and_spends_no_sms_code_without_it(owner: Owner, sms: RecordingGateway) -> None:
    owner.set_up()
    owner.api.post("/auth/sms-codes", {"phone": PHONE})
    assert by_code(owner.api, sms.last_code).json["code"] == "otp_required"
    assert by_code(owner.api, sms.last_code, otp=owner.wrong_code()).json["code"] == "otp_wrong"
    assert by_code(owner.api, sms.last_code, otp=owner.next_code()).status_code == 200
    assert by_code(owner.api, sms.last_code, otp=owner.next_code()).json["code"] == "bad_code"


def test_a_sign_in_by_sms_refused_for_it_leaves_the_initial_password(
    api: Api, make: Factories, clock: FakeClock, sms: RecordingGateway, db: Session
) -> None:
    owner = Owner(api, make.person(phone=PHONE, must_change_password=True), clock)
    owner.set_up(api.as_(owner.person))
    api.post("/auth/sms-codes", {"phone": PHONE})
    for more in ({}, {"otp": owner.wrong_code()}):
        assert by_code(api, sms.last_code, **more).status_code == 401
        assert db.scalars(select(Account.must_change_password)).one()


def test_a_wrong_sms_code_asks_for_no_second_factor(owner: Owner, sms: RecordingGateway) -> None:
    owner.set_up()
    owner.api.post("/auth/sms-codes", {"phone": PHONE})
    wrong = f"{(int(sms.last_code) + 1) % 1_000_000:06d}"
    assert by_code(owner.api, wrong, otp=owner.next_code()).json["code"] == "bad_code"


def test_a_password_reset_by_sms_opens_no_way_around_it(owner: Owner, sms: RecordingGateway) -> None:
    owner.set_up()
    owner.api.post("/auth/sms-codes", {"phone": PHONE, "purpose": "password_reset"})
    reset = {"phone": PHONE, "code": sms.last_code, "new_password": "Stetho-scope-9"}
    assert owner.api.post("/auth/password-resets", reset).status_code == 204
    assert owner.login(password="Stetho-scope-9").json["code"] == "otp_required"
    assert owner.login(password="Stetho-scope-9", otp=owner.next_code()).status_code == 200


def test_a_refused_second_factor_is_on_the_trail(owner: Owner, db: Session) -> None:
    owner.set_up()
    owner.login()
    owner.login(otp=owner.wrong_code())
    reasons = [row.reason.value for row in db.scalars(select(FailedSignIn).order_by(FailedSignIn.id))]
    assert reasons == ["otp_required", "wrong_otp"]


def test_a_new_one_needs_the_old_one_and_takes_its_place_when_it_is_confirmed(owner: Owner) -> None:
    me = Api(owner.api.app, owner.set_up().json["access_token"])
    refused = me.post("/me/second-factor")
    assert (refused.status_code, refused.json["code"]) == (401, "otp_required")
    old, old_recovery = owner.secret, owner.recovery_codes[0]
    made = me.post("/me/second-factor", headers={"X-OTP": owner.next_code()})
    assert made.status_code == 201
    assert owner.login(otp=owner.next_code()).status_code == 200, "until then the old one is asked for"
    owner.secret = made.json["secret"]
    assert owner.login(otp=owner.next_code()).json["code"] == "otp_wrong"
    assert me.put("/me/second-factor", {"code": owner.next_code()}).status_code == 200
    assert owner.login(otp=owner.next_code()).status_code == 200
    assert owner.login(otp=old_recovery).json["code"] == "otp_wrong"
    assert owner.login(otp=made.json["recovery_codes"][0]).status_code == 200
    owner.secret = old
    assert owner.login(otp=owner.next_code()).json["code"] == "otp_wrong"


def test_its_owner_removes_it_by_showing_it(owner: Owner, db: Session) -> None:
    me = Api(owner.api.app, owner.set_up().json["access_token"])
    assert me.delete("/me/second-factor").json["code"] == "otp_required"
    assert me.delete("/me/second-factor", headers={"X-OTP": owner.wrong_code()}).json["code"] == "otp_wrong"
    assert me.delete("/me/second-factor", headers={"X-OTP": owner.next_code()}).status_code == 204
    assert owner.login().status_code == 200
    assert me.delete("/me/second-factor").json["code"] == "second_factor_missing"
    assert db.scalars(select(RecoveryCode)).all() == []


@pytest.mark.parametrize("role", [Role.AUTHORITY, Role.SYSTEM_ADMIN, Role.AUDITOR, Role.UNIT_ADMIN])
def test_a_role_that_needs_one_opens_only_its_set_up(api: Api, make: Factories, clock: FakeClock, role: Role) -> None:
    owner = Owner(api, make.staff(role, make.province), clock)
    first = owner.login()
    assert (first.status_code, first.json["second_factor_due"]) == (200, True)
    half = Api(api.app, first.json["access_token"])
    for path in ("/me", "/me/sign-ins", "/people?cme_number=3300000001"):
        refused = half.get(path)
        assert (refused.status_code, refused.json["code"]) == (403, "second_factor_required")
    assert half.get("/me/second-factor").json["need"] == "totp"
    answer = owner.set_up(half)
    assert answer.json["second_factor_due"] is False
    assert Api(api.app, answer.json["access_token"]).get("/me").status_code == 200
    full = Api(api.app, answer.json["access_token"])
    kept = full.delete("/me/second-factor", headers={"X-OTP": owner.next_code()})
    assert (kept.status_code, kept.json["code"]) == (403, "second_factor_kept")


def test_refreshed_tokens_open_no_more_than_the_set_up(api: Api, make: Factories, clock: FakeClock) -> None:
    owner = Owner(api, make.staff(Role.AUTHORITY, make.province), clock)
    first = owner.login().json
    more = api.post("/auth/refresh", headers={"Authorization": f"Bearer {first['refresh_token']}"}).json
    assert more["second_factor_due"] is True
    assert Api(api.app, more["access_token"]).get("/me").json["code"] == "second_factor_required"


def test_the_forced_change_of_a_password_leaves_it_due(
    api: Api, make: Factories, clock: FakeClock, db: Session
) -> None:
    owner = Owner(api, make.staff(Role.AUTHORITY, make.province), clock)
    db.execute(table_of(Account).update().values(must_change_password=True))
    half = Api(api.app, owner.login().json["access_token"])
    assert half.post("/me/second-factor").json["code"] == "password_change_required"
    changed = half.put("/me/password", {"current_password": PASSWORD, "new_password": "Stetho-scope-9"})
    assert changed.json["second_factor_due"] is True
    due = Api(api.app, changed.json["access_token"])
    assert due.get("/me").json["code"] == "second_factor_required"
    assert owner.set_up(due).status_code == 200


def test_an_organizer_may_show_password_and_an_sms_code(
    api: Api, make: Factories, clock: FakeClock, db: Session, sms: RecordingGateway
) -> None:
    unit = make.unit()
    person = make.person(unit=unit, phone=PHONE)
    db.add(RoleGrant(person_id=person.id, role=Role.ORGANIZER, unit_id=unit.id, granted_at=clock.now()))
    db.commit()
    owner = Owner(api, person, clock)
    refused = owner.login()
    assert (refused.json["code"], refused.json["factors"]) == ("otp_required", ["sms"])
    api.post("/auth/sms-codes", {"phone": PHONE})
    alone = by_code(api, sms.last_code)
    assert (alone.status_code, alone.json["code"], alone.json["factors"]) == (401, "otp_required", ["password"])
    assert by_code(api, sms.last_code, otp=sms.last_code).json["code"] == "otp_required"
    wrong = f"{(int(sms.last_code) + 1) % 1_000_000:06d}"
    assert owner.login(otp=wrong).json["code"] == "otp_wrong"
    opened = owner.login(otp=sms.last_code)
    assert (opened.status_code, opened.json["second_factor_due"]) == (200, False)
    me = Api(api.app, opened.json["access_token"])
    assert me.get("/me/second-factor").json["need"] == "phone"
    assert owner.login(otp=sms.last_code).json["code"] == "otp_wrong"
    assert me.post("/me/second-factor").json["code"] == "otp_required"
    clock.turn(minutes=1)
    api.post("/auth/sms-codes", {"phone": PHONE})
    owner.set_up(me, headers={"X-OTP": sms.last_code})
    assert owner.login().json["factors"] == ["totp", "recovery_code"]


def test_a_role_that_is_given_shuts_the_sign_ins_that_showed_no_second_factor(
    api: Api, make: Factories, clock: FakeClock
) -> None:
    chief = Owner(api, make.staff(Role.SYSTEM_ADMIN, make.province), clock)
    chief_api = Api(api.app, chief.set_up().json["access_token"])
    unit = make.unit()
    plain, with_one = Owner(api, make.person(unit=unit), clock), Owner(api, make.person(unit=unit), clock)
    clients = [api.as_(plain.person), Api(api.app, with_one.set_up().json["access_token"])]
    for owner in (plain, with_one):
        given = {"role": "auditor", "unit_id": str(unit.id)}
        reply = chief_api.post(f"/people/{owner.person.id}/roles", given, headers={"X-OTP": chief.next_code()})
        assert reply.status_code == 201, reply.json
    assert clients[0].get("/me").json["code"] == "second_factor_required"
    assert clients[1].get("/me").status_code == 200
