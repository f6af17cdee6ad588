"""Photos that wait for their row to be decided: sealed with a key of the row, and deleted with it."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from faces.matching.vault import KeyRing, WrappedKey, new_person_key, open_sealed_photo, seal_photo
from models.face_batches import FaceBatchPhoto, FaceBatchRow


def seal_photos(row: FaceBatchRow, photos: Sequence[bytes], ring: KeyRing) -> list[FaceBatchPhoto]:
    """Give the row a key, and return its photos sealed with it. It takes time: call it outside transactions."""
    key = new_person_key(ring)
    row.master_id, row.wrapped = key.master_id, key.blob
    return [
        FaceBatchPhoto(
            batch_id=row.batch_id,
            row=row.number,
            place=place,
            sealed=seal_photo(photo, key, ring, _context(row, place)),
        )
        for place, photo in enumerate(photos)
    ]


def open_photos(db: Session, row: FaceBatchRow, ring: KeyRing) -> list[bytes]:
    """Return the photos of a row, in order; none if it has no key. Raises faces.matching.vault.VaultError."""
    if row.master_id is None or row.wrapped is None:
        return []
    key = WrappedKey(row.master_id, row.wrapped)
    wanted = select(FaceBatchPhoto.place, FaceBatchPhoto.sealed).where(*_of(row)).order_by(FaceBatchPhoto.place)
    return [open_sealed_photo(each.sealed, key, ring, _context(row, each.place)) for each in db.execute(wanted)]


def delete_photos(db: Session, row: FaceBatchRow) -> None:
    """Delete the photos of a row and their key."""
    db.execute(delete(FaceBatchPhoto).where(*_of(row)))
    row.master_id = row.wrapped = None


def _of(row: FaceBatchRow) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return FaceBatchPhoto.batch_id == row.batch_id, FaceBatchPhoto.row == row.number


def _context(row: FaceBatchRow, place: int) -> bytes:
    return row.batch_id.bytes + row.number.to_bytes(4) + bytes([place])
