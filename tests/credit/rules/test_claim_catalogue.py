"""What may be claimed, as the forms of figures 2 to 5 show it, and the credits of what is entered."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit.errors import ClaimInvalid, TooManyCredits
from credit.rules.claim_catalogue import Catalogue, catalogue_of
from credit.rules.claim_credits import Claimed, claim_credits
from credit.rules.claim_labels import LABELS
from credit.rules.rule_book import packaged
from credit.rules.rule_sets import ByPiece
from foundation.clock import day_at_home
from tests.api import Api
from tests.credit.conftest import CreditScene
from tests.credit.rules.rule_sets import choose
from tests.factories import Factories

MANUAL_LABELS = [
    "赴外省国家级项目",
    "赴外省省级(国家一级学会)",
    "自学综述",
    "发表论文和综述",
    "科研立项",
    "单位组织的学术活动",
    "出版医学著作",
    "出国考察报告、国内专题调研报告",
    "发表医学译文",
    "病例讨论会、多科室案例讨论会，大查房",
    "援助西部、农村、海岛、援外等医疗活动6个月及以上",
    "经单位批准，到外单位进修（含出国培训）6个月及以上",
    "经单位批准，到外单位进修（含出国培训）",
    "初级卫技人员新、老模式规范化培训或岗位培训学分",
    "经批准到外单位进修未满6个月",
    "在职教育外或外出进修专项培训达6个月以上",
    "参加援助西部、农村、海岛、援外等医疗活动不足6个月",
    "经单位批准，到外单位进修（含出国培训）6个月",
]
LEGACY, NEW = packaged()["ZJ-LEGACY", 1], packaged()["CN-2024", 1]


@pytest.fixture
def shown(scene: CreditScene) -> dict[str, Any]:
    """The catalogue of today."""
    return scene.learner.get("/claim-catalogue").json


def _rule(shown: dict[str, Any], code: str) -> dict[str, Any]:
    return next(each for each in shown["rules"] if each["code"] == code)


@pytest.mark.manual("M-3.0.4")
def test_the_eighteen_labels_stand_verbatim_in_the_manuals_order(scene: CreditScene) -> None:
    shown = scene.learner.get("/claim-catalogue").json
    assert shown["labels"] == MANUAL_LABELS
    codes = [each["code"] for each in shown["label_details"]]
    assert len(set(codes)) == 18
    aliases = {each["code"]: each["alias_of"] for each in shown["label_details"] if each["alias_of"]}
    assert aliases == {"study_leave": "study_leave_lt6m", "study_leave_6m": "study_leave_ge6m"}
    assert all(each["rules"] for each in shown["label_details"])
    rules = {each["code"] for each in shown["rules"]}
    assert all(set(each["rules"]) <= rules for each in shown["label_details"])


@pytest.mark.manual("M-3.0.1", "M-3.0.5", "M-3.0.6")
def test_leave_aid_and_projects_elsewhere_are_entered_freely_and_all_others_both_ways(scene: CreditScene) -> None:
    shown = scene.learner.get("/claim-catalogue").json
    entries = {each["code"]: (each["entry"], each["default_entry"]) for each in shown["rules"]}
    for code in ("XNAT", "XPRV", "LV-LT6", "LV-GE6", "AID-LT6", "AID-GE6"):
        assert entries[code] == ("free", "free")
    for code in ("PAP-CN", "BOOK", "UNIT-L", "CASE-L", "GRT-PRV", "NOTE"):
        assert entries[code] == ("both", "wizard")
    assert "NAT-L" not in entries  # granted through projects alone


@pytest.mark.manual("M-3.2.1", "M-3.2.12", "M-3.2.13")
def test_the_cascade_of_figure_5_ends_at_its_table_of_ranks(scene: CreditScene) -> None:
    shown = scene.learner.get("/claim-catalogue").json
    grant = _rule(shown, "GRT-PRV")
    assert (grant["class"], grant["name"], grant["clause"]) == ("II类学分", "科研立项", "省、部级课题")
    assert [(each["name"], each["credits"]) for each in grant["ranks"]] == [
        ("第1成员", "8.00"),
        ("第2成员", "7.00"),
        ("第3成员", "6.00"),
        ("第4成员", "5.00"),
        ("第5成员", "4.00"),
    ]
    assert grant["needs"] == ["rank"]


def test_further_authors_of_a_paper_get_one_less_each_down_to_one(shown: dict[str, Any]) -> None:
    assert [each["credits"] for each in _rule(shown, "PAP-CN")["ranks"]] == [
        "6.00",
        "5.00",
        "4.00",
        "3.00",
        "2.00",
        "1.00",
    ]
    assert [each["credits"] for each in _rule(shown, "PAP-INT")["ranks"]] == ["2.00", "1.00"]


def test_the_catalogue_tells_units_limits_and_evidence(shown: dict[str, Any]) -> None:
    assert _rule(shown, "NOTE")["quantity"] == {
        "unit": "characters",
        "per": "2000",
        "credits": "1.00",
        "most": "10000000",
        "is_whole": True,
        "default": None,
    }
    assert _rule(shown, "LV-LT6")["quantity"]["most"] == "5.9"
    assert _rule(shown, "UNIT-L")["quantity"]["default"] == "1"
    assert _rule(shown, "FNEW")["needs"] == ["quantity", "credits"]
    assert _rule(shown, "LV-LT6")["needs"] == ["quantity"]
    assert _rule(shown, "LV-LT6")["has_period"]
    assert not _rule(shown, "NOTE")["has_period"]
    assert _rule(shown, "CASE-L")["limits"] == {"at_once": None, "year": None, "group": "U10", "group_year": "10.00"}
    assert _rule(shown, "XNAT")["limits"]["at_once"] == "10.00"
    assert _rule(shown, "CASE-L")["is_daily_once"]
    assert all(each["source"] for each in shown["rules"])


@pytest.mark.manual("M-3.0.3", "M-3.2.3")
def test_each_rule_names_the_evidence_that_it_takes(scene: CreditScene) -> None:
    shown = scene.learner.get("/claim-catalogue").json
    assert _rule(shown, "GRT-PRV")["evidence"] == ["立项批文"]
    assert _rule(shown, "UNIT-L")["evidence"] == ["签到表", "现场照片"]
    any_rule = _rule(shown, "CASE-L")["evidence"]
    assert any_rule == ["项目批文照片", "论文或著作封面照片", "业务学习签到表", "现场带学习内容照片"]
    assert all(each["evidence"] for each in shown["rules"])


@pytest.mark.manual("M-3.1.2", "M-3.2.7")
def test_delivery_modes_and_levels_of_the_manual_are_there_to_choose_from(scene: CreditScene) -> None:
    shown = scene.learner.get("/claim-catalogue").json
    assert {"远程教育", "单位、科室组织的活动", "培训班", "继续医学教育项目", "论文著作"} == set(
        shown["delivery_modes"]
    )
    assert "国家级继续医学教育项目" in shown["credit_levels"]


def test_each_day_has_the_rules_that_were_in_force(scene: CreditScene) -> None:
    year = day_at_home(scene.clock.now()).year
    assert choose(scene, "CN-2024", 1, f"{year}-01-01").status_code == 201
    now = scene.learner.get("/claim-catalogue").json
    before = scene.learner.get(f"/claim-catalogue?on={year - 1}-12-31").json
    assert (now["rule_set"], before["rule_set"]) == ("CN-2024", "ZJ-LEGACY")
    assert {each["class"] for each in now["rules"]} == {None}
    assert {each["code"] for each in now["rules"]} >= {"SELF", "STUDY", "PROJ-L", "PRACT"}
    assert all(each["rules"] for each in now["label_details"])
    assert _rule(now, "SELF")["needs"] == ["hours"]
    assert _rule(now, "SELF")["hours_per_credit"] == "3"


def test_a_day_that_is_none_is_refused(scene: CreditScene) -> None:
    assert scene.learner.get("/claim-catalogue?on=2026-13-01").status_code == 422


def test_the_authority_stops_offering_an_alias_and_offers_it_again(scene: CreditScene) -> None:
    off = scene.authority.put("/claim-labels/study_leave_6m", json={"is_on": False, "reason": "与另一名称重复"})
    assert (off.status_code, off.json["is_on"]) == (200, False)
    shown = scene.learner.get("/claim-catalogue").json
    assert MANUAL_LABELS[-1] not in shown["labels"]
    assert len(shown["labels"]) == 17
    assert [each["code"] for each in shown["label_details"] if not each["is_on"]] == ["study_leave_6m"]
    scene.authority.put("/claim-labels/study_leave_6m", json={"is_on": True, "reason": "恢复"})
    assert len(scene.learner.get("/claim-catalogue").json["labels"]) == 18


def test_a_label_of_its_own_meaning_stays_and_an_unknown_one_is_not_found(scene: CreditScene) -> None:
    body = {"is_on": False, "reason": "不再使用"}
    refused = scene.authority.put("/claim-labels/monograph", json=body)
    assert (refused.status_code, refused.json["code"]) == (409, "claim_label_needed")
    assert scene.authority.put("/claim-labels/nothing", json=body).status_code == 404
    assert scene.learner.put("/claim-labels/study_leave", json=body).status_code == 403


@pytest.mark.manual("M-3.1.3", "M-3.2.9")
def test_issuers_begin_with_ones_own_unit_and_find_others_by_name(api: Api, make: Factories) -> None:
    hospital = make.unit(name="示例医院")
    make.unit(name="示例中医院")
    me = api.as_(make.person(unit=hospital))
    (own,) = me.get("/issuers").json["items"]
    assert own == {"name": "示例医院", "id": str(hospital.id), "is_own": True}
    found = me.get("/issuers?q=示例").json["items"]
    assert [(each["name"], each["is_own"]) for each in found] == [("示例医院", True), ("示例中医院", False)]
    assert me.get("/issuers?q=100%").json["items"] == []
    assert me.get("/issuers?q=不存在").json["items"] == []


# --- The credits


def _credits(code: str, catalogue: Catalogue | None = None, **claimed: Any) -> Decimal:
    rule = (catalogue or catalogue_of(LEGACY)).find(code)
    assert rule is not None
    values = {name: value if name == "rank" else Decimal(value) for name, value in claimed.items()}
    return claim_credits(rule, Claimed(**values)).award.credits


@pytest.mark.parametrize(
    ("code", "claimed", "credits"),
    [
        ("GRT-PRV", {"rank": 3}, "6.00"),  # figure 5
        ("PAP-CN", {"rank": 1}, "6.00"),  # figure 6
        ("NOTE", {"quantity": "5000"}, "2.50"),  # 2,000 characters are 1 (N06)
        ("BOOK", {"quantity": "12345"}, "12.35"),  # 12.345, half up
        ("REP", {"quantity": "1"}, None),  # 0.0003
        ("REP", {"quantity": "3005"}, "1.00"),  # 1.00166…
        ("TRN", {"quantity": "1500"}, "1.00"),
        ("LV-LT6", {"quantity": "1.5"}, "7.50"),
        ("AID-LT6", {"quantity": "5.9"}, "23.60"),
        ("UNIT-L", {}, "0.50"),
        ("CASE-L", {"quantity": "1"}, "0.20"),
        ("UNIT-S", {}, "2.00"),
        ("FNEW", {"quantity": "3", "credits": "0.5"}, "1.50"),
        ("LV-GE6", {}, "25.00"),
        ("XNAT", {"credits": "10.00"}, "10.00"),
    ],
)
def test_credits_are_the_rule_times_the_quantity_rounded_once(
    code: str, claimed: dict[str, Any], credits: str | None
) -> None:
    if credits is None:
        with pytest.raises(ClaimInvalid):
            _credits(code, **claimed)
    else:
        assert _credits(code, **claimed) == Decimal(credits)


def test_hours_give_credits_where_there_are_no_classes() -> None:
    assert _credits("SELF", catalogue_of(NEW), hours="10") == Decimal("3.33")
    assert _credits("PROJ-L", catalogue_of(NEW), hours="3") == Decimal("1.00")


@pytest.mark.parametrize(
    ("code", "claimed", "field", "why"),
    [
        ("GRT-PRV", {}, "rank", "field_missing"),
        ("GRT-PRV", {"rank": 9}, "rank", "unknown_rank"),
        ("GRT-PRV", {"rank": 0}, "rank", "unknown_rank"),
        ("GRT-PRV", {"rank": 3, "credits": "7.00"}, "credits", "set_by_rule"),
        ("GRT-PRV", {"rank": 3, "quantity": "2"}, "quantity", "not_for_rule"),
        ("XNAT", {"credits": "5", "rank": 1}, "rank", "not_for_rule"),
        ("XNAT", {}, "credits", "field_missing"),
        ("XNAT", {"credits": "0"}, "credits", "no_credits"),
        ("NOTE", {}, "quantity", "field_missing"),
        ("NOTE", {"quantity": "0"}, "quantity", "quantity_out_of_range"),
        ("NOTE", {"quantity": "1.5"}, "quantity", "not_whole"),
        ("NOTE", {"quantity": "1"}, "quantity", "no_credits"),
        ("LV-LT6", {"quantity": "6"}, "quantity", "quantity_out_of_range"),
        ("UNIT-L", {"quantity": "2"}, "quantity", "quantity_out_of_range"),
        ("FNEW", {"credits": "1"}, "quantity", "field_missing"),
        ("FNEW", {"quantity": "1"}, "credits", "field_missing"),
        ("LV-GE6", {"credits": "20"}, "credits", "set_by_rule"),
    ],
)
def test_what_gives_no_credits_is_refused_by_its_field(
    code: str, claimed: dict[str, Any], field: str, why: str
) -> None:
    with pytest.raises(ClaimInvalid) as refused:
        _credits(code, **claimed)
    assert (refused.value.field, refused.value.facts["why"]) == (field, why)


def test_typed_credits_are_within_the_limit_of_one_certificate() -> None:
    with pytest.raises(TooManyCredits) as refused:
        _credits("XNAT", credits="10.01")
    assert refused.value.facts == {"most_credits": "10.00"}


def test_more_than_a_book_may_give_counts_as_much_as_it_may() -> None:
    rule = catalogue_of(LEGACY).find("BOOK")
    assert rule is not None
    award = claim_credits(rule, Claimed(quantity=Decimal(40_000))).award
    assert (award.credits, award.counted, award.reason) == (Decimal("40.00"), Decimal("25.00"), "project_cap")


def test_a_unit_that_the_program_does_not_know_is_counted_as_one_piece() -> None:
    odd = tuple(
        rule.model_copy(update={"amount": ByPiece(by="piece", unit="poster", credits=Decimal(2))})
        if rule.code == "REP"
        else rule
        for rule in LEGACY.rules
    )
    rule = catalogue_of(LEGACY.model_copy(update={"rules": odd})).find("REP")
    assert rule is not None
    assert rule.quantity is None
    assert claim_credits(rule, Claimed()).award.credits == 2


@given(st.integers(1, 10_000_000))
def test_any_number_of_characters_is_within_half_a_hundredth_of_the_exact_credits(characters: int) -> None:
    rule = catalogue_of(LEGACY).find("NOTE")
    assert rule is not None
    if characters < 10:
        return
    got = claim_credits(rule, Claimed(quantity=Decimal(characters))).award.credits
    assert abs(got - Decimal(characters) / 2000) <= Decimal("0.005")


def test_every_label_leads_to_rules_of_either_packaged_set() -> None:
    for rule_set in (LEGACY, NEW):
        catalogue = catalogue_of(rule_set)
        assert all(catalogue.rules_of(label) for label in LABELS)
        assert len({each.code for each in catalogue.rules}) == len(catalogue.rules)


def test_what_is_switched_off_is_not_offered() -> None:
    assert "study_leave" not in {each.code for each in catalogue_of(LEGACY, off={"study_leave"}).labels}
