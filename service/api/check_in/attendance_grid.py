"""The attendance of a project as JSON, XLSX and CSV, and its corrections."""

import uuid
from collections.abc import Iterator

from apiflask import APIBlueprint
from apiflask.schemas import FileSchema
from flask import Response

from attendance.projects.access import ORGANIZERS, READERS, get_session, reach_project
from attendance.record import corrections, grid
from attendance.sessions.held import held_sessions
from foundation.transactions import read_only
from models.projects import Project
from service.api.check_in.schemas.attendance_grid import (
    CorrectionIn,
    CorrectionList,
    CorrectionOut,
    GridOut,
    GridRowOut,
    GridSession,
)
from service.edge.access import caller, signed_in
from service.edge.bodies import Page
from service.edge.components import parts
from service.edge.cursor_keys import read_id
from service.edge.database import db
from service.edge.downloads import attachment
from service.edge.paging import cut, decode_cursor, encode_cursor
from service.edge.refusals import refuses
from service.exports.attendance_sheet import lines_of, titles_of
from sheets.writing import CSV, XLSX, Line, csv_lines, xlsx_bytes

api = APIBlueprint("attendance_grid", __name__, tag="Attendance")


@api.get("/projects/<uuid:project_id>/attendance")
@signed_in(roles=READERS)
@refuses("not_found")
@api.input(Page, location="query", arg_name="query")
@api.output(GridOut)
def show_grid(project_id: uuid.UUID, query: Page) -> GridOut:
    """Who attended what of a project, what counts for whom, and who was in two places at once."""
    keys = decode_cursor(query.cursor, 1)
    after = read_id(keys[0]) if keys else None
    with read_only(db.session()):
        project = reach_project(db.session(), project_id=project_id, caller=caller()).project
        found = grid.read_grid(
            db.session(), project=project, now=parts().clock.now(), after=after, limit=query.limit + 1
        )
    page = found.rows[: query.limit]
    has_more = len(found.rows) > query.limit
    return GridOut(
        sessions=[GridSession.model_validate(each) for each in found.sessions],
        items=[GridRowOut.of(each) for each in page],
        next_cursor=encode_cursor(str(page[-1].person.entry_id)) if has_more else None,
    )


@api.get("/projects/<uuid:project_id>/attendance.xlsx")
@signed_in(roles=READERS)
@refuses("not_found")
@api.output(FileSchema(type="string", format="binary"), content_type=XLSX)
def get_grid_xlsx(project_id: uuid.UUID) -> Response:
    """The whole grid as a workbook."""
    with read_only(db.session()):
        project = reach_project(db.session(), project_id=project_id, caller=caller()).project
        titles, lines = _sheet(project)
        data = xlsx_bytes(titles, lines, name="考勤")
    return attachment(data, XLSX, f"attendance-{project.id}.xlsx")


@api.get("/projects/<uuid:project_id>/attendance.csv")
@signed_in(roles=READERS)
@refuses("not_found")
@api.output(FileSchema(type="string"), content_type="text/csv")
def get_grid_csv(project_id: uuid.UUID) -> Response:
    """The whole grid as CSV, in which nothing is run as a formula."""
    with read_only(db.session()):
        project = reach_project(db.session(), project_id=project_id, caller=caller()).project
        titles, lines = _sheet(project)
        data = "".join(csv_lines(titles, lines)).encode()
    return attachment(data, CSV, f"attendance-{project.id}.csv")


@api.post("/sessions/<uuid:session_id>/corrections")
@signed_in(roles=ORGANIZERS)
@refuses("not_found", "person_not_on_roster", "project_closed")
@api.input(CorrectionIn, arg_name="body")
@api.output(CorrectionOut, status_code=201)
def correct(session_id: uuid.UUID, body: CorrectionIn) -> CorrectionOut:
    """Correct what came of somebody at a session; what was there before is kept beside it."""
    made = corrections.correct(
        db.session(),
        session_id=session_id,
        person=body.person(),
        mark=body.mark,
        reason=body.reason,
        caller=caller(),
        now=parts().clock.now(),
    )
    return CorrectionOut.model_validate(made)


@api.get("/sessions/<uuid:session_id>/corrections")
@signed_in(roles=ORGANIZERS)
@refuses("not_found")
@api.input(Page, location="query", arg_name="query")
@api.output(CorrectionList)
def list_corrections(session_id: uuid.UUID, query: Page) -> CorrectionList:
    """The corrections at a session, in the order in which they were made."""
    keys = decode_cursor(query.cursor, 1)
    after = read_id(keys[0]) if keys else None
    with read_only(db.session()):
        session = get_session(db.session(), session_id=session_id, caller=caller())
        found = corrections.list_corrections(db.session(), session=session, after=after, limit=query.limit + 1)
    page, next_cursor = cut(found, query.limit, lambda last: [str(last.id)])
    return CorrectionList(
        items=[CorrectionOut.model_validate(each) for each in page],
        next_cursor=next_cursor,
    )


def _sheet(project: Project) -> tuple[list[str], Iterator[Line]]:
    sessions = held_sessions(db.session(), project)
    rows = grid.whole_grid(db.session(), project=project, now=parts().clock.now())
    return titles_of(sessions), lines_of(sessions, rows)
