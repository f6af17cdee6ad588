"""My attendance (考勤记录查询)."""

from decimal import Decimal

from apiflask import APIBlueprint

from attendance.record.history import AttendedProject, ProjectKey, list_attended, list_earned
from attendance.record.open_duties import Duty, duties
from foundation.transactions import read_only
from service.api.me.schemas.my_attendance import MyAttendance, MyCheckIn, MyProject, MySession
from service.edge.access import caller, signed_in
from service.edge.bodies import Page
from service.edge.cursor_keys import read_date, read_id
from service.edge.database import db
from service.edge.paging import cut, decode_cursor
from service.edge.refusals import refuses

api = APIBlueprint("my_attendance", __name__, tag="Me")


@api.get("/me/attendance")
@signed_in()
@refuses()
@api.input(Page, location="query", arg_name="query")
@api.output(MyAttendance)
def list_my_attendance(query: Page) -> MyAttendance:
    """The projects where I am expected or have checked in, newest first, with what is owed and earned."""
    keys = decode_cursor(query.cursor, 2)
    after = ProjectKey(read_date(keys[0]), read_id(keys[1])) if keys else None
    with read_only(db.session()):
        found = list_attended(db.session(), person_id=caller().person_id, after=after, limit=query.limit + 1)
        ids = [each.project.id for each in found]
        owed = duties(db.session(), person_id=caller().person_id, project_ids=ids)
        earned = list_earned(db.session(), person_id=caller().person_id, project_ids=ids)
    page, next_cursor = cut(found, query.limit, lambda last: [last.project.starts_on.isoformat(), str(last.project.id)])
    return MyAttendance(
        items=[_project(each, owed.get(each.project.id, []), earned.get(each.project.id)) for each in page],
        next_cursor=next_cursor,
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
                check_ins=[MyCheckIn.model_validate(row) for row in each.check_ins],
            )
            for each in attended.sessions
        ],
        owed=owed,
        earned=earned,
    )
