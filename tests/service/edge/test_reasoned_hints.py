"""Refusals say why in words: what is wrong with a value in the caller's language, and how long to wait."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic_core._pydantic_core import list_all_errors  # type: ignore[attr-defined]

from models.people import Role
from service.wording.inputs import ALL, INPUTS, words_of_fault
from service.wording.reasoned import ALSO, HINTS
from tests.api import Api
from tests.factories import Factories

ROOT = Path(__file__).parents[3]
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize(
    "body",
    [
        {"phone": "+8613800001002", "code": "12"},
        {"phone": 5, "code": "123456"},
        {"cme_number": "1", "password": "x" * 200},
        {"phone": "13800001002"},
        {"phone": "13800001002", "code": "123456", "more": 1},
    ],
)
def test_each_fault_of_a_body_is_told_in_the_callers_language(api: Api, body: dict[str, object]) -> None:
    chinese = api.post("/auth/login", body).json["errors"]
    english = api.post("/auth/login", body, headers={"Accept-Language": "en"}).json["errors"]
    assert chinese.keys() == english.keys()
    for errors, is_chinese in ((chinese, True), (english, False)):
        messages = [each["message"] for found in errors.values() for each in found]
        assert messages
        assert all(bool(HAN.search(message)) == is_chinese for message in messages), messages


def test_each_error_of_our_own_has_its_words() -> None:
    made = set()
    for path in sorted((ROOT / "service").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "PydanticCustomError":
                made.add(ast.literal_eval(node.args[0]))
    assert made <= set(INPUTS), made - set(INPUTS)


@pytest.mark.parametrize("error", list_all_errors(), ids=lambda error: str(error["type"]))
def test_each_error_of_the_library_has_its_words_in_both_languages(error: dict[str, Any]) -> None:
    assert error["type"] in ALL
    chinese, english = words_of_fault(error["type"], error["example_context"] or {})
    assert HAN.search(chinese)
    assert not HAN.search(english)
    assert not re.search("[a-z]{3} [a-z]{2}", chinese), chinese  # no English sentence in the Chinese one


def test_the_values_to_choose_from_are_listed_without_an_english_or() -> None:
    chinese, english = words_of_fault("enum", {"expected": "'wait' or 'cut_off'"})
    assert chinese == "应为 'wait', 'cut_off' 之一"
    assert english == "must be one of 'wait', 'cut_off'"


def test_an_error_of_a_later_library_is_told_without_its_english_words() -> None:
    assert words_of_fault("of_a_later_version", {"said": "Not this"}) == ("内容不符合要求", "is not valid")


def test_a_missing_reason_is_told_at_the_field_of_this_call(api: Api, make: Factories) -> None:
    boss = api.as_(make.staff(Role.AUTHORITY, make.province))
    path = "/credit-records/01890000-0000-7000-8000-000000000000/decision"
    reply = boss.post(path, {"decision": "reject"})
    assert list(reply.json["errors"]) == ["comment"], reply.json


def test_words_name_only_facts_that_come_with_them() -> None:
    for words in (*ALL.values(), *HINTS.values(), *ALSO.values()):
        chinese, english = (set(re.findall(r"{(\w+)}", text)) for text in words)
        assert chinese == english


def test_a_pause_is_told_in_seconds_in_the_body_too(api: Api) -> None:
    body = {"phone": "13800001002"}
    api.post("/auth/sms-codes", body)
    refused = api.post("/auth/sms-codes", body)
    assert refused.status_code == 429
    assert refused.json["retry_after"] == int(refused.headers["Retry-After"])
    assert str(refused.json["retry_after"]) in refused.json["hint"]
