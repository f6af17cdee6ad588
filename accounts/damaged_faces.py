"""Faces that can't be opened: the template, or its person's key, was changed in the database.

Such a face stops its owner only. It is skipped in searches and calibrations, logged as critical, and counted by
`/readyz`, so that the operator learns of it.
"""

import logging
import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from faces.matching.template import Template
from faces.matching.vault import KeyRing, VaultError, WrappedKey, open_sealed
from foundation.transactions import insert_new
from models.faces import FaceDamage, FaceTemplate

_log = logging.getLogger(__name__)


def open_or_none(
    sealed: bytes, key: WrappedKey, ring: KeyRing, *, person_id: uuid.UUID, template_id: uuid.UUID
) -> Template | None:
    """Return the decrypted template; None for a damaged one, which is logged as critical."""
    try:
        return open_sealed(sealed, key, ring, person_id.bytes)
    except VaultError as damage:
        _log.critical("the face template %s can't be opened: %s", template_id, damage)
        return None


def remember(db: Session, template_ids: Iterable[uuid.UUID], *, now: datetime) -> None:
    """Store that these templates are damaged; each of them once."""
    for template_id in template_ids:
        insert_new(db, FaceDamage, template_id=template_id, found_at=now)


def count_damaged(db: Session) -> int:
    """Return how many of the stored templates were found to be damaged."""
    found = select(func.count()).select_from(FaceDamage).join(FaceTemplate, FaceTemplate.id == FaceDamage.template_id)
    return db.scalar(found) or 0
