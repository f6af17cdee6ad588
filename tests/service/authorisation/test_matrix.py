"""Each route that asks for a role is answered by the matrix: no row is missing, and no cell is otherwise."""

import re
from collections.abc import Iterator

import pytest
from apiflask import APIFlask
from sqlalchemy.orm import Session

from models.people import Role, RoleGrant, Unit
from tests.api import Api, Reply
from tests.factories import Factories
from tests.fakes import FakeClock
from tests.service.authorisation.asking import ask
from tests.service.authorisation.matrix import LISTED, MATRIX
from tests.service.authorisation.routes import routes_of_roles
from tests.service.authorisation.world import (
    OTHER_CITY,
    WAYS,
    Caller,
    CityFactories,
    Province,
    make_province,
)

pytestmark = pytest.mark.either_database  # whose path a unit begins with is asked the same way of both

DECIDED_BY_OTHERS = ("second_admin_needed",)
"""Refusals with another status than 403 and 404 that say that the caller is not the one to do it."""


def cells(row: str) -> dict[Role, tuple[str, str]]:
    """The allowed ways, and those that show nothing, by role."""
    told = (cell.partition(":") for cell in row.split())
    return {Role(role): (ways.partition("/")[0], ways.partition("/")[2]) for role, _, ways in told}


def test_the_matrix_has_a_row_for_each_route_of_a_role_and_no_other(app: APIFlask) -> None:
    routes = routes_of_roles(app)
    assert set(MATRIX) == set(routes)
    for endpoint, row in MATRIX.items():
        assert set(cells(row)) == routes[endpoint][2], f"{endpoint} has other roles"
        for ways in cells(row).values():
            assert set("".join(ways)) <= set(WAYS), endpoint
    assert set(LISTED) == {endpoint for endpoint, row in MATRIX.items() if "/" in row}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.LEARNER])
def test_each_route_is_answered_as_the_matrix_says(
    app: APIFlask, api: Api, db: Session, clock: FakeClock, request: pytest.FixtureRequest, role: Role
) -> None:
    province = make_province(CityFactories(app, db, clock), api, db, clock, role)
    request.getfixturevalue("written_off")
    wrong = [
        f"{endpoint} {role} {way}: {told}"
        for endpoint, (method, path, roles) in routes_of_roles(app).items()
        for way in (WAYS if role in roles else WAYS[-1:])
        for told in faults(endpoint, way, role, ask(province, clock, endpoint, method, path, way), province)
    ]
    assert not wrong, "\n".join(["", *wrong])


def test_the_reach_of_one_role_is_not_lent_to_another(
    app: APIFlask, api: Api, db: Session, clock: FakeClock, request: pytest.FixtureRequest
) -> None:
    make = CityFactories(app, db, clock)
    province = make_province(make, api, db, clock, Role.AUDITOR)
    there, here = province.callers[OTHER_CITY].person.unit_id, province.world.project.unit_id
    mixed: dict[tuple[Role, frozenset[Role]], Caller] = {}
    for _, _, roles in routes_of_roles(app).values():
        for role in roles - {each for each, known in mixed if known == roles}:
            person = make.staff(role, db.get_one(Unit, there))
            for other in set(Role) - roles - {Role.LEARNER}:
                db.add(RoleGrant(person_id=person.id, role=other, unit_id=here, granted_at=clock.now()))
            db.flush()
            mixed[role, roles] = Caller(person, api.as_(person), {})
    request.getfixturevalue("written_off")
    wrong = []
    for endpoint, (method, path, roles) in routes_of_roles(app).items():
        for role in roles:
            province.callers[OTHER_CITY] = mixed[role, roles]
            reply = ask(province, clock, endpoint, method, path, OTHER_CITY)
            wrong += [f"{endpoint} {role}: {told}" for told in faults(endpoint, OTHER_CITY, role, reply, province)]
    assert not wrong, "\n".join(["", *wrong])


def test_a_learner_opens_no_route_of_a_role(app: APIFlask, api: Api, make: Factories) -> None:
    me = api.as_(make.person())
    for endpoint, (method, path, _) in routes_of_roles(app).items():
        reply = me.call(method, re.sub(r"<[^>]+>", "01890000-0000-7000-8000-000000000000", path))
        assert (reply.status_code, reply.json["code"]) == (403, "forbidden"), endpoint


def faults(endpoint: str, way: str, role: Role, reply: Reply, province: Province) -> Iterator[str]:
    """What is otherwise than the matrix says."""
    shown, empty = cells(MATRIX[endpoint]).get(role, ("", ""))
    code = (reply.json or {}).get("code") if reply.mimetype == "application/problem+json" else None
    is_refused = reply.status_code in (403, 404) or code in DECIDED_BY_OTHERS
    is_unasked = reply.status_code in (400, 401, 405, 415) and code != "bad_code"
    if reply.status_code >= 500 or is_unasked or code == "invalid_input":
        yield f"asked wrongly: {reply.status_code} {code} {reply.text[:300]}"
    elif is_refused == (way in shown + empty):
        yield f"{'refused' if is_refused else 'allowed'}: {reply.status_code} {code}"
    elif endpoint in LISTED and not is_refused:
        ids = province.world.ids | province.callers[way].ids
        if (ids[LISTED[endpoint]] in reply.text) != (way in shown):
            yield "lists the thing" if way in empty else "does not list the thing"
