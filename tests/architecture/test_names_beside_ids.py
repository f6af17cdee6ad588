"""In each answer, the id of a person, a unit or a project has its name beside it."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from apiflask import APIFlask

from tests.api import Api

pytestmark = pytest.mark.either_database

FLAT = ("name", "cme_number")
"""A row of a list of people has their name and number itself: its `person_id` doesn't stand alone."""
BESIDE = {
    "CaseOut.person_id": ("person", "has more than a brief: what tells two people apart"),
    "CaseOut.other_person_id": ("other", "has more than a brief: what tells two people apart"),
    "ResetOut.person_id": ("person", "older than the shared brief; its `unit` is a name"),
    "ResetOut.requested_by": ("requester", "older than the shared brief; its `unit` is a name"),
}
"""Ids whose name stands in another form, by a field of the same answer, and why."""
KNOWN = {
    "attempt_id", "check_in", "session",
    "account_id", "answer_id", "batch_id", "bank_question_id", "case_id", "entry_id", "import_id", "job_id",
    "other_session_id", "picture_id", "question_id", "replaces_id", "series_id", "session_id", "subject_id", "id",
    "case", "calibration", "reverses", "by_machine", "act_id", "check_in_id",
    "evidence", "submitted", "reset",
}  # fmt: skip
"""Fields with ids of other things; `subject_id` of a job is of what the job is about, by its kind."""


def schemas_of_answers(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each object schema that an answer of 2xx may hold, with its name."""
    schemas, seen = document["components"]["schemas"], set[str]()

    def walk(node: Any, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
        if isinstance(node, list):
            for each in node:
                yield from walk(each, name)
        elif isinstance(node, dict):
            if "properties" in node:
                yield name, node
            target = node.get("$ref")
            if isinstance(target, str) and target.startswith("#/components/schemas/") and target not in seen:
                seen.add(target)
                full = target.rpartition("/")[2]
                yield from walk(schemas[full], full.rpartition(".")[2])
            for each in node.values():
                yield from walk(each, name)

    for path, methods in document["paths"].items():
        for method, call in methods.items():
            for status, reply in call["responses"].items():
                if status.startswith("2"):
                    yield from walk(reply, f"{method} {path}")


def lone_ids(document: dict[str, Any]) -> list[str]:
    """The fields of answers that hold an id of a person, a unit or a project, and no name of it."""
    found = []
    for name, schema in schemas_of_answers(document):
        fields = schema["properties"]
        named = {each.get("x-names") for each in fields.values()}
        for field, told in fields.items():
            if '"uuid"' not in json.dumps(told) or "$ref" in json.dumps(told) or field in KNOWN:
                continue
            is_flat = field == "person_id" and set(FLAT) <= set(fields)
            beside = BESIDE.get(f"{name}.{field}", ("", ""))[0]
            if field not in named and not is_flat and beside not in fields:
                found.append(f"{name}.{field}")
    return sorted(set(found))


def whole_text(document: dict[str, Any], node: Any) -> str:
    """A part of the document with all that it refers to."""
    text, seen = json.dumps(node), set[str]()
    while wanted := set(re.findall(r'"#/components/schemas/([^"]+)"', text)) - seen:
        seen |= wanted
        text += "".join(json.dumps(document["components"]["schemas"][each]) for each in wanted)
    return text


def test_each_id_of_a_person_a_unit_or_a_project_has_a_name_beside_it(api: Api) -> None:
    document = api.get("/api/openapi.json").json
    assert len(dict(schemas_of_answers(document))) > 100
    assert lone_ids(document) == [], "declare a brief, as service/edge/answers/briefs.py tells"


def test_the_exceptions_are_those_that_are_there(api: Api) -> None:
    schemas = dict(schemas_of_answers(api.get("/api/openapi.json").json))
    for place, (beside, _) in BESIDE.items():
        name, _, field = place.partition(".")
        assert {field, beside} <= set(schemas[name]["properties"]), place


def test_a_lone_id_is_found(api: Api) -> None:
    document = api.get("/api/openapi.json").json
    for full, schema in document["components"]["schemas"].items():
        if full.rpartition(".")[2] == "StepOut":
            del schema["properties"]["taker"]
    assert lone_ids(document) == ["StepOut.taken_by"]


def test_each_view_whose_answer_has_briefs_fills_them(app: APIFlask, api: Api) -> None:
    document = api.get("/api/openapi.json").json
    filled = 0
    for rule in app.url_map.iter_rules():
        path = "/".join(
            "{" + part.rpartition(":")[2].strip("<>") + "}" if "<" in part else part for part in rule.rule.split("/")
        )
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            call = document["paths"].get(path, {}).get(method.lower())
            if call is None:
                continue
            replies = [reply for status, reply in call["responses"].items() if status.startswith("2")]
            has_names = getattr(app.view_functions[rule.endpoint], "has_names", False)
            assert has_names == ('"x-names"' in whole_text(document, replies)), (
                f"{rule.endpoint}: @with_names fills its briefs"
            )
            filled += has_names
    assert filled > 40


def test_who_holds_no_role_learns_nobody_elses_name_by_a_brief(app: APIFlask, api: Api) -> None:
    document = api.get("/api/openapi.json").json
    for path, methods in document["paths"].items():
        for method, call in methods.items():
            rule = re.sub(r"\{(\w+)\}", r"<\1>", path)
            for known in app.url_map.iter_rules():
                plain = re.sub(r"<\w+:(\w+)>", r"<\1>", known.rule)
                if plain != rule or method.upper() not in (known.methods or ()):
                    continue
                view: Any = app.view_functions[known.endpoint]
                if view.access.roles is None:
                    assert "PersonBrief" not in whole_text(document, call["responses"]), known.endpoint
