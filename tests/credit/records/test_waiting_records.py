"""The records that wait for the authority: whose they are, found and sorted."""

from typing import Any

from foundation.clock import day_at_home
from models.people import Role
from tests.credit.conftest import CreditScene
from tests.credit.rules.rule_sets import choose, next_version, publish


def found(scene: CreditScene, **query: Any) -> list[tuple[str, str]]:
    reply = scene.authority.get("/credit-records", query_string=query)
    assert reply.status_code == 200, reply.json
    return [(each["name"], each["activity"]) for each in reply.json["items"]]


def load(scene: CreditScene) -> None:
    """Three waiting records of three people."""
    for place, (name, activity, day) in enumerate(
        (("钱一", "护理新进展", "2018-05-03"), ("孙二", "心电图", "2018-05-01"), ("李三", "Trauma Care", "2018-05-02"))
    ):
        person = scene.make.person(unit=scene.unit, name=name)
        row = {"cme_number": person.cme_number, "name": activity, "date": day, "status": "pending"}
        scene.load(scene.row(place, **row))


def test_a_waiting_record_says_whose_it_is_and_of_which_unit(scene: CreditScene) -> None:
    load(scene)
    first = scene.authority.get("/credit-records").json["items"][0]
    assert first["person"]["id"] == first["person_id"]
    assert first["person"]["name"] == first["name"] == "钱一"
    assert first["person"]["unit"] == {"id": str(scene.unit.id), "name": scene.unit.name}


def test_waiting_records_are_found_by_person_and_activity_and_sorted(scene: CreditScene) -> None:
    load(scene)
    first, second, third = ("钱一", "护理新进展"), ("孙二", "心电图"), ("李三", "Trauma Care")
    assert found(scene) == [first, second, third]
    assert found(scene, sort="-recorded") == [third, second, first]
    assert found(scene, sort="date") == [second, third, first]
    assert found(scene, sort="cme_number") == [first, second, third]
    assert sorted(found(scene, sort="name")) == sorted([first, second, third])
    assert found(scene, q="孙") == [second]
    assert found(scene, q="trauma") == [third]
    page = scene.authority.get("/credit-records?sort=-date&limit=2").json
    assert [each["activity"] for each in page["items"]] == ["护理新进展", "Trauma Care"]
    assert page["count"] == 3
    assert found(scene, sort="-date", limit=2, cursor=page["next_cursor"]) == [second]


def test_an_authority_of_another_city_finds_none_of_them(scene: CreditScene) -> None:
    load(scene)
    stranger = scene.api.as_(scene.make.staff(Role.AUTHORITY, scene.make.unit()))
    assert stranger.get("/credit-records?q=孙").json == {
        "items": [], "next_cursor": None, "count": 0, "is_count_capped": False,
    }  # fmt: skip


def test_nobody_approves_a_record_of_their_own(scene: CreditScene) -> None:
    second = scene.api.as_(scene.make.staff(Role.AUTHORITY, scene.make.province))
    rows = {"rows": [scene.row(cme_number=scene.boss.cme_number, status="pending")]}
    made = second.post("/credit-imports", rows).json["id"]
    assert second.post(f"/credit-imports/{made}/commit").status_code == 200
    (record,) = scene.authority.get("/credit-records").json["items"]
    path = f"/credit-records/{record['id']}/decision"
    refused = scene.authority.post(path, {"decision": "approve", "comment": "同意"})
    assert (refused.status_code, refused.json["code"]) == (409, "second_admin_needed")
    assert second.post(path, {"decision": "approve", "comment": "同意"}).status_code == 200


def test_a_record_whose_rule_is_gone_is_granted_by_the_rule_of_its_category(scene: CreditScene) -> None:
    year = day_at_home(scene.clock.now()).year
    scene.load(scene.row(date=f"{year}-01-02", status="pending"))
    (record,) = scene.authority.get("/credit-records").json["items"]
    content = next_version()
    for rule in content["rules"]:
        if rule["code"] == "NAT-R":
            rule |= {"code": "NAT-X", "cap_project": "3.00"}
    publish(scene, content)
    assert choose(scene, "ZJ-LEGACY", 2, f"{year}-01-01").status_code == 201
    body = {"decision": "approve", "comment": "同意"}
    assert scene.authority.post(f"/credit-records/{record['id']}/decision", body).status_code == 200
    (item,) = scene.credits(year=year)["items"]
    assert (item["rule"], item["status"], item["credits"]) == ("NAT-X", "approved", "5.00")
    (judged,) = scene.compliance(year)["items"]
    assert (judged["rule_set_version"], judged["counted"]) == (2, "3.00")


def test_a_record_that_is_not_there_is_not_decided(scene: CreditScene) -> None:
    body = {"decision": "approve", "comment": "同意"}
    reply = scene.authority.post(f"/credit-records/{scene.person.id}/decision", body)
    assert (reply.status_code, reply.json["code"]) == (404, "not_found")
