"""Texts that people read name what they see, on paper or on a page, and not the calls and fields of the API."""

import re
from collections.abc import Iterator

import pytest

from service.edge.answers.problem_catalogue import PROBLEMS
from service.wording.advice import ADVICE
from service.wording.cell_faults import CELL_FAULTS
from service.wording.hinting import hint_of
from service.wording.notices import NOTICES
from service.wording.question_faults import QUESTION_FAULTS
from service.wording.reasoned import ALSO, HINTS, WAIT, WORDS_OF_FACTS
from service.wording.reasons import REASONS

FOR_PROGRAMS = {
    "bad_request": "no page of ours sends it",
    "method_not_allowed": "no page of ours sends it",
    "unsupported_media_type": "no page of ours sends it",
    "json_too_deep": "no page of ours sends it",
    "idempotency_key_reused": "pages make a key for each request",
    "puzzle_required": "pages solve the puzzle by themselves",
    "link_path_invalid": "pages ask for links to files alone",
    "too_many_streams": "pages go over to asking now and then by themselves",
}
"""Codes whose reader writes a program, and why."""
_FACTS = re.compile(r"\{[^}]*\}")
_OF_THE_API = re.compile(
    r"`|\b(GET|POST|PUT|PATCH|DELETE)\b|\w_\w|\w=\w|\b(JSON|ETag)\b|[Hh]eader|[A-Za-z]+: (true|false)",
)
_ENGLISH = re.compile(r"[A-Za-z]{3,}")
_READ_IN_CHINESE = {
    *("PDF", "CSV", "csv", "xlsx", "XLSX", "zip", "jpg", "JPG", "JPEG", "PNG", "HEIC", "GIF", "WebP", "Excel", "WPS"),
    *(
        "GIFT",
        "Aiken",
        "ANSWER",
        "Markdown",
        "plain",
        "html",
        "HTML",
        "Moodle",
        "UTF",
        "GBK",
        "IANA",
        "Asia",
        "Shanghai",
    ),
}
"""Names of things that go by these letters in Chinese too, and words of question files."""
_SAMPLE = re.compile(r"\d{10}_\d\.jpg")


def texts() -> Iterator[tuple[str, str, str]]:
    """Give the name of each text, and the text in Chinese and English."""
    for code, kind in PROBLEMS.items():
        if code not in FOR_PROGRAMS:
            yield f"{code}, title", kind.title_zh, kind.title_en
            yield f"{code}, hint", kind.hint_zh, kind.hint_en
    for (code, why), hint in HINTS.items():
        if code not in FOR_PROGRAMS:
            yield f"{code}, {why}", *hint
    for topic, (title, text) in NOTICES.items():
        yield f"{topic.value}, title", *title
        yield topic.value, *text
    for group in (ADVICE, CELL_FAULTS, QUESTION_FAULTS, REASONS, ALSO, WAIT, *WORDS_OF_FACTS.values()):
        yield from ((str(name), *words[:2]) for name, words in group.items())


@pytest.mark.parametrize(("name", "chinese", "english"), list(texts()))
def test_what_people_read_names_no_call_and_no_field(name: str, chinese: str, english: str) -> None:
    chinese, english = (_SAMPLE.sub("", _FACTS.sub("", each)) for each in (chinese, english))
    assert not _OF_THE_API.search(chinese), chinese
    assert not _OF_THE_API.search(english), english
    assert set(_ENGLISH.findall(chinese)) <= _READ_IN_CHINESE, chinese


def test_only_codes_that_exist_are_for_programs() -> None:
    assert set(FOR_PROGRAMS) <= set(PROBLEMS)


def test_a_hint_whose_facts_are_empty_is_the_plain_one() -> None:
    kind = PROBLEMS["phone_proof_required"]
    for facts in ({"proofs": []}, {"proofs": None}, {}):
        assert hint_of("phone_proof_required", kind, facts, retry_after=None, is_english=False) == kind.hint_zh
