"""One's own sign-ins, listed and ended; a new device is told; the trail of failed ones."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.accounts import SignIn, SignInEnd
from models.edge import AuditEntry
from models.people import Role
from models.sign_in_proofs import FailedSignIn
from service.configuration.settings import Settings
from tests.api import Api
from tests.factories import PASSWORD, Factories
from tests.fakes import FakeClock, RecordingGateway

PHONE = "+8613800000001"
IPHONE = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) MicroMessenger/8.0"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Settings with a template for the notice of a new device."""
    return settings.model_copy(update={"sms_templates": {"new_device": "T-1"}})


def login(api: Api, number: str | None, password: str = PASSWORD, headers: dict[str, str] | None = None, **more: str):
    body = {"cme_number": number, "password": password, **more}
    return Api(api.app).post("/auth/login", body, headers=headers)


def test_my_sign_ins_are_listed_newest_first_and_the_current_one_is_marked(api: Api, make: Factories) -> None:
    person = make.person()
    first = Api(api.app, login(api, person.cme_number, headers=IPHONE).json["access_token"])
    api.as_(person), api.as_(make.person())
    items = first.get("/me/sign-ins").json["items"]
    assert [(each["method"], each["device"], each["current"]) for each in items] == [
        ("sms", "", False),
        ("password", "iPhone, WeChat", True),
    ]
    page = first.get("/me/sign-ins?limit=1").json
    rest = first.get(f"/me/sign-ins?limit=1&cursor={page['next_cursor']}").json
    assert [page["items"][0]["id"], rest["items"][0]["id"]] == [each["id"] for each in items]
    assert rest["next_cursor"] is None


def test_one_ends_by_its_id_by_its_owner_alone(api: Api, make: Factories, db: Session) -> None:
    person = make.person()
    one, two, stranger = api.as_(person), api.as_(person), api.as_(make.person())
    ident = next(each["id"] for each in two.get("/me/sign-ins").json["items"] if each["current"])
    for client, name in ((stranger, ident), (one, uuid4())):
        assert client.delete(f"/me/sign-ins/{name}").status_code == 404
    assert two.get("/me").status_code == 200
    assert one.delete(f"/me/sign-ins/{ident}").status_code == 204
    assert two.get("/me").json["code"] == "token_invalid"
    assert one.get("/me").status_code == 200
    assert one.delete(f"/me/sign-ins/{ident}").status_code == 404
    assert set(db.scalars(select(SignIn.end_reason).where(SignIn.ended_at.is_not(None)))) == {SignInEnd.ENDED_BY_OWNER}


def test_all_others_end_at_once(api: Api, make: Factories) -> None:
    person = make.person()
    one, two, three, stranger = api.as_(person), api.as_(person), api.as_(person), api.as_(make.person())
    assert one.delete("/me/sign-ins").status_code == 204
    assert [client.get("/me").status_code for client in (one, two, three, stranger)] == [200, 401, 401, 200]
    assert len(one.get("/me/sign-ins").json["items"]) == 1


def test_an_ended_sign_in_gets_no_new_tokens(api: Api, make: Factories) -> None:
    person = make.person()
    tokens = login(api, person.cme_number).json
    api.as_(person).delete("/me/sign-ins")
    again = api.post("/auth/refresh", headers={"Authorization": f"Bearer {tokens['refresh_token']}"})
    assert again.json["code"] == "token_invalid"


def test_a_new_device_is_told_but_neither_the_first_nor_a_known_one(
    api: Api, make: Factories, sms: RecordingGateway, run_jobs: Callable[[], None]
) -> None:
    person = make.person(phone=PHONE)
    told = []
    for device in ("mine", "mine", "strange", "mine", "strange"):
        assert login(api, person.cme_number, device_id=device).status_code == 200
        run_jobs()
        told.append(len(sms.sent))
    assert told == [0, 0, 1, 1, 1]
    assert "新设备" in sms.sent[0].text


def test_a_device_that_only_failed_is_no_news(
    api: Api, make: Factories, sms: RecordingGateway, run_jobs: Callable[[], None]
) -> None:
    person = make.person(phone=PHONE)
    login(api, person.cme_number, device_id="mine")
    assert login(api, person.cme_number, "a guess", device_id="strange").status_code == 401
    run_jobs()
    assert sms.sent == []


def failures(client: Api, path: str = "/me/failed-sign-ins") -> list[tuple[str, str]]:
    return [(each["reason"], each["device"]) for each in client.get(path).json["items"]]


def test_failed_sign_ins_are_listed_to_their_owner_newest_first(
    api: Api, make: Factories, clock: FakeClock, sms: RecordingGateway
) -> None:
    person, other = make.person(phone=PHONE), make.person()
    login(api, person.cme_number, "a guess", headers=IPHONE)
    clock.turn(seconds=1)
    api.post("/auth/sms-codes", {"phone": PHONE})
    wrong = f"{(int(sms.last_code) + 1) % 1_000_000:06d}"
    Api(api.app).post("/auth/login", {"phone": PHONE, "code": wrong})
    me = api.as_(person)
    assert failures(me) == [("wrong_code", ""), ("wrong_password", "iPhone, WeChat")]
    assert failures(api.as_(other)) == []
    answer = me.get("/me/failed-sign-ins?limit=1")
    assert "a guess" not in answer.text
    assert wrong not in answer.text
    rest = me.get(f"/me/failed-sign-ins?limit=1&cursor={answer.json['next_cursor']}").json
    assert ([each["reason"] for each in rest["items"]], rest["next_cursor"]) == (["wrong_password"], None)


def test_a_wrong_code_for_nobodys_phone_leaves_no_trail(api: Api, db: Session) -> None:
    api.post("/auth/sms-codes", {"phone": "+8613999999999"})
    api.post("/auth/login", {"phone": "+8613999999999", "code": "123456"})
    assert db.scalars(select(FailedSignIn)).all() == []


def test_nobody_fills_the_trail(api: Api, make: Factories, db: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.sign_in.failures.MOST_A_DAY", 3)
    person = make.person()
    for _ in range(5):
        login(api, person.cme_number, "a guess")
    assert len(db.scalars(select(FailedSignIn)).all()) == 3
    assert api.as_(person).get("/me/failed-sign-ins").json["left_out_today"] == 2


def test_the_auditor_reads_them_and_nobody_else(api: Api, make: Factories, db: Session) -> None:
    unit, far = make.unit(), make.unit()
    person = make.person(unit=unit)
    login(api, person.cme_number, "a guess")
    path = f"/people/{person.id}/failed-sign-ins"
    auditor = make.staff(Role.AUDITOR, unit)
    assert failures(api.as_(auditor), path) == [("wrong_password", "")]
    assert api.as_(make.staff(Role.AUDITOR, far)).get(path).status_code == 404
    for role in set(Role) - {Role.AUDITOR}:
        assert (
            api.as_(make.staff(role, make.province)).get(path).status_code == 403 if role is not Role.LEARNER else True
        )
    assert api.as_(person).get(path).status_code == 403
    entry = db.scalars(select(AuditEntry).where(AuditEntry.action == "failed_sign_ins.read")).one()
    assert (entry.actor_id, entry.subject_id) == (auditor.id, person.id)
