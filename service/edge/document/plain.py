"""What a page for people shows of the document: its groups, and of each group the operations and their schemas."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from service.edge.document.schemas import REF
from service.wording.vocabulary.activities import ACTIVITIES
from service.wording.vocabulary.people import PEOPLE

Document = dict[str, Any]


@dataclass(frozen=True)
class ShownField:
    """A parameter, or a field of a body. kind: its type in words; schema: the name of a schema with more fields."""

    name: str
    kind: str
    schema: str | None
    is_required: bool
    text: str


@dataclass(frozen=True)
class ShownOperation:
    """An operation of a group. body, answers: pairs of a label and a field without a name."""

    method: str
    path: str
    operation: Document
    parameters: list[ShownField]
    body: list[tuple[str, ShownField]]
    answers: list[tuple[str, str, ShownField | None]]


@dataclass(frozen=True)
class Group:
    """The operations of one tag. slug: its part of the address; schemas: text and fields of each."""

    name: str
    slug: str
    text: str
    operations: list[ShownOperation]
    schemas: dict[str, tuple[str, list[ShownField]]]


def who_may_call(operation: Document) -> str:
    """Return who may call an operation, in both languages."""
    if {} in operation.get("security", [{}]):
        return "公开 everybody, without signing in"
    roles = operation.get("x-roles")
    if roles is None:
        return "登录后均可 everybody who is signed in"
    people = [" ".join(PEOPLE["Role"][role]) for role in roles]
    tasks = ["委派 assigned for " + " ".join(ACTIVITIES["StaffTask"][task]) for task in operation.get("x-tasks", ())]
    return "、".join(people + tasks)


def slug_of(tag: str) -> str:
    """Return a tag as a part of an address."""
    return tag.lower().replace(" ", "-")


def groups_of(document: Document) -> list[Group]:
    """Return the groups of a document, in the order of the journey."""
    return [_group(document, tag) for tag in document["tags"]]


def _group(document: Document, tag: Document) -> Group:
    operations = [
        _operation(document, method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if operation["tags"] == [tag["name"]]
    ]
    names = sorted(_names_within(document, [each.operation for each in operations]) - {"Problem", "ProblemCode"})
    schemas = {name: _fields_of(document["components"]["schemas"][name]) for name in names}
    return Group(tag["name"], slug_of(tag["name"]), tag["description"], operations, schemas)


def _operation(document: Document, method: str, path: str, operation: Document) -> ShownOperation:
    parameters = [_resolved(document, each) for each in operation["parameters"]]
    content = operation.get("requestBody", {}).get("content", {})
    return ShownOperation(
        method=method.upper(),
        path=path,
        operation=operation,
        parameters=[_parameter(each) for each in parameters],
        body=[(kind, _field("", each["schema"], True)) for kind, each in content.items()],
        answers=[
            (status, each["description"], _content_of(each))
            for status, each in operation["responses"].items()
            if status != "default"
        ],
    )


def _parameter(each: Document) -> ShownField:
    name = f"{each['name']} ({each['in']})"
    return _field(name, each["schema"], each.get("required", False), each.get("description", ""))


def _content_of(answer: Document) -> ShownField | None:
    for kind, content in answer.get("content", {}).items():
        shown = _field("", content["schema"], True)
        return shown if kind == "application/json" else ShownField("", kind, shown.schema, True, "")
    return None


def _resolved(document: Document, part: Document) -> Document:
    if "$ref" not in part:
        return part
    _, _, kind, name = part["$ref"].split("/")
    found: Document = document["components"][kind][name]
    return found


def _names_within(document: Document, part: Any) -> set[str]:
    """Return the names of the schemas that a part of the document leads to."""
    schemas = document["components"]["schemas"]
    found: set[str] = set()
    waiting = [part]
    while waiting:
        new = {ref.removeprefix(REF) for ref in _refs(waiting.pop()) if ref.startswith(REF)} - found
        found |= new
        waiting += [schemas[name] for name in new]
    return found


def _refs(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(ref := part.get("$ref"), str):
            yield ref
        for each in part.values():
            yield from _refs(each)
    elif isinstance(part, list):
        for each in part:
            yield from _refs(each)


def _fields_of(schema: Document) -> tuple[str, list[ShownField]]:
    """Return what a schema says, and its fields; for an enum or a choice one field without a name."""
    text = schema.get("description", "")
    if "properties" not in schema:
        return text, [_field("", {**schema, "description": ""}, True)]
    required = schema.get("required", [])
    return text, [_field(name, each, name in required) for name, each in schema["properties"].items()]


def _field(name: str, schema: Document, is_required: bool, text: str = "") -> ShownField:
    found = next((ref.removeprefix(REF) for ref in _refs(schema)), None)
    return ShownField(name, _kind(schema), found, is_required, text or schema.get("description", ""))


def _kind(schema: Document) -> str:
    """Return the type of a schema in words, with its limits."""
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(REF)
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return " | ".join(_kind(each) for each in schema[choice])
    if "enum" in schema:
        return " | ".join(f"“{each}”" for each in schema["enum"])
    if "const" in schema:
        return f"“{schema['const']}”"
    if schema.get("type") == "array":
        return f"[{_kind(schema.get('items', {}))}]"
    if schema.get("type") == "object" and "additionalProperties" in schema and "properties" not in schema:
        return f"{{… : {_kind(schema['additionalProperties'])}}}"
    kinds = schema.get("type", "any")
    kind = " | ".join(kinds) if isinstance(kinds, list) else str(kinds)
    limits = [f"{_words_of(name)} {schema[name]}" for name in _LIMITS if name in schema]
    return " ".join([schema.get("format") or kind, f"({', '.join(limits)})" if limits else ""]).strip()


_LIMITS = ("minimum", "maximum", "minLength", "maxLength", "pattern", "default")


def _words_of(limit: str) -> str:
    return re.sub(r"([A-Z])", lambda found: f" {found[0].lower()}", limit)
