"""A project's category is one of the rules in force on its last day, so that settling it can give something."""

from typing import Any

import pytest

from foundation.clock import day_at_home
from models.projects import Project
from tests.credit.conftest import CreditScene
from tests.credit.rules.rule_sets import choose, next_version, publish

PROJECT = {"name": "急诊心电图判读新进展", "starts_on": "2026-05-04", "ends_on": "2026-05-06", "credits": "5.00",
           "hours": "15.0", "category": "NAT"}  # fmt: skip


@pytest.fixture
def organizer(scene: CreditScene) -> Any:
    """Who plans projects."""
    return scene.api.as_(scene.make.organizer(scene.unit))


def refused(reply: Any) -> list[str]:
    """The codes that would have done."""
    assert (reply.status_code, reply.json["code"]) == (422, "unknown_category")
    (error,) = reply.json["errors"]["category"]
    assert all(code in error["message"] for code in reply.json["known"])
    return list(reply.json["known"])


def test_an_unknown_category_is_refused_with_those_that_there_are(scene: CreditScene, organizer: Any) -> None:
    known = refused(organizer.post("/projects", PROJECT | {"category": "NOPE"}))
    assert (len(known), known[:2]) == (19, ["NAT", "PRV"])
    assert organizer.get("/projects").json["items"] == []
    made = organizer.post("/projects", PROJECT).json["id"]
    refused(organizer.patch(f"/projects/{made}", PROJECT | {"category": "NOPE"}))
    assert organizer.patch(f"/projects/{made}", PROJECT | {"category": "MUN", "name": "改名"}).status_code == 200


@pytest.mark.parametrize("number", ["2026-03-01-123 (国)", "任意格式/7", "x"])
def test_a_number_of_any_format_is_taken(organizer: Any, number: str) -> None:
    assert organizer.post("/projects", PROJECT | {"number": number}).status_code == 201


def test_the_rules_of_its_last_day_count_and_codes_of_other_sets_do(scene: CreditScene, organizer: Any) -> None:
    year = day_at_home(scene.clock.now()).year
    choose(scene, "CN-2024", 1, f"{year + 1}-01-01")
    later = PROJECT | {"starts_on": f"{year}-12-30", "ends_on": f"{year + 1}-01-02"}
    refused(organizer.post("/projects", later | {"category": "PROJ", "ends_on": f"{year}-12-31"}))
    for category in ("PROJ", "NAT"):
        assert organizer.post("/projects", later | {"category": category}).status_code == 201


def test_what_the_rules_no_longer_know_is_told_when_it_is_filed(scene: CreditScene, organizer: Any) -> None:
    year = day_at_home(scene.clock.now()).year
    made = organizer.post("/projects", PROJECT | {"starts_on": f"{year}-12-30", "ends_on": f"{year}-12-31"}).json["id"]
    content = next_version()
    content["categories"] = [each for each in content["categories"] if each["code"] != "NAT"]
    content["rules"] = [each for each in content["rules"] if each["category"] != "NAT"]
    publish(scene, content | {"rolling": []})
    choose(scene, "ZJ-LEGACY", 2, f"{year}-01-01")
    copied = organizer.post(f"/projects/{made}/copies", {"starts_on": f"{year}-12-30"})
    assert (copied.status_code, copied.json["category"]) == (201, "NAT")
    assert "NAT" not in refused(organizer.post(f"/projects/{made}/transitions", {"to": "filed"}))
    assert scene.db.get_one(Project, scene.db.query(Project.id).first()[0]).status == "draft"


def test_a_row_of_an_import_says_which_categories_there_are(scene: CreditScene) -> None:
    (error,) = scene.preview(scene.row(category="NOPE")).json["errors"]
    assert (error["field"], error["column"], error["code"]) == ("category", "学分级别", "unknown_category")
    assert (len(error["known"]), error["known"][0]) == (19, "NAT")
