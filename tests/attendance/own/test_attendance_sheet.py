"""考勤记录 as a workbook: the sessions of the history, in times of their venues."""

import io
from typing import Any

import openpyxl
import pytest

from tests.api import Api
from tests.attendance.conftest import Scene
from tests.fakes import face

TITLES = (
    "项目编号", "项目名称", "主办单位", "项目状态", "场次", "地点", "日期", "开始", "结束", "签到", "签退", "考勤结果",
    "已得学分",
)  # fmt: skip


def lines_of(me: Api, query: str = "") -> list[tuple[Any, ...]]:
    reply = me.get(f"/me/attendance.xlsx{query}")
    assert reply.status_code == 200, reply.json
    assert "attachment" in reply.headers["Content-Disposition"]
    titles, *lines = openpyxl.load_workbook(io.BytesIO(reply.data)).worksheets[0].iter_rows(values_only=True)
    assert titles == TITLES
    return lines


@pytest.mark.manual("M-9.6")
def test_each_session_is_a_line_with_what_came_of_it(scene: Scene) -> None:
    me = scene.learner("li")
    (before,) = lines_of(me)
    assert (before[1], before[3], before[9], before[11]) == (scene.project.name, "进行中", None, "未开始")
    scene.check_in(me, face("li"))
    (after,) = lines_of(me)
    shown = me.get("/me/attendance").json["items"][0]["sessions"][0]
    assert after[4:6] == (shown["title"], shown["venue"])
    assert len(after[9]) == 5
    assert after[11] == "出勤"


def test_the_workbook_has_what_the_list_has(scene: Scene) -> None:
    me = scene.learner("li")
    assert lines_of(me, "?year=2001") == []
    assert lines_of(me, "?status=settled") == []
    assert len(lines_of(me, f"?year={scene.project.ends_on.year}&status=running")) == 1
    assert me.get("/me/attendance.xlsx?year=1999").status_code == 422


def test_nobody_sees_the_attendance_of_another(scene: Scene) -> None:
    scene.check_in(scene.learner("li"), face("li"))
    assert lines_of(scene.api.as_(scene.make.person())) == []
