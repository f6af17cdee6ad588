"""Trying an initial password on many numbers: the device that fails waits, and nobody else does."""

import json
import logging
import re

import pytest
from werkzeug.test import TestResponse

from accounts.sign_in.passwords import hash_password
from models.people import Person
from tests.api import Api
from tests.factories import PASSWORD, Factories
from tests.fakes import FakeClock, RecordingGateway

INITIAL = "123456"
PHONE = "+8613800000001"
SPRAYER = {"User-Agent": "python-requests/2.32"}
PHONE_IN_THE_HALL = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) MicroMessenger/8.0.53"}
_HASHED = hash_password(INITIAL)


def login(api: Api, number: str | None, password: str = INITIAL, *, device: dict[str, str] = SPRAYER) -> TestResponse:
    return Api(api.app).post("/auth/login", {"cme_number": number, "password": password}, headers=device)


def spray(api: Api, tries: int, *, device: dict[str, str] = SPRAYER, first: int = 0) -> list[TestResponse]:
    return [login(api, f"77{first + n:08d}", device=device) for n in range(tries)]


def newcomers(make: Factories, count: int) -> list[Person]:
    """People whose accounts still have the initial password."""
    unit = make.unit()
    return [make.person(unit=unit, must_change_password=True, password_hash=_HASHED) for _ in range(count)]


def metric(api: Api, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} (\S+)$", api.get("/metrics").text, re.MULTILINE)
    return float(found.group(1)) if found else 0.0


def test_123456_over_all_numbers_is_stopped_after_a_few(api: Api) -> None:
    replies = spray(api, 59)
    assert [reply.status_code for reply in replies] == [401] * 5 + [429] * 54
    refused = replies[-1]
    assert refused.json["code"] == "initial_password_paused"
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert re.search(r"[\u4e00-\u9fff]", refused.json["hint"])
    english = login(api, "7700000000", device=SPRAYER | {"Accept-Language": "en"})
    assert english.json["hint"].startswith("Wait for the time in Retry-After")


def test_the_number_itself_as_initial_password_counts_as_well(api: Api) -> None:
    numbers = [f"77{n:08d}" for n in range(10)]
    replies = [login(api, number, number) for number in numbers]
    assert [reply.status_code for reply in replies] == [401] * 5 + [429] * 5


def test_the_pause_grows_up_to_a_quarter_of_an_hour(api: Api, clock: FakeClock) -> None:
    spray(api, 5)
    waits = []
    for again in range(8):
        waits.append(int(login(api, "7788888888").headers["Retry-After"]))
        clock.turn(seconds=waits[-1])
        assert spray(api, 1, first=100 + again)[0].status_code == 401
    assert waits[:4] == [60, 120, 240, 480]
    assert waits == sorted(waits)
    assert waits[-1] == 900


def test_even_the_right_number_is_refused_to_a_device_that_waits(api: Api, make: Factories) -> None:
    (newcomer,) = newcomers(make, 1)
    spray(api, 5)
    assert login(api, newcomer.cme_number).status_code == 429
    assert login(api, newcomer.cme_number, device=PHONE_IN_THE_HALL).status_code == 200


@pytest.mark.parametrize(
    "other",
    [
        PHONE_IN_THE_HALL,
        {**SPRAYER, "X-Forwarded-For": "203.0.113.9, 198.51.100.7"},
    ],
)
def test_another_device_signs_in_meanwhile(api: Api, make: Factories, other: dict[str, str]) -> None:
    (newcomer,) = newcomers(make, 1)
    spray(api, 59)
    reply = login(api, newcomer.cme_number, device=other)
    assert reply.status_code == 200
    assert reply.json["must_change_password"] is True


def test_two_phones_of_one_kind_are_told_apart_by_what_they_call_themselves(api: Api, make: Factories) -> None:
    (newcomer,) = newcomers(make, 1)
    for n in range(7):
        body = {"cme_number": f"77{n:08d}", "password": INITIAL, "device_id": "phone-1"}
        last = Api(api.app).post("/auth/login", body, headers=PHONE_IN_THE_HALL)
    assert last.status_code == 429
    body = {"cme_number": newcomer.cme_number, "password": INITIAL, "device_id": "phone-2"}
    assert Api(api.app).post("/auth/login", body, headers=PHONE_IN_THE_HALL).status_code == 200


def test_an_own_password_and_a_code_open_the_door_on_the_device_that_waits(
    api: Api, make: Factories, sms: RecordingGateway
) -> None:
    person = make.person(phone=PHONE)
    spray(api, 59)
    assert login(api, person.cme_number, PASSWORD).status_code == 200
    api.post("/auth/sms-codes", {"phone": PHONE}, headers=SPRAYER)
    assert api.post("/auth/login", {"phone": PHONE, "code": sms.last_code}, headers=SPRAYER).status_code == 200


def test_a_hall_that_signs_in_for_the_first_time_is_not_stopped_by_its_typing_errors(
    api: Api, make: Factories, clock: FakeClock
) -> None:
    before = metric(api, 'cme_initial_password_alarms_total{reach="device"}')
    for nth, newcomer in enumerate(newcomers(make, 40)):
        if nth % 3 == 1:  # one in three mistypes the number; all phones are of one kind, behind one address
            assert login(api, f"77{nth:08d}", device=PHONE_IN_THE_HALL).status_code == 401
        assert login(api, newcomer.cme_number, device=PHONE_IN_THE_HALL).status_code == 200
        clock.turn(seconds=2)
    assert metric(api, 'cme_initial_password_alarms_total{reach="device"}') == before


def test_signing_in_again_and_again_buys_no_tries(api: Api, make: Factories) -> None:
    (accomplice,) = newcomers(make, 1)
    statuses = []
    for n in range(8):
        statuses.append(spray(api, 1, first=n)[0].status_code)
        login(api, accomplice.cme_number)
    assert statuses == [401] * 6 + [429] * 2  # the first sign-in took one failure back, no other did


def test_failures_far_between_never_add_up(api: Api, clock: FakeClock) -> None:
    for n in range(20):
        assert spray(api, 1, first=n)[0].status_code == 401
        clock.turn(minutes=15)


def test_the_alarms_are_counted_and_name_nobody(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    names = {
        "failures": "cme_initial_password_failures_total",
        "device": 'cme_initial_password_alarms_total{reach="device"}',
        "installation": 'cme_initial_password_alarms_total{reach="installation"}',
        "refused": 'cme_sign_ins_total{result="initial_password_paused"}',
    }
    before = {key: metric(api, name) for key, name in names.items()}
    with caplog.at_level(logging.WARNING, logger="cme.sign_in"):
        spray(api, 59)
        for agent in range(25):  # who calls itself something else each time is told by the installation's count
            spray(api, 1, device={"User-Agent": f"sprayer-{agent}"}, first=100 + agent)
    counted = {key: metric(api, name) - before[key] for key, name in names.items()}
    assert counted == {"failures": 30, "device": 1, "installation": 1, "refused": 54}
    told = [record for record in caplog.records if record.name == "cme.sign_in"]
    assert [record.levelname for record in told] == ["WARNING", "ERROR"]
    words = json.dumps([record.getMessage() for record in told])
    assert INITIAL not in words
    assert not re.search(r"77\d{8}|python-requests|sprayer|127\.0\.0\.1", words)


def test_the_alarm_is_raised_again_only_when_failures_have_doubled(
    api: Api, caplog: pytest.LogCaptureFixture, clock: FakeClock
) -> None:
    with caplog.at_level(logging.ERROR, logger="cme.sign_in"):
        for agent in range(70):
            spray(api, 1, device={"User-Agent": f"sprayer-{agent}"}, first=agent)
        assert len(caplog.records) == 2
        clock.turn(minutes=10)
        for agent in range(29):
            spray(api, 1, device={"User-Agent": f"sprayer-{agent}"}, first=200 + agent)
        assert len(caplog.records) == 2
