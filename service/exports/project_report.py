"""The report of a project for its reviewing unit (总结): summary, schedule, exam paper and list, in one archive."""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from attendance.settlement.reports import due_on
from models.exams import QuestionKind
from models.projects import Project
from models.projects import Session as VenueSession
from models.settlements import Settlement
from service.exports.project_sheets import SETTLEMENT_TITLES
from sheets.writing import Line, xlsx_bytes

_KINDS = {
    QuestionKind.SINGLE: "单选题",
    QuestionKind.MULTIPLE: "多选题",
    QuestionKind.TRUE_FALSE: "判断题",
    QuestionKind.FILL: "填空题",
    QuestionKind.NUMBER: "数值题",
}
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class ReportParts:
    """What a report is made of. unit: the organizing unit; questions: with answers, empty without an exam.

    on_site: how many people joined on the spot (现场报名).
    """

    project: Project
    unit: str
    settlement: Settlement
    sessions: Sequence[VenueSession]
    attendance: Mapping[Any, int]
    """How many people checked in, by the id of the session."""
    questions: Sequence[Mapping[str, Any]]
    lines: Iterable[Line]
    on_site: int


def report_bytes(parts: ReportParts) -> bytes:
    """Return the archive: one workbook for each part. A project without an exam has no paper."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("summary.xlsx", xlsx_bytes(("项目", "内容"), _summary(parts), name="总结"))
        titles = ("场次", "地点", "开始", "结束", "是否计入", "签到人数", "停办原因")
        archive.writestr("schedule.xlsx", xlsx_bytes(titles, _schedule(parts), name="日程"))
        if parts.questions:
            paper = ("题号", "题型", "题干", "选项", "答案", "分值")
            archive.writestr("exam-paper.xlsx", xlsx_bytes(paper, _paper(parts), name="试卷"))
        archive.writestr("people.xlsx", xlsx_bytes(SETTLEMENT_TITLES, parts.lines, name="学分名单"))
    return held.getvalue()


def _summary(parts: ReportParts) -> Iterable[Line]:
    project, settlement = parts.project, parts.settlement
    yield ("项目名称", project.name)
    yield ("项目编号", project.number)
    yield ("主办单位", parts.unit)
    yield ("举办日期", f"{project.starts_on} 至 {project.ends_on}")
    yield ("学分", project.credits)
    yield ("学时", project.hours)
    yield ("授予学分人数", settlement.to_grant)
    yield ("未授予学分人数", settlement.skipped)
    yield ("现场报名人数", parts.on_site)
    yield ("名单确认时间", _local(settlement.confirmed_at, "Asia/Shanghai"))
    yield ("本材料报送截止日期", str(due_on(project)))


def _schedule(parts: ReportParts) -> Iterable[Line]:
    for each in parts.sessions:
        yield (
            each.title,
            each.venue,
            _local(each.starts_at, each.zone),
            _local(each.ends_at, each.zone),
            "是" if each.counts else "否",
            parts.attendance.get(each.id, 0),
            each.cancellation_reason,
        )


def _paper(parts: ReportParts) -> Iterable[Line]:
    for number, each in enumerate(parts.questions, start=1):
        options = [f"{_LETTERS[place]}. {text}" for place, text in enumerate(each["options"])]
        right = "".join(_LETTERS[place] for place in each["correct"]) or " / ".join(each["accepted"])
        yield (number, _KINDS[each["kind"]], each["text"], "\n".join(options) or None, right, each["points"])


def _local(at: Any, zone: str) -> str:
    return str(at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M"))
