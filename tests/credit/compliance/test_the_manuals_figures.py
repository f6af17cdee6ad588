"""M-X.1 to M-X.6: the manual's own figures as test vectors, through the API."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from credit.rules.rule_book import packaged
from credit.rules.rule_sets import ByRank
from tests.credit.conftest import CreditScene

FIGURE_9 = [
    "总学分",
    "I类学分",
    "国家级继续医学教育项目",
    "省级继续医学教育项目",
    "省级推广项目",
    "省、市级学术年会",
    "II类学分",
    "市级II类项目(2008年开始使用)",
    "市级继续医学教育项目",
    "县级继续医学教育项目",
    "自学笔记",
    "四新教育",
    "发表学术论文",
    "科研立项",
    "出版医学著作",
    "考察和研究报告",
    "医学译文",
    "单位和科室组织的活动",
    "6个月以下外出进修",
    "其他II类学分",
    "国家、省继续委员会指定并统一考核的学习项目",
]


@pytest.fixture(autouse=True)
def figure_7(scene: CreditScene) -> None:
    """Its ten rows, of which one waits."""
    scene.load(*scene.figure_7())


@pytest.mark.manual("M-X.1", "M-4.1.8")
def test_x1_the_footer_covers_all_listed_rows_those_that_wait_too(scene: CreditScene) -> None:
    shown = scene.credits()
    assert shown["totals"] == {
        "credits": "38.00", "hours": "134.0", "class_I": "23.00", "class_II": "15.00", "other": "0",
    }  # fmt: skip
    assert len(shown["items"]) == 10
    approved = scene.credits("&status=approved")
    assert (len(approved["items"]), approved["totals"]["credits"], approved["totals"]["hours"]) == (9, "25.00", "120.0")
    waiting = scene.credits("&status=pending")
    assert (len(waiting["items"]), waiting["totals"]["class_I"]) == (1, "13.00")


@pytest.mark.manual("M-X.2", "M-4.2.6", "M-4.2.7", "M-4.2.8")
def test_x2_the_summary_counts_approved_rows_alone_and_shows_zero_rows(scene: CreditScene) -> None:
    rows = scene.learner.get("/me/compliance/summary?year=2018").json["rows"]
    assert [row["name"] for row in rows] == [*FIGURE_9, "其他学分"]
    found = {row["name"]: (row["credits"], row["hours"]) for row in rows}
    want = {
        "总学分": ("25.00", "120.0"),
        "I类学分": ("10.00", "45.0"),
        "国家级继续医学教育项目": ("5.00", "15.0"),
        "省级继续医学教育项目": ("5.00", "30.0"),
        "II类学分": ("15.00", "75.0"),
        "市级继续医学教育项目": ("15.00", "75.0"),
    }
    assert found == dict.fromkeys(found, ("0.00", "0.0")) | want


@pytest.mark.manual("M-X.3", "M-4.2.1", "M-4.2.2", "M-9.3")
def test_x3_figure_8_is_met_at_exactly_25_with_the_row_that_waits_among_its_ten(scene: CreditScene) -> None:
    shown = scene.compliance()
    assert (shown["result"], shown["record_count"], len(shown["items"])) == ("met", 10, 10)
    assert shown["period"] == {"from": "2018-01-01", "to": "2018-12-31"}
    assert shown["required"] == {"credits": "25.00", "class_I": "5.00", "class_II": "15.00"}
    by_class = {"class_I": "10.00", "class_II": "15.00", "class_OTHER": "0.00"}
    assert shown["have"] == {"credits": "25.00", "hours": "120.0"} | by_class
    assert shown["missing"] == {}
    (waiting,) = (item for item in shown["items"] if item["status"] == "pending")
    assert (waiting["credits"], waiting["counted"], waiting["reason"]) == ("13.00", "0.00", "not_approved")


@pytest.mark.manual("M-X.4")
def test_x4_credits_come_from_the_record_and_are_never_recomputed_from_hours(scene: CreditScene) -> None:
    items = scene.credits("&status=approved")["items"]
    municipal = {(item["hours"], item["credits"]) for item in items if item["category"] == "MUN"}
    assert municipal == {("15.0", "2.50"), ("7.5", "2.50")}


def test_x5_the_fifth_and_sixth_figures_are_rows_of_the_packaged_rules() -> None:
    rules = packaged()["ZJ-LEGACY", 1]
    research, paper = rules.find_rule("GRT-PRV"), rules.find_rule("PAP-CN")
    assert research is not None
    assert paper is not None
    assert isinstance(research.amount, ByRank)
    assert isinstance(paper.amount, ByRank)
    assert research.amount.credits == tuple(Decimal(each) for each in "87654")
    assert paper.amount.credits[0] == Decimal("6.00")


@pytest.mark.manual("M-4.1.4", "M-4.1.5", "M-4.1.6")
def test_figures_7_and_22_name_types_levels_and_modes_as_the_manual_does(scene: CreditScene) -> None:
    scene.load(
        scene.row(70, activity_type="集体活动", category="UNIT", delivery_mode="单位、科室组织的活动", credits="0.5")
    )
    items = scene.learner.get("/me/credits?from=2018-01-01&to=2018-12-31").json["items"]
    assert {item["activity_type"] for item in items} == {"个人活动", "集体活动"}
    assert {item["level"] for item in items} == {
        "国家级继续医学教育项目", "省级继续医学教育项目", "市级继续医学教育项目", "单位和科室组织的活动",
    }  # fmt: skip
    assert {item["delivery_mode"] for item in items} == {"远程教育", "单位、科室组织的活动"}


@pytest.mark.manual("M-4.2.5")
def test_national_and_provincial_credits_are_class_one_and_municipal_ones_class_two(scene: CreditScene) -> None:
    items = scene.learner.get("/me/compliance?year=2018").json["items"]
    classes = {(item["level"], item["credit_class"]) for item in items}
    assert classes == {
        ("国家级继续医学教育项目", "I"), ("省级继续医学教育项目", "I"), ("市级继续医学教育项目", "II"),
    }  # fmt: skip


@pytest.mark.manual("M-X.6")
def test_x6_credits_have_two_places_hours_one_and_other_credits_of_nothing_none(scene: CreditScene) -> None:
    for item in scene.credits()["items"]:
        assert (item["credits"].partition(".")[2], item["hours"].partition(".")[2]) in {
            (credits, hours) for credits in ("00", "50") for hours in ("0", "5")
        }
    assert scene.credits()["totals"]["other"] == "0"
    scene.load(scene.row(77, category="OTH", credits="1.5", hours="3"))
    shown = scene.credits()
    assert shown["totals"]["other"] == "1.50"
    assert {"1.50", "3.0"} <= {*(item["credits"] for item in shown["items"]), *(i["hours"] for i in shown["items"])}


def test_the_packaged_tree_is_figure_9_verbatim() -> None:
    file = Path(__file__).parents[3] / "credit" / "rules" / "packaged" / "zj-legacy.1.json"
    names = [each["name"] for each in json.loads(file.read_text(encoding="utf-8"))["categories"]]
    assert names == [name for name in FIGURE_9 if name not in ("总学分", "I类学分", "II类学分")] + ["其他学分"]
