"""My attendance as a workbook: a line for each session."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from apiflask import APIBlueprint
from apiflask.schemas import FileSchema
from flask import Response

from attendance.own.own_projects import OwnProject, OwnSession, read_own
from attendance.record.history import HistoryFilter, list_attended
from models.attendance import Direction
from service.api.me.schemas.my_attendance import AttendanceSought
from service.edge.access import signed_in
from service.edge.answers.file_answers import attachment
from service.edge.answers.refusals import refuses, tells
from service.edge.calls import Call
from service.wording.vocabulary.activities import ACTIVITIES
from sheets.writing import XLSX, Line, xlsx_bytes

api = APIBlueprint("my_attendance_sheets", __name__, tag="Check-in")

ATTENDANCE_TITLES = (
    "项目编号", "项目名称", "主办单位", "项目状态", "场次", "地点", "日期", "开始", "结束", "签到", "签退", "考勤结果",
    "已得学分",
)  # fmt: skip
_MOST = 1000
"""Projects in one workbook, newest first: a person attends some dozens a year. Who needs older ones chooses a year."""


@api.get("/me/attendance.xlsx")
@signed_in()
@refuses()
@api.input(AttendanceSought, location="query", arg_name="query")
@tells("Content-Disposition")
@api.output(FileSchema(type="string", format="binary"), content_type=XLSX)
def get_attendance_sheet(call: Call, query: AttendanceSought) -> Response:
    """Show my attendance as a workbook: each session of the newest 1,000 projects, in times of its venue (M-9.6)."""
    person_id = call.caller.person_id
    asked = HistoryFilter(query.year, query.status)
    attended = list_attended(call.db, person_id=person_id, asked=asked, after=None, limit=_MOST)
    own = read_own(call.db, attended, person_id=person_id, now=call.now)
    return attachment(xlsx_bytes(ATTENDANCE_TITLES, _lines(own), name="考勤记录"), XLSX, "attendance.xlsx")


def _lines(projects: Iterable[OwnProject]) -> Iterator[Line]:
    for own in projects:
        project = own.project
        credits = own.result.credits if own.result else None
        status = ACTIVITIES["ProjectStatus"][project.status][0]
        for each in own.sessions:
            yield (project.number, project.name, own.unit, status, *_session(each), credits)


def _session(own: OwnSession) -> tuple[str | None, ...]:
    session = own.attended.session
    zone = ZoneInfo(session.zone)
    began = session.starts_at.astimezone(zone)
    outcome = "已取消" if session.cancelled_at else ACTIVITIES["SessionOutcome"][own.outcome][0]
    return (
        session.title, session.venue, began.date().isoformat(), _time(session.starts_at, zone),
        _time(session.ends_at, zone), _scan(own, Direction.IN, zone), _scan(own, Direction.OUT, zone), outcome,
    )  # fmt: skip


def _scan(own: OwnSession, direction: Direction, zone: ZoneInfo) -> str | None:
    times = [each.checked_in_at for each in own.attended.check_ins if each.direction == direction]
    return _time(times[0], zone) if times else None


def _time(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%H:%M}"
