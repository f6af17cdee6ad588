"""Issues certificates of grants: one for each, however often and from wherever it is asked for (M-10.1)."""

import secrets
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from credit.access import CreditHolder
from credit.certificates.numbers import NumberFormat
from credit.certificates.snapshots import Snapshot, kind_of, take_snapshots
from credit.certificates.states import CertificateView, views_of
from credit.errors import NotApproved
from foundation.clock import day_at_home
from foundation.errors import NotFound
from foundation.transactions import insert_or_none
from models.base import new_id
from models.certificates import Certificate
from models.credit_records import CreditRecord
from models.ledger import EntryKind, LedgerEntry

_TOKEN_BYTES = 16  # 128 random bits


@dataclass(frozen=True)
class Plan:
    """What is to be issued. entries: all grants that were asked for; snapshots: what their certificates say today."""

    entries: Sequence[LedgerEntry]
    snapshots: Mapping[uuid.UUID, Snapshot]
    current: Mapping[uuid.UUID, CertificateView]

    @property
    def wanted(self) -> list[LedgerEntry]:
        """Return the grants that get a new certificate: those without one, and those whose name was corrected."""
        return [entry for entry in self.entries if self._needs_new(entry)]

    def _needs_new(self, entry: LedgerEntry) -> bool:
        held = self.current.get(entry.id)
        return held is None or (held.is_valid and is_outdated(held.snapshot, self.snapshots[entry.id]))


def is_outdated(printed: Snapshot, today: Snapshot) -> bool:
    """Return whether a certificate names the person otherwise than their file does today."""
    return (printed.name, printed.sex) != (today.name, today.sex)


def plan_issue(db: Session, *, holder: CreditHolder, entry_ids: Sequence[uuid.UUID]) -> Plan:
    """Return what is to be issued for grants of a person. It only reads.

    Raises NotFound for an entry of somebody else; NotApproved for one that waits, was rejected or taken back (O-25).
    """
    asked = list(dict.fromkeys(entry_ids))
    entries = {row.id: row for row in db.scalars(select(LedgerEntry).where(LedgerEntry.id.in_(asked)))}
    mine = {ident for ident, row in entries.items() if row.person_id == holder}
    waiting = _waiting(db, holder, [each for each in asked if each not in mine])
    if not set(asked) <= mine | waiting:
        raise NotFound(field="entry_ids")
    gone = set(db.scalars(select(LedgerEntry.reverses).where(LedgerEntry.reverses.in_(mine))))
    refused = [each for each in asked if each in waiting | gone or entries[each].kind is not EntryKind.GRANT]
    if refused:
        raise NotApproved(field="entry_ids", facts={"entries": [str(each) for each in refused]})
    grants = [entries[each] for each in asked]
    return Plan(grants, take_snapshots(db, grants), _current(db, asked))


def issue(
    db: Session, *, plan: Plan, sequences: Iterator[int], numbers: NumberFormat, now: datetime
) -> list[CertificateView]:
    """Issue what is wanted, and return the certificates of all grants of a plan, in its order.

    sequences: at least as many as are wanted, drawn and committed. Of two calls at once, one issues and the other waits
    and gets the same certificate.
    """
    for entry in sorted(plan.wanted, key=lambda each: each.id):  # one order for all: nobody waits for each other
        held = plan.current.get(entry.id)
        if held is not None and not _replace(db, held.certificate, now):
            continue  # somebody else replaced it meanwhile
        made = new_certificate(entry, plan.snapshots[entry.id], next(sequences), numbers, now)
        insert_or_none(db, Certificate, **made, replaces=held.certificate.id if held is not None else None)
    found = _current(db, [entry.id for entry in plan.entries])
    return [found[entry.id] for entry in plan.entries]


def new_certificate(
    entry: LedgerEntry, snapshot: Snapshot, sequence: int, numbers: NumberFormat, now: datetime
) -> dict[str, object]:
    """Return the values of a new certificate."""
    return {
        "id": new_id(),
        "sequence": sequence,
        "number": numbers.number(day_at_home(now).year, sequence),
        "token": secrets.token_urlsafe(_TOKEN_BYTES),
        "entry_id": entry.id,
        "person_id": entry.person_id,
        "kind": kind_of(entry),
        "facts": snapshot.stored(),
        "issued_at": now,
    }


def _replace(db: Session, held: Certificate, now: datetime) -> bool:
    """Mark a certificate as replaced; return False if it was before."""
    marked = db.execute(
        update(Certificate)
        .where(Certificate.id == held.id, Certificate.replaced_at.is_(None))
        .values(replaced_at=now)
        .returning(Certificate.id)
        .execution_options(synchronize_session=False)
    )
    return marked.first() is not None


def _waiting(db: Session, holder: CreditHolder, ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Return which of these are a person's own credits that are in no ledger: waiting, or rejected."""
    if not ids:
        return set()
    own = select(CreditRecord.id).where(CreditRecord.id.in_(ids), CreditRecord.person_id == holder)
    return set(db.scalars(own))


def _current(db: Session, entry_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, CertificateView]:
    """Return the certificate of each entry that was not replaced."""
    found = views_of(db, Certificate.entry_id.in_(entry_ids), Certificate.replaced_at.is_(None))
    return {each.certificate.entry_id: each for each in found}
