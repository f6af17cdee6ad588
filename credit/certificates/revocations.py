"""Revokes certificates, and reissues them under a new number that names the old one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.ranks import require_rank
from credit.access import AUTHORITY
from credit.certificates.issuing import new_certificate
from credit.certificates.numbers import NumberFormat
from credit.certificates.snapshots import take_snapshots
from credit.certificates.states import CertificateState, CertificateView, views_of
from credit.errors import CertificateNotValid, CertificateRevoked
from foundation import audit, inbox
from foundation.callers import Caller
from foundation.errors import NotFound
from foundation.inbox import News
from models.certificates import Certificate
from models.ledger import LedgerEntry
from models.notices import NoticeTopic
from models.people import Person, Unit


def revoke(db: Session, *, number: str, reason: str, caller: Caller, now: datetime) -> CertificateView:
    """Revoke a certificate of a person within the caller's reach, and tell the person.

    Raises NotFound; RoleTooHigh; CertificateRevoked for one that is revoked already; CertificateNotValid for one that
    was replaced or whose grant was reversed.
    """
    found = _get_locked(db, number=number, caller=caller)
    if found.state is CertificateState.REVOKED:
        raise CertificateRevoked
    if not found.is_valid:
        raise CertificateNotValid(facts=facts_of(found))
    row = found.certificate
    row.revoked_at, row.revoked_by, row.revocation_reason = now, caller.person_id, reason
    audit.record(db, caller, now, "certificate.revoke", row, reason=reason, after={"number": row.number})
    _tell(db, NoticeTopic.CERTIFICATE_REVOKED, row, {"number": row.number, "reason": reason}, now)
    db.flush()
    return views_of(db, Certificate.id == row.id)[0]


@dataclass(frozen=True)
class Reissue:
    """A certificate to issue again, and why. sequence: of the new number, drawn and committed."""

    number: str
    reason: str
    sequence: int


def reissue(db: Session, wanted: Reissue, *, numbers: NumberFormat, caller: Caller, now: datetime) -> CertificateView:
    """Issue a certificate again, revoked or not, by what is known of the person and the project today.

    The old number leads to the new one. Raises NotFound; RoleTooHigh;
    CertificateNotValid for one that was replaced before or whose grant was reversed.
    """
    found = _get_locked(db, number=wanted.number, caller=caller)
    if found.state in (CertificateState.REPLACED, CertificateState.REVERSED):
        raise CertificateNotValid(facts=facts_of(found))
    old = found.certificate
    entry = db.scalars(select(LedgerEntry).where(LedgerEntry.id == old.entry_id)).one()
    old.replaced_at = now
    db.flush()
    values = new_certificate(entry, take_snapshots(db, [entry])[entry.id], wanted.sequence, numbers, now)
    made = Certificate(**values, replaces=old.id)
    db.add(made)
    db.flush()
    after = {"number": made.number, "replaces": old.number}
    audit.record(db, caller, now, "certificate.reissue", made, reason=wanted.reason, after=after)
    _tell(db, NoticeTopic.CERTIFICATE_REPLACED, made, after, now)
    db.flush()
    return views_of(db, Certificate.id == made.id)[0]


def tell_replaced(db: Session, made: CertificateView, *, now: datetime) -> None:
    """Tell a person of the new number of a certificate, and of the old one."""
    facts = {"number": made.certificate.number, "replaces": made.replaces or ""}
    _tell(db, NoticeTopic.CERTIFICATE_REPLACED, made.certificate, facts, now)


def facts_of(found: CertificateView) -> dict[str, str]:
    """Return the facts of a refusal about a certificate: its state, and the number that replaced it."""
    facts = {"state": found.state.value}
    return facts | ({"replaced_by": found.replaced_by} if found.replaced_by else {})


def _get_locked(db: Session, *, number: str, caller: Caller) -> CertificateView:
    where = (
        select(Certificate.id, Certificate.person_id, Unit.path)
        .join(Person, Person.id == Certificate.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Certificate.number == number)
    )
    row = db.execute(where).first()
    if row is None or not caller.may(AUTHORITY, row.path):
        raise NotFound
    require_rank(db, person_id=row.person_id, caller=caller, roles=AUTHORITY)
    db.execute(select(Certificate.id).where(Certificate.id == row.id).with_for_update())
    return views_of(db, Certificate.id == row.id)[0]


def _tell(db: Session, topic: NoticeTopic, row: Certificate, facts: dict[str, str], now: datetime) -> None:
    inbox.tell(db, [row.person_id], News(topic, now, facts=facts | {"subject": row.facts["project"]}))
