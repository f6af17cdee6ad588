"""My attendance (考勤记录查询)."""

from decimal import Decimal

from apiflask import APIBlueprint

from attendance.record.history import AttendedProject, ProjectKey, list_attended, list_earned
from attendance.record.open_duties import Duty, duties
from service.api.me.schemas.my_attendance import MyAttendance, MyCheckIn, MyProject, MySession, MyVoidedCheckIn
from service.edge.access import signed_in
from service.edge.bodies import Page
from service.edge.calls import Call
from service.edge.cursor_keys import by_day_and_id
from service.edge.paging import paged
from service.edge.refusals import refuses

api = APIBlueprint("my_attendance", __name__, tag="Me")


@api.get("/me/attendance")
@signed_in()
@refuses()
@api.input(Page, location="query", arg_name="query")
@api.output(MyAttendance)
def list_my_attendance(call: Call, query: Page) -> MyAttendance:
    """Show the projects where I am on the roster or checked in, newest first, with open tasks and credits."""
    page = paged(
        query,
        by_day_and_id(ProjectKey, "project.starts_on", "project.id"),
        lambda after, limit: list_attended(call.db, person_id=call.caller.person_id, after=after, limit=limit),
    )
    ids = [each.project.id for each in page.rows]
    owed = duties(call.db, person_id=call.caller.person_id, project_ids=ids, now=call.now)
    earned = list_earned(call.db, person_id=call.caller.person_id, project_ids=ids)
    return MyAttendance.of(
        page, lambda each: _project(each, owed.get(each.project.id, []), earned.get(each.project.id))
    )


def _project(attended: AttendedProject, owed: list[Duty], earned: Decimal | None) -> MyProject:
    project = attended.project
    return MyProject(
        id=project.id,
        name=project.name,
        number=project.number,
        starts_on=project.starts_on,
        ends_on=project.ends_on,
        sessions=[
            MySession(
                id=each.session.id,
                title=each.session.title,
                venue=each.session.venue,
                zone=each.session.zone,
                starts_at=each.session.starts_at,
                ends_at=each.session.ends_at,
                counts=each.session.counts,
                cancelled_at=each.session.cancelled_at,
                cancellation_reason=each.session.cancellation_reason,
                check_ins=[MyCheckIn.model_validate(row) for row in each.check_ins],
                voided_check_ins=[MyVoidedCheckIn.model_validate(row) for row in each.voided],
            )
            for each in attended.sessions
        ],
        owed=owed,
        earned=earned,
    )
