"""录入学分查询管理 as a workbook: the columns of figure 6 that are no buttons."""

import io
from typing import Any

import openpyxl
import pytest

from tests.api import Api
from tests.credit.claims.claiming import ClaimScene

TITLES = (
    "活动日期", "内容", "学分证明照片", "学分类别", "学分子类别", "学科", "举办方式", "学分", "学时", "上报日期",
    "科室审核日期", "单位审核日期", "审核部门", "当前状态", "审核",
)  # fmt: skip


def lines_of(me: Api, query: str = "") -> list[tuple[Any, ...]]:
    reply = me.get(f"/me/claims.xlsx{query}")
    assert reply.status_code == 200, reply.json
    assert "attachment" in reply.headers["Content-Disposition"]
    sheet = openpyxl.load_workbook(io.BytesIO(reply.data)).worksheets[0]
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    titles, *lines = sheet.iter_rows(values_only=True)
    assert titles == TITLES
    return lines


@pytest.mark.manual("M-3.3.1", "M-3.3.2", "M-3.3.3")
def test_a_claim_is_a_line_in_the_columns_of_figure_6(scene: ClaimScene) -> None:
    scene.enter()
    (line,) = lines_of(scene.learner)
    day = scene.today.isoformat()
    assert line[:9] == (day, "急性心梗溶栓时间窗研究立项", 1, "II类学分", "科研立项", "心血管病学", "论文著作", 6, 6)
    assert line[9:] == (None, None, None, None, "未上报", None)


@pytest.mark.manual("M-3.3.3", "M-3.3.4")
def test_a_submitted_claim_says_where_it_waits_and_a_returned_one_why(scene: ClaimScene) -> None:
    claim = scene.claim()
    assert lines_of(scene.learner)[0][9:14] == (
        scene.today.isoformat(), None, None, scene.ward.name, "已上报->科室管理员未审核",
    )  # fmt: skip
    scene.review(scene.department, claim, "return")
    assert lines_of(scene.learner)[0][13:] == ("退回", "请补充材料")


def test_what_is_typed_stays_text(scene: ClaimScene) -> None:
    assert scene.enter(activity_name="=1+1 的研究立项").status_code == 201
    assert lines_of(scene.learner)[0][1] == "=1+1 的研究立项"


def test_the_workbook_has_what_the_list_has(scene: ClaimScene) -> None:
    scene.claim()
    assert lines_of(scene.learner, "?status=draft") == []
    assert lines_of(scene.learner, f"?to={scene.today.year - 1}-12-31") == []
    assert len(lines_of(scene.learner, f"?from={scene.today.year}-01-01&status=submitted")) == 1
    assert scene.learner.get("/me/claims.xlsx?from=2026-02-01&to=2026-01-01").status_code == 422
    assert lines_of(scene.api.as_(scene.make.person(unit=scene.ward))) == []
