"""The list of a settlement as rows of a spreadsheet, in the words that organizers and authorities use."""

from collections.abc import Iterable, Iterator

from attendance.settlement.confirmed_lists import ConfirmedLine
from attendance.settlement.remarks import RemarksByPerson
from attendance.settlement.rules import Note, Unmet
from credit.rules.awards import PROJECT_CAP
from service.wording.roles import ROLES
from sheets.writing import Line

TITLES = ("继教编号", "姓名", "单位", "身份", "出席场次", "应到场次", "学时", "学分", "计入学分", "未授予或少计的原因",
    "工作人员", "请假场次",
)  # fmt: skip
REASONS: dict[str, str] = {
    Unmet.ATTENDANCE_TOO_LOW: "出席不足",
    Unmet.NOT_EVALUATED: "未评价",
    Unmet.EXAM_NOT_PASSED: "考试未合格",
    Unmet.NO_TAUGHT_HOURS: "未登记授课学时",
    Unmet.NO_RULE: "规则中无此类学分",
    Unmet.NOT_HELD: "项目未举办",
    Unmet.ALREADY_GRANTED: "已授予",
    Unmet.ALREADY_GRANTED_ELSEWHERE: "同一活动已在别处授予",
    Unmet.REVERSED_FOR_MISCONDUCT: "因违规已冲销",
    Note.STILL_OPEN: "仍可完成，达标后补充结算",
    Note.CUT_OFF: "已截止，不再等待",
    PROJECT_CAP: "超过单个项目上限",
}


def lines_of(records: Iterable[ConfirmedLine], remarks: RemarksByPerson) -> Iterator[Line]:
    """Yield one row for each person."""
    for each in records:
        line, remark = each.line, remarks.on(each.line.person_id)
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
            "、".join(REASONS.get(reason, reason) for reason in line.reasons) or None,
            "是" if remark.is_staff else None,
            "、".join(session.title for session in remark.excused) or None,
        )
