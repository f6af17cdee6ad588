"""What a project's spreadsheets hold, in the words that organizers and authorities use."""

import zoneinfo
from collections.abc import Iterable, Iterator, Sequence

from attendance.evaluations.forms import FormKind
from attendance.evaluations.results import Results
from attendance.record.grid import GridRow
from attendance.record.outcomes import SessionOutcome
from attendance.roster.roster_lists import ExportedPerson
from attendance.settlement.confirmed_lists import ConfirmedLine
from attendance.settlement.remarks import RemarksByPerson
from models.projects import RosterOrigin
from models.projects import Session as VenueSession
from service.wording.reasons import REASONS
from service.wording.roles import ROLES
from service.wording.vocabulary.activities import ACTIVITIES
from sheets.writing import Line

EVALUATION_TITLES = ("题目", "题型", "选项", "人数", "平均分", "评语")
_KINDS = {FormKind.STARS: "星级", FormKind.SINGLE: "单选", FormKind.MULTIPLE: "多选", FormKind.TEXT: "文字"}
SETTLEMENT_TITLES = (
    "继教编号", "姓名", "单位", "身份", "出席场次", "应到场次", "学时", "学分", "计入学分", "未授予或少计的原因",
    "工作人员", "请假场次", "加入名单方式",
)  # fmt: skip
_OUTCOMES = {
    SessionOutcome.PRESENT: "出席",
    SessionOutcome.LATE: "迟到",
    SessionOutcome.LEFT_EARLY: "早退",
    SessionOutcome.ABSENT: "缺勤",
    SessionOutcome.EXCUSED: "请假",
    SessionOutcome.NEEDS_REVIEW: "待审核",
    SessionOutcome.TO_COME: "未开始",
}


def roster_lines(people: Iterable[ExportedPerson]) -> Iterator[Line]:
    """Yield one line for each person of a roster, which the roster import reads again.

    The columns are `EXPORTED_COLUMNS`. Phones and ID numbers are in no file.
    """
    for each in people:
        ident = None if each.cme_number else str(each.person_id)
        yield (each.cme_number, each.name, each.employer or each.unit, ROLES[each.role], ident)


def grid_titles(sessions: Sequence[VenueSession]) -> list[str]:
    """Return the column titles of the attendance grid: the person, each session with its local time, the totals."""
    return ["继教编号", "姓名", "单位", "角色", *map(_title, sessions), "计入场次", "应到场次", "达到要求", "时间冲突"]


def grid_lines(sessions: Sequence[VenueSession], rows: Iterable[GridRow]) -> Iterator[Line]:
    """Yield one line of the attendance grid for each person."""
    for row in rows:
        who = row.person
        yield (
            who.cme_number,
            who.name,
            who.unit,
            ROLES[who.role],
            *(_OUTCOMES[row.outcomes[each.id]] for each in sessions),
            row.share.shown_counted,
            row.share.required,
            "是" if row.is_met else "否",
            len(row.conflicts),
        )


def _title(session: VenueSession) -> str:
    local = session.starts_at.astimezone(zoneinfo.ZoneInfo(session.zone))
    return f"{session.title} {local:%m-%d %H:%M}{'' if session.counts else '（不计）'}"


def settlement_lines(records: Iterable[ConfirmedLine], remarks: RemarksByPerson) -> Iterator[Line]:
    """Yield one row of the list of a settlement for each person."""
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


def evaluation_lines(results: Results) -> Iterator[Line]:
    """Yield a row for each count and comment of an evaluation, and at the end the number of responses."""
    for each in results.questions:
        question, kind = each.question, _KINDS[each.question.kind]
        mean = None if each.mean is None else f"{each.mean:.2f}"
        for count in each.counts:
            yield [question.text, kind, count.text, count.count, None, None]
        if each.counts:
            yield [question.text, kind, "合计", each.answered, mean, None]
        for comment in each.comments:
            yield [question.text, kind, None, None, None, comment]
    yield ["已显示的评价数", None, None, results.shown, None, "满五人为一组显示"]
    yield ["收到的评价数", None, None, results.responses, None, None]
