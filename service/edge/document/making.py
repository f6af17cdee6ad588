"""Completes the document that APIFlask makes: shared schemas, ids, tags, headers, errors, and who may call."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from apiflask import APIFlask
from pydantic import BaseModel

from service.edge.access import Access
from service.edge.answers.refusals import MODEL
from service.edge.document.examples import EXAMPLES
from service.edge.document.headers import HEADERS, PARAMETERS, headers_of, is_repeatable, parameters_of
from service.edge.document.journey import TAGS, order_of, tag_of
from service.edge.document.plain import who_may_call
from service.edge.document.problem_facts import ProblemFacts, add_facts
from service.edge.document.problem_schemas import ERRORS, PROBLEM, codes_of
from service.edge.document.schemas import REF, Mode, SharedSchemas, is_model

Document = dict[str, Any]
_JSON = "application/json"
_OF_THE_OPERATOR = ("/metrics",)  # for the operator's Prometheus, not a part of the API


@dataclass(frozen=True)
class Operation:
    """An operation of the document. shown: its part of the document; spec: what APIFlask knows of its view."""

    method: str
    path: str
    rule: str
    endpoint: str
    access: Access
    refusals: tuple[str, ...]
    tells: tuple[str, ...]
    spec: dict[str, Any]
    shown: Document

    @property
    def body(self) -> type[BaseModel] | None:
        """The model of the request's body, if there is one."""
        found = self.spec.get("body")
        return found if is_model(found) else None

    @property
    def answer(self) -> type[BaseModel] | None:
        """The model of the usual answer, if it is JSON."""
        found = (self.spec.get("response") or {}).get("schema")
        return found if is_model(found) else None

    def models(self) -> Iterator[tuple[type[BaseModel], Mode]]:
        """Yield the models of the bodies and of the query."""
        if self.body is not None:
            yield self.body, "validation"
        for model, _ in self.spec.get("args", ()):
            yield model, "validation"
        if self.answer is not None:
            yield self.answer, "serialization"
        for other in _models_within(self.shown["responses"]):
            yield other, "serialization"


def complete(app: APIFlask, document: Document) -> Document:
    """Return the document of an app, complete."""
    for path in _OF_THE_OPERATOR:
        document["paths"].pop(path, None)
    operations = list(_operations(app, document))
    models = (each for operation in operations for each in operation.models())
    schemas = SharedSchemas([*models, (ProblemFacts, "validation")])
    errors = {**ERRORS, "Problem": add_facts(ERRORS["Problem"], schemas)}
    for operation in operations:
        _show_bodies(operation, schemas)
        _show_caller(app, operation)
        _show_errors(operation)
        _show_headers(operation)
        _name_ids(operation)
    document["components"] = {
        "schemas": _used({**errors, **dict(sorted(schemas.components.items()))}, document["paths"]),
        "parameters": PARAMETERS,
        "headers": HEADERS,
        "responses": {"Problem": PROBLEM},
        "securitySchemes": document["components"]["securitySchemes"],
    }
    used = {tag for operation in operations for tag in operation.shown["tags"]}
    document["tags"] = [{"name": name, "description": text} for name, text in TAGS.items() if name in used]
    order = {operation.path: order_of(operation.shown["tags"][0]) for operation in reversed(operations)}
    paths = dict.fromkeys(operation.path for operation in operations)
    document["paths"] = {path: document["paths"][path] for path in sorted(paths, key=lambda path: order[path])}
    return document


def _operations(app: APIFlask, document: Document) -> Iterator[Operation]:
    """Yield the operations that are in the document, in the order in which their views were registered."""
    for rule in app.url_map.iter_rules():
        view: Any = app.view_functions[rule.endpoint]
        path = _spec_path(rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            shown = document["paths"].get(path, {}).get(method.lower())
            if shown is not None:
                yield Operation(
                    method=method.lower(),
                    path=path,
                    rule=rule.rule,
                    endpoint=rule.endpoint,
                    access=view.access,
                    refusals=view.refusals,
                    tells=getattr(view, "tells", ()),
                    spec=view._spec,
                    shown=shown,
                )


def _show_bodies(operation: Operation, schemas: SharedSchemas) -> None:
    """Put the shared schemas in place of the library's."""
    shown, spec = operation.shown, operation.spec
    if "requestBody" in shown:
        shown["requestBody"]["required"] = True
        if operation.body is not None:
            (content,) = shown["requestBody"]["content"].values()
            content["schema"] = schemas.ref(operation.body, "validation")
            if (name := operation.body.__name__) in EXAMPLES:
                content["example"] = EXAMPLES[name]
    if any(location == "query" for _, location in spec.get("args", ())):
        shown["parameters"] = [each for each in shown["parameters"] if each["in"] != "query"]
        shown["parameters"] += [each for model, _ in spec["args"] for each in schemas.parameters(model)]
    for status, answer in shown["responses"].items():
        for kind, content in answer.get("content", {}).items():
            if MODEL in content.get("schema", {}):
                content["schema"] = schemas.ref(content["schema"][MODEL], "serialization")
            elif kind == _JSON and operation.answer is not None and status == str(spec["response"]["status_code"]):
                content["schema"] = schemas.ref(operation.answer, "serialization")
        if status in ("204", "304"):
            answer.pop("content", None)


def _show_caller(app: APIFlask, operation: Operation) -> None:
    """Name the operation, say where it belongs and who may call it."""
    shown, access = operation.shown, operation.access
    resource, _, name = operation.endpoint.rpartition(".")
    blueprint: Any = app.blueprints[resource]
    shown["operationId"] = name
    shown["tags"] = [tag_of(blueprint.tag or "Operations", resource, access)]
    if access.is_public and "security" in shown:
        shown["security"].append({})  # a token is taken, and not needed
    if not access.is_public:
        shown["security"] = [{"bearer": []}]
        if access.roles is not None:
            shown["x-roles"] = sorted(role.value for role in access.roles)
            if access.tasks:
                shown["x-tasks"] = sorted(task.value for task in access.tasks)
    told = f"谁可调用 Who may call: {who_may_call(shown)}."
    shown["description"] = "\n\n".join(filter(None, (shown.get("description"), told)))


def _show_errors(operation: Operation) -> None:
    shown = operation.shown
    own_pages = {status for status, each in shown["responses"].items() if "text/html" in each.get("content", {})}
    shown["responses"] = {
        status: each for status, each in shown["responses"].items() if status < "4" or status in own_pages
    }
    shown["responses"]["default"] = {"$ref": "#/components/responses/Problem"}
    shown["x-codes"] = codes_of(operation.method, operation.access, operation.refusals, has_body="requestBody" in shown)


def _show_headers(operation: Operation) -> None:
    shown, access, refusals = operation.shown, operation.access, operation.refusals
    shown.setdefault("parameters", []).extend(
        parameters_of(operation.method, access, refusals, may_be_as_it_was="304" in shown["responses"])
    )
    told = [*operation.tells, *(["Idempotent-Replayed"] if is_repeatable(operation.method, access, refusals) else [])]
    for status, answer in shown["responses"].items():
        if told and status.startswith(("2", "3")):
            answer["headers"] = headers_of(*told)


def _name_ids(operation: Operation) -> None:
    """Mark the path parameters that are UUIDs; the library marks them as text only."""
    for parameter in operation.shown["parameters"]:
        if f"<uuid:{parameter.get('name')}>" in operation.rule:
            parameter["schema"]["format"] = "uuid"


def _used(schemas: Document, paths: Document) -> Document:
    """Return the schemas that the paths lead to."""
    used, waiting = set(ERRORS), [json.dumps(paths), *(json.dumps(schemas[name]) for name in ERRORS)]
    while waiting:
        found = set(re.findall(rf'"{REF}([^"]+)"', waiting.pop())) - used
        used |= found
        waiting += [json.dumps(schemas[name]) for name in found]
    return {name: schema for name, schema in schemas.items() if name in used}


def _models_within(part: Any) -> Iterator[type[BaseModel]]:
    if isinstance(part, dict):
        if MODEL in part:
            yield part[MODEL]
        for each in part.values():
            yield from _models_within(each)


def _spec_path(rule: str) -> str:
    """Return Flask's `<uuid:id>` as OpenAPI's `{id}`."""
    parts = [part.rpartition(":")[2].rstrip(">").lstrip("<") if "<" in part else part for part in rule.split("/")]
    return "/".join("{" + part + "}" if "<" in raw else part for part, raw in zip(parts, rule.split("/"), strict=True))
