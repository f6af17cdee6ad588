"""The list of a settlement as rows of a spreadsheet, in the words that organizers and authorities use."""

from collections.abc import Iterable, Iterator

from attendance.settlement.confirmed_lists import ConfirmedLine
from attendance.settlement.remarks import RemarksByPerson
from models.projects import RosterOrigin
from service.wording.reasons import REASONS
from service.wording.roles import ROLES
from service.wording.vocabulary.activities import ACTIVITIES
from sheets.writing import Line

TITLES = ("继教编号", "姓名", "单位", "身份", "出席场次", "应到场次", "学时", "学分", "计入学分", "未授予或少计的原因",
    "工作人员", "请假场次", "加入名单方式",
)  # fmt: skip


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
            "、".join(REASONS[reason][0] if reason in REASONS else reason for reason in line.reasons) or None,
            "是" if remark.is_staff else None,
            "、".join(session.title for session in remark.excused) or None,
            ACTIVITIES["RosterOrigin"][remark.origin][0] if remark.origin is not RosterOrigin.STAFF else None,
        )
