"""Rosters and attendance machines' files: preview, one commit, undo as a batch (X-10)."""

import uuid

from apiflask import APIBlueprint
from apiflask.schemas import FileSchema
from flask import Response

from attendance.imports import imports
from attendance.imports.files import read_file
from attendance.imports.importer import AttendanceImporter, count, make_importer
from attendance.imports.rows import ROSTER_COLUMNS
from attendance.projects.access import ORGANIZERS, get_open_project, get_project
from foundation.transactions import read_only
from models.imports import AttendanceImport, ImportKind
from service.api.imports.portions import commit_portions
from service.api.imports.schemas.attendance_imports import (
    FileImportBrief,
    FileImportList,
    FileImportOut,
    FileRowList,
    FileRowOut,
    FileRowsPage,
    FileUndoIn,
    TableForm,
)
from service.edge.access import caller, signed_in
from service.edge.bodies import Page
from service.edge.body_limits import upload
from service.edge.components import parts
from service.edge.cursor_keys import read_id, read_number
from service.edge.database import db
from service.edge.downloads import attachment
from service.edge.paging import cut, decode_cursor
from service.edge.refusals import refuses
from sheets import workbooks
from sheets.errors import SHEET_CODES
from sheets.writing import XLSX, xlsx_bytes

api = APIBlueprint("attendance_imports", __name__, tag="Imports")


@api.post("/projects/<uuid:project_id>/roster-imports")
@signed_in(roles=ORGANIZERS, takes=upload(workbooks.MAX_BYTES))
@refuses("not_found", "project_closed", *SHEET_CODES)
@api.input(TableForm, location="form_and_files", arg_name="form")
@api.output(FileImportOut, status_code=202)
def import_roster(project_id: uuid.UUID, form: TableForm) -> FileImportOut:
    """Check a roster row by row: 继教编号, 姓名, 证件号, 手机, 单位, 角色; nobody is expected before the commit."""
    return _start(project_id, ImportKind.ROSTER, form)


@api.post("/projects/<uuid:project_id>/punch-imports")
@signed_in(roles=ORGANIZERS, takes=upload(workbooks.MAX_BYTES))
@refuses("not_found", "project_closed", "project_not_announced", *SHEET_CODES)
@api.input(TableForm, location="form_and_files", arg_name="form")
@api.output(FileImportOut, status_code=202)
def import_punches(project_id: uuid.UUID, form: TableForm) -> FileImportOut:
    """Check what an attendance machine wrote: 继教编号, 时间 (local), and where it tells them 方向, 场次, 设备号."""
    return _start(project_id, ImportKind.PUNCHES, form)


@api.get("/projects/<uuid:project_id>/attendance-imports")
@signed_in(roles=ORGANIZERS)
@refuses("not_found")
@api.input(Page, location="query", arg_name="query")
@api.output(FileImportList)
def list_imports(project_id: uuid.UUID, query: Page) -> FileImportList:
    """The imports of a project, newest first."""
    keys = decode_cursor(query.cursor, 1)
    after = read_id(keys[0]) if keys else None
    with read_only(db.session()):
        project = get_project(db.session(), project_id=project_id, caller=caller())
        found = imports.list_imports(db.session(), project=project, after=after, limit=query.limit + 1)
    page, next_cursor = cut(found, query.limit, lambda last: [str(last.id)])
    return FileImportList(
        items=[FileImportBrief.model_validate(each) for each in page],
        next_cursor=next_cursor,
    )


@api.get("/attendance-imports/<uuid:import_id>")
@signed_in(roles=ORGANIZERS)
@refuses("not_found")
@api.output(FileImportOut)
def show_import(import_id: uuid.UUID) -> FileImportOut:
    """An import: how far it is, how many rows have errors, what came of them."""
    with read_only(db.session()):
        return _out(imports.get_import(db.session(), import_id=import_id, caller=caller()))


@api.get("/attendance-imports/<uuid:import_id>/rows")
@signed_in(roles=ORGANIZERS)
@refuses("not_found")
@api.input(FileRowsPage, location="query", arg_name="query")
@api.output(FileRowList)
def list_rows(import_id: uuid.UUID, query: FileRowsPage) -> FileRowList:
    """The rows of an import, each with what is wrong by column and what came of it."""
    keys = decode_cursor(query.cursor, 1)
    after = read_number(keys[0]) if keys else 0
    with read_only(db.session()):
        mine = imports.get_import(db.session(), import_id=import_id, caller=caller())
        found = imports.list_rows(db.session(), found=mine, only_bad=query.only_bad, after=after, limit=query.limit + 1)
    page, next_cursor = cut(found, query.limit, lambda last: [str(last.number)])
    return FileRowList(
        items=[FileRowOut.of(each) for each in page],
        next_cursor=next_cursor,
    )


@api.post("/attendance-imports/<uuid:import_id>/commit")
@signed_in(roles=ORGANIZERS)
@refuses("not_found", "project_closed", "import_not_ready", "import_has_errors", "import_undone")
@api.output(FileImportOut, status_code=202)
def commit_import(import_id: uuid.UUID) -> FileImportOut:
    """Have all rows take effect, once; asked again it tells how far that is."""
    return _out(
        imports.commit(db.session(), _importer(), import_id=import_id, caller=caller(), now=parts().clock.now())
    )


@api.post("/attendance-imports/<uuid:import_id>/undo")
@signed_in(roles=ORGANIZERS)
@refuses("not_found", "project_closed", "import_not_ready", "import_not_committed")
@api.input(FileUndoIn, arg_name="body")
@api.output(FileImportOut, status_code=202)
def undo_import(import_id: uuid.UUID, body: FileUndoIn) -> FileImportOut:
    """Take back what the import made; people who have checked in since stay on the roster."""
    now = parts().clock.now()
    session, me = db.session(), caller()
    return _out(imports.undo(session, _importer(), import_id=import_id, reason=body.reason, caller=me, now=now))


@api.get("/roster-template.xlsx")
@signed_in(roles=ORGANIZERS)
@refuses()
@api.output(FileSchema(type="string", format="binary"), content_type=XLSX)
def get_template() -> Response:
    """An empty roster with its titles."""
    return attachment(xlsx_bytes(ROSTER_COLUMNS, [], name="学员名单"), XLSX, "roster-template.xlsx")


def _start(project_id: uuid.UUID, kind: ImportKind, form: TableForm) -> FileImportOut:
    session = db.session()
    with read_only(session):  # whether it is worth while; looked at again with the project locked
        get_open_project(session, project_id=project_id, caller=caller())
    file = read_file(kind, form.file.stream.read(), parts().seal)
    now = parts().clock.now()
    storing = imports.start(session, _importer(), project_id=project_id, file=file, caller=caller(), now=now)
    return _out(commit_portions(session, storing))


def _importer() -> AttendanceImporter:
    return make_importer(parts().receipts)


def _out(found: AttendanceImport) -> FileImportOut:
    session = db.session()
    return FileImportOut.of(found, count(session, found), imports.find_job(session, found))
