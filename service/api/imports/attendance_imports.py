"""Imports of rosters and of attendance machines' files: preview, commit, undo as a batch (X-10)."""

import uuid

from apiflask import APIBlueprint
from apiflask.schemas import FileSchema
from flask import Response

from attendance.imports import imports
from attendance.imports.files import read_file
from attendance.imports.importer import AttendanceImporter, count, make_importer
from attendance.imports.rows import ROSTER_COLUMNS
from attendance.projects.access import ORGANIZERS, get_open_project, get_project
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
from service.edge.access import signed_in
from service.edge.answers.bodies import Page
from service.edge.answers.briefs import with_names
from service.edge.answers.cursor_keys import BY_ID, by_number
from service.edge.answers.file_answers import attachment
from service.edge.answers.paging import paged
from service.edge.answers.refusals import refuses, tells
from service.edge.calls import Call
from service.edge.requests.body_limits import upload
from sheets import workbooks
from sheets.errors import SHEET_CODES
from sheets.writing import XLSX, template_bytes

api = APIBlueprint("attendance_imports", __name__, tag="Rosters")


@api.post("/projects/<uuid:project_id>/roster-imports")
@signed_in(roles=ORGANIZERS, takes=upload(workbooks.MAX_BYTES))
@refuses("not_found", "project_closed", *SHEET_CODES)
@api.input(TableForm, location="form_and_files", arg_name="form")
@api.output(FileImportOut, status_code=202)
@with_names
def import_roster(call: Call, project_id: uuid.UUID, form: TableForm) -> FileImportOut:
    """Check the rows of a roster: 继教编号, 姓名, 证件号, 手机, 单位, 角色.

    Nobody is on the roster before the commit.
    """
    return _start(call, project_id, ImportKind.ROSTER, form)


@api.post("/projects/<uuid:project_id>/punch-imports")
@signed_in(roles=ORGANIZERS, takes=upload(workbooks.MAX_BYTES))
@refuses("not_found", "project_closed", "project_not_announced", *SHEET_CODES)
@api.input(TableForm, location="form_and_files", arg_name="form")
@api.output(FileImportOut, status_code=202)
@with_names
def import_punches(call: Call, project_id: uuid.UUID, form: TableForm) -> FileImportOut:
    """Check the rows of an attendance machine's file: 继教编号, 时间 (local time).

    Optional columns are 方向, 场次, 设备号, and 姓名: a number that belongs to another name is left out.
    """
    return _start(call, project_id, ImportKind.PUNCHES, form)


@api.get("/projects/<uuid:project_id>/attendance-imports")
@signed_in(roles=ORGANIZERS)
@refuses("not_found")
@api.input(Page, location="query", arg_name="query")
@api.output(FileImportList)
@with_names
def list_attendance_imports(call: Call, project_id: uuid.UUID, query: Page) -> FileImportList:
    """Show the imports of a project, newest first."""
    project = get_project(call.db, project_id=project_id, caller=call.caller)
    page = paged(
        query, BY_ID, lambda after, limit: imports.list_imports(call.db, project=project, after=after, limit=limit)
    )
    return FileImportList.of(page, FileImportBrief.model_validate)


@api.get("/attendance-imports/<uuid:import_id>")
@signed_in(roles=ORGANIZERS)
@refuses("not_found")
@api.output(FileImportOut)
@with_names
def show_attendance_import(call: Call, import_id: uuid.UUID) -> FileImportOut:
    """Show an import: its progress, the number of rows with errors, and its results."""
    return _out(call, imports.get_import(call.db, import_id=import_id, caller=call.caller))


@api.get("/attendance-imports/<uuid:import_id>/rows")
@signed_in(roles=ORGANIZERS)
@refuses("not_found")
@api.input(FileRowsPage, location="query", arg_name="query")
@api.output(FileRowList)
def list_attendance_import_rows(call: Call, import_id: uuid.UUID, query: FileRowsPage) -> FileRowList:
    """Show the rows of an import, each with its errors by column and its result."""
    mine = imports.get_import(call.db, import_id=import_id, caller=call.caller)
    page = paged(
        query,
        by_number("number"),
        lambda after, limit: imports.list_rows(
            call.db, found=mine, only_bad=query.only_bad, after=after or 0, limit=limit
        ),
    )
    return FileRowList.of(page, FileRowOut.of)


@api.post("/attendance-imports/<uuid:import_id>/commit")
@signed_in(roles=ORGANIZERS)
@refuses(
    "not_found", "own_attendance", "project_closed", "import_not_ready", "import_has_errors", "import_undone",
)  # fmt: skip
@api.output(FileImportOut, status_code=202)
@with_names
def commit_attendance_import(call: Call, import_id: uuid.UUID) -> FileImportOut:
    """Apply all rows of an import, once, and none while a row has errors. A repeated call shows the progress."""
    return _out(call, imports.commit(call.db, _importer(call), import_id=import_id, caller=call.caller, now=call.now))


@api.post("/attendance-imports/<uuid:import_id>/undo")
@signed_in(roles=ORGANIZERS)
@refuses("not_found", "project_closed", "import_not_ready", "import_not_committed")
@api.input(FileUndoIn, arg_name="body")
@api.output(FileImportOut, status_code=202)
@with_names
def undo_attendance_import(call: Call, import_id: uuid.UUID, body: FileUndoIn) -> FileImportOut:
    """Undo an import. People who have taken part since then stay on the roster."""
    return _out(
        call,
        imports.undo(
            call.db, _importer(call), import_id=import_id, reason=body.reason, caller=call.caller, now=call.now
        ),
    )


@api.get("/roster-template.xlsx")
@signed_in(roles=ORGANIZERS)
@refuses()
@tells("Content-Disposition")
@api.output(FileSchema(type="string", format="binary"), content_type=XLSX)
def get_roster_template(call: Call) -> Response:
    """Show an empty roster workbook with its titles. Its cells hold texts: long numbers keep all their digits."""
    return attachment(template_bytes(ROSTER_COLUMNS, name="学员名单"), XLSX, "roster-template.xlsx")


def _start(call: Call, project_id: uuid.UUID, kind: ImportKind, form: TableForm) -> FileImportOut:
    with call.reading():  # whether it is worth while; looked at again with the project locked
        get_open_project(call.db, project_id=project_id, caller=call.caller)
    file = read_file(kind, form.file.stream.read(), call.components.seal)
    storing = imports.start(
        call.db, _importer(call), project_id=project_id, file=file, caller=call.caller, now=call.now
    )
    return _out(call, commit_portions(call.db, storing))


def _importer(call: Call) -> AttendanceImporter:
    return make_importer(call.components.receipts)


def _out(call: Call, found: AttendanceImport) -> FileImportOut:
    return FileImportOut.of(found, count(call.db, found), imports.find_job(call.db, found))
