"""People of other provinces sign in by ID number, phone and code, and reach their own credits alone (M-10.2, O-26)."""

import logging
import re
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from accounts.id_numbers import check_digit
from models.accounts import Account, SignIn
from models.people import Person, RoleGrant
from models.sign_in_proofs import FailedSignIn
from tests.api import Api
from tests.factories import Factories
from tests.fakes import FakeClock, RecordingGateway

_DIGITS = "99000019800101007"  # made up: no region has the code 990000
ID_NUMBER, PHONE = _DIGITS + check_digit(_DIGITS), "+8613800007007"
OPEN = {
    "auth.logout",
    "download_links.make_link",
    "job_progress.get_job",  # of one's own jobs: the file of several certificates is made by one
    "my_credits.list_my_credits",
    "my_credit_sheets.get_credits_sheet",
    "my_certificates.issue_certificates",
    "my_certificates.list_my_certificates",
    "my_certificates.get_my_certificate",
    "my_certificates.get_my_badge",
    "my_certificates.ask_for_certificates",
    "my_certificates.get_certificate_file",
    "my_proof_bundles.get_proof_bundle",
    "my_proof_bundles.get_proof_bundle_document",
}
"""All that such a sign-in opens: one's own credits, files by link and how far they are, and its own end.

Whoever adds to it says why."""


@pytest.fixture
def guest(make: Factories, db: Session) -> Person:
    """Somebody whom an organizer imported: without 继教编号, account and role."""
    made = make.person(unit=make.province, cme_number=None, name="钱", phone=PHONE, id_number=ID_NUMBER)
    db.execute(delete(Account).where(Account.person_id == made.id))
    db.execute(delete(RoleGrant).where(RoleGrant.person_id == made.id))
    db.commit()
    return made


def ask(api: Api, id_number: str = ID_NUMBER, phone: str = PHONE, **more: str) -> Any:
    return api.post("/auth/sms-codes", {"id_number": id_number, "phone": phone, **more})


def login(api: Api, code: str, id_number: str = ID_NUMBER, phone: str = PHONE, **more: str) -> Any:
    return api.post("/auth/login", {"id_number": id_number, "phone": phone, "code": code, **more})


@pytest.fixture
def signed_in(api: Api, guest: Person, sms: RecordingGateway) -> Api:
    assert ask(api).status_code == 202
    reply = login(api, sms.last_code)
    assert reply.status_code == 200
    return Api(api.app, reply.json["access_token"])


@pytest.mark.manual("M-10.2.2")
@pytest.mark.usefixtures("guest")
def test_they_sign_in_with_id_number_phone_and_code(api: Api, db: Session, sms: RecordingGateway) -> None:
    asked = ask(api, id_number=f" {ID_NUMBER.lower()} ", phone="138 0000 7007")
    assert (asked.status_code, asked.json) == (202, {"expires_in": 300, "retry_after": 120})
    assert "电子学分证书" in sms.sent[-1].text
    reply = login(api, sms.last_code)
    assert reply.status_code == 200
    assert (reply.json["must_change_password"], reply.json["second_factor_due"]) == (False, False)
    assert reply.json["own_credits_only"] is True
    assert db.scalars(select(SignIn.method)).all() == ["id_number"]
    assert login(api, sms.last_code).json["code"] == "bad_code"  # a code opens once
    again = api.post("/auth/refresh", headers={"Authorization": f"Bearer {reply.json['refresh_token']}"})
    assert again.json["own_credits_only"] is True
    assert Api(api.app, again.json["access_token"]).get("/me").json["code"] == "own_credits_only"


@pytest.mark.manual("M-10.2.1")
def test_they_see_their_own_credits_and_nothing_else_of_the_service(
    app: APIFlask, signed_in: Api, guest: Person
) -> None:
    some_id = "01890000-0000-7000-8000-000000000000"
    opened = set()
    for rule in app.url_map.iter_rules():
        view: Any = app.view_functions[rule.endpoint]
        if view.access.is_public or rule.endpoint == "auth.logout":
            continue
        path = re.sub(r"<[^>]+>", some_id, rule.rule)
        (method,) = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        for _ in range(2):  # the second time its token is known
            reply = signed_in.call(method, path)
            if (reply.status_code, reply.is_json and reply.json.get("code")) == (403, "own_credits_only"):
                continue
            opened.add(rule.endpoint)
    assert opened | {"auth.logout"} == OPEN
    assert signed_in.get("/me/credits").json["items"] == []
    assert signed_in.post("/auth/logout").status_code == 204
    assert signed_in.get("/me/credits").json["code"] == "token_invalid"


def test_public_calls_that_know_a_caller_refuse_them_too(signed_in: Api) -> None:
    asked = signed_in.post("/auth/sms-codes", {"phone": "13800007008", "purpose": "phone_change"})
    assert (asked.status_code, asked.json["code"]) == (403, "own_credits_only")


def test_a_link_leads_them_to_their_own_credits_alone(signed_in: Api) -> None:
    made = signed_in.post("/download-links", {"path": "/api/v1/me/credits.xlsx"})
    assert made.status_code == 201
    url = made.json["url"].removeprefix("https://cme.test")
    assert Api(signed_in.app).get(url).status_code == 200
    refused = signed_in.post("/download-links", {"path": "/api/v1/me/compliance.xlsx"})
    assert (refused.status_code, refused.json["code"]) == (403, "own_credits_only")


@pytest.mark.usefixtures("guest")
def test_the_answers_are_alike_whether_or_not_the_papers_are_somebodys(api: Api, sms: RecordingGateway) -> None:
    stranger = "99000019800101" + "009"
    stranger += check_digit(stranger)
    tries = [
        (ID_NUMBER, PHONE),
        (stranger, PHONE),  # the phone of another
        (ID_NUMBER, "+8613800007009"),  # a phone that is not on file
        (stranger, "+8613800007010"),
    ]
    seen = []
    for id_number, phone in tries:
        first, second = ask(api, id_number, phone), ask(api, id_number, phone)
        wrong = login(api, "000000" if sms.last_code != "000000" else "000001", id_number, phone)
        facts = (second.json["code"], second.headers["Retry-After"], wrong.json["code"], wrong.json["detail"])
        seen.append((first.status_code, first.json, second.status_code, wrong.status_code, *facts))
    assert set(map(str, seen)) == {str(seen[0])}
    assert seen[0][2:4] == (429, 401)
    assert len(sms.sent) == 1


@pytest.mark.manual("M-10.2.2")
@pytest.mark.usefixtures("guest")
def test_a_code_comes_every_120_seconds_and_five_times_a_day(api: Api, clock: FakeClock, sms: RecordingGateway) -> None:
    assert ask(api).status_code == 202
    clock.turn(seconds=119)
    assert ask(api).json["code"] == "too_many_attempts"
    clock.turn(seconds=1)
    for _ in range(4):
        assert ask(api).status_code == 202
        clock.turn(seconds=120)
    assert (ask(api).status_code, len(sms.sent)) == (429, 5)
    clock.turn(hours=24)
    assert ask(api).status_code == 202


@pytest.mark.usefixtures("guest")
def test_another_way_to_write_the_same_numbers_is_no_way_round_the_limits(api: Api, sms: RecordingGateway) -> None:
    assert ask(api).status_code == 202
    spaced = f"{ID_NUMBER[:6]} {ID_NUMBER[6:14]} {ID_NUMBER[14:].lower()}"
    for id_number in (ID_NUMBER, ID_NUMBER.lower(), spaced):
        for phone in ("13800007007", "+86 138 0000 7007", "0086-138-0000-7007", "(138)00007007"):
            assert ask(api, id_number, phone, device_id=phone).status_code == 429
    assert len(sms.sent) == 1


@pytest.mark.usefixtures("guest")
def test_who_knows_only_the_phone_uses_up_nothing_of_the_owners(api: Api, sms: RecordingGateway) -> None:
    for number in range(8):
        digits = f"9900001980010107{number}"
        digits = digits + "0" * (17 - len(digits))
        assert ask(api, digits + check_digit(digits), device_id="thief").status_code == 202
        assert api.post("/auth/sms-codes", {"phone": PHONE, "device_id": f"thief {number}"}).status_code in (202, 429)
    assert sms.sent == []
    assert ask(api).status_code == 202
    assert login(api, sms.last_code).status_code == 200


@pytest.mark.usefixtures("guest")
def test_the_phone_alone_opens_nothing_even_after_the_first_sign_in(
    api: Api, signed_in: Api, sms: RecordingGateway
) -> None:
    sent = len(sms.sent)
    for purpose in ("sign_in", "password_reset"):
        assert Api(api.app).post("/auth/sms-codes", {"phone": PHONE, "purpose": purpose, "device_id": purpose}).json
    assert len(sms.sent) == sent
    assert api.post("/auth/login", {"phone": PHONE, "code": sms.last_code}).json["code"] == "bad_code"
    assert signed_in.get("/me/credits").status_code == 200


@pytest.mark.usefixtures("guest")
def test_a_code_of_one_way_does_not_open_the_other(api: Api, make: Factories, sms: RecordingGateway) -> None:
    make.person(phone="+8613800007011", id_number="H12345678")
    api.post("/auth/sms-codes", {"phone": "13800007011"})
    refused = login(api, sms.last_code, "H12345678", "13800007011")
    assert (refused.status_code, refused.json["code"]) == (401, "bad_code")  # they have a 继教编号
    assert ask(api, "H12345678", "13800007011").status_code == 202
    assert len(sms.sent) == 1


@pytest.mark.usefixtures("guest")
def test_five_wrong_codes_use_one_up_and_stand_in_the_trail(
    api: Api, db: Session, signed_in: Api, clock: FakeClock, sms: RecordingGateway
) -> None:
    clock.turn(seconds=120)
    ask(api, device_id="mine")
    wrong = "000000" if sms.last_code != "000000" else "000001"
    got = [login(api, wrong, device_id="mine").json["code"] for _ in range(6)]
    assert got == ["bad_code"] * 5 + ["too_many_attempts"]
    assert login(api, sms.last_code, device_id="mine").status_code == 429
    assert len(db.scalars(select(FailedSignIn)).all()) == 5


@pytest.mark.parametrize(
    "body",
    [
        {"id_number": ID_NUMBER, "code": "123456"},
        {"id_number": ID_NUMBER, "phone": PHONE},
        {"id_number": ID_NUMBER, "cme_number": "3310000101", "password": "x"},
        {"id_number": ID_NUMBER[:-1] + "z", "phone": PHONE, "code": "123456"},
        {"id_number": "1\x00" * 9, "phone": PHONE, "code": "123456"},
        {"id_number": "９９００００", "phone": PHONE, "code": "123456"},
        {"id_number": [ID_NUMBER], "phone": PHONE, "code": "123456"},
    ],
)
def test_anything_but_all_three_is_422(api: Api, body: dict[str, Any]) -> None:
    assert api.post("/auth/login", body).status_code == 422
    asked = api.post("/auth/sms-codes", {"id_number": ID_NUMBER, "phone": PHONE, "purpose": "password_reset"})
    assert (asked.status_code, asked.json["code"]) == (422, "invalid_input")


@pytest.mark.usefixtures("guest")
def test_neither_the_id_number_nor_the_phone_is_logged(
    api: Api, sms: RecordingGateway, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        ask(api)
        login(api, "000000")
        login(api, sms.last_code)
    told = "\n".join(record.getMessage() for record in caplog.records)
    assert ID_NUMBER not in told
    assert PHONE[3:] not in told


def test_a_suspended_account_opens_no_more(api: Api, db: Session, signed_in: Api, clock: FakeClock, sms: Any) -> None:
    db.scalars(select(Account)).one().suspended_at = clock.now()
    db.commit()
    assert signed_in.get("/me/credits").json["code"] == "token_invalid"
    clock.turn(seconds=120)
    ask(api)
    assert login(api, sms.last_code).json["code"] == "account_suspended"
