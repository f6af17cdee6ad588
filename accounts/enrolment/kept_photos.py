"""Enrolment photos kept with the owner's consent for a change of the recognition model: small and encrypted.

They are encrypted by the key of the person's face, and deleted with it. See docs/decisions/0011-kept-photos.md.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from accounts.enrolment import consent, erasures
from faces.matching.vault import KeyRing, WrappedKey, open_sealed_photo, seal_photo
from faces.photos.small_photo import make_small
from foundation import audit
from models.consent import ConsentPurpose
from models.face_erasures import FaceErasureCause, FacePart
from models.faces import FaceKey, FacePhoto

_PURPOSE = (ConsentPurpose.FACE_PHOTOS,)


def make_small_ones(photos: Sequence[bytes]) -> list[bytes | None]:
    """Return a small copy of each photo, None where none can be made. It is slow: call it outside transactions."""
    return [make_small(photo) for photo in photos]


def keep(
    db: Session,
    *,
    person_id: uuid.UUID,
    photos: Sequence[bytes],
    consent_version: str,
    channel: str,
    now: datetime,
    ring: KeyRing,
) -> int:
    """Store small photos with the face that was just stored, and the consent; return the number of photos.

    Without photos, a consent of an earlier enrolment is withdrawn, because there is nothing left that it is for.
    """
    if not photos:
        consent.withdraw(db, person_id=person_id, now=now, purposes=_PURPOSE)
        return 0
    row = db.execute(select(FaceKey.master_id, FaceKey.wrapped).where(FaceKey.person_id == person_id)).one()
    key = WrappedKey(row.master_id, row.wrapped)
    for place, photo in enumerate(photos):
        sealed = seal_photo(photo, key, ring, _context(person_id, place))
        db.add(FacePhoto(person_id=person_id, place=place, sealed=sealed, kept_at=now))
    consent.give(db, person_id=person_id, version=consent_version, channel=channel, now=now, purposes=_PURPOSE)
    db.flush()
    return len(photos)


def count(db: Session, person_id: uuid.UUID) -> int:
    """Return the number of kept photos of the person."""
    return db.scalar(select(func.count()).select_from(FacePhoto).where(FacePhoto.person_id == person_id)) or 0


def open_photos(db: Session, *, person_id: uuid.UUID, key: WrappedKey, ring: KeyRing) -> list[bytes]:
    """Return the kept photos as JPEG, in the order of the enrolment. Raises faces.vault.VaultError."""
    rows = db.execute(
        select(FacePhoto.place, FacePhoto.sealed).where(FacePhoto.person_id == person_id).order_by(FacePhoto.place)
    )
    return [open_sealed_photo(row.sealed, key, ring, _context(person_id, row.place)) for row in rows]


def delete_photos(db: Session, person_id: uuid.UUID) -> int:
    """Delete the person's kept photos; return how many."""
    deleted = db.scalars(delete(FacePhoto).where(FacePhoto.person_id == person_id).returning(FacePhoto.id))
    return len(deleted.all())


def forget(db: Session, *, person_id: uuid.UUID, now: datetime) -> None:
    """Withdraw the consent to keep photos and delete them at once. The face stays. A second call changes nothing."""
    consent.withdraw(db, person_id=person_id, now=now, purposes=_PURPOSE)
    deleted = delete_photos(db, person_id)
    if deleted:
        cause = FaceErasureCause.PHOTOS_WITHDRAWN
        erasures.record(db, person_id, cause=cause, parts=[FacePart.PHOTOS], photos=deleted, now=now)
        before = {"photos_kept": deleted}
        after = {"photos_kept": 0}
        audit.record(db, person_id, now, "face.forget_photos", ("person", person_id), before=before, after=after)


def _context(person_id: uuid.UUID, place: int) -> bytes:
    return person_id.bytes + bytes([place])
