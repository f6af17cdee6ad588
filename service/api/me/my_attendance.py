"""My attendance (考勤记录查询), and one project of mine with all that decides its credits."""

import uuid
from collections.abc import Sequence

from apiflask import APIBlueprint

from attendance.own.own_projects import read_own
from attendance.record.history import (
    AttendedProject,
    HistoryFilter,
    ProjectKey,
    get_attended,
    list_attended,
    list_earned,
)
from service.api.me.schemas.my_attendance import AttendanceAsked, MyAttendance, MyProject
from service.edge.access import signed_in
from service.edge.answers.cursor_keys import by_day_and_id
from service.edge.answers.paging import paged
from service.edge.answers.refusals import refuses
from service.edge.calls import Call

api = APIBlueprint("my_attendance", __name__, tag="Check-in")


@api.get("/me/attendance")
@signed_in()
@refuses()
@api.input(AttendanceAsked, location="query", arg_name="query")
@api.output(MyAttendance)
def list_my_attendance(call: Call, query: AttendanceAsked) -> MyAttendance:
    """Show the projects where I am on the roster or checked in, newest first, with all that decides my credits."""
    asked = HistoryFilter(query.year, query.status)
    page = paged(
        query,
        by_day_and_id(ProjectKey, "project.starts_on", "project.id"),
        lambda after, limit: list_attended(
            call.db, person_id=call.caller.person_id, asked=asked, after=after, limit=limit
        ),
    )
    shown = {each.id: each for each in _read(call, page.rows)}
    return MyAttendance.of(page, lambda each: shown[each.project.id])


@api.get("/me/projects/<uuid:project_id>")
@signed_in()
@refuses("not_found")
@api.output(MyProject)
def get_my_project(call: Call, project_id: uuid.UUID) -> MyProject:
    """Show one project of mine, also one that I wait for: my standing at each session, what I owe, and the result."""
    attended = get_attended(call.db, person_id=call.caller.person_id, project_id=project_id)
    return _read(call, [attended])[0]


def _read(call: Call, attended: Sequence[AttendedProject]) -> list[MyProject]:
    person_id = call.caller.person_id
    earned = list_earned(call.db, person_id=person_id, project_ids=[each.project.id for each in attended])
    own = read_own(call.db, attended, person_id=person_id, now=call.now)
    return [MyProject.from_own(each, earned.get(each.project.id)) for each in own]
