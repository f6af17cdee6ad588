"""How many codes are sent: by phone, by device, by installation; and strangers use up nobody's own."""

import logging

import pytest
from apiflask import APIFlask

from service.app import equip, make_components
from service.configuration.settings import Settings
from tests.api import Api
from tests.factories import PASSWORD, Factories
from tests.fakes import FakeClock, FakeEngine, RecordingGateway

PHONE = "+8613800000001"


def ask(api: Api, phone: str = PHONE, **more: str) -> tuple[int, str | None]:
    reply = Api(api.app).post("/auth/sms-codes", {"phone": phone, **more})
    return reply.status_code, reply.json.get("code")


def test_strangers_use_up_their_own_codes_and_not_the_owners(
    api: Api, make: Factories, clock: FakeClock, sms: RecordingGateway
) -> None:
    person = make.person(phone=PHONE)
    mine = {"cme_number": person.cme_number, "password": PASSWORD, "device_id": "my-phone"}
    assert api.post("/auth/login", mine).status_code == 200
    for _ in range(10):
        assert ask(api)[0] == 202
        clock.turn(minutes=2)
    assert ask(api) == (429, "too_many_attempts")
    assert ask(api, device_id="my-phone")[0] == 202
    body = {"phone": PHONE, "code": sms.last_code, "device_id": "my-phone"}
    assert api.post("/auth/login", body).status_code == 200


def test_a_stranger_who_asked_a_moment_ago_does_not_make_the_owner_wait(api: Api, make: Factories) -> None:
    person = make.person(phone=PHONE)
    mine = {"cme_number": person.cme_number, "password": PASSWORD, "device_id": "my-phone"}
    api.post("/auth/login", mine)
    assert [ask(api)[0], ask(api)[0], ask(api, device_id="my-phone")[0]] == [202, 429, 202]
    assert ask(api, device_id="my-phone")[0] == 429


def test_a_device_that_asks_for_too_many_phones_is_told_so(api: Api) -> None:
    replies = [ask(api, f"+86139{n:08d}", device_id="one") for n in range(21)]
    assert replies == [(202, None)] * 20 + [(429, "too_many_phones")]
    assert ask(api, "+8613700000000", device_id="another")[0] == 202


@pytest.fixture
def small(app: APIFlask, settings: Settings, clock: FakeClock, engine: FakeEngine, sms: RecordingGateway) -> None:
    """An installation that sends five messages a day."""
    few = settings.model_copy(update={"sms_installation_cap": 5})
    equip(app, make_components(few, clock=clock, engine=engine, sms=sms))


@pytest.mark.usefixtures("small")
def test_the_installation_has_a_cap_with_an_alarm(
    api: Api, make: Factories, sms: RecordingGateway, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    phones = [f"+861380000{n:04d}" for n in range(6)]
    for phone in phones:
        make.person(phone=phone)
    for n in range(3):
        assert ask(api, f"+86139{n:08d}")[0] == 202  # nobody's phones: no message, and nothing of the cap
    with caplog.at_level(logging.ERROR, logger="cme.sign_in"):
        assert [ask(api, phone)[0] for phone in phones] == [202] * 5 + [503]
    assert len(sms.sent) == 5
    assert [record.getMessage()[:10] for record in caplog.records] == ["4 codes we", "5 codes we"]
    assert ask(api, phones[5]) == (503, "sms_exhausted")
    assert ask(api, "+8613911111111") == (503, "sms_exhausted")  # a phone of nobody looks the same
    clock.turn(hours=24)
    assert ask(api, phones[5])[0] == 202
