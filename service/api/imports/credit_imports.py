"""Credit imports by the authority: preview, commit, undo as a batch."""

import uuid
from typing import Any

from apiflask import APIBlueprint
from apiflask.schemas import FileSchema
from flask import Response, jsonify

from credit.access import AUTHORITY
from credit.imports import imports
from credit.imports.columns import COLUMNS, TITLES
from credit.imports.importer import count_left_out
from credit.imports.imports import ReadableImport
from models.credit_records import CreditImport, CreditImportRow
from models.imports import ImportStatus
from models.jobs import Job
from service.api.imports.portions import commit_portions, status_of_answer
from service.api.imports.schemas.credit_imports import (
    CommitAsked,
    Committed,
    CreditFile,
    CreditImportList,
    CreditImportNew,
    CreditImportOut,
    ImportRowList,
    ImportRowOut,
    RowError,
    RowsAsked,
    RowWarning,
    UndoAsked,
)
from service.edge.access import signed_in
from service.edge.answers.bodies import Page
from service.edge.answers.briefs import fill_names, with_names
from service.edge.answers.cursor_keys import BY_ID, by_number
from service.edge.answers.file_answers import attachment
from service.edge.answers.paging import paged
from service.edge.answers.problems import in_callers_language
from service.edge.answers.refusals import another_answer, refuses, tells
from service.edge.calls import Call
from service.edge.requests.body_limits import ROWS, upload
from service.wording.faults import CREDIT_FAULTS
from sheets import workbooks
from sheets.errors import SHEET_CODES
from sheets.writing import XLSX, template_bytes

api = APIBlueprint("credit_imports", __name__, tag="Credit records")
_MOST_ERRORS = 1000


@api.post("/credit-imports")
@signed_in(roles=AUTHORITY, takes=ROWS)
@refuses()
@api.input(CreditImportNew, arg_name="body")
@api.output(CreditImportOut, status_code=201)
@api.doc(responses=another_answer(202, "Taken in, and being checked", CreditImportOut))
@with_names
def preview_credit_import(call: Call, body: CreditImportNew) -> tuple[CreditImportOut, int]:
    """Check rows of credits and store them for a preview. Nothing counts before the commit (X-10).

    For more than 200 rows a job checks them: the answer is 202 and names the job.
    """
    return _started(
        call, commit_portions(call.db, imports.preview(call.db, rows=body.rows, caller=call.caller, now=call.now))
    )


@api.post("/credit-imports/files")
@signed_in(roles=AUTHORITY, takes=upload(workbooks.MAX_BYTES))
@refuses(*SHEET_CODES)
@api.input(CreditFile, location="form_and_files", arg_name="form")
@api.output(CreditImportOut, status_code=201)
@api.doc(responses=another_answer(202, "Taken in, and being checked", CreditImportOut))
@with_names
def upload_credit_import(call: Call, form: CreditFile) -> tuple[CreditImportOut, int]:
    """Check a workbook or CSV of credits with up to 20,000 rows.

    For more than 200 rows a job checks them, and the answer names it.
    """
    data = form.file.stream.read()
    return _started(
        call, commit_portions(call.db, imports.upload(call.db, data=data, caller=call.caller, now=call.now))
    )


@api.get("/credit-import-template.xlsx")
@signed_in(roles=AUTHORITY)
@refuses()
@tells("Content-Disposition")
@api.output(FileSchema(type="string", format="binary"), content_type=XLSX)
def get_credit_template(call: Call) -> Response:
    """Show an empty workbook of credits with its titles. Its cells hold texts: long numbers keep all their digits."""
    return attachment(template_bytes(list(COLUMNS), name="学分"), XLSX, "credit-import-template.xlsx")


@api.get("/credit-imports")
@signed_in(roles=AUTHORITY)
@refuses()
@api.input(Page, location="query", arg_name="query")
@api.output(CreditImportList)
@with_names
def list_credit_imports(call: Call, query: Page) -> CreditImportList:
    """Show the imports for my units, newest first."""
    page = paged(
        query, BY_ID, lambda after, limit: imports.list_imports(call.db, caller=call.caller, after=after, limit=limit)
    )
    return CreditImportList.of(page, lambda each: _import_out(each, [], None))


@api.get("/credit-imports/<uuid:credit_import_id>")
@signed_in(roles=AUTHORITY)
@refuses("not_found")
@api.output(CreditImportOut)
@with_names
def get_credit_import(call: Call, credit_import_id: uuid.UUID) -> CreditImportOut:
    """Show one import with its errors."""
    return _with_errors(call, imports.get_import(call.db, import_id=credit_import_id, caller=call.caller))


@api.get("/credit-imports/<uuid:credit_import_id>/rows")
@signed_in(roles=AUTHORITY)
@refuses("not_found")
@api.input(RowsAsked, location="query", arg_name="query")
@api.output(ImportRowList)
def list_credit_import_rows(call: Call, credit_import_id: uuid.UUID, query: RowsAsked) -> ImportRowList:
    """Show the rows of an import as they were sent, each with its errors."""
    mine = imports.get_import(call.db, import_id=credit_import_id, caller=call.caller)
    page = paged(
        query,
        by_number("number"),
        lambda after, limit: imports.list_rows(
            call.db,
            found=mine,
            after=after or 0,
            limit=limit,
            only_errors=query.only_errors,
        ),
    )
    return ImportRowList.of(
        page,
        lambda row: ImportRowOut(
            row=row.number, state=row.state, content=row.content, errors=_errors(row), warnings=_warnings(row)
        ),
    )


@api.post("/credit-imports/<uuid:credit_import_id>/commit")
@signed_in(roles=AUTHORITY, takes=ROWS)
@refuses("not_found", "import_not_ready", "import_has_errors", "import_undone", "nothing_to_accept")
@api.input(CommitAsked, arg_name="body")
@api.output(Committed)
@api.doc(responses=another_answer(202, "Being committed by a job", CreditImportOut))
@with_names
def commit_credit_import(call: Call, credit_import_id: uuid.UUID, body: CommitAsked) -> Any:
    """Record all rows of an import, once: approved rows in the ledger, pending rows as records.

    A row with a warning is recorded only if `accept` names it with a reason; otherwise it is left out. For more than
    200 rows a job does it: the answer is 202 until it is done.
    """
    found = imports.get_import(call.db, import_id=credit_import_id, caller=call.caller)
    accepted = {each.row: each.reason for each in body.accept}
    imports.commit(call.db, found=found, accepted=accepted, caller=call.caller, now=call.now)
    if found.status is ImportStatus.COMMITTED:
        left_out = imports.list_left_out(call.db, found=found, limit=_MOST_ERRORS)
        committed = found.row_count - count_left_out(call.db, found)
        return Committed(committed=committed, left_out=[each for row in left_out for each in _warnings(row)])
    shown = _with_errors(call, found)
    fill_names(call.db, shown)
    under_way = jsonify(shown.model_dump(mode="json"))
    under_way.status_code = 202
    return under_way


@api.post("/credit-imports/<uuid:credit_import_id>/undo")
@signed_in(roles=AUTHORITY, asks_otp=True)
@refuses("not_found", "import_not_ready", "import_not_committed", "settlement_under_way")
@api.input(UndoAsked, arg_name="body")
@api.output(CreditImportOut)
@api.doc(responses=another_answer(202, "Being undone by a job", CreditImportOut))
@with_names
def undo_credit_import(call: Call, credit_import_id: uuid.UUID, body: UndoAsked) -> tuple[CreditImportOut, int]:
    """Undo an import: grants are reversed in the ledger, records are withdrawn."""
    found = imports.get_import(call.db, import_id=credit_import_id, caller=call.caller)
    imports.undo(call.db, found=found, reason=body.reason, caller=call.caller, now=call.now)
    return _with_errors(call, found), status_of_answer(found.status, done=200)


def _started(call: Call, made: ReadableImport) -> tuple[CreditImportOut, int]:
    return _with_errors(call, made), status_of_answer(made.status, done=201)


def _with_errors(call: Call, found: ReadableImport) -> CreditImportOut:
    rows = imports.list_rows(call.db, found=found, after=0, limit=_MOST_ERRORS, only_errors=True)
    shown = _import_out(found, [error for row in rows for error in _errors(row)], imports.find_job(call.db, found))
    warned = imports.list_warned(call.db, found=found, limit=_MOST_ERRORS)
    shown.warnings = [each for row in warned for each in _warnings(row)]
    shown.left_out = [row.number for row in imports.list_left_out(call.db, found=found, limit=_MOST_ERRORS)]
    return shown


def _errors(row: CreditImportRow) -> list[RowError]:
    return [
        RowError(
            row=row.number,
            column=TITLES.get(error["field"]),
            message=in_callers_language(CREDIT_FAULTS[error["code"]]),
            **error,
        )
        for error in row.errors
    ]


def _warnings(row: CreditImportRow) -> list[RowWarning]:
    return [
        RowWarning(
            row=row.number,
            column=TITLES.get(each["field"]),
            message=in_callers_language(CREDIT_FAULTS[each["code"]]),
            accepted_reason=row.accepted_reason,
            **each,
        )
        for each in row.warnings
    ]


def _import_out(found: CreditImport, errors: list[RowError], job: Job | None) -> CreditImportOut:
    return CreditImportOut(
        id=found.id,
        status=found.status,
        done=job.done if job else None,
        job_id=job.id if job else None,
        job_error=job.error if job else None,
        rows=found.row_count,
        error_count=found.error_count,
        errors=errors,
        warnings=[],
        left_out=[],
        created_by=found.created_by,
        created_at=found.created_at,
        committed_by=found.committed_by,
        committed_at=found.committed_at,
        undone_by=found.undone_by,
        undone_at=found.undone_at,
        undo_reason=found.undo_reason,
    )
