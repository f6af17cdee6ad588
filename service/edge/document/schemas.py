"""The schemas of all bodies, made together, so that each model and each enum is in the document once.

APIFlask makes the schema of each body alone, and each with its own copy of the enums.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from service.edge.answers.bodies import Body
from service.edge.document.ways import split_ways

Mode = Literal["validation", "serialization"]
Schema = dict[str, Any]
REF = "#/components/schemas/"


class _Untitled(GenerateJsonSchema):
    """Schemas without a title for each field: it repeats the field's name, and generators name classes after it."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Return False."""
        return False


class SharedSchemas:
    """The schemas of a set of models. components: all of them by name, as the document has them."""

    def __init__(self, models: Iterable[tuple[type[BaseModel], Mode]]) -> None:
        wanted = sorted(set(models), key=lambda each: (each[0].__name__, each[1]))
        refs, made = models_json_schema(wanted, ref_template=REF + "{model}", schema_generator=_Untitled)
        self._refs: Mapping[Any, Schema] = refs
        self.components: dict[str, Schema] = made.get("$defs", {})
        for schema in self.components.values():
            schema.pop("title", None)  # generators take it for the name, and two forms of one model would have the same
            _open_maps(schema)
        for model, mode in wanted:
            if mode == "validation" and issubclass(model, Body):
                self._split(model)

    def ref(self, model: type[BaseModel], mode: Mode) -> Schema:
        """Return the reference to the schema of a model."""
        return dict(self._refs[model, mode])

    def parameters(self, model: type[BaseModel]) -> list[Schema]:
        """Return the query parameters that a model reads. A parameter of a query is text, and never null."""
        schema = self._named(model, "validation")
        required = schema.get("required", [])
        return [
            {"name": name, "in": "query", "required": name in required, "schema": without_null(each)}
            for name, each in schema["properties"].items()
        ]

    def _split(self, model: type[Body]) -> None:
        """Put the ways of the model, and of the models within it, in place of its schema."""
        for inner in [model, *_inner(model)]:
            name = inner.__name__
            if inner.ways and name in self.components and "properties" in self.components[name]:
                self.components.update(split_ways(name, self.components[name], inner.ways))

    def _named(self, model: type[BaseModel], mode: Mode) -> Schema:
        return self.components[self._name(model, mode)]

    def _name(self, model: type[BaseModel], mode: Mode) -> str:
        return str(self._refs[model, mode]["$ref"]).removeprefix(REF)


def without_null(schema: Schema) -> Schema:
    """Return the schema without null among its types."""
    if "anyOf" not in schema:
        return schema
    kept = [each for each in schema["anyOf"] if each != {"type": "null"}]
    rest = {name: each for name, each in schema.items() if name != "anyOf" and (name, each) != ("default", None)}
    return {**kept[0], **rest} if len(kept) == 1 else {"anyOf": kept, **rest}


def _open_maps(part: Any) -> None:
    """Show a map whose keys have a pattern as one with `additionalProperties`, which generators know."""
    if isinstance(part, list):
        for each in part:
            _open_maps(each)
    elif isinstance(part, dict):
        if isinstance(patterns := part.get("patternProperties"), dict) and len(patterns) == 1:
            del part["patternProperties"]
            ((pattern, values),) = patterns.items()
            part["additionalProperties"] = values
            part["propertyNames"] = {**part.get("propertyNames", {}), "pattern": pattern}
        for each in part.values():
            _open_maps(each)


def _inner(model: type[BaseModel]) -> list[type[Body]]:
    """Return the bodies that are parts of the model, at any depth."""
    found: list[type[Body]] = []
    waiting: list[Any] = [each.annotation for each in model.model_fields.values()]
    while waiting:
        each = waiting.pop()
        if isinstance(each, type) and issubclass(each, Body) and each not in found:
            found.append(each)
            waiting += [inner.annotation for inner in each.model_fields.values()]
        waiting += getattr(each, "__args__", ())
    return found


def is_model(found: Any) -> bool:
    """Return whether this is a class of bodies, and no schema of the library."""
    return isinstance(found, type) and issubclass(found, BaseModel)
