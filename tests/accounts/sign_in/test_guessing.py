"""Guessing passwords: strangers lock nobody out, and who tries one password on many numbers pays for each try."""

import hashlib
import json
import logging
import re
from itertools import count
from typing import Any

import pytest

from accounts.sign_in import puzzles
from accounts.sign_in.passwords import hash_password
from models.people import Person
from tests.api import Api, Reply
from tests.factories import PASSWORD, Factories
from tests.fakes import FakeClock, RecordingGateway

INITIAL = "123456"
PHONE = "+8613800000001"
_HASHED = hash_password(INITIAL)


@pytest.fixture(autouse=True)
def easy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Puzzles that take a few tries, so that the tests are quick."""
    monkeypatch.setattr(puzzles, "_FEWEST_BITS", 4)


def login(api: Api, number: str | None, password: str = INITIAL, **more: Any) -> Reply:
    """Sign in from a device that nobody knows, unless `device_id` says another one."""
    return Api(api.app).post("/auth/login", {"cme_number": number, "password": password, **more})


def spray(api: Api, tries: int, *, first: int = 0, **more: Any) -> list[int]:
    return [login(api, f"77{first + n:08d}", **more).status_code for n in range(tries)]


def solve(puzzle: dict[str, Any]) -> dict[str, str]:
    assert puzzle["kind"] == "sha256"
    right = next(answer for answer in map(str, count()) if is_right(puzzle, answer))
    return {"challenge": puzzle["challenge"], "answer": right}


def is_right(puzzle: dict[str, Any], answer: str) -> bool:
    digest = hashlib.sha256((puzzle["challenge"] + answer).encode()).digest()
    return int.from_bytes(digest, "big") >> (256 - puzzle["bits"]) == 0


def solved(api: Api, number: str | None, password: str = INITIAL) -> Reply:
    asked = login(api, number, password)
    assert (asked.status_code, asked.json["code"]) == (429, "puzzle_required")
    return login(api, number, password, puzzle=solve(asked.json["puzzle"]))


def newcomers(make: Factories, number: int) -> list[Person]:
    """People whose accounts still have the initial password."""
    unit = make.unit()
    return [make.person(unit=unit, must_change_password=True, password_hash=_HASHED) for _ in range(number)]


def metric(api: Api, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} (\S+)$", api.get("/metrics").text, re.MULTILINE)
    return float(found.group(1)) if found else 0.0


def test_one_password_over_all_numbers_is_stopped_whatever_the_device_calls_itself(api: Api) -> None:
    replies = [login(api, f"77{n:08d}", device_id=f"device-{n}") for n in range(60)]
    assert [reply.status_code for reply in replies] == [401] * 31 + [429] * 29
    refused = replies[-1]
    assert refused.json["code"] == "puzzle_required"
    assert refused.headers["Retry-After"] == "1"
    assert re.search(r"[\u4e00-\u9fff]", refused.json["hint"])


def test_first_timers_get_in_meanwhile_with_a_puzzle(api: Api, make: Factories) -> None:
    spray(api, 31)
    for newcomer in newcomers(make, 12):
        reply = solved(api, newcomer.cme_number)
        assert reply.status_code == 200
        assert reply.json["must_change_password"] is True


def test_the_owners_device_gets_in_without_a_puzzle(api: Api, make: Factories) -> None:
    person = make.person()
    assert login(api, person.cme_number, PASSWORD, device_id="mine").status_code == 200
    spray(api, 40)
    assert login(api, person.cme_number, PASSWORD, device_id="mine").status_code == 200
    assert login(api, person.cme_number, PASSWORD, device_id="another").json["code"] == "puzzle_required"


def test_a_browser_is_known_by_its_cookie(api: Api, make: Factories) -> None:
    person, browser = make.person(), Api(api.app)
    mine = {"cme_number": person.cme_number, "password": PASSWORD}
    first = browser.post("/auth/login", mine)
    (cookie,) = [line for line in first.headers.getlist("Set-Cookie") if line.startswith("cme_device=")]
    assert {"HttpOnly", "Secure", f"Max-Age={400 * 24 * 3600}"} <= {part.strip() for part in cookie.split(";")}
    for n in range(9):
        login(api, person.cme_number, f"guess-{n}")
    again = browser.post("/auth/login", mine)
    assert again.status_code == 200
    assert not again.headers.getlist("Set-Cookie")


def test_a_device_known_to_one_account_is_a_stranger_to_another(api: Api, make: Factories) -> None:
    mine, other = make.person(), make.person()
    login(api, mine.cme_number, PASSWORD, device_id="mine")
    for n in range(5):
        assert login(api, other.cme_number, f"guess-{n}", device_id="mine").status_code == 401
    assert login(api, other.cme_number, PASSWORD, device_id="mine").status_code == 429
    assert login(api, mine.cme_number, PASSWORD, device_id="mine").status_code == 200


def test_a_known_device_that_guesses_is_slowed_too(api: Api, make: Factories) -> None:
    person = make.person()
    login(api, person.cme_number, PASSWORD, device_id="mine")
    replies = [login(api, person.cme_number, f"guess-{n}", device_id="mine").status_code for n in range(6)]
    assert replies == [401] * 5 + [429]


def test_a_device_is_forgotten_after_400_days(api: Api, make: Factories, clock: FakeClock) -> None:
    person = make.person()
    login(api, person.cme_number, PASSWORD, device_id="mine")
    clock.turn(days=400)
    for n in range(5):
        login(api, person.cme_number, f"guess-{n}")
    assert login(api, person.cme_number, PASSWORD, device_id="mine").status_code == 429


def test_a_puzzle_opens_one_try(api: Api, make: Factories) -> None:
    (newcomer,) = newcomers(make, 1)
    spray(api, 31)
    puzzle = solve(login(api, newcomer.cme_number).json["puzzle"])
    assert login(api, newcomer.cme_number, "wrong-guess", puzzle=puzzle).status_code == 401
    assert login(api, newcomer.cme_number, puzzle=puzzle).json["code"] == "puzzle_required"


@pytest.mark.parametrize("what", ["number", "bits", "answer", "text", "time"])
def test_a_puzzle_that_is_not_ours_or_not_solved_opens_nothing(
    api: Api, make: Factories, clock: FakeClock, what: str
) -> None:
    newcomer, other = newcomers(make, 2)
    spray(api, 31)
    puzzle = login(api, newcomer.cme_number).json["puzzle"]
    answer = solve(puzzle)
    if what == "number":
        assert login(api, other.cme_number, puzzle=answer).status_code == 429
        return
    if what == "bits":
        made_at, _, rest = puzzle["challenge"].split(".", 2)
        answer = solve({**puzzle, "challenge": f"{made_at}.0.{rest}", "bits": 0})
    elif what == "answer":
        answer = {**answer, "answer": next(wrong for wrong in map(str, count()) if not is_right(puzzle, wrong))}
    elif what == "text":
        answer = {"challenge": "三.字.经", "answer": "0"}
    else:
        clock.turn(minutes=5)
        spray(api, 31, first=100)
    assert login(api, newcomer.cme_number, puzzle=answer).json["code"] == "puzzle_required"


def test_puzzles_grow_up_to_18_bits_and_end_with_the_failures(
    api: Api, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(puzzles, "MOST_BITS", 5)
    spray(api, 31)
    bits = set()
    for n in range(100):
        asked = login(api, f"78{n:08d}").json["puzzle"]
        bits.add(asked["bits"])
        assert login(api, f"78{n:08d}", puzzle=solve(asked)).status_code == 401
    assert bits == {4, 5}
    clock.turn(minutes=1)
    assert spray(api, 1, first=500) == [401]


def test_a_code_by_sms_needs_no_puzzle(api: Api, make: Factories, sms: RecordingGateway) -> None:
    make.person(phone=PHONE)
    spray(api, 40)
    api.post("/auth/sms-codes", {"phone": PHONE})
    assert api.post("/auth/login", {"phone": PHONE, "code": sms.last_code}).status_code == 200


def test_strangers_failures_dont_stop_the_change_of_the_password(api: Api, make: Factories) -> None:
    person = make.person()
    me = api.as_(person)
    for n in range(9):
        login(api, person.cme_number, f"guess-{n}")
    changed = me.put("/me/password", {"current_password": PASSWORD, "new_password": "Stetho-scope-9"})
    assert changed.status_code == 200


def test_guesses_of_the_current_password_are_slowed(api: Api, make: Factories) -> None:
    me = api.as_(make.person())
    tries = [{"current_password": f"guess-{n}", "new_password": "Stetho-scope-9"} for n in range(6)]
    assert [me.put("/me/password", body).status_code for body in tries] == [422] * 5 + [429]


def test_weak_new_passwords_are_no_guesses_of_the_current_one(api: Api, make: Factories) -> None:
    me = api.as_(make.person())
    for _ in range(8):
        weak = me.put("/me/password", {"current_password": PASSWORD, "new_password": "12345678"})
        assert weak.json["code"] == "password_too_weak"
    changed = me.put("/me/password", {"current_password": PASSWORD, "new_password": "Stetho-scope-9"})
    assert changed.status_code == 200


def test_the_alarm_is_raised_once_and_again_when_failures_have_doubled_and_names_nobody(
    api: Api, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(puzzles, "FREE_FAILURES", 5)
    before = metric(api, "cme_sign_in_alarms_total")
    with caplog.at_level(logging.WARNING, logger="cme.sign_in"):
        spray(api, 6)
        for n in range(6):
            solved(api, f"78{n:08d}")
    told = [record for record in caplog.records if record.name == "cme.sign_in"]
    assert [record.levelname for record in told] == ["ERROR"] * 2
    assert metric(api, "cme_sign_in_alarms_total") - before == 2
    words = json.dumps([record.getMessage() for record in told])
    assert "6 sign-ins failed" in words
    assert not re.search(rf"7[78]\d{{8}}|{INITIAL}|127\.0\.0\.1", words)
