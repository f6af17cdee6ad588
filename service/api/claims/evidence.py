"""Evidence of claims (佐证材料): uploaded by its owner, seen by the owner and the reviewers of its claims."""

import uuid
from typing import Any

from apiflask import APIBlueprint
from apiflask.schemas import FileSchema
from flask import Response

from credit.claims.evidence import reviews_evidence
from credit.evidence import evidence as files
from credit.evidence.evidence import MOST_BYTES, get_evidence
from models.evidence import EvidenceKind
from service.api.claims.schemas.evidence import EvidenceForm, EvidenceOut
from service.edge.access import signed_in
from service.edge.answers.bodies import Empty, bytes_of
from service.edge.answers.file_answers import private_file
from service.edge.answers.refusals import Answer, refuses, tells
from service.edge.calls import Call
from service.edge.requests.body_limits import upload

api = APIBlueprint("evidence", __name__, tag="Claims")

_FILE: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_PICTURE_OR_PDF: dict[int | str, Answer] = {
    200: {"description": "The file", "content": {"image/jpeg": _FILE, "application/pdf": _FILE}}
}

UPLOAD_REFUSALS = (
    "evidence_unsupported",
    "evidence_too_large",
    "evidence_broken",
    "evidence_encrypted",
    "evidence_too_many_pages",
    "evidence_too_complex",
    "evidence_busy",
    "too_many_attempts",
    "file_store_unavailable",
)


@api.post("/evidence")
@signed_in(takes=upload(MOST_BYTES))
@refuses(*UPLOAD_REFUSALS)
@api.input(EvidenceForm, location="form_and_files", arg_name="form")
@api.output(EvidenceOut, status_code=201)
def add_evidence(call: Call, form: EvidenceForm) -> EvidenceOut:
    """Upload a photo or PDF as evidence (O-17). It is judged by its content and made anew, without EXIF or scripts."""
    desk = call.components.evidence_desk
    taken = desk.take(call.db, caller=call.caller, data=bytes_of([form.file])[0], now=call.now)
    found = taken.evidence
    until = None if files.is_used(call.db, found) else desk.unused_until(found)
    return EvidenceOut(
        id=found.id,
        kind=found.kind,
        size=found.size,
        pages=found.pages,
        is_new=taken.is_new,
        made_at=found.made_at,
        unused_until=until,
    )


@api.get("/evidence/<uuid:evidence_id>")
@signed_in()
@refuses("not_found", "file_unreadable", "file_store_unavailable")
@tells("Content-Disposition")
@api.output(FileSchema(type="string", format="binary"), content_type="image/jpeg")
@api.doc(responses=_PICTURE_OR_PDF)
def get_evidence_file(call: Call, evidence_id: uuid.UUID) -> Response:
    """Show a file of evidence: a JPEG, or a PDF of pictures to be saved."""
    with call.reading():
        found = get_evidence(call.db, evidence_id=evidence_id, caller=call.caller, reviews=reviews_evidence)
    is_pdf = found.kind is EvidenceKind.PDF
    return private_file(
        call.components.evidence_desk.read(call.db, found),
        "application/pdf" if is_pdf else "image/jpeg",
        f'attachment; filename="evidence-{found.id}.pdf"' if is_pdf else "inline",
    )


@api.get("/evidence/<uuid:evidence_id>/thumbnail")
@signed_in()
@refuses("not_found", "file_unreadable", "file_store_unavailable")
@tells("Content-Disposition")
@api.output(FileSchema(type="string", format="binary"), content_type="image/jpeg")
def get_evidence_thumbnail(call: Call, evidence_id: uuid.UUID) -> Response:
    """Show a file of evidence, or its first page, as a small JPEG."""
    with call.reading():
        found = get_evidence(call.db, evidence_id=evidence_id, caller=call.caller, reviews=reviews_evidence)
    return private_file(call.components.evidence_desk.read(call.db, found, thumbnail=True), "image/jpeg", "inline")


@api.delete("/evidence/<uuid:evidence_id>")
@signed_in()
@refuses("not_found", "evidence_in_use")
@api.output(Empty, status_code=204)
def delete_evidence(call: Call, evidence_id: uuid.UUID) -> Empty:
    """Delete a file of mine that belongs to no claim."""
    files.delete_evidence(call.db, evidence_id=evidence_id, caller=call.caller, now=call.now)
    return Empty()
