"""Passwords are hashed in a queue of their own; whoever finds it full is told so, and nothing is counted or used up."""

import contextlib
import os
import threading
from collections.abc import Callable, Iterator

import pytest
from apiflask import APIFlask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.errors import SignInBusy
from accounts.sign_in.password_queue import PasswordHasher, PasswordQueue
from accounts.sign_in.passwords import hash_password
from models.accounts import Throttle
from models.people import Person, Role
from service.edge.database import db as web_db
from tests.api import Api, Reply
from tests.factories import PASSWORD, Factories
from tests.fakes import RecordingGateway

Full = Callable[[], contextlib.AbstractContextManager[None]]
PHONE, NEW, BETTER = "+8613800000001", "+8613711112222", "Night-7-shift!"


@pytest.fixture
def person(make: Factories) -> Person:
    return make.person(phone=PHONE)


@pytest.fixture
def full(app: APIFlask) -> Full:
    """A block in which the queue of the service is full."""

    @contextlib.contextmanager
    def fill() -> Iterator[None]:
        components = app.extensions["components"]
        with contextlib.ExitStack() as taken:
            for _ in range(components.settings.password_queue):
                taken.enter_context(components.password_queue.place())
            yield

    return fill


def login(api: Api, person: Person, password: str = PASSWORD) -> Reply:
    return api.post("/auth/login", {"cme_number": person.cme_number, "password": password})


def is_busy(reply: Reply) -> bool:
    return (reply.status_code, reply.json["code"], reply.headers["Retry-After"]) == (503, "sign_in_busy", "2")


def test_a_sign_in_that_finds_the_queue_full_is_not_counted(api: Api, person: Person, db: Session, full: Full) -> None:
    with full():
        assert all(is_busy(login(api, person, "wrong")) for _ in range(8))
        assert is_busy(login(api, person))
        assert db.scalar(select(func.count()).select_from(Throttle)) == 0
    assert [login(api, person, "wrong").status_code for _ in range(4)] == [401] * 4
    assert login(api, person).status_code == 200


def test_a_full_queue_speaks_both_languages(api: Api, person: Person, full: Full) -> None:
    body = {"cme_number": person.cme_number, "password": PASSWORD}
    with full():
        for language in ("zh-CN", "en"):
            hint = api.post("/auth/login", body, headers={"Accept-Language": language}).json["hint"]
            assert hint.isascii() == (language == "en")


def test_reads_and_codes_by_sms_go_on_while_the_queue_is_full(
    api: Api, person: Person, sms: RecordingGateway, full: Full
) -> None:
    with full():
        assert api.as_(person).get("/me").status_code == 200
        api.post("/auth/sms-codes", {"phone": PHONE})
        assert api.post("/auth/login", {"phone": PHONE, "code": sms.last_code}).status_code == 200


def test_a_change_of_the_password_that_finds_it_full_changes_nothing(api: Api, person: Person, full: Full) -> None:
    me, body = api.as_(person), {"current_password": PASSWORD, "new_password": BETTER}
    with full():
        assert is_busy(me.put("/me/password", body))
    assert login(api, person).status_code == 200
    assert me.put("/me/password", body).status_code == 200


def test_a_reset_that_finds_it_full_leaves_the_code_good(
    api: Api, person: Person, sms: RecordingGateway, full: Full
) -> None:
    api.post("/auth/sms-codes", {"phone": PHONE, "purpose": "password_reset"})
    body = {"phone": PHONE, "code": sms.last_code, "new_password": BETTER}
    with full():
        assert is_busy(api.post("/auth/password-resets", body))
    assert api.post("/auth/password-resets", body).status_code == 204
    assert login(api, person, BETTER).status_code == 200


def test_a_change_of_the_phone_that_finds_it_full_leaves_the_code_good(
    api: Api, person: Person, sms: RecordingGateway, full: Full
) -> None:
    me = api.as_(person)
    me.post("/auth/sms-codes", {"phone": NEW, "purpose": "phone_change"})
    body = {"phone": NEW, "code": sms.last_code, "password": PASSWORD}
    with full():
        assert is_busy(me.put("/me/phone", body))
    assert me.put("/me/phone", body).status_code == 204


def test_nobody_is_added_while_it_is_full(api: Api, make: Factories, full: Full) -> None:
    unit = make.unit()
    admin = api.as_(make.staff(Role.UNIT_ADMIN, unit))
    body = {"cme_number": "3310000077", "name": "新人", "unit_id": str(unit.id)}
    with full():
        assert is_busy(admin.post("/people", body))
    assert admin.post("/people", body).status_code == 201


def test_no_transaction_is_open_while_a_password_waits(
    api: Api, make: Factories, person: Person, sms: RecordingGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    was_open: list[bool] = []

    def noting(name: str) -> None:
        plain = getattr(PasswordHasher, name)

        def note(*arguments: object) -> object:
            was_open.append(web_db.session().in_transaction())
            return plain(*arguments)

        monkeypatch.setattr(PasswordHasher, name, note)

    noting("hash")
    noting("fits")
    unit = make.unit()
    me, admin = api.as_(person), api.as_(make.staff(Role.UNIT_ADMIN, unit))
    me.post("/auth/sms-codes", {"phone": NEW, "purpose": "phone_change"})
    me.put("/me/phone", {"phone": NEW, "code": sms.last_code, "password": PASSWORD})
    api.post("/auth/sms-codes", {"phone": NEW, "purpose": "password_reset"})
    api.post("/auth/password-resets", {"phone": NEW, "code": sms.last_code, "new_password": BETTER})
    token = login(api, person, BETTER).json["access_token"]
    changed = Api(api.app, token).put("/me/password", {"current_password": BETTER, "new_password": PASSWORD})
    assert changed.status_code == 200
    admin.post("/people", {"cme_number": "3310000077", "name": "新人", "unit_id": str(unit.id)})
    assert was_open == [False] * 6


def test_a_place_is_free_again_after_whatever_happened_in_it() -> None:
    queue = PasswordQueue(1)
    for _ in range(3):
        with pytest.raises(SignInBusy), queue.place(), queue.place():
            pass


def test_all_hashes_are_made_by_one_thread_that_lets_others_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[tuple[int, int]] = []

    def note(password: str) -> str:
        threads.append((threading.get_ident(), os.getpriority(os.PRIO_PROCESS, threading.get_native_id())))
        return password

    monkeypatch.setattr("accounts.sign_in.password_queue.hash_password", note)
    mine = os.getpriority(os.PRIO_PROCESS, 0)
    with PasswordQueue(1).place() as hasher:
        assert [hasher.hash(word) for word in ("a", "b")] == ["a", "b"]
    assert len(set(threads)) == 1
    assert threads[0][0] != threading.get_ident()
    assert threads[0][1] > mine
    assert os.getpriority(os.PRIO_PROCESS, 0) == mine


def test_a_password_fits_its_hash_alone() -> None:
    with PasswordQueue(1).place() as hasher:
        assert hasher.fits(hash_password(PASSWORD), PASSWORD)
        assert not hasher.fits(hash_password(PASSWORD), BETTER)
        assert not hasher.fits(None, PASSWORD)
        assert hasher.fits(hasher.hash(BETTER), BETTER)
