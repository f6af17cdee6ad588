"""Makes proof bundles (X-5): the grants of a period with their proofs, and the certificates that stood then."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from credit.access import CreditHolder
from credit.certificates.states import views_of
from credit.compliance.lines import Period
from credit.errors import BundleTooLarge, HeadNotSigned
from credit.ledger import tree_heads
from credit.ledger.leaves import leaf_of
from credit.ledger.merkle import inclusion_path
from credit.ledger.posting import is_taken_back
from credit.ledger.tiles import Tree
from credit.proofs.verify import FORMAT, TYP
from foundation.signing import Signer
from models.certificates import Certificate
from models.ledger import EntryKind, LedgerEntry
from models.ledger_tree import TreeHead

MOST_ENTRIES = 1000
"""Grants of one bundle: more than anybody earns in a working life."""
_CHUNK = 500  # ids in one statement


@dataclass(frozen=True)
class BundleContent:
    """What a bundle is made from. numbers: of the valid certificates, by the id of their grant."""

    period: Period
    head: TreeHead
    entries: Sequence[LedgerEntry]
    paths: Sequence[Sequence[bytes]]
    numbers: Mapping[uuid.UUID, str]

    @property
    def credits(self) -> Decimal:
        """The sum of the credits."""
        return sum((each.credits for each in self.entries), Decimal("0.00"))

    @property
    def hours(self) -> Decimal:
        """The sum of the hours."""
        return sum((each.hours for each in self.entries), Decimal("0.0"))


def collect(db: Session, *, holder: CreditHolder, period: Period, due_at: datetime) -> BundleContent:
    """Return all grants of a period that were not taken back, with their proofs by the last signed head.

    due_at: when the next head will be signed. Raises HeadNotSigned if the last head lacks one of them, BundleTooLarge.
    """
    entries = db.scalars(
        select(LedgerEntry)
        .where(LedgerEntry.person_id == holder, LedgerEntry.kind == EntryKind.GRANT, ~is_taken_back)
        .where(LedgerEntry.activity_on >= period.first, LedgerEntry.activity_on <= period.last)
        .order_by(LedgerEntry.activity_on, LedgerEntry.position)
        .limit(MOST_ENTRIES + 1)
    ).all()
    if len(entries) > MOST_ENTRIES:
        raise BundleTooLarge(field="from", facts={"most": MOST_ENTRIES})
    head = tree_heads.find_head(db)
    if head is None or any(each.position >= head.size for each in entries):
        raise HeadNotSigned(facts={"why": "entry", "by": due_at.isoformat()})
    tree = Tree(db)  # one for all proofs: each tile is read once
    paths = [inclusion_path(each.position, head.size, tree.subtree) for each in entries]
    return BundleContent(period, head, entries, paths, _numbers(db, [each.id for each in entries]))


def sign_bundle(
    content: BundleContent, *, person: Mapping[str, str | None], signer: Signer, issuer: str, now: datetime
) -> dict[str, str]:
    """Return a bundle as a flattened JWS (RFC 7515, 7.2.2). person: id, name, cme_number, unit, id_last_four."""
    claims: dict[str, Any] = {
        "format": FORMAT,
        "iss": issuer,
        "iat": int(now.timestamp()),
        "person": dict(person),
        "from": content.period.first.isoformat(),
        "to": content.period.last.isoformat(),
        "head": content.head.token,
        "entries": [
            {"leaf": leaf_of(entry).decode(), "path": [step.hex() for step in path]}
            for entry, path in zip(content.entries, content.paths, strict=True)
        ],
        "certificates": [{"entry": str(entry), "number": number} for entry, number in content.numbers.items()],
        "totals": {"credits": str(content.credits), "hours": str(content.hours)},
    }
    protected, payload, signature = signer.sign(claims, TYP).split(".")
    return {"protected": protected, "payload": payload, "signature": signature}


def _numbers(db: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    found: dict[uuid.UUID, str] = {}
    for start in range(0, len(ids), _CHUNK):
        for view in views_of(db, Certificate.entry_id.in_(ids[start : start + _CHUNK])):
            if view.is_valid:
                found[view.certificate.entry_id] = view.certificate.number
    return found
