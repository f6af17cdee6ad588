"""Signing in, going on, signing out."""

import pytest

from tests.accounts.sign_in.signing_in import login
from tests.api import Api
from tests.factories import PASSWORD, Factories
from tests.fakes import FakeClock, RecordingGateway

PHONE = "+8613800000001"


@pytest.mark.manual("M-2.2", "M-2.5", "M-7.1")
def test_number_and_password_sign_in(api: Api, make: Factories) -> None:
    person = make.person()
    reply = login(api, person.cme_number)
    assert reply.status_code == 200
    assert reply.json["must_change_password"] is False
    me = Api(api.app, reply.json["access_token"]).get("/me")
    assert me.status_code == 200
    assert me.json["cme_number"] == person.cme_number


@pytest.mark.manual("M-2.6")
def test_the_initial_password_opens_nothing_but_its_change(api: Api, make: Factories) -> None:
    person = make.person(must_change_password=True)
    first = login(api, person.cme_number)
    assert first.json["must_change_password"] is True
    half = Api(api.app, first.json["access_token"])
    assert half.get("/me").json["code"] == "password_change_required"
    changed = half.put("/me/password", {"current_password": PASSWORD, "new_password": "Stetho-scope-9"})
    assert changed.status_code == 200
    assert changed.json["must_change_password"] is False
    assert half.get("/me").status_code == 401
    assert Api(api.app, changed.json["access_token"]).get("/me").status_code == 200


@pytest.mark.parametrize("weak", ["short-1", "12345678", "password1", "aaaaaaaa", "{number}", "x{number}", "Aa123456"])
def test_weak_new_passwords_are_refused(api: Api, make: Factories, weak: str) -> None:
    person = make.person()
    new = weak.format(number=person.cme_number)
    reply = api.as_(person).put("/me/password", {"current_password": PASSWORD, "new_password": new})
    assert (reply.status_code, reply.json["code"]) == (422, "password_too_weak")
    assert "new_password" in reply.json["errors"]


def test_wrong_passwords_slow_the_guesser_and_never_lock_the_owner_out(
    api: Api, make: Factories, clock: FakeClock, sms: RecordingGateway
) -> None:
    person = make.person(phone=PHONE)
    for _ in range(5):
        assert login(api, person.cme_number, "wrong-guess-1").status_code == 401
    blocked = login(api, person.cme_number)
    assert blocked.status_code == 429
    assert 0 < int(blocked.headers["Retry-After"]) <= 60
    api.post("/auth/sms-codes", {"phone": PHONE})
    assert api.post("/auth/login", {"phone": PHONE, "code": sms.last_code}).status_code == 200
    clock.turn(minutes=1)
    assert login(api, person.cme_number).status_code == 200


def test_an_unknown_number_is_refused_and_slowed_like_a_known_one(api: Api, make: Factories) -> None:
    known = make.person()
    for number in (known.cme_number, "3399999999"):
        replies = [login(api, number, "wrong-guess-1") for _ in range(6)]
        assert [reply.status_code for reply in replies] == [401] * 5 + [429]
        assert replies[0].json["code"] == "bad_credentials"


@pytest.mark.manual("M-7.1")
def test_a_code_signs_in_once(api: Api, make: Factories, sms: RecordingGateway) -> None:
    make.person(phone=PHONE)
    asked = api.post("/auth/sms-codes", {"phone": "13800000001"})
    assert asked.status_code == 202
    assert asked.json == {"expires_in": 300, "retry_after": 60}
    code = sms.last_code
    assert api.post("/auth/login", {"phone": PHONE, "code": code}).status_code == 200
    again = api.post("/auth/login", {"phone": PHONE, "code": code})
    assert (again.status_code, again.json["code"]) == (401, "bad_code")


@pytest.mark.manual("M-2.4")
def test_a_sign_in_by_sms_ends_the_initial_password(api: Api, make: Factories, sms: RecordingGateway) -> None:
    person = make.person(phone=PHONE, must_change_password=True)
    api.post("/auth/sms-codes", {"phone": PHONE})
    signed_in = api.post("/auth/login", {"phone": PHONE, "code": sms.last_code})
    assert (signed_in.status_code, signed_in.json["must_change_password"]) == (200, False)
    assert login(api, person.cme_number).json["code"] == "bad_credentials"
    me = Api(api.app, signed_in.json["access_token"])
    changed = me.put("/me/password", {"current_password": PASSWORD, "new_password": "Stetho-scope-9"})
    assert (changed.status_code, changed.json["code"]) == (409, "password_not_set")


def test_a_sign_in_by_sms_leaves_a_password_of_ones_own(api: Api, make: Factories, sms: RecordingGateway) -> None:
    person = make.person(phone=PHONE)
    api.post("/auth/sms-codes", {"phone": PHONE})
    assert api.post("/auth/login", {"phone": PHONE, "code": sms.last_code}).status_code == 200
    assert login(api, person.cme_number).status_code == 200


def test_an_unknown_phone_looks_the_same(api: Api, make: Factories, sms: RecordingGateway) -> None:
    make.person(phone=PHONE)
    known = api.post("/auth/sms-codes", {"phone": PHONE})
    unknown = api.post("/auth/sms-codes", {"phone": "+8613999999999"})
    assert (known.status_code, known.json) == (unknown.status_code, unknown.json)
    assert [api.post("/auth/sms-codes", {"phone": p}).status_code for p in (PHONE, "+8613999999999")] == [429, 429]
    assert len(sms.sent) == 1


def test_a_code_bears_five_tries(api: Api, make: Factories, sms: RecordingGateway) -> None:
    make.person(phone=PHONE)
    api.post("/auth/sms-codes", {"phone": PHONE})
    wrong = f"{(int(sms.last_code) + 1) % 1_000_000:06d}"
    for _ in range(5):
        assert api.post("/auth/login", {"phone": PHONE, "code": wrong}).status_code == 401
    refused = api.post("/auth/login", {"phone": PHONE, "code": sms.last_code})
    assert (refused.status_code, refused.json["code"]) == (429, "too_many_attempts")
    assert int(refused.headers["Retry-After"]) == 60  # then a new code can be asked for


@pytest.mark.parametrize("purpose", ["sign_in", "password_reset"])
def test_of_thirty_strangers_tries_ten_are_judged_and_the_askers_code_still_works(
    api: Api, make: Factories, sms: RecordingGateway, purpose: str
) -> None:
    make.person(phone=PHONE)
    mine = {"phone": PHONE, "device_id": "my-phone"}
    api.post("/auth/sms-codes", {**mine, "purpose": purpose})
    path, more = (
        ("/auth/login", {}) if purpose == "sign_in" else ("/auth/password-resets", {"new_password": "Ward-9-x!"})
    )
    guesses = [f"{(int(sms.last_code) + n) % 1_000_000:06d}" for n in range(1, 31)]
    replies = [Api(api.app).post(path, {"phone": PHONE, "code": guess, **more}).status_code for guess in guesses]
    assert replies == [401] * 10 + [429] * 20
    assert api.post(path, {**mine, "code": sms.last_code, **more}).status_code in (200, 204)


def test_a_stranger_who_asks_for_a_newer_code_does_not_end_the_owners(
    api: Api, make: Factories, sms: RecordingGateway, clock: FakeClock
) -> None:
    make.person(phone=PHONE)
    mine = {"phone": PHONE, "device_id": "my-phone"}
    api.post("/auth/sms-codes", mine)
    code = sms.last_code
    clock.turn(minutes=1)
    stranger = Api(api.app)
    assert stranger.post("/auth/sms-codes", {"phone": PHONE}).status_code == 202
    newer = sms.last_code
    for n in range(1, 16):
        stranger.post("/auth/login", {"phone": PHONE, "code": f"{(int(newer) + n) % 1_000_000:06d}"})
    assert api.post("/auth/login", {**mine, "code": code}).status_code == 200
    assert (
        Api(api.app).post("/auth/login", {"phone": PHONE, "code": newer}).status_code == 401
    )  # it ended with the sign-in


def test_a_host_whose_clock_is_behind_sends_no_second_code(api: Api, clock: FakeClock, sms: RecordingGateway) -> None:
    asked = []
    for seconds in (0, -2, -50, 52 + 57, 3):
        clock.turn(seconds=seconds)
        asked.append(api.post("/auth/sms-codes", {"phone": PHONE}).status_code)
    assert asked == [202, 429, 429, 429, 202]


def test_a_clock_set_back_by_an_hour_stops_no_code(api: Api, clock: FakeClock) -> None:
    assert api.post("/auth/sms-codes", {"phone": PHONE}).status_code == 202
    clock.turn(hours=-1)
    assert api.post("/auth/sms-codes", {"phone": PHONE}).status_code == 202


def test_one_device_asks_for_twenty_phones_a_day_and_stops_no_other(api: Api, clock: FakeClock) -> None:
    def ask(phone: int, device: str) -> int:
        sent = {"phone": f"+86139{phone:08d}", "device_id": device}
        return Api(api.app).post("/auth/sms-codes", sent).status_code

    assert [ask(n, "one") for n in range(25)] == [202] * 20 + [429] * 5
    clock.turn(minutes=1)
    assert ask(3, "one") == 202  # a phone that it asked for before
    assert [ask(n, "another") for n in range(30, 33)] == [202] * 3
    clock.turn(days=1)
    assert ask(24, "one") == 202


def test_a_code_ends_after_five_minutes(api: Api, make: Factories, sms: RecordingGateway, clock: FakeClock) -> None:
    make.person(phone=PHONE)
    api.post("/auth/sms-codes", {"phone": PHONE})
    clock.turn(minutes=5)
    assert api.post("/auth/login", {"phone": PHONE, "code": sms.last_code}).status_code == 401


def test_a_newer_code_takes_the_older_ones_place(
    api: Api, make: Factories, sms: RecordingGateway, clock: FakeClock
) -> None:
    make.person(phone=PHONE)
    api.post("/auth/sms-codes", {"phone": PHONE})
    old = sms.last_code
    clock.turn(seconds=60)
    api.post("/auth/sms-codes", {"phone": PHONE})
    assert old == sms.last_code or api.post("/auth/login", {"phone": PHONE, "code": old}).status_code == 401
    assert api.post("/auth/login", {"phone": PHONE, "code": sms.last_code}).status_code == 200


def test_ten_codes_a_day_are_the_most(api: Api, make: Factories, clock: FakeClock) -> None:
    make.person(phone=PHONE)
    for _ in range(10):
        assert api.post("/auth/sms-codes", {"phone": PHONE}).status_code == 202
        clock.turn(minutes=2)
    refused = api.post("/auth/sms-codes", {"phone": PHONE})
    assert (refused.status_code, refused.json["code"]) == (429, "too_many_attempts")
    clock.turn(hours=24)
    assert api.post("/auth/sms-codes", {"phone": PHONE}).status_code == 202


def test_a_code_for_one_purpose_is_none_for_another(api: Api, make: Factories, sms: RecordingGateway) -> None:
    make.person(phone=PHONE)
    api.post("/auth/sms-codes", {"phone": PHONE, "purpose": "password_reset"})
    assert api.post("/auth/login", {"phone": PHONE, "code": sms.last_code}).status_code == 401
    reset = {"phone": PHONE, "code": sms.last_code, "new_password": "Stetho-scope-9"}
    assert api.post("/auth/password-resets", reset).status_code == 204


def test_a_reset_ends_sign_ins_and_the_block(api: Api, make: Factories, sms: RecordingGateway) -> None:
    person = make.person(phone=PHONE)
    before = api.as_(person)
    for _ in range(6):
        login(api, person.cme_number, "wrong-guess-1")
    api.post("/auth/sms-codes", {"phone": PHONE, "purpose": "password_reset"})
    weak = {"phone": PHONE, "code": sms.last_code, "new_password": str(person.cme_number)}
    assert api.post("/auth/password-resets", weak).json["code"] == "password_too_weak"
    good = {**weak, "new_password": "Stetho-scope-9"}
    assert api.post("/auth/password-resets", good).status_code == 204
    assert before.get("/me").status_code == 401
    assert login(api, person.cme_number, "Stetho-scope-9").status_code == 200


def test_signing_out_ends_both_tokens(api: Api, make: Factories) -> None:
    person = make.person()
    tokens = login(api, person.cme_number).json
    me = Api(api.app, tokens["access_token"])
    assert me.post("/auth/logout").status_code == 204
    assert me.get("/me").status_code == 401
    assert Api(api.app, tokens["refresh_token"]).post("/auth/refresh").status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"cme_number": "3300000001"},
        {"phone": PHONE, "password": PASSWORD},
        {"cme_number": "3300000001", "password": PASSWORD, "code": "123456"},
        {"cme_number": "3300000001", "password": "nul\x00"},
        {"cme_number": "3300000001", "password": "half \ud800"},
        {"cme_number": 33, "password": PASSWORD},
        {"cme_number": "3300000001", "password": PASSWORD, "surprise": 1},
        [],
        "text",
    ],
)
def test_a_sign_in_that_is_neither_way_is_422(api: Api, body: object) -> None:
    reply = api.post("/auth/login", body)
    assert reply.status_code == 422
    assert reply.json["code"] == "invalid_input"
    assert reply.mimetype == "application/problem+json"
