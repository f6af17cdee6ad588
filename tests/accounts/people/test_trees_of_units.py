"""Units as a tree: found by name with all above them, or level by level."""

from typing import Any

import pytest

from models.people import Unit, UnitKind
from tests.api import Api
from tests.factories import Factories


@pytest.fixture
def world(make: Factories) -> dict[str, Unit]:
    """A province with two cities, two hospitals in one of them, and a ward."""
    east = make.unit(kind=UnitKind.CITY, name="东市")
    west = make.unit(kind=UnitKind.CITY, name="西市")
    first = make.unit(parent=east, name="东市第一医院")
    return {
        "top": make.province,
        "east": east,
        "west": west,
        "first": first,
        "second": make.unit(parent=east, name="东市第二医院"),
        "ward": make.unit(parent=first, kind=UnitKind.DEPARTMENT, name="急诊科"),
    }


def drawn(branches: list[dict[str, Any]]) -> dict[str, Any]:
    """The names of a tree; those that were looked for begin with a star."""
    return {("*" if each["is_match"] else "") + each["name"]: drawn(each["below"]) for each in branches}


def paths(items: list[dict[str, Any]]) -> list[list[str]]:
    """The units that a name found, each with the names of those above it."""
    return [[*(above["name"] for above in each["above"]), each["name"]] for each in items]


def test_a_unit_is_found_with_all_that_it_belongs_to(api: Api, make: Factories, world: dict[str, Unit]) -> None:
    me = api.as_(make.person(unit=world["west"]))  # anybody who is signed in, of whatever city
    reply = me.get("/units?q=急诊")
    assert paths(reply.json["items"]) == [["某省", "东市", "东市第一医院", "急诊科"]]
    assert reply.json["next_cursor"] is None
    found = paths(me.get("/units?q=东市").json["items"])
    assert found == [["某省", "东市"], ["某省", "东市", "东市第一医院"], ["某省", "东市", "东市第二医院"]]
    assert me.get("/units?q=无").json["items"] == []


def test_a_found_unit_names_the_one_above_it(api: Api, make: Factories, world: dict[str, Unit]) -> None:
    (ward,) = api.as_(make.person(unit=world["ward"])).get("/units?q=急诊").json["items"]
    assert ward["parent"] == {"id": str(world["first"].id), "name": "东市第一医院"} == ward["above"][-1]
    assert (ward["is_match"], ward["has_below"], ward["below"], ward["kind"]) == (True, False, [], "department")
    (top,) = api.as_(make.person(unit=world["ward"])).get("/units?q=某省").json["items"]
    assert (top["parent_id"], top["parent"], top["has_below"], top["above"]) == (None, None, True, [])


def test_the_tree_opens_level_by_level(api: Api, make: Factories, world: dict[str, Unit]) -> None:
    me = api.as_(make.person(unit=world["ward"]))
    (top,) = me.get("/units").json["items"]
    assert drawn([top]) == {"*某省": {"*东市": {}, "*西市": {}}}
    assert {each["name"]: each["has_below"] for each in top["below"]} == {"东市": True, "西市": False}
    below = me.get(f"/units?parent_id={world['east'].id}").json["items"]
    assert drawn(below) == {"*东市第一医院": {}, "*东市第二医院": {}}
    assert {each["parent"]["name"] for each in below} == {"东市"}
    assert me.get(f"/units?parent_id={world['ward'].id}").json["items"] == []


def test_a_name_is_looked_for_within_a_unit(api: Api, make: Factories, world: dict[str, Unit]) -> None:
    me = api.as_(make.person(unit=world["ward"]))
    assert me.get(f"/units?q=急诊&parent_id={world['west'].id}").json["items"] == []
    found = paths(me.get(f"/units?q=急诊&parent_id={world['east'].id}").json["items"])
    assert found == [["某省", "东市", "东市第一医院", "急诊科"]]


def test_pages_of_found_units_are_complete(api: Api, make: Factories, world: dict[str, Unit]) -> None:
    for number in range(5):
        make.unit(parent=world["west"], name=f"西市医院{number}")
    me, seen, cursor = api.as_(make.person(unit=world["ward"])), [], ""
    while cursor is not None:
        page = me.get(
            "/units", query_string={"q": "西市医院", "limit": 2} | ({"cursor": cursor} if cursor else {})
        ).json
        seen += [each["name"] for each in page["items"]]
        cursor = page["next_cursor"]
    assert seen == [f"西市医院{number}" for number in range(5)]


def test_who_is_not_signed_in_sees_no_units_and_an_unknown_unit_is_404(
    api: Api, make: Factories, world: dict[str, Unit]
) -> None:
    assert api.get("/units").status_code == 401
    me = api.as_(make.person(unit=world["ward"]))
    reply = me.get("/units?parent_id=01900000-0000-7000-8000-000000000000")
    assert (reply.status_code, reply.json["code"]) == (404, "not_found")
    assert me.get("/units?parent_id=x").json["code"] == "invalid_input"
