"""Lists that are searched and sorted: people within reach, projects, rosters."""

import base64
import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models.people import Person, Role, UnitKind
from models.projects import ProjectLevel
from tests.api import Api
from tests.attendance.conftest import Scene
from tests.factories import Factories
from tests.fakes import FakeClock

GARBAGE = ("%", "_", "%%%", "\\", "'; DROP TABLE person; --", "😀", "a" * 100, "/", "[a-z]*", "\x01")


def names(client: Api, **query: Any) -> list[str]:
    reply = client.get("/people", query_string=query)
    assert reply.status_code == 200, reply.json
    return [each["name"] for each in reply.json["items"]]


@pytest.fixture
def admin(api: Api, make: Factories) -> Api:
    """The admin of a hospital with six people, the admin among them."""
    unit = make.unit(name="市医院")
    ward = make.unit(parent=unit, kind=UnitKind.DEPARTMENT, name="急诊科")
    chief = make.staff(Role.UNIT_ADMIN, unit)
    for number, name in enumerate(("王伟", "王芳", "李王平", "Anna O'Neil", "赵_百%")):
        make.person(unit=ward, name=name, cme_number=f"990000000{9 - number}")
    return api.as_(chief)


def test_an_admin_finds_people_by_a_part_of_their_name_or_number(admin: Api) -> None:
    assert sorted(names(admin, q="王")) == ["李王平", "王伟", "王芳"]
    assert names(admin, q="9900000008") == ["王芳"]
    assert sorted(names(admin, q="99000")) == sorted(["王伟", "王芳", "李王平", "Anna O'Neil", "赵_百%"])
    assert names(admin, q="anna") == names(admin, q="O'NEIL") == ["Anna O'Neil"]
    assert names(admin, q="无此人") == []
    assert len(names(admin)) == len(names(admin, q="")) == len(names(admin, q="  ")) == 6


def test_each_found_person_has_their_unit(admin: Api) -> None:
    (found,) = admin.get("/people?q=9900000009").json["items"]
    assert (found["name"], found["unit"]["name"], found["unit"]["id"]) == ("王伟", "急诊科", found["unit_id"])


def test_nobody_is_found_beyond_the_reach_of_the_admin(api: Api, make: Factories) -> None:
    here, there = (make.unit(kind=UnitKind.CITY, name=name) for name in ("东市", "西市"))
    me = api.as_(make.staff(Role.UNIT_ADMIN, make.unit(parent=here)))
    stranger = make.person(unit=make.unit(parent=there), name="远方人")
    for query in ({"q": "远方"}, {"q": stranger.cme_number}, {"sort": "-cme_number"}):
        assert "远方人" not in names(me, **query)
    assert me.get(f"/people?cme_number={stranger.cme_number}").status_code == 404
    top = api.as_(make.staff(Role.AUTHORITY, make.province))
    assert names(top, q="远方") == ["远方人"]
    assert api.as_(stranger).get("/people?q=a").json["code"] == "forbidden"
    assert api.as_(make.organizer(here)).get("/people?q=a").json["code"] == "forbidden"


def test_two_roles_reach_the_people_of_both_units_once(api: Api, make: Factories) -> None:
    unit = make.unit()
    me = api.as_(make.staff(Role.UNIT_ADMIN, unit, Role.SYSTEM_ADMIN))
    make.person(unit=unit, name="一个人")
    assert names(me, q="一个人") == ["一个人"]


@pytest.mark.parametrize("sort", ["name", "-name", "cme_number", "-cme_number"])
def test_pages_of_each_order_are_complete_and_none_comes_twice(
    api: Api, make: Factories, db: Session, clock: FakeClock, sort: str
) -> None:
    unit = make.unit()
    me = api.as_(make.staff(Role.UNIT_ADMIN, unit))
    for number in range(7):
        make.person(unit=unit, name=f"同名{number // 3}" * 12)
    for _ in range(2):
        db.add(Person(name="外省人", unit_id=unit.id, employer="外省医院", created_at=clock.now()))
    db.commit()
    whole = me.get(f"/people?sort={sort}").json["items"]
    assert len(whole) == 10
    column = sort.removeprefix("-")
    if column == "cme_number":
        keys = [(each[column] or "", each["id"]) for each in whole]
        assert keys == sorted(keys, reverse=sort.startswith("-"))
    for limit in (1, 2, 3, 9):
        found, cursor, counts = [], None, []
        while True:
            page = me.get(
                "/people", query_string={"sort": sort, "limit": limit} | ({"cursor": cursor} if cursor else {})
            )
            found += page.json["items"]
            counts.append(page.json["count"])
            cursor = page.json["next_cursor"]
            if cursor is None:
                break
        assert found == whole
        assert counts == [10] + [None] * (len(counts) - 1)


def test_a_long_list_is_counted_up_to_a_thousand(api: Api, make: Factories, db: Session, clock: FakeClock) -> None:
    unit = make.unit()
    me = api.as_(make.staff(Role.UNIT_ADMIN, unit))
    now = clock.now()

    def add(number: int) -> None:
        db.add_all(Person(name=f"人{each}", unit_id=unit.id, created_at=now) for each in range(number))
        db.commit()

    add(999)
    told = me.get("/people?limit=1").json
    assert (told["count"], told["is_count_capped"]) == (1000, False)
    add(1)
    told = me.get("/people?limit=1").json
    assert (told["count"], told["is_count_capped"]) == (1000, True)


LISTS: dict[str, Callable[[Scene], tuple[Api, str]]] = {
    "people": lambda scene: (scene.api.as_(scene.make.staff(Role.UNIT_ADMIN, scene.unit)), "/people"),
    "projects": lambda scene: (scene.staff, "/projects"),
    "roster": lambda scene: (scene.staff, f"/projects/{scene.project.id}/roster"),
    "grid": lambda scene: (scene.staff, f"/projects/{scene.project.id}/attendance"),
    "day": lambda scene: (scene.staff, "/sessions"),
    "records": lambda scene: (scene.api.as_(scene.make.staff(Role.AUTHORITY, scene.unit)), "/credit-records"),
    "units": lambda scene: (scene.staff, "/units"),
}


@pytest.mark.parametrize("kind", LISTS)
def test_whatever_is_typed_finds_rows_or_nothing(scene: Scene, kind: str) -> None:
    scene.learner("li")
    client, path = LISTS[kind](scene)
    for text in GARBAGE:
        reply = client.get(path, query_string={"q": text})
        assert (reply.status_code, reply.json["items"]) == (200, []), text
    for text in ("\x00", "a\x00b", "x" * 101, "张" * 10_000):
        reply = client.get(path, query_string={"q": text})
        assert (reply.status_code, reply.json["code"]) == (422, "invalid_input"), text[:9]
        assert reply.json["errors"]
    assert client.get(path, query_string={"q": uuid.uuid4().hex}).json["items"] == []


@pytest.mark.parametrize("kind", [kind for kind in LISTS if kind not in ("units", "grid", "day")])
def test_an_order_that_is_none_and_a_cursor_of_another_order_are_harmless(scene: Scene, kind: str) -> None:
    for name in ("li", "wang", "zhao"):
        scene.learner(name)
        scene.make.project(unit=scene.unit, organizer=scene.organizer, name=f"项目{name}")
    client, path = LISTS[kind](scene)
    assert client.get(f"{path}?sort=password").json["code"] == "invalid_input"
    cursor = client.get(f"{path}?sort=-name&limit=1").json["next_cursor"] if kind != "records" else "WyJhIiwiYiJd"
    for sort in ("name", "created", "added", "recorded", "cme_number", "starts_on", "date"):
        reply = client.get(path, query_string={"sort": sort, "cursor": cursor})
        assert reply.status_code in (200, 422), sort
    for made in (
        '["\\u0000","01900000-0000-7000-8000-000000000000"]',
        '["\\ud800","01900000-0000-7000-8000-000000000000"]',
    ):
        bad = base64.urlsafe_b64encode(made.encode()).decode().rstrip("=")
        assert client.get(path, query_string={"sort": "name", "cursor": bad}).json["code"] == "invalid_input"


def test_percent_and_underscore_stand_for_themselves(admin: Api) -> None:
    assert names(admin, q="%") == names(admin, q="_") == names(admin, q="_百%") == ["赵_百%"]


def test_projects_are_found_and_sorted(scene: Scene) -> None:
    for name, number in (("心肺复苏", "2026-11-02-099"), ("急救护理", "ZJ-7"), ("影像诊断", None)):
        scene.make.project(unit=scene.unit, organizer=scene.organizer, name=name, number=number)

    def found(**query: str) -> list[str]:
        return [each["name"] for each in scene.staff.get("/projects", query_string=query).json["items"]]

    assert found(q="急救") == ["急救护理"]
    assert found(q="zj-7") == ["急救护理"]
    assert found(q="2026-11") == ["心肺复苏"]
    assert found(q="急救", status="draft") == []
    assert found(sort="created") == list(reversed(found()))
    assert found(sort="name") == list(reversed(found(sort="-name")))
    first = scene.staff.get("/projects?limit=1").json
    assert (first["count"], first["is_count_capped"]) == (4, False)
    assert scene.staff.get(f"/projects?limit=1&cursor={first['next_cursor']}").json["count"] is None


def test_projects_are_filtered_by_time_level_and_unit(scene: Scene) -> None:
    ward = scene.make.unit(parent=scene.unit, kind=UnitKind.DEPARTMENT, name="急诊科")
    for unit, name, first, last, level in (
        (scene.unit, "上旬", date(2030, 5, 1), date(2030, 5, 10), ProjectLevel.UNIT),
        (ward, "跨旬", date(2030, 5, 8), date(2030, 5, 15), ProjectLevel.NATIONAL),
        (ward, "下旬", date(2030, 5, 21), date(2030, 5, 22), ProjectLevel.UNIT),
    ):
        scene.make.project(unit=unit, organizer=scene.organizer, name=name, starts_on=first, ends_on=last, level=level)

    def found(**query: str) -> list[str]:
        sent = {"from": "2030-01-01", "sort": "starts_on", **query}
        reply = scene.staff.get("/projects", query_string=sent).json
        assert reply["count"] == len(reply["items"])
        return [each["name"] for each in reply["items"]]

    assert found() == ["上旬", "跨旬", "下旬"]
    assert found(**{"from": "2030-05-10", "to": "2030-05-20"}) == ["上旬", "跨旬"]
    assert found(**{"from": "2030-05-11"}) == ["跨旬", "下旬"]
    assert found(to="2030-05-07") == ["上旬"]
    assert found(level="national") == ["跨旬"]
    assert found(unit_id=str(ward.id)) == ["跨旬", "下旬"]
    assert found(unit_id=str(scene.unit.id)) == found(unit_id=str(scene.make.province.id)) == found()
    assert found(unit_id=str(scene.make.unit(name="二院").id)) == []
    for wrong in ({"from": "yesterday"}, {"to": "9999-12-31"}, {"unit_id": "1"}, {"level": "world"}):
        assert scene.staff.get("/projects", query_string=wrong).json["code"] == "invalid_input", wrong


def test_a_grid_is_searched_counted_and_filtered(scene: Scene) -> None:
    for name in ("zhang", "wang", "li"):
        scene.learner(name, is_enrolled=False)
    speaker = scene.make.person(unit=scene.unit, name="讲者王")
    sent = {"cme_numbers": [speaker.cme_number], "role": "speaker"}
    assert scene.staff.post(f"/projects/{scene.project.id}/roster", sent).status_code == 200
    path = f"/projects/{scene.project.id}/attendance"

    def found(**query: str | int) -> list[str]:
        reply = scene.staff.get(path, query_string=query)
        return [each["person"]["name"] for each in reply.json["items"]]

    assert found() == ["zhang", "wang", "li", "讲者王"]
    assert found(q="ANG") == ["zhang", "wang", "讲者王"]  # jiangzhewang
    assert found(q=str(scene.people["li"].cme_number)) == ["li"]
    assert found(role="speaker") == found(q="王") == ["讲者王"]
    assert found(role="learner", q="王") == []
    told = scene.staff.get(path, query_string={"limit": 1, "q": "ang"}).json
    assert (told["count"], told["is_count_capped"]) == (3, False)
    rest = scene.staff.get(path, query_string={"limit": 1, "q": "ang", "cursor": told["next_cursor"]}).json
    assert ([each["person"]["name"] for each in rest["items"]], rest["count"]) == (["wang"], None)


def test_a_roster_is_found_and_sorted(scene: Scene) -> None:
    for name in ("zhang", "wang", "li"):
        scene.learner(name)
    path = f"/projects/{scene.project.id}/roster"

    def found(**query: str) -> list[str]:
        return [each["name"] for each in scene.staff.get(path, query_string=query).json["items"]]

    assert found() == ["zhang", "wang", "li"]
    assert found(sort="-added") == ["li", "wang", "zhang"]
    assert found(sort="name") == ["li", "wang", "zhang"]
    assert found(q="ANG", sort="name") == ["wang", "zhang"]
    assert found(q=str(scene.people["li"].cme_number)) == ["li"]
    assert found(q="ang", role="speaker") == []
    told = scene.staff.get(path, query_string={"limit": 2, "sort": "name"}).json
    assert told["count"] == 3
    rest = scene.staff.get(path, query_string={"limit": 2, "sort": "name", "cursor": told["next_cursor"]}).json
    assert [each["name"] for each in rest["items"]] == ["zhang"]
