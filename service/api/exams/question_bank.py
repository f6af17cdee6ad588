"""Question banks (题库) of units. Exams draw questions from them."""

import uuid

from apiflask import APIBlueprint
from apiflask.schemas import FileSchema
from flask import Response

from attendance.projects.access import CONTENT, ORGANIZERS
from attendance.questions import question_bank, question_pictures
from attendance.questions.errors import TooManyToExport
from attendance.questions.question_bank import BankFilter
from attendance.questions.question_files import reading
from attendance.questions.question_files.reading import FileForm
from attendance.questions.questions import read_question, with_answers
from models.exams import Question
from service.api.exams.schemas.question_bank import (
    BankList,
    BankPage,
    BankQuestion,
    BankQuestionIn,
    ExportQuery,
    PictureForm,
    PictureOut,
    QuestionCorrection,
)
from service.edge.access import signed_in
from service.edge.answers.bodies import Empty
from service.edge.answers.briefs import with_names
from service.edge.answers.cursor_keys import BY_ID
from service.edge.answers.paging import paged
from service.edge.answers.refusals import refuses, tells
from service.edge.calls import Call
from service.edge.requests.body_limits import upload

api = APIBlueprint("question_bank", __name__, tag="Question bank")
_MOST_EXPORTED = 10_000
_SUFFIXES = {FileForm.GIFT: "gift.txt", FileForm.AIKEN: "aiken.txt", FileForm.XLSX: "xlsx"}


@api.post("/question-bank")
@signed_in(roles=ORGANIZERS)
@refuses("not_found", "unit_needed", "question_invalid")
@api.input(BankQuestionIn, arg_name="body")
@api.output(BankQuestion, status_code=201)
@with_names
def add_question(call: Call, body: BankQuestionIn) -> BankQuestion:
    """Add a question to the bank of one of my units. All units below can draw it too."""
    made = question_bank.add_question(
        call.db,
        new=body.to_domain(),
        discipline=body.discipline,
        unit_id=body.unit_id,
        caller=call.caller,
        now=call.now,
    )
    return _question_out(made)


@api.get("/question-bank")
@signed_in(roles=ORGANIZERS)
@refuses()
@api.input(BankPage, location="query", arg_name="query")
@api.output(BankList)
@with_names
def list_bank(call: Call, query: BankPage) -> BankList:
    """Show the questions that my exams may draw, and those of the units below mine, newest first."""
    page = paged(
        query,
        BY_ID,
        lambda after, limit: question_bank.list_questions(
            call.db,
            wanted=BankFilter(query.discipline, query.kind),
            caller=call.caller,
            after=after,
            limit=limit,
        ),
    )
    return BankList.of(page, _question_out)


@api.delete("/question-bank/<uuid:bank_question_id>")
@signed_in(roles=ORGANIZERS)
@refuses("not_found")
@api.output(Empty, status_code=204)
def retire_question(call: Call, bank_question_id: uuid.UUID) -> Response:
    """Remove a question from its bank. Existing papers keep it."""
    question_bank.retire(call.db, question_id=bank_question_id, caller=call.caller, now=call.now)
    return Response(status=204)


@api.post("/question-bank/<uuid:bank_question_id>/corrections")
@signed_in(roles=ORGANIZERS)
@refuses("not_found", "question_invalid", "question_retired")
@api.input(QuestionCorrection, arg_name="body")
@api.output(BankQuestion, status_code=201)
@with_names
def correct_question(call: Call, bank_question_id: uuid.UUID, body: QuestionCorrection) -> BankQuestion:
    """Replace a question in the bank by a corrected one. Existing papers keep the old question."""
    made = question_bank.correct(
        call.db,
        question_id=bank_question_id,
        new=body.to_domain(),
        discipline=body.discipline,
        caller=call.caller,
        now=call.now,
    )
    return _question_out(made)


@api.get("/question-bank/export")
@signed_in(roles=ORGANIZERS)
@refuses("too_many_to_export")
@api.input(ExportQuery, location="query", arg_name="query")
@tells("Content-Disposition")
@api.output(FileSchema(type="string", format="binary"), content_type="application/octet-stream")
def export_bank(call: Call, query: ExportQuery) -> Response:
    """Export the questions that I may see as GIFT, Aiken or XLSX, oldest first.

    Aiken has single choice questions only.
    """
    found = question_bank.list_questions(
        call.db,
        wanted=BankFilter(query.discipline, query.kind),
        caller=call.caller,
        after=None,
        limit=_MOST_EXPORTED + 1,
    )
    if len(found) > _MOST_EXPORTED:
        raise TooManyToExport
    content = reading.write([read_question(each) for each in reversed(found)], form=query.form)
    name = f"questions.{_SUFFIXES[query.form]}"
    disposition = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(content, headers=disposition, mimetype="application/octet-stream")


@api.post("/question-pictures")
@signed_in(roles=ORGANIZERS, takes=upload(question_pictures.MAX_BYTES))
@refuses(
    "not_found", "unit_needed", "photo_too_large", "photo_too_many_pixels", "photo_unsupported", "photo_broken",
    "photo_animated",
)  # fmt: skip
@api.input(PictureForm, location="files", arg_name="form")
@api.output(PictureOut, status_code=201)
def add_picture(call: Call, form: PictureForm) -> PictureOut:
    """Store a picture for questions. The server encodes it again and keeps only its pixels."""
    content = question_pictures.redraw(form.picture.stream.read())
    made = question_pictures.keep_picture(
        call.db, content=content, unit_id=form.unit_id, caller=call.caller, now=call.now
    )
    return PictureOut.model_validate(made)


@api.get("/question-pictures/<uuid:picture_id>")
@signed_in(roles=ORGANIZERS, tasks=CONTENT)
@refuses("not_found")
@api.output(FileSchema(type="string", format="binary"), content_type="image/png")
def get_picture(call: Call, picture_id: uuid.UUID) -> Response:
    """Show a picture to people who write questions."""
    content = question_pictures.get_picture(call.db, picture_id=picture_id, caller=call.caller)
    return Response(content, mimetype="image/png")


def _question_out(question: Question) -> BankQuestion:
    more = {name: getattr(question, name) for name in ("unit_id", "import_id", "replaces_id", "created_at")}
    return BankQuestion.model_validate({**with_answers(question), **more})
