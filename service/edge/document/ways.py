"""Bodies that can be filled in several ways, such as a sign-in by password or by code: each way is a schema."""

from typing import Any

from service.edge.answers.bodies import Way, Ways

Schema = dict[str, Any]


def split_ways(name: str, whole: Schema, ways: Ways) -> dict[str, Schema]:
    """Return the schemas of the ways by their names, and under `name` the choice among them.

    whole: the schema of the model, in which all fields of all ways are optional.
    """
    parts = {f"{name}{suffix}": _one_way(whole, way) for suffix, way in ways.items()}
    choice = "anyOf" if any(way.is_open for way in ways.values()) else "oneOf"
    refs = [{"$ref": f"#/components/schemas/{part}"} for part in parts]
    return {**parts, name: {"description": whole.get("description", ""), choice: refs}}


def _one_way(whole: Schema, way: Way) -> Schema:
    properties = {field: dict(each) for field, each in whole["properties"].items() if field not in way.without}
    for field in way.needs:
        properties[field] = _filled(properties[field])
    for field, value in way.says.items():
        properties[field] = {"const": value, "type": "boolean" if isinstance(value, bool) else "string"}
    said = [field for field in way.says if field not in way.may_leave_out]
    required = {*whole.get("required", []), *way.needs, *said}
    return {
        "type": "object",
        "description": whole.get("description", ""),
        "properties": properties,
        "required": [field for field in properties if field in required],
        "additionalProperties": False,
    }


def _filled(schema: Schema) -> Schema:
    """Return the schema of a field that must be there: not null, no empty list or text."""
    rest = {key: each for key, each in schema.items() if key not in ("anyOf", "default")}
    kept = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    filled = {**rest, **(kept[0] if len(kept) == 1 else {"anyOf": kept} if kept else {})}
    least = {"array": "minItems", "string": "minLength"}.get(filled.get("type", ""))
    return (
        {**filled, least: max(1, filled.get(least, 0))} if least and not {"format", "pattern"} & set(filled) else filled
    )
