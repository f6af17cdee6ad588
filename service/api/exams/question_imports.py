"""Imports of questions into the bank of a unit: preview, commit, undo as a whole."""

import uuid
from itertools import chain

from apiflask import APIBlueprint
from flask import Response

from attendance.projects.access import ORGANIZERS
from attendance.questions.question_files import reading
from attendance.questions.question_imports import imports
from attendance.questions.question_imports.importer import count_outcomes
from attendance.questions.question_imports.imports import BankImport
from service.api.exams.schemas.question_imports import (
    ImportForm,
    QuestionImportBrief,
    QuestionImportList,
    QuestionImportOut,
    QuestionRow,
    QuestionRowList,
    QuestionRowsPage,
)
from service.api.imports.portions import commit_portions, status_of_answer
from service.api.imports.schemas.attendance_imports import FileUndoIn
from service.edge.access import signed_in
from service.edge.answers.bodies import Empty, Page
from service.edge.answers.briefs import with_names
from service.edge.answers.cursor_keys import BY_ID, by_number
from service.edge.answers.paging import paged
from service.edge.answers.refusals import another_answer, refuses
from service.edge.calls import Call
from service.edge.requests.body_limits import upload
from sheets.errors import SHEET_CODES

api = APIBlueprint("question_imports", __name__, tag="Question bank")
_MOST_SHOWN = 1000


@api.post("/question-imports")
@signed_in(roles=ORGANIZERS, takes=upload(reading.MAX_BYTES))
@refuses("not_found", "unit_needed", "questions_unreadable", *SHEET_CODES)
@api.input(ImportForm, location="files", arg_name="form")
@api.output(QuestionImportOut, status_code=201)
@api.doc(responses=another_answer(202, "Taken in, and being checked", QuestionImportOut))
@with_names
def import_questions(call: Call, form: ImportForm) -> tuple[QuestionImportOut, int]:
    """Read a GIFT, Aiken, XLSX or CSV file of questions for a preview. No exam draws them before the commit.

    `errors` names the line or row of each question that can't be taken; the commit takes the others. A file without
    any question that can be taken is refused. For more than 200 questions a job checks them: the answer is 202.
    """
    file = reading.read(form.file.stream.read(), form=form.form, points=form.points)
    storing = imports.start(
        call.db, file=file, discipline=form.discipline, unit_id=form.unit_id, caller=call.caller, now=call.now
    )
    made = commit_portions(call.db, storing)
    return _out(call, made), status_of_answer(made.status, done=201)


@api.get("/question-imports")
@signed_in(roles=ORGANIZERS)
@refuses()
@api.input(Page, location="query", arg_name="query")
@api.output(QuestionImportList)
@with_names
def list_question_imports(call: Call, query: Page) -> QuestionImportList:
    """Show the imports for my units, newest first."""
    page = paged(
        query, BY_ID, lambda after, limit: imports.list_imports(call.db, caller=call.caller, after=after, limit=limit)
    )
    return QuestionImportList.of(page, QuestionImportBrief.of)


@api.get("/question-imports/<uuid:question_import_id>")
@signed_in(roles=ORGANIZERS)
@refuses("not_found")
@api.output(QuestionImportOut)
@with_names
def show_question_import(call: Call, question_import_id: uuid.UUID) -> QuestionImportOut:
    """Show one import with its questions and errors."""
    return _out(call, imports.get_import(call.db, import_id=question_import_id, caller=call.caller))


@api.get("/question-imports/<uuid:question_import_id>/rows")
@signed_in(roles=ORGANIZERS)
@refuses("not_found")
@api.input(QuestionRowsPage, location="query", arg_name="query")
@api.output(QuestionRowList)
def list_question_import_rows(call: Call, question_import_id: uuid.UUID, query: QuestionRowsPage) -> QuestionRowList:
    """Show the questions and errors of an import, in the order of the file."""
    mine = imports.get_import(call.db, import_id=question_import_id, caller=call.caller)
    page = paged(
        query,
        by_number("number"),
        lambda after, limit: imports.list_rows(
            call.db, found=mine, has_errors=True if query.only_bad else None, after=after or 0, limit=limit
        ),
    )
    return QuestionRowList.of(page, lambda row: QuestionRow.of(mine, row))


@api.post("/question-imports/<uuid:question_import_id>/commit")
@signed_in(roles=ORGANIZERS)
@refuses("not_found", "import_not_ready", "import_has_errors", "import_undone")
@api.output(QuestionImportOut)
@api.doc(responses=another_answer(202, "Being committed by a job", QuestionImportOut))
@with_names
def commit_question_import(call: Call, question_import_id: uuid.UUID) -> tuple[QuestionImportOut, int]:
    """Add the questions of an import to the bank, once: all units below can draw them too.

    Questions with errors are left out, and those that the bank has already (outcome `already`). A repeated call shows
    the result.
    """
    found = imports.get_import(call.db, import_id=question_import_id, caller=call.caller)
    imports.commit(call.db, found=found, caller=call.caller, now=call.now)
    return _out(call, found), status_of_answer(found.status, done=200)


@api.post("/question-imports/<uuid:question_import_id>/undo")
@signed_in(roles=ORGANIZERS)
@refuses("not_found", "import_not_ready", "import_not_committed", "questions_in_use")
@api.input(FileUndoIn, arg_name="body")
@api.output(QuestionImportOut)
@api.doc(responses=another_answer(202, "Being undone by a job", QuestionImportOut))
@with_names
def undo_question_import(call: Call, question_import_id: uuid.UUID, body: FileUndoIn) -> tuple[QuestionImportOut, int]:
    """Remove from the bank all questions that one file added, unless one of them is on a paper."""
    found = imports.get_import(call.db, import_id=question_import_id, caller=call.caller)
    imports.undo(call.db, found=found, reason=body.reason, caller=call.caller, now=call.now)
    return _out(call, found), status_of_answer(found.status, done=200)


@api.delete("/question-imports/<uuid:question_import_id>")
@signed_in(roles=ORGANIZERS)
@refuses("not_found", "import_not_ready", "import_not_committed", "questions_in_use")
@api.output(Empty, status_code=204)
def delete_question_import(call: Call, question_import_id: uuid.UUID) -> Response:
    """Undo an import without a reason, as before there was `undo`."""
    found = imports.get_import(call.db, import_id=question_import_id, caller=call.caller)
    imports.undo(call.db, found=found, reason=None, caller=call.caller, now=call.now)
    return Response(status=204)


def _out(call: Call, found: BankImport) -> QuestionImportOut:
    rows = [
        imports.list_rows(call.db, found=found, has_errors=each, after=0, limit=_MOST_SHOWN) for each in (False, True)
    ]
    outcomes = count_outcomes(call.db, found)
    return QuestionImportOut.whole(
        found, list(chain.from_iterable(rows)), outcomes=outcomes, job=imports.find_job(call.db, found)
    )
