"""A client can be generated from the OpenAPI document."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from apiflask import APIFlask
from jsonschema_rs import Draft202012Validator
from pydantic import BaseModel, ValidationError

from service.edge.answers.problem_catalogue import PROBLEMS
from service.edge.document.examples import EXAMPLES
from service.edge.document.journey import TAGS
from service.edge.document.schemas import is_model
from tests.api import Api

pytestmark = pytest.mark.either_database  # they ask the database nothing


Document = dict[str, Any]


@pytest.fixture
def document(api: Api) -> Document:
    """The document, as it is served."""
    found: Document = api.get("/api/openapi.json").json
    return found


def operations(document: Document) -> Iterator[tuple[str, Document]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def parts(part: Any, way: str = "") -> Iterator[tuple[str, Document]]:
    """All objects of the document, with the way to each."""
    if isinstance(part, dict):
        yield way, part
        for name, each in part.items():
            yield from parts(each, f"{way}/{name}")
    elif isinstance(part, list):
        for position, each in enumerate(part):
            yield from parts(each, f"{way}/{position}")


def schema_of(document: Document, reference: Document) -> Document:
    """A schema that stands alone, with the components that it refers to."""
    return {**reference, "components": document["components"]}


def test_each_operation_is_named_by_its_view_and_no_name_is_there_twice(app: APIFlask, document: Document) -> None:
    names = Counter(operation["operationId"] for _, operation in operations(document))
    views = {endpoint.rpartition(".")[2] for endpoint in app.view_functions}
    assert [name for name, count in names.items() if count > 1] == []
    assert set(names) <= views
    assert [name for name in names if not re.fullmatch(r"[a-z]+(_[a-z]+)+|[a-z]+", name)] == []


def test_each_operation_has_one_tag_of_the_journey(document: Document) -> None:
    assert [tag["name"] for tag in document["tags"]] == list(TAGS)
    for label, operation in operations(document):
        assert len(operation["tags"]) == 1, label
        assert operation["tags"][0] in TAGS, f"{label}: {operation['tags']} is not in service/edge/document/journey.py"


def test_each_body_is_required(document: Document) -> None:
    for label, operation in operations(document):
        assert operation.get("requestBody", {"required": True})["required"], label


def test_each_operation_has_one_response_for_errors_and_lists_its_codes(document: Document) -> None:
    for label, operation in operations(document):
        assert operation["responses"]["default"] == {"$ref": "#/components/responses/Problem"}, label
        of_their_own = {
            status
            for status, answer in operation["responses"].items()
            if status != "default" and status >= "4" and "text/html" not in answer["content"]  # a page for browsers
        }
        assert of_their_own == set(), label
        assert set(operation["x-codes"]) <= set(PROBLEMS), label


def test_each_unsafe_operation_that_keeps_its_reply_takes_a_key(app: APIFlask, document: Document) -> None:
    keepers = {
        endpoint.rpartition(".")[2]
        for endpoint, view in app.view_functions.items()
        if view.access.keeps_reply  # type: ignore[attr-defined]
    }
    for label, operation in operations(document):
        takes = {"$ref": "#/components/parameters/IdempotencyKey"} in operation["parameters"]
        if not label.startswith("GET"):
            assert takes or operation["operationId"] not in keepers, label
        else:
            assert not takes, label


def test_operations_say_who_may_call_them(app: APIFlask, document: Document) -> None:
    access = {endpoint.rpartition(".")[2]: view.access for endpoint, view in app.view_functions.items()}  # type: ignore[attr-defined]
    for label, operation in operations(document):
        roles = access[operation["operationId"]].roles
        assert operation.get("x-roles") == (sorted(roles) if roles is not None else None), label


def test_each_enum_is_in_the_document_once_and_has_a_name(document: Document) -> None:
    named = {f"/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert [way for way, part in parts(document) if isinstance(part.get("enum"), list) and way not in named] == []


def test_no_object_is_free(document: Document) -> None:
    for way, part in parts(document["components"]["schemas"]):
        if part.get("type") == "object" and "properties" not in part:
            assert part.get("additionalProperties") not in (None, True, {}), way
        if way.rpartition("/")[0].endswith("/properties") and way.count("/") == 3:
            assert set(part) & {"type", "$ref", "anyOf", "oneOf", "const"}, way


def test_what_an_answer_has_by_default_is_required_in_the_document(document: Document) -> None:
    held = document["components"]["schemas"]["FaceHeld"]
    assert set(held["required"]) == set(held["properties"])


def test_ways_to_fill_in_a_body_are_a_choice(document: Document) -> None:
    schemas = document["components"]["schemas"]
    assert schemas["LoginRequest"]["oneOf"] == [
        {"$ref": "#/components/schemas/LoginRequestByPassword"},
        {"$ref": "#/components/schemas/LoginRequestByCode"},
        {"$ref": "#/components/schemas/LoginRequestOutOfProvince"},
    ]
    assert schemas["LoginRequestByCode"]["required"] == ["phone", "code"]
    assert "password" not in schemas["LoginRequestByCode"]["properties"]


def bodies(app: APIFlask) -> dict[str, type[BaseModel]]:
    found = [getattr(view, "_spec", {}).get("body") for view in app.view_functions.values()]
    return {model.__name__: model for model in found if is_model(model)}


def test_each_body_has_an_example_that_is_valid(app: APIFlask, document: Document) -> None:
    models = bodies(app)
    assert set(EXAMPLES) == set(models), "service/edge/document/examples has an example of each body, and no other"
    for label, operation in operations(document):
        for content in operation.get("requestBody", {"content": {}})["content"].values():
            schema = schema_of(document, content["schema"])
            wrong = [error.message for error in Draft202012Validator(schema).iter_errors(content["example"])]
            assert wrong == [], label


def test_each_example_is_accepted(app: APIFlask) -> None:
    for name, model in bodies(app).items():
        files = [field for field, value in EXAMPLES[name].items() if str(value).startswith(("(", "['("))]
        try:
            model.model_validate(EXAMPLES[name])
        except ValidationError as error:
            refused = [each for each in error.errors() if each["loc"][0] not in files]
            assert refused == [], name


def test_the_document_is_small_enough_to_load_on_a_phone(api: Api) -> None:
    assert len(json.dumps(api.get("/api/openapi.json").json, separators=(",", ":"))) < 900_000  # some 90 kB on the way
