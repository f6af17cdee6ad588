"""What the manual's screens of 学分管理 show and ask for (M-3), field by field."""

from datetime import timedelta
from typing import Any

import pytest

from tests.credit.claims.claiming import ClaimScene

COLUMNS = {
    "操作": "actions", "活动日期": "activity_date", "内容": "content", "学分证明照片": "evidence",
    "学分类别": "credit_class", "学分子类别": "credit_subclass", "学科": "discipline", "举办方式": "delivery_mode",
    "学分": "credits", "学时": "hours", "上报日期": "submitted_on", "科室审核日期": "department_reviewed_on",
    "单位审核日期": "unit_reviewed_on", "审核部门": "review_unit", "当前状态": "status_text", "审核": "review",
}  # fmt: skip
"""The columns of M-3.3.2, but for 选择, which is a box of the page: the id is chosen."""
FREE = {"mode": "free", "rank": ..., "discipline_l3": ...}
LEAVE = FREE | {"starts_on": "2026-01-05", "ends_on": "2026-09-20"}


@pytest.mark.manual("M-3.3.1", "M-3.3.2", "M-3.3.6")
def test_the_list_of_my_claims_has_the_columns_of_the_manual(scene: ClaimScene) -> None:
    paper = scene.claim(
        rule="PAP-CN", rank=1, activity_name="急诊心电图误判分析（论文）", hours="6.0", discipline_l2="临床内科学",
        discipline_l3="急诊学",
    )  # fmt: skip
    (row,) = scene.learner.get("/me/claims").json["items"]
    assert row["id"] == paper
    assert set(COLUMNS.values()) <= set(row)
    assert (row["credit_class"], row["credit_subclass"], row["discipline"]) == ("II类学分", "发表学术论文", "急诊学")
    assert (row["delivery_mode"], row["credits"], row["hours"]) == ("论文著作", "6.00", "6.0")
    assert (row["submitted_on"], row["department_reviewed_on"]) == (scene.today.isoformat(), None)
    assert row["review_unit"]["name"] == "急诊科"
    scene.approve(paper)
    (row,) = scene.learner.get("/me/claims").json["items"]
    assert (row["review"], row["review_unit"]["name"], row["actions"]) == ("同意", "第一医院", [])


@pytest.mark.manual("M-3.2.5", "M-3.2.6", "M-3.2.7", "M-3.2.8", "M-3.2.10", "M-3.0.2")
@pytest.mark.parametrize(
    "field", ["activity_name", "activity_date", "delivery_mode", "discipline_l2", "discipline_l3", "evidence"]
)
def test_the_starred_fields_of_the_form_are_required(scene: ClaimScene, field: str) -> None:
    reply = scene.enter(**{field: ...})
    assert reply.status_code == 422
    assert any(name.startswith(field) for name in reply.json["errors"])


@pytest.mark.manual("M-3.2.5", "M-3.2.11", "M-3.2.12")
def test_number_remark_and_hours_may_be_left_out(scene: ClaimScene) -> None:
    made = scene.enter(hours=...)
    assert made.status_code == 201
    assert (made.json["activity_no"], made.json["remark"], made.json["hours"]) == (None, None, "0.0")
    full = scene.enter(activity_no="ZD-2026-01", remark="立项批文见附件", activity_name="慢性心衰管理模式研究立项")
    assert (full.json["activity_no"], full.json["remark"]) == ("ZD-2026-01", "立项批文见附件")


@pytest.mark.manual("M-3.1.1", "M-3.1.2", "M-3.1.3")
def test_the_free_form_takes_what_is_typed(scene: ClaimScene) -> None:
    typed = {
        "rule": "XNAT", "credits": "5.00", "activity_no": "2026-03-01-123(国)",
        "credit_level": "国家级继续医学教育项目", "delivery_mode": "外省现场培训", "discipline_l2": "自填学科",
        "issuer": "外省示例学会",
    }  # fmt: skip
    made = scene.enter(**(FREE | typed))
    assert made.status_code == 201, made.json
    assert {name: made.json[name] for name in typed} == typed
    assert made.json["discipline"] == "自填学科"


@pytest.mark.manual("M-3.2.12", "M-3.2.13", "M-X.5")
@pytest.mark.parametrize(
    ("rule", "rank", "credits"),
    [(("GRT-PRV"), place, f"{9 - place}.00") for place in range(1, 6)]
    + [("PAP-CN", 1, "6.00"), ("PAP-FOR", 4, "7.00")],
)
def test_the_row_of_the_rank_table_gives_the_credits(scene: ClaimScene, rule: str, rank: int, credits: str) -> None:
    assert scene.enter(rule=rule, rank=rank).json["credits"] == credits


@pytest.mark.manual("M-3.0.1", "M-3.0.5", "M-3.0.6")
@pytest.mark.parametrize(
    ("changes", "credits"),
    [
        (LEAVE | {"rule": "LV-GE6", "activity_name": "急诊重症监护进修"}, "25.00"),
        (LEAVE | {"rule": "LV-LT6", "quantity": "3.0", "activity_name": "急诊重症监护进修"}, "15.00"),
        (LEAVE | {"rule": "AID-LT6", "quantity": "3.0", "activity_name": "援助海岛医疗三个月"}, "12.00"),
        (FREE | {"rule": "XNAT", "credits": "5.00"}, "5.00"),
        (FREE | {"rule": "XPRV", "credits": "2.50"}, "2.50"),
        ({"rule": "PAP-CN", "rank": 2}, "5.00"),
        ({"rule": "BOOK", "rank": ..., "quantity": "8000.0"}, "8.00"),
        ({"rule": "CASE-L", "rank": ...}, "0.20"),
        ({"rule": "UNIT-L", "rank": ...}, "0.50"),
    ],
)
def test_what_people_claim_themselves_is_claimed_in_its_way(
    scene: ClaimScene, changes: dict[str, Any], credits: str
) -> None:
    made = scene.enter(**changes)
    assert (made.status_code, made.json.get("credits")) == (201, credits), made.json
    other = "wizard" if changes.get("mode") == "free" else "free"
    reply = scene.enter(**(changes | {"mode": other, "discipline_l3": "急诊学", "activity_name": "慢性心衰诊治进展"}))
    if other == "wizard":
        assert (reply.status_code, reply.json["why"]) == (422, "free_only")
    elif changes["rule"] in ("CASE-L", "UNIT-L"):
        assert reply.json["code"] == "same_day_study"
    else:
        assert reply.status_code == 201, "the wizard is advised, and no duty"


@pytest.mark.manual("M-3.3.3", "M-3.3.4", "M-4.1.2", "M-4.1.7")
def test_the_status_words_follow_the_chain(scene: ClaimScene) -> None:
    claim = scene.enter().json["id"]
    words = [scene.mine(claim)["status_text"]]
    assert scene.learner.post("/me/claims/submissions", {"ids": [claim]}).json["submitted"] == [claim]
    words.append(scene.mine(claim)["status_text"])
    assert [each["status"] for each in scene.credits()["items"]] == ["pending"]
    scene.review(scene.department, claim)
    words.append(scene.mine(claim)["status_text"])
    scene.review(scene.unit, claim)
    words.append(scene.mine(claim)["status_text"])
    assert words == ["未上报", "已上报->科室管理员未审核", "科室审核通过->单位管理员未审核", "审核通过"]
    (item,) = scene.credits("&status=approved")["items"]
    assert (item["status"], item["review_comment"]) == ("approved", None)
    tomorrow = (scene.today + timedelta(days=1)).isoformat()
    assert scene.learner.get(f"/me/credits?from={tomorrow}&to={tomorrow}").json["items"] == []


@pytest.mark.manual("M-3.0.3")
def test_a_sign_in_sheet_of_a_study_is_evidence_of_studies_alone(scene: ClaimScene) -> None:
    rules = scene.learner.get("/claim-catalogue").json["rules"]
    studies = [rule["code"] for rule in rules if "业务学习" in str(rule) or "病例讨论" in str(rule)]
    assert set(studies) <= {"UNIT-L", "UNIT-S", "CASE-L", "CASE-S"}
    assert all(rule["evidence"] for rule in rules)
