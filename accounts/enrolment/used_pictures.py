"""Pictures that brought a check-in: keyed hashes of them, so that none of them brings another one.

The hashes of file and pixels tell the very picture, also with other tags. Two of four equal bands tell that the face
looks as in an earlier picture: that may be a copy with other light, or the same pose, so it leads to review only. The
key is derived from the person's face key: the hashes of two people can't be compared, and mean nothing without it.
"""

import hmac
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, delete, or_
from sqlalchemy.orm import Session

from faces.engine import Fingerprint, Look
from foundation.transactions import insert_rows
from models.faces import UsedPicture

_HASH_BYTES = 16  # of an HMAC-SHA256: enough that two of one person's pictures never share one
_BANDS = range(4)
EQUAL_BANDS = 2
"""So many equal bands of four make a picture like another one."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The keyed hashes of one picture. place: its index among the photos of the request."""

    place: int
    file: bytes
    pixels: bytes
    bands: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PictureUse:
    """What is known of the pictures of a request.

    place: index of the first one that was used before, None if none was; check_in_id: the check-in that it brought.
    is_like_another: whether a face looks as in a picture used before.
    """

    place: int | None = None
    check_in_id: uuid.UUID | None = None
    is_like_another: bool = False


def marks_of(looks: Sequence[Look], key: bytes) -> tuple[Mark, ...]:
    """Return the marks of the pictures that have a fingerprint, the same picture once. key: of `EnrolledFace`."""
    found: dict[bytes, Mark] = {}
    for place, look in enumerate(looks):
        if look.fingerprint is not None:
            mark = _mark(place, look.fingerprint, key)
            found.setdefault(mark.pixels, mark)
    return tuple(found.values())


COLUMNS = (
    UsedPicture.check_in_id,
    UsedPicture.file,
    UsedPicture.pixels,
    *(getattr(UsedPicture, f"band_{n}") for n in _BANDS),
)
"""What `judge` needs of each row that `may_be_used` finds."""


def may_be_used() -> ColumnElement[bool]:
    """Return the condition for rows that share a hash or a band with the pictures in `parameters`."""
    shared = [
        UsedPicture.file.in_(bindparam("files", expanding=True)),
        UsedPicture.pixels.in_(bindparam("pixels", expanding=True)),
        *(getattr(UsedPicture, f"band_{n}").in_(bindparam(f"bands_{n}", expanding=True)) for n in _BANDS),
    ]
    return and_(UsedPicture.person_id == bindparam("person_id"), or_(*shared))


def parameters(person_id: uuid.UUID, marks: Sequence[Mark]) -> dict[str, Any]:
    """Return the values for a statement with `may_be_used`."""
    return {
        "person_id": person_id,
        "files": [mark.file for mark in marks],
        "pixels": [mark.pixels for mark in marks],
        **{f"bands_{n}": [mark.bands[n] for mark in marks] for n in _BANDS},
    }


def judge(marks: Sequence[Mark], rows: Iterable[Sequence[Any]]) -> PictureUse:
    """Return what the rows, with `COLUMNS`, tell about the pictures. A row of None stands for no row."""
    used = [row for row in rows if row[0] is not None]
    for mark in marks:
        for check_in_id, file, pixels, *_ in used:
            if mark.file == file or mark.pixels == pixels:
                return PictureUse(mark.place, check_in_id)
    alike = any(
        _equal_bands(mark, bands) >= EQUAL_BANDS
        for mark in marks
        for *_, a, b, c, d in used
        for bands in [(a, b, c, d)]
    )
    return PictureUse(is_like_another=alike)


def store(
    db: Session, *, person_id: uuid.UUID, marks: Sequence[Mark], check_in_id: uuid.UUID, now: datetime
) -> PictureUse:
    """Store the marks of pictures that brought a check-in; return the use of one that another request stored first."""
    if not marks:
        return PictureUse()
    ordered = sorted(marks, key=lambda mark: mark.pixels)
    inserted = insert_rows(db, UsedPicture, [_row(person_id, mark, check_in_id, now) for mark in ordered])
    new = {key[1] for key in inserted}
    return next((PictureUse(mark.place) for mark in marks if mark.pixels not in new), PictureUse())


def forget(db: Session, *, person_id: uuid.UUID) -> int:
    """Delete the marks of a person's pictures, with their face; return how many."""
    deleted = db.scalars(delete(UsedPicture).where(UsedPicture.person_id == person_id).returning(UsedPicture.pixels))
    return len(deleted.all())


def _row(person_id: uuid.UUID, mark: Mark, check_in_id: uuid.UUID, now: datetime) -> Mapping[str, Any]:
    return {
        "person_id": person_id,
        "pixels": mark.pixels,
        "file": mark.file,
        **{f"band_{n}": mark.bands[n] for n in _BANDS},
        "check_in_id": check_in_id,
        "used_at": now,
    }


def _mark(place: int, fingerprint: Fingerprint, key: bytes) -> Mark:
    bands = (
        int.from_bytes(_keyed(key, b"band %d\0" % n, band.to_bytes(2))[:4], signed=True)
        for n, band in enumerate(fingerprint.bands)
    )
    file, pixels = _keyed(key, b"file\0", fingerprint.file), _keyed(key, b"pixels\0", fingerprint.pixels)
    return Mark(place, file[:_HASH_BYTES], pixels[:_HASH_BYTES], tuple(bands))


def _keyed(key: bytes, kind: bytes, value: bytes) -> bytes:
    return hmac.digest(key, kind + value, "sha256")


def _equal_bands(mark: Mark, bands: Sequence[int]) -> int:
    return sum(mine == other for mine, other in zip(mark.bands, bands, strict=True))
