"""The attendance of a project as JSON, XLSX and CSV, and corrections of it."""

import uuid
from collections.abc import Iterator

from apiflask import APIBlueprint
from apiflask.schemas import FileSchema
from flask import Response

from attendance.projects.access import ORGANIZERS, OVERSEERS, RESULTS, oversee_project, oversee_session
from attendance.record import corrections, grid
from attendance.record.grid import GridScope, RowsSought
from attendance.sessions.held import held_sessions
from models.projects import Project
from service.api.check_in.schemas.attendance_grid import (
    CorrectionIn,
    CorrectionList,
    CorrectionOut,
    GridAsked,
    GridOut,
    GridRowOut,
    GridSession,
)
from service.edge.access import signed_in
from service.edge.answers.bodies import Page
from service.edge.answers.briefs import with_names
from service.edge.answers.cursor_keys import BY_ID, by_id
from service.edge.answers.file_answers import attachment
from service.edge.answers.paging import counted, paged
from service.edge.answers.refusals import refuses, tells
from service.edge.calls import Call
from service.edge.looks import looks_at
from service.exports.project_sheets import grid_lines, grid_titles
from sheets.writing import CSV, XLSX, Line, csv_lines, xlsx_bytes

api = APIBlueprint("attendance_grid", __name__, tag="Attendance")


@api.get("/projects/<uuid:project_id>/attendance")
@signed_in(roles=OVERSEERS, tasks=RESULTS, writes=True)  # a look is audited
@refuses("not_found")
@api.input(GridAsked, location="query", arg_name="query")
@api.output(GridOut)
@looks_at("attendance.look", "project")
def show_attendance_grid(call: Call, project_id: uuid.UUID, query: GridAsked) -> GridOut:
    """Show each person's attendance at each session, the sessions that count, and conflicts between sessions."""
    project = oversee_project(call.db, project_id=project_id, caller=call.caller, tasks=RESULTS)
    shown, sought = GridScope(project, held_sessions(call.db, project), call.now), RowsSought(query.role, query.q)
    page = paged(
        query,
        by_id("person.entry_id"),
        lambda after, limit: grid.read_rows(call.db, shown, sought=sought, after=after, limit=limit),
    )
    total = counted(query, page, lambda: grid.count_people(call.db, project, sought=sought))
    sessions = [GridSession.model_validate(each) for each in shown.sessions]
    return GridOut.of(page, GridRowOut.of, sessions=sessions, **total)


@api.get("/projects/<uuid:project_id>/attendance.xlsx")
@signed_in(roles=OVERSEERS, tasks=RESULTS, writes=True)  # a look is audited
@refuses("not_found")
@tells("Content-Disposition")
@api.output(FileSchema(type="string", format="binary"), content_type=XLSX)
@looks_at("attendance.export", "project")
def get_attendance_xlsx(call: Call, project_id: uuid.UUID) -> Response:
    """Show the whole grid as a workbook."""
    project = oversee_project(call.db, project_id=project_id, caller=call.caller, tasks=RESULTS)
    titles, lines = _sheet(call, project)
    data = xlsx_bytes(titles, lines, name="考勤")
    return attachment(data, XLSX, f"attendance-{project.id}.xlsx")


@api.get("/projects/<uuid:project_id>/attendance.csv")
@signed_in(roles=OVERSEERS, tasks=RESULTS, writes=True)  # a look is audited
@refuses("not_found")
@tells("Content-Disposition")
@api.output(FileSchema(type="string"), content_type="text/csv")
@looks_at("attendance.export", "project")
def get_attendance_csv(call: Call, project_id: uuid.UUID) -> Response:
    """Show the whole grid as CSV. No cell can run as a formula."""
    project = oversee_project(call.db, project_id=project_id, caller=call.caller, tasks=RESULTS)
    titles, lines = _sheet(call, project)
    data = "".join(csv_lines(titles, lines)).encode()
    return attachment(data, CSV, f"attendance-{project.id}.csv")


@api.post("/sessions/<uuid:session_id>/corrections")
@signed_in(roles=ORGANIZERS)
@refuses(
    "not_found", "person_not_on_roster", "own_attendance", "project_closed", "session_cancelled", "session_not_open"
)  # fmt: skip
@api.input(CorrectionIn, arg_name="body")
@api.output(CorrectionOut, status_code=201)
@with_names
def correct_attendance(call: Call, session_id: uuid.UUID, body: CorrectionIn) -> CorrectionOut:
    """Correct one person's attendance at a session. The earlier value is kept."""
    made = corrections.correct(
        call.db,
        session_id=session_id,
        person=body.person(),
        mark=body.mark,
        reason=body.reason,
        caller=call.caller,
        now=call.now,
    )
    return CorrectionOut.model_validate(made)


@api.get("/sessions/<uuid:session_id>/corrections")
@signed_in(roles=OVERSEERS, tasks=RESULTS)
@refuses("not_found")
@api.input(Page, location="query", arg_name="query")
@api.output(CorrectionList)
@with_names
def list_attendance_corrections(call: Call, session_id: uuid.UUID, query: Page) -> CorrectionList:
    """Show the corrections at a session, in the order in which they were made."""
    session = oversee_session(call.db, session_id=session_id, caller=call.caller, tasks=RESULTS)
    page = paged(
        query,
        BY_ID,
        lambda after, limit: corrections.list_corrections(call.db, session=session, after=after, limit=limit),
    )
    return CorrectionList.of(page, CorrectionOut.model_validate)


def _sheet(call: Call, project: Project) -> tuple[list[str], Iterator[Line]]:
    shown = GridScope(project, held_sessions(call.db, project), call.now)
    return grid_titles(shown.sessions), grid_lines(shown.sessions, grid.all_rows(call.db, shown))
