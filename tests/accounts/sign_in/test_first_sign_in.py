"""The first sign-in: a number and an initial password are no secret, so the person is proven too (M-2.3)."""

from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.sign_in import puzzles
from accounts.sign_in.passwords import hash_password
from models.accounts import Account
from models.people import Person, Role
from models.sign_in_proofs import FailedSignIn, SignInFailure
from service.app import equip, make_components
from service.configuration.settings import Settings
from tests.api import Api, Reply
from tests.factories import Factories
from tests.fakes import FakeClock, FakeEngine, RecordingGateway

INITIAL, OWN = "123456", "Ward-7-rounds!"
PHONE = "+8613800000001"
ID_NUMBER = "990000198001010012"
_HASHED = hash_password(INITIAL)


@pytest.fixture(autouse=True)
def strict(app: APIFlask, settings: Settings, clock: FakeClock, engine: FakeEngine, sms: RecordingGateway) -> None:
    """The service as it is without the demo."""
    asking = settings.model_copy(update={"require_initial_proof": True})
    equip(app, make_components(asking, clock=clock, engine=engine, sms=sms))


@pytest.fixture
def newcomer(make: Factories) -> Person:
    """Somebody with a phone who never signed in."""
    return make.person(phone=PHONE, must_change_password=True, password_hash=_HASHED)


@pytest.fixture
def phoneless(make: Factories) -> Person:
    """Somebody with an ID number and no phone who never signed in."""
    return make.person(name="阿卜杜·拉希姆", id_number=ID_NUMBER, must_change_password=True, password_hash=_HASHED)


def login(api: Api, number: str | None, password: str = INITIAL, **more: Any) -> Reply:
    """Sign in from a device that nobody knows, unless `device_id` says another one."""
    return Api(api.app).post("/auth/login", {"cme_number": number, "password": password, **more})


def ask(api: Api, sms: RecordingGateway) -> str:
    """A code for PHONE, asked for by some device."""
    assert Api(api.app).post("/auth/sms-codes", {"phone": PHONE}).status_code == 202
    return sms.last_code


def other(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_the_initial_password_alone_opens_nothing(api: Api, newcomer: Person) -> None:
    refused = login(api, newcomer.cme_number)
    assert (refused.status_code, refused.json["code"]) == (401, "proof_required")
    assert refused.json["proofs"] == ["sms", "slip"]
    assert "access_token" not in refused.text


def test_a_number_of_nobody_looks_like_one_with_a_phone(api: Api, newcomer: Person, sms: RecordingGateway) -> None:
    code = ask(api, sms)
    for more in ({}, {"proof": {"code": other(code)}}, {"proof": {"id_last_four": "0012", "name": "某人"}}):
        for password in (INITIAL, "another-word"):
            known = login(api, newcomer.cme_number, password, **more)
            unknown = login(api, "3399999999", password, **more)
            left = {"instance", "request_id"}
            facts = [{key: value for key, value in each.json.items() if key not in left} for each in (known, unknown)]
            assert (known.status_code, facts[0]) == (unknown.status_code, facts[1])


def test_nobody_learns_who_has_signed_in_before(api: Api, newcomer: Person, make: Factories) -> None:
    regular = make.person(phone="+8613800000002")
    replies = [login(api, each.cme_number).json for each in (newcomer, regular)]
    assert [(reply["code"], reply["proofs"]) for reply in replies] == [("proof_required", ["sms", "slip"])] * 2


@pytest.mark.manual("M-2.3")
def test_the_phone_on_file_proves_it(api: Api, newcomer: Person, sms: RecordingGateway) -> None:
    code = ask(api, sms)
    wrong = login(api, newcomer.cme_number, proof={"code": other(code)})
    assert (wrong.status_code, wrong.json["code"], wrong.json["proofs"]) == (401, "proof_wrong", ["sms", "slip"])
    right = login(api, newcomer.cme_number, proof={"code": code})
    assert (right.status_code, right.json["must_change_password"]) == (200, True)
    again = login(api, newcomer.cme_number, proof={"code": code})
    assert (again.status_code, again.json["code"]) == (401, "proof_wrong")


def test_a_wrong_password_spends_no_code(api: Api, newcomer: Person, sms: RecordingGateway) -> None:
    code = ask(api, sms)
    assert login(api, newcomer.cme_number, "not-the-word", proof={"code": code}).json["code"] == "bad_credentials"
    assert login(api, newcomer.cme_number, proof={"code": code}).status_code == 200


def test_without_a_phone_id_and_name_prove_it(api: Api, phoneless: Person) -> None:
    assert login(api, phoneless.cme_number).json["proofs"] == ["id_last_four", "slip"]
    for four, name in (("0012", "别人"), ("0013", "阿卜杜拉希姆")):
        wrong = login(api, phoneless.cme_number, proof={"id_last_four": four, "name": name})
        assert (wrong.status_code, wrong.json["code"]) == (401, "proof_wrong")
    right = login(api, phoneless.cme_number, proof={"id_last_four": "0012", "name": " 阿卜杜 拉希姆"})
    assert (right.status_code, right.json["must_change_password"]) == (200, True)


def test_with_a_phone_id_and_name_prove_nothing(api: Api, make: Factories) -> None:
    person = make.person(phone=PHONE, id_number=ID_NUMBER, must_change_password=True, password_hash=_HASHED)
    refused = login(api, person.cme_number, proof={"id_last_four": "0012", "name": person.name})
    assert (refused.status_code, refused.json["code"], refused.json["proofs"]) == (401, "proof_wrong", ["sms", "slip"])


def test_without_phone_and_id_a_slip_is_all(api: Api, make: Factories) -> None:
    person = make.person(must_change_password=True, password_hash=_HASHED)
    assert login(api, person.cme_number).json["proofs"] == ["slip"]
    proof = {"id_last_four": "0000", "name": person.name}
    assert login(api, person.cme_number, proof=proof).json["code"] == "proof_wrong"


def test_guesses_of_the_id_are_braked_and_bar_neither_phone_nor_slip(
    api: Api, newcomer: Person, phoneless: Person, make: Factories, sms: RecordingGateway
) -> None:
    for person in (newcomer, phoneless):
        guesses = [
            login(api, person.cme_number, proof={"id_last_four": f"{n:04d}", "name": "不知何人"}).status_code
            for n in range(16)
        ]
        assert guesses == [401] * 5 + [429] * 11
    assert login(api, newcomer.cme_number, proof={"code": ask(api, sms)}).status_code == 200
    slip = slip_for(api, phoneless, make)
    assert login(api, phoneless.cme_number, slip).status_code == 200


def test_an_initial_password_without_proof_counts_for_the_brake(
    api: Api, newcomer: Person, monkeypatch: pytest.MonkeyPatch, sms: RecordingGateway
) -> None:
    monkeypatch.setattr(puzzles, "FREE_FAILURES", 3)
    codes = [login(api, f"77{n:08d}").json["code"] for n in range(6)]
    assert codes == ["proof_required"] * 4 + ["puzzle_required"] * 2
    assert login(api, newcomer.cme_number).json["code"] == "puzzle_required"
    assert login(api, newcomer.cme_number, proof={"code": ask(api, sms)}).status_code == 200


def test_a_refused_initial_password_is_on_the_trail(api: Api, newcomer: Person, db: Session) -> None:
    login(api, newcomer.cme_number)
    login(api, newcomer.cme_number, proof={"code": "000000"})
    reasons = db.scalars(select(FailedSignIn.reason).order_by(FailedSignIn.id)).all()
    assert reasons == [SignInFailure.PROOF_REQUIRED, SignInFailure.WRONG_PROOF]


@pytest.mark.manual("M-2.3")
def test_the_number_itself_may_be_the_initial_password(api: Api, make: Factories, sms: RecordingGateway) -> None:
    number = "3300099999"
    person = make.person(cme_number=number, phone=PHONE, must_change_password=True, password_hash=hash_password(number))
    assert login(api, number, number).json["code"] == "proof_required"
    assert login(api, "3388888888", "3388888888").json["code"] == "proof_required"
    opened = login(api, person.cme_number, number, proof={"code": ask(api, sms)})
    assert (opened.status_code, opened.json["must_change_password"]) == (200, True)


def test_a_password_of_ones_own_needs_no_proof(api: Api, make: Factories) -> None:
    assert login(api, make.person(phone=PHONE).cme_number, OWN).status_code == 200


@pytest.mark.parametrize("proof", [{}, {"code": "1"}, {"id_last_four": "0012"}, {"code": "123456", "name": "某人"}])
def test_half_a_proof_is_no_proof(api: Api, newcomer: Person, proof: dict[str, str]) -> None:
    assert login(api, newcomer.cme_number, proof=proof).status_code == 422


def test_an_added_person_has_phone_and_id_on_file(api: Api, make: Factories, sms: RecordingGateway) -> None:
    hospital = make.unit()
    admin = api.as_(make.staff(Role.UNIT_ADMIN, hospital))
    new = {"cme_number": "3300012345", "name": "仇晓芸", "unit_id": str(hospital.id), "id_number": "990000198001010013"}
    wrong = admin.post("/people", new)
    assert (wrong.status_code, wrong.json["code"], list(wrong.json["errors"])) == (
        422,
        "id_number_invalid",
        ["id_number"],
    )
    made = admin.post("/people", {**new, "id_number": ID_NUMBER})
    assert made.status_code == 201
    assert ID_NUMBER not in made.text
    taken = admin.post("/people", {**new, "cme_number": "3300012346", "id_number": ID_NUMBER})
    assert (taken.status_code, taken.json["code"], list(taken.json["errors"])) == (
        409,
        "number_taken",
        ["id_number"],
    )
    proof = {"id_last_four": "0012", "name": "仇晓芸"}
    assert login(api, "3300012345", proof=proof).status_code == 200


def test_a_slip_opens_once_and_then_sets_a_password(api: Api, make: Factories, db: Session, clock: FakeClock) -> None:
    person = make.person()
    before = login(api, person.cme_number, OWN).json["access_token"]
    slip = slip_for(api, person, make)
    assert login(api, person.cme_number, OWN).status_code == 200  # the old password holds until the slip is used
    opened = login(api, person.cme_number, slip.lower().replace("-", " "))
    assert (opened.status_code, opened.json["must_change_password"]) == (200, True)
    assert Api(api.app, before).get("/me").status_code == 401
    assert login(api, person.cme_number, slip).json["code"] == "bad_credentials"
    assert login(api, person.cme_number, OWN).json["code"] == "bad_credentials"
    me = Api(api.app, opened.json["access_token"])
    wrong = me.put("/me/password", {"current_password": "ABCD-EFGH-JKMN", "new_password": "Stetho-scope-9"})
    assert wrong.json["code"] == "current_password_wrong"
    assert me.put("/me/password", {"current_password": slip, "new_password": "Stetho-scope-9"}).status_code == 200
    assert login(api, person.cme_number, "Stetho-scope-9").status_code == 200


def test_a_slip_ends_with_the_next_one_and_after_a_week(api: Api, make: Factories, clock: FakeClock) -> None:
    person = make.person()
    first = slip_for(api, person, make)
    second = slip_for(api, person, make)
    assert login(api, person.cme_number, first).status_code == 401
    clock.turn(days=7)
    assert login(api, person.cme_number, second).status_code == 401


def test_a_slip_of_another_account_opens_nothing(api: Api, make: Factories) -> None:
    mine, other = make.person(), make.person()
    assert login(api, other.cme_number, slip_for(api, mine, make)).status_code == 401


def test_a_suspended_account_is_not_opened_by_a_slip_and_keeps_it(api: Api, make: Factories, db: Session) -> None:
    person = make.person()
    slip = slip_for(api, person, make)
    account = db.scalars(select(Account).where(Account.person_id == person.id)).one()
    account.suspended_at = person.created_at
    db.flush()
    assert login(api, person.cme_number, slip).json["code"] == "account_suspended"
    account.suspended_at = None
    db.flush()
    assert login(api, person.cme_number, slip).status_code == 200


def test_who_may_make_a_slip(api: Api, make: Factories) -> None:
    hospital = make.unit()
    admin, person = make.staff(Role.UNIT_ADMIN, hospital), make.person(unit=hospital)
    far = make.staff(Role.UNIT_ADMIN, make.unit())
    because = {"reason": "本人持证到场"}
    path = f"/people/{person.id}/password-slips"
    assert api.as_(person).post(path, because).status_code == 403
    assert api.as_(far).post(path, because).status_code == 404
    assert api.as_(admin).post(path).status_code == 422
    own = api.as_(admin).post(f"/people/{admin.id}/password-slips", because)
    assert (own.status_code, own.json["code"]) == (403, "own_account")
    made = api.as_(admin).post(path, because, headers={"Idempotency-Key": "k"})
    again = api.as_(admin).post(path, because, headers={"Idempotency-Key": "k"})
    assert made.json["slip"] != again.json["slip"]  # no reply is kept: it holds a secret


def test_the_demo_alone_asks_for_no_proof() -> None:
    assert Settings().asks_initial_proof
    assert not Settings(demo=True).asks_initial_proof
    assert Settings(demo=True, require_initial_proof=True).asks_initial_proof


def slip_for(api: Api, person: Person, make: Factories) -> str:
    """A slip from the admin of the whole province."""
    admin = api.as_(make.staff(Role.SYSTEM_ADMIN, make.province))
    made = admin.post(f"/people/{person.id}/password-slips", {"reason": "本人持证到场"})
    assert made.status_code == 201
    return str(made.json["slip"])
