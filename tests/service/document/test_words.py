"""Each code that a client can meet has words in both languages."""

import json
import re
from importlib.resources import files

import pytest

from accounts.second_factor.second_steps import Factor
from attendance.settlement.rules import Note, Unmet
from credit.compliance.judging import GROUP_CAP, NOT_APPROVED, YEAR_CAP
from credit.rules.awards import PROJECT_CAP
from service.edge.answers.problem_catalogue import PROBLEMS
from tests.api import Api

pytestmark = pytest.mark.either_database  # they ask the database nothing


CODES = {
    "Unmet": set(Unmet),
    "Note": set(Note),
    "Factor": set(Factor),
    "CountedLess": {PROJECT_CAP, YEAR_CAP, GROUP_CAP, NOT_APPROVED},
}
"""Codes that an answer has as text, and not as an enum."""
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_each_enum_of_the_document_has_words_for_each_value_and_no_other(api: Api) -> None:
    words = api.get("/words").json["vocabularies"]
    schemas = api.get("/api/openapi.json").json["components"]["schemas"]
    enums = {name: set(each["enum"]) for name, each in schemas.items() if "enum" in each and name != "ProblemCode"}
    for name, values in {**enums, **CODES}.items():
        assert set(words.get(name, ())) == values, f"service/wording/vocabulary: {name}"


def test_words_are_in_both_languages(api: Api) -> None:
    for name, words in api.get("/words").json["vocabularies"].items():
        for value, word in words.items():
            assert CHINESE.search(word["zh"]), f"{name}.{value}"
            assert word["en"], f"{name}.{value}"
            is_about_cells = name.endswith("Fault")  # whose words are Chinese in either language
            assert is_about_cells or not CHINESE.search(word["en"]), f"{name}.{value}"


def test_each_category_and_exemption_of_the_packaged_rules_has_words(api: Api) -> None:
    words = api.get("/words").json["vocabularies"]
    for path in files("credit.rules").joinpath("packaged").iterdir():
        rules = json.loads(path.read_text(encoding="utf-8"))
        assert {each["code"] for each in rules["categories"]} <= set(words["Category"])
        assert {each["code"] for each in rules.get("exemptions", ())} <= set(words["ExemptionKind"])


def test_the_error_codes_are_told_in_both_languages(api: Api) -> None:
    items = {each["code"]: each for each in api.get("/problems").json["items"]}
    assert list(items) == sorted(PROBLEMS)
    found, kind = items["face_mismatch"], PROBLEMS["face_mismatch"]
    assert found["status"] == kind.status
    assert found["title"] == {"zh": kind.title_zh, "en": kind.title_en}
    assert found["hint"] == {"zh": kind.hint_zh, "en": kind.hint_en}


def test_a_client_that_has_the_words_is_told_so(api: Api) -> None:
    first = api.get("/words")
    again = api.get("/words", headers={"If-None-Match": first.headers["ETag"]})
    problems = api.get("/problems", headers={"If-None-Match": first.headers["ETag"]})
    assert first.headers["Cache-Control"] == "public, max-age=3600"
    assert (again.status_code, again.data) == (304, b"")
    assert problems.status_code == 200
