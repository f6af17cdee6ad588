"""The staff of a project (工作人员): people with a task at it or at one session, without a role over its unit."""

import uuid

from apiflask import APIBlueprint

from attendance.projects.access import ORGANIZERS, get_project
from attendance.roster import staff_assignments
from service.api.projects.schemas.staff import MyStaffList, MyStaffOut, StaffList, StaffNew, StaffOut
from service.edge.access import signed_in
from service.edge.answers.bodies import Empty, Page
from service.edge.answers.briefs import with_names
from service.edge.answers.cursor_keys import BY_ID, by_id
from service.edge.answers.paging import paged
from service.edge.answers.refusals import another_answer, refuses
from service.edge.calls import Call

api = APIBlueprint("project_staff", __name__, tag="Projects")
mine = APIBlueprint("my_staff", __name__, tag="Me")


@api.post("/projects/<uuid:project_id>/staff")
@signed_in(roles=ORGANIZERS)
@refuses("not_found", "project_closed", "person_unknown", "own_assignment", "task_of_project", "period_invalid")
@api.input(StaffNew, arg_name="body")
@api.output(StaffOut, status_code=201)
@api.doc(responses=another_answer(200, "Assigned to the same before", StaffOut))
@with_names
def assign_staff(call: Call, project_id: uuid.UUID, body: StaffNew) -> tuple[StaffOut, int]:
    """Assign a person to tasks at this project or one session of it; they are told. Other tasks there before end.

    The tasks open what they need, and nothing else: `door` the check-in point, `content` exam and evaluation form,
    `results` the roster, attendance and results.
    """
    done = staff_assignments.assign(
        call.db, project_id=project_id, named=body.named(), new=body.new(), caller=call.caller, now=call.now
    )
    return StaffOut.of(done.row), 201 if done.is_new else 200


@api.get("/projects/<uuid:project_id>/staff")
@signed_in(roles=ORGANIZERS)
@refuses("not_found")
@api.input(Page, location="query", arg_name="query")
@api.output(StaffList)
@with_names
def list_staff(call: Call, project_id: uuid.UUID, query: Page) -> StaffList:
    """Show who is or was assigned to this project and its sessions, oldest first."""
    project = get_project(call.db, project_id=project_id, caller=call.caller)
    page = paged(
        query,
        BY_ID,
        lambda after, limit: staff_assignments.list_staff(call.db, project=project, after=after, limit=limit),
    )
    return StaffList.of(page, StaffOut.of)


@api.delete("/project-staff/<uuid:staff_id>")
@signed_in(roles=ORGANIZERS)
@refuses("not_found")
@api.output(Empty, status_code=204)
def end_staff(call: Call, staff_id: uuid.UUID) -> Empty:
    """End an assignment at once, with the screens and kiosks that were set up by it. The person is told."""
    staff_assignments.end(call.db, staff_id=staff_id, caller=call.caller, now=call.now)
    return Empty()


@mine.get("/me/staff")
@signed_in()
@refuses()
@mine.input(Page, location="query", arg_name="query")
@mine.output(MyStaffList)
@with_names
def list_my_staff(call: Call, query: Page) -> MyStaffList:
    """Show the projects and sessions that I am assigned to as staff now, with my tasks."""
    person_id = call.caller.person_id
    page = paged(
        query,
        by_id("row.id"),
        lambda after, limit: staff_assignments.list_own(
            call.db, person_id=person_id, after=after, limit=limit, now=call.now
        ),
    )
    return MyStaffList.of(page, MyStaffOut.of_own)
