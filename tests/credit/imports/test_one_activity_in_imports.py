"""What an import says of an activity that is, or may be, recorded already; and the rule that a row falls under."""

import io
from typing import Any

import pytest
from sqlalchemy import select

from models.edge import AuditEntry
from models.ledger import LedgerEntry, SourceRole
from tests.credit.conftest import CreditScene

SPELLINGS = ("心电图研修班(第1期)", "心电图研修班（第1期）", "心电图研修班 (第1期)", "心电图研修班（第１期）")
HEADER = "继教编号,日期,活动名称,项目编号,学分级别,活动类型,学科,举办方式,学时,学分,学分录入单位,审核状态"


def found(made: Any, kind: str = "errors") -> list[tuple[int, str, str]]:
    return [(each["row"], each["field"], each["code"]) for each in made.json[kind]]


def send(scene: CreditScene, *lines: str, header: str = HEADER) -> Any:
    """Send a CSV file whose people are the scene's learner."""
    text = "\n".join([header, *lines]).replace("3310000101", str(scene.person.cme_number))
    form = {"file": (io.BytesIO(text.encode()), "credits.csv")}
    return scene.authority.call("POST", "/credit-imports/files", data=form, content_type="multipart/form-data")


def commit(scene: CreditScene, made: Any, *accept: tuple[int, str]) -> Any:
    body = {"accept": [{"row": row, "reason": reason} for row, reason in accept]} if accept else None
    return scene.authority.post(f"/credit-imports/{made.json['id']}/commit", body)


def total(scene: CreditScene, year: int = 2018) -> str:
    return str(scene.credits("&status=approved", year)["totals"]["credits"])


def test_one_activity_in_four_spellings_is_recorded_once(scene: CreditScene) -> None:
    """credits-one-activity-four-spellings.csv, whole and row by row."""
    rest = "国家级继续医学教育项目,集体活动,,培训班,15.0,5.00,示例学会,审核通过"
    lines = [f"3310000101,2026-03-01,{name},,{rest}" for name in SPELLINGS]
    made = send(scene, *lines)
    assert found(made) == [(row, "name", "duplicate") for row in (3, 4, 5)]
    assert [each["entry"]["row"] for each in made.json["errors"]] == [2, 2, 2]
    assert commit(scene, made).status_code == 409
    for place, line in enumerate(lines):
        made = send(scene, line)
        assert found(made) == ([] if place == 0 else [(2, "name", "already_recorded")])
        commit(scene, made)
    assert total(scene, 2026) == "5.00"


def test_the_numbers_of_one_activity_in_three_spellings_are_one_record(scene: CreditScene) -> None:
    """credits-number-in-full-width-brackets.csv, without a settlement."""
    rest = "国家级继续医学教育项目,集体活动,,培训班,15.0,5.00,示例学会,审核通过"
    numbers = ("2026-03-01-901(国)", "2026-03-01-901 （国）", "")
    made = send(scene, *(f"3310000101,2026-03-01,重复记录学习班,{number},{rest}" for number in numbers))
    assert found(made) == [(3, "number", "duplicate"), (4, "name", "duplicate")]


@pytest.mark.parametrize("number", ["—", "无", "/"])
def test_a_number_without_a_digit_is_none_and_lectures_of_one_day_are_taken_at_once(
    scene: CreditScene, number: str
) -> None:
    rest = "国家级继续医学教育项目,集体活动,,培训班,15.0,1.00,示例学会,审核通过"
    made = send(scene, *(f"3310000101,2026-03-01,{name}讲座,{number},{rest}" for name in "甲乙丙丁戊"))
    assert (found(made), found(made, "warnings")) == ([], [])
    assert commit(scene, made).json["committed"] == 5
    assert total(scene, 2026) == "5.00"


def test_a_years_standardized_training_completes_the_year(scene: CreditScene) -> None:
    """credits-training-year.csv"""
    line = "3310000101,2026-03-01,初级卫技人员规范化培训年度考核合格,,其他II类学分,集体活动,,其他,90.0,25.00,示例学会,"
    assert commit(scene, send(scene, f"{line}审核通过")).json["committed"] == 1
    assert scene.compliance(2026)["result"] == "met"
    assert scene.db.scalars(select(LedgerEntry.rule_code)).all() == ["JUN"]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"category": "PAP", "name": "心肌梗死诊治论文", "credits": "6.00"}, "PAP"),  # in which journal, nobody said
        ({"category": "PAP", "name": "论文（国外刊物）", "credits": "10.00"}, "PAP-FOR"),
        ({"category": "PAP", "name": "论文", "credits": "10.00", "rule": "PAP-FOR"}, "PAP-FOR"),
        ({"category": "OTH2", "name": "支援海岛一年", "credits": "25.00"}, "LV-GE6"),  # of one effect with the others
        ({"category": "OTH2", "name": "援外一年", "credits": "25.00", "rule": "AID-GE6"}, "AID-GE6"),
        ({"category": "OTH2", "name": "其他活动", "credits": "24.00"}, "OTH2"),
        ({"category": "LV6", "name": "进修三个月", "credits": "15.00"}, "LV-LT6"),  # the only one
        ({"category": "UNIT", "name": "多科室大查房", "credits": "0.20"}, "CASE-L"),
        ({"category": "UNIT", "name": "科室业务学习", "credits": "0.50"}, "UNIT-L"),
        ({"category": "UNIT", "name": "科室业务学习", "credits": "2.00", "rule": "UNIT-S"}, "UNIT-S"),
    ],
)
@pytest.mark.parametrize("status", ["approved", "pending"])
def test_a_row_falls_under_the_rule_that_it_names_or_claims_no_more_than_it_says(
    scene: CreditScene, changes: dict[str, str], rule: str, status: str
) -> None:
    scene.load(scene.row(**{"delivery_mode": "其他", "status": status, **changes}))
    if status == "pending":
        (waiting,) = scene.authority.get("/credit-records").json["items"]
        path = f"/credit-records/{waiting['id']}/decision"
        assert scene.authority.post(path, {"decision": "approve"}).status_code == 200
    (entry,) = scene.db.scalars(select(LedgerEntry))
    assert entry.rule_code == rule
    assert entry.source_role is (SourceRole.SPEAKER if rule == "UNIT-S" else SourceRole.LEARNER)
    (item,) = scene.compliance()["items"]
    assert item["counted"] == changes["credits"]


def test_a_rule_that_does_not_fit_is_refused_with_those_that_there_are(scene: CreditScene) -> None:
    made = scene.preview(
        scene.row(0, rule="NOPE"),
        scene.row(1, category="OTH2", rule="JUN", credits="24.00"),
        scene.row(2, category="NOPE", rule="JUN"),
        scene.row(3, rule="PAP-FOR"),
    )
    assert found(made) == [
        (1, "rule", "unknown_rule"), (2, "credits", "not_of_rule"), (3, "category", "unknown_category"),
        (4, "rule", "unknown_rule"),
    ]  # fmt: skip
    assert made.json["errors"][0]["known"] == ["NAT-L", "NAT-S", "NAT-R", "XNAT"]


@pytest.mark.parametrize("title", ["学分规则代码", "规则"])
def test_a_file_names_the_rule_in_a_column_of_its_own(scene: CreditScene, title: str) -> None:
    line = "3310000101,2018-03-01,论文一篇,,发表学术论文,个人活动,,其他,0.0,10.00,示例学会,审核通过,pap-for"
    assert commit(scene, send(scene, line, header=f"{HEADER},{title}")).json["committed"] == 1
    assert scene.db.scalars(select(LedgerEntry.rule_code)).all() == ["PAP-FOR"]
    template = scene.authority.get("/credit-import-template.xlsx")
    assert template.status_code == 200


def test_activities_of_ones_own_unit_are_recorded_once_a_day(scene: CreditScene) -> None:
    one, two = (scene.row(n, name=f"科室业务学习讨论{n}", category="UNIT", credits="1.00") for n in (1, 2))
    both = scene.preview(one, two)
    assert found(both) == [(2, "date", "daily_once")]
    assert commit(scene, both).status_code == 409
    assert commit(scene, scene.preview(one)).json["committed"] == 1
    again = scene.preview(two)
    assert found(again) == [(1, "date", "daily_once")]
    assert again.json["errors"][0]["entry"]["name"] == "科室业务学习讨论1"
    assert scene.preview(two | {"date": "2018-05-19"}).json["errors"] == []
    assert total(scene) == "1.00"


def test_what_is_probably_the_same_within_one_file_is_a_warning_that_somebody_decides(scene: CreditScene) -> None:
    rows = [scene.row(n, number="2018-03-01-123(国)", date=f"2018-05-{18 + n}") for n in range(3)]
    made = scene.preview(*rows)
    assert (found(made), found(made, "warnings")) == ([], [(2, "date", "other_days"), (3, "date", "other_days")])
    assert [each["entry"]["row"] for each in made.json["warnings"]] == [1, 1]
    unknown = commit(scene, made, (1, "另一个班次"))
    assert (unknown.status_code, unknown.json["code"], unknown.json["rows"]) == (422, "nothing_to_accept", [1])
    done = commit(scene, made, (3, "第二期，证书编号不同"))
    assert (done.status_code, done.json["committed"]) == (200, 2)
    assert [(each["row"], each["code"], each["accepted_reason"]) for each in done.json["left_out"]] == [
        (2, "other_days", None)
    ]
    assert commit(scene, made).json == done.json
    assert total(scene) == "10.00"
    rows_shown = scene.authority.get(f"/credit-imports/{made.json['id']}/rows").json["items"]
    assert [(each["state"], each["warnings"][0]["accepted_reason"]) for each in rows_shown[1:]] == [
        ("left_out", None), ("recorded", "第二期，证书编号不同"),
    ]  # fmt: skip
    audited = scene.db.scalars(select(AuditEntry).where(AuditEntry.action == "credit_import.commit")).one()
    assert audited.after == {"rows": 3, "accepted": [{"row": 3, "reason": "第二期，证书编号不同"}]}
    undone = scene.authority.post(f"/credit-imports/{made.json['id']}/undo", {"reason": "来源有误"})
    assert undone.status_code == 200
    assert total(scene) == "0.00"


def test_a_row_is_accepted_once_and_with_a_reason(scene: CreditScene) -> None:
    made = scene.preview(scene.row(1, number="X-1"), scene.row(2, number="X-1", date="2018-05-20"))
    path = f"/credit-imports/{made.json['id']}/commit"
    for body in (
        {"accept": [{"row": 2, "reason": ""}]},
        {"accept": [{"row": 2}]},
        {"accept": [{"row": 2, "reason": "另一期"}] * 2},
        {"accept": [{"row": 9, "reason": "另一期"}]},
        {"accepted": []},
    ):
        assert scene.authority.post(path, body).status_code == 422
    assert total(scene) == "0.00"
    assert scene.authority.post(path, {}).json["committed"] == 1


def test_ten_like_names_of_one_day_are_ten_activities(scene: CreditScene) -> None:
    made = scene.preview(*scene.figure_7())
    assert (made.json["errors"], made.json["warnings"]) == ([], [])
    assert commit(scene, made).json == {"committed": 10, "left_out": []}


def test_a_day_in_the_future_and_credits_of_ones_own_are_refused(scene: CreditScene) -> None:
    made = scene.preview(scene.row(0, date="2099-01-01"), scene.row(1, cme_number=scene.boss.cme_number))
    assert found(made) == [(1, "date", "in_future"), (2, "cme_number", "own_credits")]
