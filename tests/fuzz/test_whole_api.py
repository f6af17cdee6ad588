"""Every call of the OpenAPI document with made-up data, fitting and not: no 5xx, nothing that the document hides."""

import copy
import re
from itertools import islice
from typing import Any

import pytest
import schemathesis
from apiflask import APIFlask
from hypothesis import given
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.specs.openapi.schemas import OpenApiSchema

from models.people import Person, Role
from tests.api import Api
from tests.fakes import FakeClock
from tests.fuzz.bounded import bounded
from tests.fuzz.world import World, ticket, venue_code

pytestmark = [pytest.mark.slow, pytest.mark.both_databases]  # odd values are odd to one of the two


def has_documented_code(ctx: Any, response: Any, case: Case) -> None:
    """The code of a problem is one of the operation's `x-codes`."""
    if response.status_code >= 400:
        codes = case.operation.definition.raw["x-codes"]
        assert response.json()["code"] in codes, f"{case.operation.label} does not document {response.json()['code']}"


def has_documented_headers(ctx: Any, response: Any, case: Case) -> None:
    """Headers that a client acts on are documented for the answer that has them."""
    responses = case.operation.definition.raw["responses"]
    if str(response.status_code) in responses:
        documented = {name.lower() for name in responses[str(response.status_code)].get("headers", {})}
        sent = {name.lower() for name in response.headers}
        assert sent & TOLD <= documented, f"{case.operation.label} does not document {sent & TOLD - documented}"


TOLD = {"etag", "content-disposition", "location", "retry-after", "idempotent-replayed"}
ALWAYS = [
    has_documented_code,
    has_documented_headers,
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SHUT = 1  # examples where this caller gets no further than the door
PARTS = 4  # of the document, so that the workers of a run share it
WHO: dict[str, set[Role]] = {
    "nobody": set(),
    "learner": set(),
    "organizer": {Role.ORGANIZER},
    "auditor": {Role.AUDITOR},
    "admin": {Role.SYSTEM_ADMIN, Role.AUTHORITY, Role.UNIT_ADMIN, Role.DEPARTMENT_ADMIN},
}


@pytest.fixture(scope="module")
def schema(worker_app: APIFlask) -> OpenApiSchema:
    """The document, read once: what it takes to make up data by it is kept in it."""
    return schemathesis.openapi.from_wsgi("/api/openapi.json", worker_app)


@pytest.fixture
def examples(request: pytest.FixtureRequest) -> int:
    """How many requests are made up for an operation and mode by who has most rights; others make half as many."""
    return int(request.config.getoption("--fuzz-examples"))


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("part", range(PARTS))
def test_no_made_up_request_is_answered_but_as_documented(
    schema: OpenApiSchema,
    app: APIFlask,
    api: Api,
    world: World,
    clock: FakeClock,
    database: str,
    examples: int,
    part: int,
    mode: GenerationMode,
) -> None:
    failed = []
    operations = sorted((found.ok() for found in schema.get_all_operations()), key=_turn)
    for operation in islice(operations, part, None, PARTS):
        if mode is GenerationMode.NEGATIVE and _takes_nothing(operation):
            continue
        cases = operation.as_strategy(mode)
        callers = list(WHO)
        inside = [who for who in WHO if _may_call(app, operation, who)]
        wanted = dict.fromkeys(WHO, SHUT) | dict.fromkeys(inside, (examples + 1) // 2) | {inside[-1]: examples}
        if mode is GenerationMode.NEGATIVE:
            callers = inside  # who stays at the door is not asked what they bring
        if not database.startswith("sqlite"):
            callers = inside[-1:]  # what PostgreSQL makes of odd values does not depend on who sends them
        for who in callers:
            try:
                _fuzz(operation, cases, mode, wanted[who], who, world, api, clock)
            except Exception as error:  # the other operations want their turn too
                failed.append(error)
    if failed:
        raise ExceptionGroup("operations that answered otherwise", failed)


def _turn(operation: APIOperation) -> tuple[bool, int, str]:
    """What takes things away comes last: the others need them."""
    return operation.method.lower() == "delete", len(operation.path), operation.path


def _may_call(app: APIFlask, operation: APIOperation, who: str) -> bool:
    """Whether the guard of the view lets this caller in."""
    path = re.sub(r"{\w+}", "x", operation.path)
    (access,) = (
        app.view_functions[rule.endpoint].access  # type: ignore[union-attr]
        for rule in app.url_map.iter_rules()
        if re.sub(r"<[\w:]+>", "x", str(rule)) == path and operation.method.upper() in (rule.methods or ())
    )
    return access.is_public or (who != "nobody" and (access.roles is None or bool(WHO[who] & set(access.roles))))


def _fuzz(
    operation: APIOperation,
    cases: st.SearchStrategy[Case],
    mode: GenerationMode,
    examples: int,
    who: str,
    world: World,
    api: Api,
    clock: FakeClock,
) -> None:
    person: Person | None = getattr(world, who, None)
    headers = {"Authorization": f"Bearer {api.as_(person).token}"} if person is not None else {}
    known = {each["name"] for each in operation.definition.raw.get("parameters", ()) if each.get("in") == "query"}

    def check(case: Case, is_real: bool) -> None:
        clock.turn(seconds=61)  # limits a minute are another test's matter
        checks = list(ALWAYS)
        case.headers.pop("Idempotency-Key", None)  # made-up keys repeat, and the reply would be that of another body
        if is_real:
            _make_real(case, world, api)
        elif mode is GenerationMode.NEGATIVE and set(case.query or {}) <= known:  # unknown names are ignored
            checks.append(negative_data_rejection)
        case.call_and_validate(headers=headers, checks=checks)

    @bounded(examples)
    @given(case=cases, is_real=st.sampled_from([True, True, False]))
    def call(case: Case, is_real: bool) -> None:  # short, since hypothesis reads its source anew each time
        check(case, is_real)

    call()


def _takes_nothing(operation: APIOperation) -> bool:
    raw = operation.definition.raw
    takes = [each["schema"] for each in raw.get("parameters", ()) if "$ref" not in each]
    return all(each == {"type": "string"} for each in takes) and "requestBody" not in raw


def _make_real(case: Case, world: World, api: Api) -> None:
    """Put things that exist in place of made-up ones, wherever a name says what it is."""
    for name in case.path_parameters:
        case.path_parameters[name] = world.ids.get(name, case.path_parameters[name])
    if isinstance(case.body, dict):
        body = copy.deepcopy(case.body)
        values: dict[str, Any] = dict(world.values)
        if "qr" in body:
            values["qr"] = venue_code(world, api)
        if "ticket" in body:
            values["ticket"] = ticket(world, api)
        body.update({name: value for name, value in values.items() if name in body})
        case.body = body
