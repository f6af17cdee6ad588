"""Whether a certificate is valid: read from the ledger at the moment of the question, never stored."""

import enum
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from credit.certificates.snapshots import Snapshot
from foundation.errors import NotFound
from models.certificates import Certificate
from models.ledger import LedgerEntry


class CertificateState(enum.StrEnum):
    """What a certificate is worth. A replaced one leads to the one with a new number."""

    VALID = "valid"
    REVOKED = "revoked"
    REVERSED = "reversed"
    REPLACED = "replaced"


@dataclass(frozen=True)
class CertificateView:
    """A certificate with its present state. replaced_by, replaces: numbers of others."""

    certificate: Certificate
    is_reversed: bool
    replaced_by: str | None
    replaces: str | None

    @property
    def id(self) -> uuid.UUID:
        """Return the id of the certificate, the key of lists."""
        return self.certificate.id

    @property
    def snapshot(self) -> Snapshot:
        """Return what it says."""
        return Snapshot.of(self.certificate.facts)

    @property
    def state(self) -> CertificateState:
        """Return the state; that of the grant goes before a revocation."""
        if self.certificate.replaced_at is not None:
            return CertificateState.REPLACED
        if self.is_reversed:
            return CertificateState.REVERSED
        return CertificateState.REVOKED if self.certificate.revoked_at is not None else CertificateState.VALID

    @property
    def is_valid(self) -> bool:
        """Return whether it is good today."""
        return self.state is CertificateState.VALID


_Reversal, _Later, _Earlier = aliased(LedgerEntry), aliased(Certificate), aliased(Certificate)
_VIEWS: Any = (
    select(
        Certificate,
        exists().where(_Reversal.reverses == Certificate.entry_id),
        _Later.number,
        _Earlier.number,
    )
    .outerjoin(_Later, _Later.replaces == Certificate.id)
    .outerjoin(_Earlier, _Earlier.id == Certificate.replaces)
)


def views_of(db: Session, *conditions: Any, limit: int | None = None) -> Sequence[CertificateView]:
    """Return certificates with their states, newest first, in one statement."""
    wanted = _VIEWS.where(*conditions).order_by(Certificate.id.desc()).limit(limit)
    return [CertificateView(*row) for row in db.execute(wanted.execution_options(populate_existing=True))]


def list_certificates(
    db: Session, *, person_id: uuid.UUID, after: uuid.UUID | None, limit: int
) -> Sequence[CertificateView]:
    """Return the certificates of a person after one, newest first: also those that are no longer valid."""
    page = [Certificate.person_id == person_id]
    if after is not None:
        page.append(Certificate.id < after)
    return views_of(db, *page, limit=limit)


def get_own(db: Session, *, number: str, person_id: uuid.UUID) -> CertificateView:
    """Return a certificate of a person by its number. Raises NotFound for one of somebody else."""
    found = views_of(db, Certificate.number == number, Certificate.person_id == person_id)
    if not found:
        raise NotFound
    return found[0]


def find_by_token(db: Session, token: str) -> CertificateView | None:
    """Return the certificate whose QR code has this token."""
    found = views_of(db, Certificate.token == token)
    return found[0] if found else None
