"""Rules as data in versions: shown with their sources, edited by the province, never touching what was granted."""

from typing import Any

import pytest
from sqlalchemy import select

from credit.rules.rule_book import packaged
from foundation.clock import day_at_home
from models.edge import AuditEntry
from models.people import Role, UnitKind
from tests.credit.conftest import CreditScene
from tests.credit.rules.rule_sets import choose, next_version, publish


@pytest.fixture
def year(scene: CreditScene) -> int:
    """The running year."""
    return day_at_home(scene.clock.now()).year


def test_packaged_rule_sets_are_shown_whole_with_the_source_of_each_number(scene: CreditScene) -> None:
    listed = scene.learner.get("/rule-sets").json["items"]
    assert [(each["code"], each["version"]) for each in listed] == [("CN-2024", 1), ("ZJ-LEGACY", 1)]
    shown = scene.learner.get("/rule-sets/ZJ-LEGACY/versions/1").json
    rules = {each["code"]: each for each in shown["rules"]}
    assert rules["NAT-R"]["cap_year"] == "10.00"
    assert all(each["source"] for each in (*shown["rules"], *shown["cap_groups"], shown["standard"]))
    for nowhere in ("/rule-sets/ZJ-LEGACY/versions/9", "/rule-sets/NOPE/versions/1"):
        assert scene.learner.get(nowhere).json["code"] == "no_rule_set"


def test_a_published_version_judges_nobody_before_it_is_chosen(scene: CreditScene, year: int) -> None:
    publish(scene, next_version(credits="30.00"))
    assert scene.compliance(year)["required"]["credits"] == "25.00"
    assert choose(scene, "ZJ-LEGACY", 2, f"{year}-01-01").status_code == 201
    shown = scene.compliance(year)
    assert (shown["required"]["credits"], shown["rule_set_version"]) == ("30.00", 2)
    assert scene.compliance(year - 1)["required"]["credits"] == "25.00"


def test_new_rules_never_touch_what_was_granted_by_old_ones(scene: CreditScene, year: int) -> None:
    scene.load(scene.row(date=f"{year}-01-02"))
    before = scene.credits(year=year)
    content = next_version()
    for rule in content["rules"]:
        if rule["code"] == "NAT-R":
            rule |= {"code": "NAT-X", "cap_project": "3.00"}
    publish(scene, content)
    choose(scene, "ZJ-LEGACY", 2, f"{year}-01-01")
    assert scene.credits(year=year) == before
    (item,) = scene.compliance(year)["items"]
    # counted by the new cap, while the grant itself keeps its rule and its credits
    assert (item["rule"], item["rule_set_version"], item["credits"], item["counted"]) == ("NAT-R", 1, "5.00", "3.00")
    scene.load(scene.row(1, date=f"{year}-01-03"))
    assert {each["rule"] for each in scene.credits(year=year)["items"]} == {"NAT-R", "NAT-X"}


def test_the_rules_without_classes_can_be_chosen_for_a_year(scene: CreditScene, year: int) -> None:
    scene.load(scene.row(date=f"{year}-01-02"))
    choose(scene, "CN-2024", 1, f"{year}-01-01")
    shown = scene.compliance(year)
    assert (shown["rule_set"], shown["required"]) == ("CN-2024", {"credits": "25.00", "hours": "90.0"})
    assert shown["missing"] == {"credits": "20.00", "hours": "75.0"}
    rows = scene.learner.get(f"/me/compliance/summary?year={year}").json["rows"]
    assert [row["name"] for row in rows] == ["总学分", *(each.name for each in packaged()["CN-2024", 1].categories)]
    assert {row["code"]: row["credits"] for row in rows}["PROJ"] == "5.00"


def test_of_two_choices_for_one_day_the_later_holds_and_all_are_kept(scene: CreditScene, year: int) -> None:
    for code in ("CN-2024", "ZJ-LEGACY"):
        choose(scene, code, 1, f"{year}-01-01")
    assert scene.compliance(year)["rule_set"] == "ZJ-LEGACY"
    first = scene.learner.get("/rule-set-choices?limit=1").json
    rest = scene.learner.get(f"/rule-set-choices?limit=1&cursor={first['next_cursor']}").json
    assert [each["code"] for each in first["items"] + rest["items"]] == ["ZJ-LEGACY", "CN-2024"]


@pytest.mark.parametrize(
    "break_it",
    [
        lambda content: content["rules"][0].update(category="NOPE"),
        lambda content: content["rules"][0].update(cap_group="NOPE"),
        lambda content: content["rules"].append(content["rules"][0]),
        lambda content: content["categories"][0].update({"class": "III"}),
        lambda content: content["standard"].update(credits="-1.00"),
        lambda content: content["standard"].update(colour="red"),
        lambda content: content["rules"][0]["amount"].update(by="dice"),
        lambda content: content.pop("sources"),
        lambda content: content["aliases"].update(NAT="PRV"),  # NAT is a category itself
    ],
)
def test_rules_that_do_not_hang_together_are_refused(scene: CreditScene, break_it: Any) -> None:
    content = next_version()
    break_it(content)
    reply = scene.authority.post("/rule-sets/ZJ-LEGACY/versions", {"content": content, "reason": "年度调整"})
    assert (reply.status_code, reply.json["code"]) == (422, "invalid_input")
    assert len(scene.learner.get("/rule-sets").json["items"]) == 2


def test_versions_come_one_after_the_other_under_their_own_code(scene: CreditScene) -> None:
    for version in (1, 3):
        content = next_version() | {"version": version}
        reply = scene.authority.post("/rule-sets/ZJ-LEGACY/versions", {"content": content, "reason": "年度调整"})
        assert (reply.status_code, reply.json["code"]) == (409, "rule_set_not_next")
    other = scene.authority.post("/rule-sets/OTHER/versions", {"content": next_version(), "reason": "年度调整"})
    assert other.json["code"] == "rule_set_not_next"


def test_no_choice_reaches_back_into_past_years_or_for_what_is_not_there(scene: CreditScene, year: int) -> None:
    past = choose(scene, "CN-2024", 1, f"{year - 1}-12-31")
    assert (past.status_code, past.json["code"]) == (409, "rule_set_changes_past")
    assert choose(scene, "CN-2024", 7, f"{year}-01-01").json["code"] == "no_rule_set"


def test_only_the_provinces_authority_edits_rules(scene: CreditScene, year: int) -> None:
    city = scene.make.unit(kind=UnitKind.CITY, name="某市")
    for who in (scene.make.staff(Role.AUTHORITY, city), scene.make.staff(Role.SYSTEM_ADMIN, scene.make.province)):
        caller = scene.api.as_(who)
        published = caller.post("/rule-sets/ZJ-LEGACY/versions", {"content": next_version(), "reason": "年度调整"})
        new = {"effective_on": f"{year}-01-01", "code": "CN-2024", "version": 1, "reason": "年度调整"}
        assert (published.status_code, caller.post("/rule-set-choices", new).status_code) == (403, 403)


def test_publishing_and_choosing_are_audited(scene: CreditScene, year: int) -> None:
    publish(scene, next_version())
    choose(scene, "ZJ-LEGACY", 2, f"{year}-06-01")
    trail = scene.db.execute(select(AuditEntry.action, AuditEntry.after).order_by(AuditEntry.id)).all()
    assert [tuple(row) for row in trail] == [
        ("rule_set.publish", {"code": "ZJ-LEGACY", "version": 2}),
        ("rule_set.choose", {"code": "ZJ-LEGACY", "version": 2, "effective_on": f"{year}-06-01"}),
    ]
