"""A client that lost the answer to a sign-in, a password change or a reset sends it again and is signed in (M-7)."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.accounts import SignIn
from models.edge import SignInReply
from tests.api import Api, Reply, new_key
from tests.factories import PASSWORD, Factories
from tests.fakes import FakeClock, RecordingGateway

PHONE, NEW = "+8613800000001", "Stetho-scope-9"


def post(api: Api, path: str, body: dict[str, Any], key: str | None = None) -> Reply:
    return api.post(path, body, headers={"Idempotency-Key": key} if key else {})


def code_for(api: Api, sms: RecordingGateway, purpose: str = "sign_in") -> str:
    assert api.post("/auth/sms-codes", {"phone": PHONE, "purpose": purpose}).status_code == 202
    return sms.last_code


def opens(api: Api, reply: Reply) -> bool:
    return Api(api.app, reply.json["access_token"]).get("/me").status_code == 200


def test_a_sign_in_by_sms_is_given_again(api: Api, make: Factories, sms: RecordingGateway) -> None:
    make.person(phone=PHONE)
    body, key = {"phone": PHONE, "code": code_for(api, sms)}, new_key()
    first, again = post(api, "/auth/login", body, key), post(api, "/auth/login", body, key)
    assert (first.status_code, again.status_code) == (200, 200)
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert first.json["refresh_token"] == again.json["refresh_token"]
    assert opens(api, again)
    other = post(api, "/auth/login", body, new_key())
    assert (other.status_code, other.json["code"]) == (401, "bad_code")


def test_another_body_with_the_key_is_refused(api: Api, make: Factories) -> None:
    person, key = make.person(), new_key()
    body = {"cme_number": person.cme_number, "password": PASSWORD}
    assert post(api, "/auth/login", body, key).status_code == 200
    other = post(api, "/auth/login", {**body, "device_id": "another"}, key)
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")


def test_neither_key_nor_body_nor_tokens_are_stored(api: Api, make: Factories, db: Session) -> None:
    person, key = make.person(), new_key()
    reply = post(api, "/auth/login", {"cme_number": person.cme_number, "password": PASSWORD}, key)
    kept = db.scalars(select(SignInReply)).one()
    stored = repr({column: getattr(kept, column) for column in SignInReply.__table__.columns.keys()})  # noqa: SIM118
    for secret in (key, PASSWORD, str(person.cme_number), reply.json["refresh_token"], reply.json["access_token"]):
        assert secret not in stored


def test_tokens_are_not_given_again_once_they_are_used(api: Api, make: Factories) -> None:
    person, key = make.person(), new_key()
    body = {"cme_number": person.cme_number, "password": PASSWORD}
    first = post(api, "/auth/login", body, key)
    assert Api(api.app, first.json["refresh_token"]).post("/auth/refresh").status_code == 200
    late = post(api, "/auth/login", body, key)
    assert (late.status_code, late.json["code"]) == (401, "token_invalid")


def test_tokens_are_not_given_again_after_signing_out_or_ten_minutes(
    api: Api, make: Factories, clock: FakeClock, db: Session
) -> None:
    person, key, other = make.person(), new_key(), new_key()
    body = {"cme_number": person.cme_number, "password": PASSWORD}
    first = post(api, "/auth/login", body, key)
    Api(api.app, first.json["access_token"]).post("/auth/logout")
    assert post(api, "/auth/login", body, key).json["code"] == "token_invalid"
    post(api, "/auth/login", body, other)
    clock.turn(minutes=10)
    assert "Idempotent-Replayed" not in post(api, "/auth/login", body, other).headers
    assert len(db.scalars(select(SignIn)).all()) == 3


def test_a_forced_change_is_given_again_though_it_ended_its_own_sign_in(api: Api, make: Factories) -> None:
    person, key = make.person(must_change_password=True), new_key()
    token = api.post("/auth/login", {"cme_number": person.cme_number, "password": PASSWORD}).json["access_token"]
    me, body = Api(api.app, token), {"current_password": PASSWORD, "new_password": NEW}
    first, again = (me.put("/me/password", body, headers={"Idempotency-Key": key}) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json == {**again.json, "expires_in": first.json["expires_in"]}
    assert opens(api, again)
    other = me.put("/me/password", {**body, "new_password": "Other-8-nights!"}, headers={"Idempotency-Key": key})
    assert other.json["code"] == "idempotency_key_reused"
    assert api.post("/auth/login", {"cme_number": person.cme_number, "password": NEW}).status_code == 200


def test_a_change_is_given_again_to_its_own_account_alone(api: Api, make: Factories) -> None:
    key, body = new_key(), {"current_password": PASSWORD, "new_password": NEW}
    mine, other = api.as_(make.person()), api.as_(make.person())
    assert mine.put("/me/password", body, headers={"Idempotency-Key": key}).status_code == 200
    reply = other.put("/me/password", body, headers={"Idempotency-Key": key})
    assert (reply.status_code, "Idempotent-Replayed" in reply.headers) == (200, False)
    forged = Api(api.app, "no-token").put("/me/password", body, headers={"Idempotency-Key": key})
    assert (forged.status_code, forged.json["code"]) == (401, "token_invalid")


def test_a_reset_is_given_again(api: Api, make: Factories, sms: RecordingGateway) -> None:
    make.person(phone=PHONE)
    body = {"phone": PHONE, "code": code_for(api, sms, "password_reset"), "new_password": NEW}
    key = new_key()
    replies = [post(api, "/auth/password-resets", body, key) for _ in range(2)]
    assert [reply.status_code for reply in replies] == [204, 204]
    assert post(api, "/auth/password-resets", body).json["code"] == "bad_code"


def test_a_refused_sign_in_may_be_tried_again_with_its_key(api: Api, make: Factories, sms: RecordingGateway) -> None:
    make.person(phone=PHONE)
    code, key = code_for(api, sms), new_key()
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    assert post(api, "/auth/login", {"phone": PHONE, "code": wrong}, key).status_code == 401
    assert post(api, "/auth/login", {"phone": PHONE, "code": code}, key).status_code == 200


def test_equal_sign_ins_at_the_same_time_are_one(api: Api, make: Factories, sms: RecordingGateway, db: Session) -> None:
    make.person(phone=PHONE)
    body, key = {"phone": PHONE, "code": code_for(api, sms)}, new_key()
    with ThreadPoolExecutor(6) as pool:
        replies = list(pool.map(lambda _: post(Api(api.app), "/auth/login", body, key), range(6)))
    assert [reply.status_code for reply in replies] == [200] * 6
    assert len({reply.json["refresh_token"] for reply in replies}) == 1
    assert len(db.scalars(select(SignIn)).all()) == 1


def test_equal_changes_at_the_same_time_are_one(api: Api, make: Factories, db: Session) -> None:
    me, key = api.as_(make.person()), new_key()
    body = {"current_password": PASSWORD, "new_password": NEW}

    def change(_: int) -> Reply:
        return Api(api.app, me.token).put("/me/password", body, headers={"Idempotency-Key": key})

    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(change, range(4)))
    assert [reply.status_code for reply in replies] == [200] * 4
    assert len({reply.json["refresh_token"] for reply in replies}) == 1
