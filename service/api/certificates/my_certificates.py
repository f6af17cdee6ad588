"""My certificates (导出学分证书, M-10.1): issued for approved credits, as PDF, as a badge, several at once."""

import uuid
from collections.abc import Iterator
from typing import Any

from apiflask import APIBlueprint
from apiflask.schemas import FileSchema
from flask import Response

from credit.access import holder_of_own
from credit.certificates import files, name_tasks, states
from credit.certificates.issuing import issue, plan_issue
from credit.certificates.numbers import draw_sequences
from credit.certificates.printing import letters_fact
from credit.certificates.revocations import facts_of
from credit.certificates.states import CertificateView
from credit.certificates.status_lists import MEDIA_TYPE
from credit.errors import CertificateNotValid, NameLettersMissing
from models.certificates import FileFormat
from service.api.certificates.certificate_shapes import certificate_out
from service.api.certificates.schemas.certificates import (
    CertificateFileOut,
    CertificateFileWanted,
    CertificateList,
    CertificatesIssued,
    CertificatesWanted,
)
from service.edge.access import signed_in
from service.edge.answers.bodies import Page
from service.edge.answers.cursor_keys import BY_ID
from service.edge.answers.file_answers import attachment
from service.edge.answers.paging import paged
from service.edge.answers.refusals import refuses, tells
from service.edge.calls import Call
from service.running.children import next_sweep

api = APIBlueprint("my_certificates", __name__, tag="Certificates")

PDF, ZIP = "application/pdf", "application/zip"


@api.post("/me/certificates")
@signed_in(opens_to_out_of_province=True)
@refuses("not_found", "not_approved", "name_letters_missing")
@api.input(CertificatesWanted, arg_name="body")
@api.output(CertificatesIssued, status_code=201)
def issue_certificates(call: Call, body: CertificatesWanted) -> Any:
    """Issue the certificates of approved credits: 201 for a new number, 200 with the same ones when asked again."""
    holder, printer = holder_of_own(call.caller), call.components.certificates.printer
    with call.reading():
        plan = plan_issue(call.db, holder=holder, entry_ids=body.entry_ids)
    name = next(iter(plan.snapshots.values())).name
    if plan.wanted and (missing := printer.missing_letters(name)):
        name_tasks.open_task(call.db, person_id=call.caller.person_id, letters=missing, now=call.now)
        raise NameLettersMissing(facts=letters_fact(missing)).keeping_writes()
    sequences: Iterator[int] = iter(())
    if plan.wanted:
        sequences = iter(draw_sequences(call.db, len(plan.wanted)))
        call.db.commit()  # what is drawn is never drawn again, whatever comes of the rest
        name_tasks.close_task(call.db, person_id=call.caller.person_id, now=call.now)
    numbers = call.components.certificates.numbers
    found = issue(call.db, plan=plan, sequences=sequences, numbers=numbers, now=call.now)
    issued = CertificatesIssued(items=[certificate_out(each, printer) for each in found])
    return issued, 201 if plan.wanted else 200


@api.get("/me/certificates")
@signed_in(opens_to_out_of_province=True)
@refuses()
@api.input(Page, location="query", arg_name="query")
@api.output(CertificateList)
def list_my_certificates(call: Call, query: Page) -> CertificateList:
    """Show my certificates, newest first: also those that were revoked, replaced, or whose credits were taken back."""
    person_id, printer = call.caller.person_id, call.components.certificates.printer
    page = paged(
        query,
        BY_ID,
        lambda after, limit: states.list_certificates(call.db, person_id=person_id, after=after, limit=limit),
    )
    return CertificateList.of(page, lambda each: certificate_out(each, printer))


@api.get("/me/certificates/<number>.pdf")
@signed_in(opens_to_out_of_province=True)
@refuses("not_found", "certificate_not_valid", "name_letters_missing")
@tells("Content-Disposition")
@api.output(FileSchema(type="string", format="binary"), content_type=PDF)
def get_my_certificate(call: Call, number: str) -> Response:
    """Show one of my valid certificates as a PDF to print, in the layout of M-10.3 and M-10.4."""
    found = _get_valid(call, number)
    return attachment(
        call.components.certificates.printer.print([found.certificate]), PDF, f"{found.certificate.number}.pdf"
    )


@api.get("/me/certificates/<number>/badge")
@signed_in(opens_to_out_of_province=True)
@refuses("not_found", "certificate_not_valid", "head_not_signed", "ledger_altered")
@api.output(FileSchema(type="string"), content_type=MEDIA_TYPE)
def get_my_badge(call: Call, number: str) -> Response:
    """Show one of my valid certificates as an Open Badges 3.0 credential: a signed JWT with the proof of the ledger."""
    found = _get_valid(call, number)
    badge = call.components.certificates.badges.badge(call.db, found=found, due_at=next_sweep(call.now))
    return Response(badge, content_type=MEDIA_TYPE)


@api.post("/me/certificate-files")
@signed_in(opens_to_out_of_province=True)
@refuses("not_found")
@api.input(CertificateFileWanted, arg_name="body")
@api.output(CertificateFileOut, status_code=202)
def ask_for_certificates(call: Call, body: CertificateFileWanted) -> CertificateFileOut:
    """Have several of my certificates made at once by a job: one PDF of up to 200, or a zip of up to 1,000."""
    asked = files.ask_for_file(
        call.db, holder=holder_of_own(call.caller), numbers=body.numbers, wanted=body.format, now=call.now
    )
    made = asked.file
    return CertificateFileOut(id=made.id, job_id=asked.job.id, path=f"/api/v1/me/certificate-files/{made.id}")


@api.get("/me/certificate-files/<uuid:file_id>")
@signed_in(opens_to_out_of_province=True)
@refuses("not_found", "certificate_file_unfinished")
@tells("Content-Disposition")
@api.output(FileSchema(type="string", format="binary"), content_type="application/octet-stream")
def get_certificate_file(call: Call, file_id: uuid.UUID) -> Response:
    """Show the file that a job made of my certificates. It is kept for a day; `POST /download-links` leads to it."""
    found = files.get_file(call.db, file_id=file_id, owner_id=call.caller.person_id)
    if found.format is FileFormat.PDF:
        return attachment(files.read_pdf(call.db, found), PDF, "certificates.pdf")
    return attachment(b"".join(files.read_zip(call.db, found)), ZIP, "certificates.zip")


def _get_valid(call: Call, number: str) -> CertificateView:
    found = states.get_own(call.db, number=number, person_id=call.caller.person_id)
    if not found.is_valid:
        raise CertificateNotValid(facts=facts_of(found))
    return found
