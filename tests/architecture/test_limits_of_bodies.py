"""Every route says how large a body it takes, and its limit fits what its schema allows."""

import ast
import math
from typing import Any

import pytest
from apiflask import APIFlask

from faces.photos.photo import PhotoLimits
from service.edge.requests.body_limits import ANONYMOUS, DEEPEST_JSON, JSON, MIB, MULTIPART, PHOTOS, ROWS, upload
from tests.api import Api
from tests.architecture.sources import ROOT, nodes

pytestmark = pytest.mark.either_database  # they ask the database nothing


SAFE = {"GET", "HEAD", "OPTIONS"}
FREE = {"rule_sets.publish_rule_set", "evaluations.add_response"}
"""Whose schema has no largest body: a rule set's content, and an answer, which is text or a number."""

PUBLIC_UPLOADS = dict.fromkeys(
    ("proof_bundle_checks.check_proof_bundles", "proof_bundle_page.check_on_page"), upload(8 * MIB)
)
"""Public routes that take files: proof bundles, of which nothing is parsed before its signature was checked."""

# Who handles bodies outside of the views: everything else reads what a decorator has put a limit to.
READERS = {"service/app.py", "service/edge/requests/idempotency.py", "service/edge/requests/body_limits.py"}


def bodies(app: APIFlask, api: Api) -> list[tuple[str, str, dict[str, Any]]]:
    """The endpoint, content type and schema of each body that the document tells of."""
    spec = api.get("/api/openapi.json").json
    found = []
    for rule in app.url_map.iter_rules():
        path = "".join("{" + part.rpartition(":")[2] for part in rule.rule.split("<")).removeprefix("{")
        for method in (rule.methods or set()) - SAFE:
            call = spec["paths"][path.replace(">", "}")][method.lower()]
            content = call.get("requestBody", {}).get("content", {})
            found += [(rule.endpoint, kind, _resolved(body["schema"], spec)) for kind, body in content.items()]
    return found


def _resolved(schema: Any, spec: dict[str, Any]) -> Any:
    if isinstance(schema, dict) and "$ref" in schema:
        return _resolved(spec["components"]["schemas"][schema["$ref"].rpartition("/")[2]], spec)
    if isinstance(schema, dict):
        return {name: _resolved(inner, spec) for name, inner in schema.items()}
    return [_resolved(inner, spec) for inner in schema] if isinstance(schema, list) else schema


def largest(schema: dict[str, Any]) -> float:
    """Bytes of the largest JSON that a schema allows, text being Chinese; infinite where it sets no bound."""
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return max(largest(one) for one in schema[several])
    if "enum" in schema:
        return max(len(str(one)) for one in schema["enum"]) + 2
    match schema.get("type"):
        case "string" if "maxLength" in schema:
            return 3 * schema["maxLength"] + 2
        case "string":
            return 60 if "format" in schema or "pattern" in schema or "const" in schema else math.inf
        case "integer" | "number" | "boolean" | "null":
            return 25
        case "array" if "maxItems" in schema:
            return (largest(schema["items"]) + 2) * schema["maxItems"]
        case "object" if "properties" in schema:
            return sum(len(name) + 5 + largest(inner) for name, inner in schema["properties"].items())
    return math.inf


def test_every_route_has_a_limit_and_no_public_one_has_more_than_the_smallest(app: APIFlask) -> None:
    for endpoint, view in app.view_functions.items():
        access = view.access  # type: ignore[union-attr]
        assert 0 < access.takes.most_json <= ROWS.most_json, endpoint
        if access.is_public:
            assert access.takes == PUBLIC_UPLOADS.get(endpoint, ANONYMOUS), endpoint


def test_a_route_takes_uploads_if_and_only_if_its_body_is_a_form(app: APIFlask, api: Api) -> None:
    kinds = {endpoint: kind for endpoint, kind, _ in bodies(app, api)}
    assert kinds, "the document tells of no body"
    assert set(kinds.values()) == {"application/json", MULTIPART}
    for endpoint, view in app.view_functions.items():
        takes_upload = view.access.takes.takes_upload  # type: ignore[union-attr]
        assert takes_upload == (kinds.get(endpoint) == MULTIPART), endpoint


def test_the_limit_of_a_route_fits_the_largest_json_that_its_schema_allows(app: APIFlask, api: Api) -> None:
    free = set()
    for endpoint, kind, schema in bodies(app, api):
        if kind == MULTIPART:
            continue
        takes, most = app.view_functions[endpoint].access.takes, largest(schema)  # type: ignore[union-attr]
        if takes == ROWS:
            assert most > JSON.most_json, f"{endpoint} takes rows of imports, and needs no more than other JSON"
        elif most == math.inf:
            free.add(endpoint)
        else:
            assert most <= takes.most_json, f"{endpoint} allows a body of {most} bytes, and takes {takes.most_json}"
    assert free == FREE


def test_the_limits_are_those_that_were_agreed() -> None:
    assert (ANONYMOUS.most_json, JSON.most_json, ROWS.most_json) == (64 * 1024, MIB, 4 * MIB)
    assert DEEPEST_JSON == 32
    assert 5 * PhotoLimits().max_bytes <= PHOTOS.most_upload <= 5 * PhotoLimits().max_bytes + MIB


def test_nothing_but_the_edge_reads_a_body_by_itself() -> None:
    readers = {"get_json", "get_data", "stream", "files", "form", "values", "json", "data"}
    for path, node in nodes("service"):
        if path.relative_to(ROOT).as_posix() in READERS:
            continue
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "request":
            assert node.attr not in readers, f"{path}:{node.lineno}"
