"""Refusals say why in words: what is wrong with a value in the caller's language, and how long to wait."""

import ast
import re
from pathlib import Path

import pytest

from service.wording.inputs import INPUTS
from service.wording.reasoned import HINTS
from tests.api import Api

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


def test_words_name_only_facts_that_come_with_them() -> None:
    for words in (*INPUTS.values(), *HINTS.values()):
        chinese, english = (set(re.findall(r"{(\w+)}", text)) for text in words)
        assert chinese == english


def test_a_pause_is_told_in_seconds_in_the_body_too(api: Api) -> None:
    body = {"phone": "13800001002"}
    api.post("/auth/sms-codes", body)
    refused = api.post("/auth/sms-codes", body)
    assert refused.status_code == 429
    assert refused.json["retry_after"] == int(refused.headers["Retry-After"])
    assert str(refused.json["retry_after"]) in refused.json["hint"]
