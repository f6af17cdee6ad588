"""Credit imports by the authority: preview, one commit, undo as a batch."""

import uuid
from typing import Any

from apiflask import APIBlueprint
from apiflask.schemas import FileSchema
from flask import Response, jsonify

from credit.access import AUTHORITY
from credit.imports import imports
from credit.imports.columns import COLUMNS, TITLES
from credit.imports.imports import ReadableImport
from foundation.errors import ImportHasErrors, ImportNotReady
from foundation.transactions import read_only
from models.credit_records import CreditImport, CreditImportRow
from models.imports import ImportStatus
from models.jobs import Job
from service.api.imports.portions import commit_portions
from service.api.imports.schemas.credit_imports import (
    Committed,
    CreditFile,
    CreditImportList,
    CreditImportNew,
    CreditImportOut,
    ImportRowList,
    ImportRowOut,
    RowError,
    RowsAsked,
    UndoAsked,
)
from service.edge.access import Kept, caller, signed_in
from service.edge.bodies import Page
from service.edge.body_limits import ROWS, upload
from service.edge.components import parts
from service.edge.cursor_keys import read_id, read_number
from service.edge.database import db
from service.edge.downloads import attachment
from service.edge.paging import cut, decode_cursor
from service.edge.problems import in_callers_language
from service.edge.refusals import another_answer, refuses
from service.wording.faults import CREDIT_FAULTS
from sheets import workbooks
from sheets.errors import SHEET_CODES
from sheets.writing import XLSX, xlsx_bytes

api = APIBlueprint("credit_imports", __name__, tag="Credit imports")
_MOST_ERRORS = 1000
_IMPORT = {"$ref": "#/components/schemas/CreditImportOut"}


@api.post("/credit-imports")
@signed_in(roles=AUTHORITY, takes=ROWS)
@refuses()
@api.input(CreditImportNew, arg_name="body")
@api.output(CreditImportOut, status_code=201)
@api.doc(responses=another_answer(202, "Taken in, and being checked", _IMPORT))
def preview_import(body: CreditImportNew) -> tuple[CreditImportOut, int]:
    """Check rows of credits and keep them for a look; nothing counts before the commit (X-10).

    Beyond 200 rows a job checks them: the answer is 202 and names it.
    """
    session, now = db.session(), parts().clock.now()
    return _started(commit_portions(session, imports.preview(session, rows=body.rows, caller=caller(), now=now)))


@api.post("/credit-imports/files")
@signed_in(roles=AUTHORITY, takes=upload(workbooks.MAX_BYTES))
@refuses(*SHEET_CODES)
@api.input(CreditFile, location="form_and_files", arg_name="form")
@api.output(CreditImportOut, status_code=201)
@api.doc(responses=another_answer(202, "Taken in, and being checked", _IMPORT))
def upload_import(form: CreditFile) -> tuple[CreditImportOut, int]:
    """Check a workbook or CSV of credits, up to 20,000 rows; beyond 200 by a job, which the answer names."""
    session, now, data = db.session(), parts().clock.now(), form.file.stream.read()
    return _started(commit_portions(session, imports.upload(session, data=data, caller=caller(), now=now)))


@api.get("/credit-import-template.xlsx")
@signed_in(roles=AUTHORITY)
@refuses()
@api.output(FileSchema(type="string", format="binary"), content_type=XLSX)
def get_credit_template() -> Response:
    """An empty workbook of credits with its titles."""
    return attachment(xlsx_bytes(list(COLUMNS), [], name="学分"), XLSX, "credit-import-template.xlsx")


@api.get("/credit-imports")
@signed_in(roles=AUTHORITY)
@refuses()
@api.input(Page, location="query", arg_name="query")
@api.output(CreditImportList)
def list_imports(query: Page) -> CreditImportList:
    """The imports for my units, newest first."""
    keys = decode_cursor(query.cursor, 1)
    after = read_id(keys[0]) if keys else None
    with read_only(db.session()):
        found = imports.list_imports(db.session(), caller=caller(), after=after, limit=query.limit + 1)
    page, next_cursor = cut(found, query.limit, lambda last: [str(last.id)])
    return CreditImportList(
        items=[_import_out(each, [], None) for each in page],
        next_cursor=next_cursor,
    )


@api.get("/credit-imports/<uuid:credit_import_id>")
@signed_in(roles=AUTHORITY)
@refuses("not_found")
@api.output(CreditImportOut)
def get_import(credit_import_id: uuid.UUID) -> CreditImportOut:
    """One import with what is wrong with it."""
    with read_only(db.session()):
        return _with_errors(imports.get_import(db.session(), import_id=credit_import_id, caller=caller()))


@api.get("/credit-imports/<uuid:credit_import_id>/rows")
@signed_in(roles=AUTHORITY)
@refuses("not_found")
@api.input(RowsAsked, location="query", arg_name="query")
@api.output(ImportRowList)
def list_import_rows(credit_import_id: uuid.UUID, query: RowsAsked) -> ImportRowList:
    """The rows of an import as they were sent, each with what is wrong with it."""
    keys = decode_cursor(query.cursor, 1)
    with read_only(db.session()):
        mine = imports.get_import(db.session(), import_id=credit_import_id, caller=caller())
        found = imports.list_rows(
            db.session(),
            found=mine,
            after=read_number(keys[0]) if keys else 0,
            limit=query.limit + 1,
            only_errors=query.only_errors,
        )
    page, next_cursor = cut(found, query.limit, lambda last: [str(last.number)])
    return ImportRowList(
        items=[ImportRowOut(row=row.number, state=row.state, content=row.content, errors=_errors(row)) for row in page],
        next_cursor=next_cursor,
    )


@api.post("/credit-imports/<uuid:credit_import_id>/commit")
@signed_in(roles=AUTHORITY)
@refuses("not_found", "import_not_ready", "import_has_errors", "import_undone")
@api.output(Committed)
@api.doc(responses=another_answer(202, "Being committed by a job", _IMPORT))
def commit_import(credit_import_id: uuid.UUID) -> Any:
    """Record all rows of an import, once: approved ones in the ledger, pending ones as records that wait.

    Beyond 200 rows a job does it: the answer is 202 until that is done.
    """
    found = imports.get_import(db.session(), import_id=credit_import_id, caller=caller())
    try:
        imports.commit(db.session(), found=found, caller=caller(), now=parts().clock.now())
    except (ImportHasErrors, ImportNotReady) as error:
        raise Kept(error) from None  # what was found wrong by now stands on the rows
    if found.status is ImportStatus.COMMITTED:
        return Committed(committed=found.row_count)
    under_way = jsonify(_with_errors(found).model_dump(mode="json"))
    under_way.status_code = 202
    return under_way


@api.post("/credit-imports/<uuid:credit_import_id>/undo")
@signed_in(roles=AUTHORITY)
@refuses("not_found", "import_not_ready", "import_not_committed")
@api.input(UndoAsked, arg_name="body")
@api.output(CreditImportOut)
@api.doc(responses=another_answer(202, "Being undone by a job", _IMPORT))
def undo_import(credit_import_id: uuid.UUID, body: UndoAsked) -> tuple[CreditImportOut, int]:
    """Take back all that an import brought: grants are reversed in the ledger, records withdrawn."""
    found = imports.get_import(db.session(), import_id=credit_import_id, caller=caller())
    imports.undo(db.session(), found=found, reason=body.reason, caller=caller(), now=parts().clock.now())
    return _with_errors(found), 200 if found.status is ImportStatus.UNDONE else 202


def _started(made: ReadableImport) -> tuple[CreditImportOut, int]:
    return _with_errors(made), 202 if made.status is ImportStatus.CHECKING else 201


def _with_errors(found: ReadableImport) -> CreditImportOut:
    rows = imports.list_rows(db.session(), found=found, after=0, limit=_MOST_ERRORS, only_errors=True)
    return _import_out(found, [error for row in rows for error in _errors(row)], imports.find_job(db.session(), found))


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
        created_at=found.created_at,
        committed_at=found.committed_at,
        undone_at=found.undone_at,
    )
