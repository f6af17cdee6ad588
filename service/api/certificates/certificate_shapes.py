"""Turns certificates into bodies for the API."""

from datetime import date

from credit.certificates.printing import Printer
from credit.certificates.states import CertificateView
from service.api.certificates.schemas.certificates import CertificateOut


def certificate_out(found: CertificateView, printer: Printer) -> CertificateOut:
    """Return a certificate as a body, for the person and for the authority."""
    row, facts = found.certificate, found.snapshot
    path = f"/api/v1/me/certificates/{row.number}"
    return CertificateOut(
        number=row.number,
        kind=row.kind,
        state=found.state,
        pdf=f"{path}.pdf",
        verify_url=printer.verify_url(row),
        badge=f"{path}/badge",
        entry_id=row.entry_id,
        project=facts.project,
        project_number=facts.project_number,
        ends_on=date.fromisoformat(facts.ends_on),
        credits=facts.credits,
        hours=facts.hours,
        issued_at=row.issued_at,
        replaces=found.replaces,
        replaced_by=found.replaced_by,
        revoked_at=row.revoked_at,
        revocation_reason=row.revocation_reason,
    )
