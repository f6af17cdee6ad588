"""The list of a settlement as rows of a spreadsheet, in the words that organizers and authorities use."""

from collections.abc import Iterable, Iterator

from attendance.settlement.confirmed_lists import ConfirmedLine
from attendance.settlement.rules import Unmet
from credit.rules.awards import PROJECT_CAP
from service.wording.roles import ROLES
from sheets.writing import Line

TITLES = ("继教编号", "姓名", "单位", "身份", "出席场次", "应到场次", "学时", "学分", "计入学分", "未授予或少计的原因")
_REASONS: dict[str, str] = {
    Unmet.ATTENDANCE_TOO_LOW: "出席不足",
    Unmet.NOT_EVALUATED: "未评价",
    Unmet.EXAM_NOT_PASSED: "考试未合格",
    Unmet.NO_TAUGHT_HOURS: "未登记授课学时",
    Unmet.NO_RULE: "规则中无此类学分",
    Unmet.ALREADY_GRANTED: "已授予",
    PROJECT_CAP: "超过单个项目上限",
}


def lines_of(records: Iterable[ConfirmedLine]) -> Iterator[Line]:
    """Yield one row for each person."""
    for each in records:
        line = each.line
        yield (
            each.cme_number,
            each.name,
            each.unit,
            ROLES[line.role],
            each.attended,
            line.required,
            line.hours,
            line.credits,
            line.counted,
            "、".join(_REASONS.get(reason, reason) for reason in line.reasons) or None,
        )
