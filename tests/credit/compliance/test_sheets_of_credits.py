"""导出Excel: the same lines as on the screen, with their totals, and nothing that runs."""

import io
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.clock import day_at_home
from models.edge import AuditEntry
from tests.credit.conftest import CreditScene

FIGURE_7 = (
    "日期", "项目编号", "活动名称", "活动类型", "学分级别", "学科", "举办方式", "学时", "学分", "审核状态", "审核意见",
    "学分录入单位",
)  # fmt: skip
FIGURE_8 = (
    "人员编号", "活动日期", "项目编号", "内容", "学分类别", "学分子类别", "学科", "举办方式", "学分录入单位", "学分",
    "学时",
)  # fmt: skip


def cells(scene: CreditScene, path: str) -> list[tuple[Any, ...]]:
    reply = scene.learner.get(path)
    assert reply.status_code == 200
    assert "attachment" in reply.headers["Content-Disposition"]
    sheet = openpyxl.load_workbook(io.BytesIO(reply.data)).worksheets[0]
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    return [tuple(row) for row in sheet.iter_rows(values_only=True)]


@pytest.mark.manual("M-4.1.3", "M-4.1.8", "M-4.1.9")
def test_credits_come_with_the_twelve_columns_and_the_footer_of_figure_7(scene: CreditScene) -> None:
    scene.load(*scene.figure_7())
    titles, *lines = cells(scene, "/me/credits.xlsx?from=2018-01-01&to=2018-12-31")
    assert (titles, len(lines)) == (FIGURE_7, 12)
    assert lines[0][0] == "2018-05-18"
    assert lines[-2][:4] == ("总分", 38, "总学时", 134)
    assert lines[-1][:6] == ("I类学分", 23, "II类学分", 15, "其他学分", 0)
    waiting = [line for line in lines if line[9] == "未审核"]
    assert [line[8] for line in waiting] == [13]


@pytest.mark.manual("M-4.2.3", "M-4.2.4")
def test_a_year_says_of_each_line_what_counts_and_why_not(scene: CreditScene) -> None:
    scene.load(*scene.figure_7())
    titles, *lines = cells(scene, "/me/compliance.xlsx?year=2018")
    assert titles == (*FIGURE_8, "计入达标学分", "不计入达标原因")
    verdict = lines[-4:]
    assert {line[0] for line in lines[:-5]} == {scene.person.cme_number}
    assert (lines[-5][0], lines[-5][9:12]) == ("合计", (38, 134, 25))
    assert {(line[4], line[5]) for line in lines[:-5]} == {
        ("I类学分", "国家级继续医学教育项目"), ("I类学分", "省级继续医学教育项目"),
        ("II类学分", "市级继续医学教育项目"),
    }  # fmt: skip
    assert verdict[0][:4] == ("达标结果", "达标", "总记录数", 10)
    assert [line[:6] for line in verdict[1:]] == [
        ("学分", 25, "要求", 25, "尚缺", 0),
        ("I类学分", 10, "要求", 5, "尚缺", 0),
        ("II类学分", 15, "要求", 15, "尚缺", 0),
    ]
    assert [line[12] for line in lines if line[9] == 13] == ["尚未审核通过"]


@pytest.mark.manual("M-4.2.6", "M-4.2.3")
def test_the_summary_is_figure_9(scene: CreditScene) -> None:
    scene.load(*scene.figure_7())
    titles, *lines = cells(scene, "/me/compliance/summary.xlsx?year=2018")
    assert titles == ("名称", "学分", "学时")
    assert lines[0] == ("总学分", 25, 120)
    assert len(lines) == len(scene.learner.get("/me/compliance/summary?year=2018").json["rows"])


@pytest.mark.manual("M-X.6")
def test_credits_are_shown_with_two_places_hours_with_one_and_other_credits_of_nothing_as_0(scene: CreditScene) -> None:
    scene.load(*scene.figure_7())
    reply = scene.learner.get("/me/credits.xlsx?from=2018-01-01&to=2018-12-31")
    sheet = openpyxl.load_workbook(io.BytesIO(reply.data)).worksheets[0]
    assert {sheet.cell(row, 8).number_format for row in range(2, 12)} == {"0.0"}
    assert {sheet.cell(row, 9).number_format for row in range(2, 12)} == {"0.00"}
    assert (sheet.cell(12, 2).number_format, sheet.cell(12, 4).number_format) == ("0.00", "0.0")
    assert (sheet.cell(13, 6).value, sheet.cell(13, 6).number_format) == (0, "General")


def test_a_name_that_looks_like_a_formula_stays_a_name(scene: CreditScene) -> None:
    scene.load(scene.row(name='=HYPERLINK("http://x","点我")'))
    _, line, *_ = cells(scene, "/me/credits.xlsx?from=2018-01-01&to=2018-12-31")
    assert line[2] == '=HYPERLINK("http://x","点我")'


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("", "credits.xlsx"),
        ("?status=approved", "credits.xlsx"),
        ("?from=2018-01-01&to=2018-12-31", "credits-2018-01-01-2018-12-31.xlsx"),
        ("?from=2018-01-01", "credits-from-2018-01-01.xlsx"),
        ("?to=2018-12-31", "credits-to-2018-12-31.xlsx"),
    ],
)
def test_a_file_is_named_by_the_days_that_were_chosen_alone(scene: CreditScene, query: str, name: str) -> None:
    reply = scene.learner.get(f"/me/credits.xlsx{query}")
    assert reply.headers["Content-Disposition"] == f'attachment; filename="{name}"'


@pytest.mark.parametrize("sheet", ["compliance.xlsx", "compliance/summary.xlsx"])
def test_a_year_that_nobody_chose_is_this_one(scene: CreditScene, sheet: str) -> None:
    name = sheet.replace("compliance/", "").replace(".xlsx", f"-{day_at_home(scene.clock.now()).year}.xlsx")
    assert scene.learner.get(f"/me/{sheet}").headers["Content-Disposition"] == f'attachment; filename="{name}"'


def test_each_route_of_a_year_takes_this_one_where_none_is_chosen(scene: CreditScene) -> None:
    year = day_at_home(scene.clock.now()).year
    for path in ("compliance", "compliance/summary"):
        assert scene.learner.get(f"/me/{path}").json == scene.learner.get(f"/me/{path}?year={year}").json
        theirs = f"/people/{scene.person.id}/{path}"
        assert scene.authority.get(theirs).json["year"] == year
    openings = "/me/compliance/openings"
    assert scene.learner.get(openings).json == scene.learner.get(f"{openings}?year={year}").json


def test_a_look_at_all_credits_is_audited_without_days(scene: CreditScene, db: Session) -> None:
    for query in ("", "?from=2018-01-01"):
        assert scene.authority.get(f"/people/{scene.person.id}/credits{query}").status_code == 200
    looked = [str(each.after) for each in db.scalars(select(AuditEntry).order_by(AuditEntry.id))]
    assert "from" not in looked[-2]
    assert "2018-01-01" in looked[-1]
    assert "2099" not in str(looked)
