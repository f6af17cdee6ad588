"""Certificates for the authority, who revokes and reissues them, and for admins, who see names without a font."""

from apiflask import APIBlueprint

from credit.access import AUTHORITY, CREDIT_ADMINS
from credit.certificates import name_tasks, revocations
from credit.certificates.numbers import draw_sequences
from credit.certificates.printing import letters_fact
from models.certificates import CertificateNameTask
from service.api.certificates.certificate_shapes import certificate_out
from service.api.certificates.schemas.certificates import CertificateOut, NameTaskList, NameTaskOut, RevocationAsked
from service.edge.access import signed_in
from service.edge.answers.bodies import Page
from service.edge.answers.briefs import with_names
from service.edge.answers.cursor_keys import BY_ID
from service.edge.answers.paging import paged
from service.edge.answers.refusals import refuses
from service.edge.calls import Call

api = APIBlueprint("certificates", __name__, tag="Certificates")


@api.post("/certificates/<number>/revocation")
@signed_in(roles=AUTHORITY)
@refuses("not_found", "role_too_high", "certificate_revoked", "certificate_not_valid")
@api.input(RevocationAsked, arg_name="body")
@api.output(CertificateOut)
def revoke_certificate(call: Call, number: str, body: RevocationAsked) -> CertificateOut:
    """Revoke a certificate of a person in my units, with a reason. The credits stay."""
    made = revocations.revoke(call.db, number=number, reason=body.reason, caller=call.caller, now=call.now)
    return certificate_out(made, call.components.certificates.printer)


@api.post("/certificates/<number>/reissue")
@signed_in(roles=AUTHORITY)
@refuses("not_found", "role_too_high", "certificate_not_valid")
@api.input(RevocationAsked, arg_name="body")
@api.output(CertificateOut, status_code=201)
def reissue_certificate(call: Call, number: str, body: RevocationAsked) -> CertificateOut:
    """Issue a certificate again under a new number, by what is known of the person today."""
    (sequence,) = draw_sequences(call.db, 1)
    call.db.commit()  # what is drawn is never drawn again, whatever comes of the rest
    made = revocations.reissue(
        call.db,
        revocations.Reissue(number, body.reason, sequence),
        numbers=call.components.certificates.numbers,
        caller=call.caller,
        now=call.now,
    )
    return certificate_out(made, call.components.certificates.printer)


@api.get("/certificate-name-tasks")
@signed_in(roles=CREDIT_ADMINS)
@refuses()
@api.input(Page, location="query", arg_name="query")
@api.output(NameTaskList)
@with_names
def list_name_tasks(call: Call, query: Page) -> NameTaskList:
    """Show the people of my units whose names no font can set, oldest first. A font in FONT_DIR solves it."""
    page = paged(
        query, BY_ID, lambda after, limit: name_tasks.list_tasks(call.db, caller=call.caller, after=after, limit=limit)
    )
    return NameTaskList.of(page, lambda row: _task_out(row, call))


def _task_out(row: CertificateNameTask, call: Call) -> NameTaskOut:
    missing = call.components.certificates.printer.missing_letters("".join(row.letters))
    return NameTaskOut(
        id=row.id,
        person_id=row.person_id,
        letters=letters_fact(row.letters)["letters"],
        opened_at=row.opened_at,
        is_solved=not missing,
    )
