"""Checks bundles that somebody was given: as they were signed, and whether all of it still stands (X-5)."""

import enum
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from credit.certificates.states import views_of
from credit.proofs.verify import Bundle, KeyUnknown, Tampered, read_bundle
from models.certificates import Certificate
from models.ledger import LedgerEntry

_CHUNK = 500  # ids in one statement


class BundleVerdict(enum.StrEnum):
    """What a bundle is worth. Only of one that we signed is more said than that."""

    VALID = "valid"
    SUPERSEDED = "superseded"
    TAMPERED = "tampered"
    KEY_UNKNOWN = "key_unknown"


class BundleChange(enum.StrEnum):
    """What happened to a grant of a bundle since it was made."""

    REVERSED = "reversed"
    CERTIFICATE_REVOKED = "certificate_revoked"
    CERTIFICATE_REPLACED = "certificate_replaced"


@dataclass(frozen=True)
class ChangedEntry:
    """A grant of a bundle that no longer stands as it says. number: of the certificate, as the bundle has it."""

    entry_id: uuid.UUID
    change: BundleChange
    number: str | None


@dataclass(frozen=True)
class CheckedBundle:
    """The verdict on a text. bundle: None unless we signed it."""

    verdict: BundleVerdict
    bundle: Bundle | None = None
    changes: tuple[ChangedEntry, ...] = ()


def check_bundle(db: Session, text: str, keys: Mapping[str, Any]) -> CheckedBundle:
    """Return the verdict on a text. Nothing is looked up for a text that we did not sign: it tells of nobody."""
    try:
        bundle = read_bundle(text, keys)
    except KeyUnknown:
        return CheckedBundle(BundleVerdict.KEY_UNKNOWN)
    except Tampered:
        return CheckedBundle(BundleVerdict.TAMPERED)
    changes = _changes(db, bundle)
    return CheckedBundle(BundleVerdict.SUPERSEDED if changes else BundleVerdict.VALID, bundle, changes)


def _changes(db: Session, bundle: Bundle) -> tuple[ChangedEntry, ...]:
    ids = [uuid.UUID(each.id) for each in bundle.entries]
    reversed_ids = {
        each
        for chunk in _chunks(ids)
        for each in db.scalars(select(LedgerEntry.reverses).where(LedgerEntry.reverses.in_(chunk)))
    }
    numbers = [each.number for each in bundle.entries if each.number is not None]
    known = [view for chunk in _chunks(numbers) for view in views_of(db, Certificate.number.in_(chunk))]
    views = {view.certificate.number: view for view in known}
    found = []
    for each in bundle.entries:
        ident, view = uuid.UUID(each.id), views.get(each.number or "")
        if ident in reversed_ids:
            found.append(ChangedEntry(ident, BundleChange.REVERSED, each.number))
        elif view is not None and view.certificate.replaced_at is not None:
            found.append(ChangedEntry(ident, BundleChange.CERTIFICATE_REPLACED, each.number))
        elif view is not None and view.certificate.revoked_at is not None:
            found.append(ChangedEntry(ident, BundleChange.CERTIFICATE_REVOKED, each.number))
    return tuple(found)


def _chunks(items: list[Any]) -> Iterable[list[Any]]:
    return (items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK))
