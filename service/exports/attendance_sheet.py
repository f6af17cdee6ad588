"""The attendance grid as rows of a spreadsheet, in the words that organizers use."""

import zoneinfo
from collections.abc import Iterable, Iterator, Sequence

from attendance.record.grid import GridRow
from attendance.record.outcomes import SessionOutcome
from models.projects import Session as VenueSession
from service.wording.roles import ROLES
from sheets.writing import Line

_STANDINGS = {
    SessionOutcome.PRESENT: "出席",
    SessionOutcome.LATE: "迟到",
    SessionOutcome.LEFT_EARLY: "早退",
    SessionOutcome.ABSENT: "缺勤",
    SessionOutcome.EXCUSED: "请假",
    SessionOutcome.NEEDS_REVIEW: "待审核",
}


def titles_of(sessions: Sequence[VenueSession]) -> list[str]:
    """Return the column titles: the person, each session with its local time, the totals."""
    return ["继教编号", "姓名", "单位", "角色", *map(_title, sessions), "计入场次", "应到场次", "达到要求", "时间冲突"]


def lines_of(sessions: Sequence[VenueSession], rows: Iterable[GridRow]) -> Iterator[Line]:
    """Yield one line for each person."""
    for row in rows:
        who = row.person
        yield (
            who.cme_number,
            who.name,
            who.unit,
            ROLES[who.role],
            *(_STANDINGS[row.outcomes[each.id]] for each in sessions),
            row.share.shown_counted,
            row.share.required,
            "是" if row.is_met else "否",
            len(row.conflicts),
        )


def _title(session: VenueSession) -> str:
    local = session.starts_at.astimezone(zoneinfo.ZoneInfo(session.zone))
    return f"{session.title} {local:%m-%d %H:%M}{'' if session.counts else '（不计）'}"
