"""Whose photos of a batch may be looked at: people within the admin's reach whose consents are on record."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.enrolment import consent
from accounts.errors import RoleTooHigh
from accounts.face_batches.archive import MOST_OF_ROW
from accounts.face_errors import ConsentMissing, FaceNotOffered, OwnFace
from accounts.ranks import find_higher
from accounts.same_human import is_same_human
from accounts.whom_to_ask import FACE_ADMINS
from foundation.callers import Grant
from models.people import Person, RoleGrant, Unit

NAME_UNREADABLE, UNKNOWN_NUMBER = "name_unreadable", "unknown_number"
TOO_MANY_PHOTOS, PHOTOS_TOO_LARGE = "too_many_photos", "photos_too_large"
MOST_PHOTOS = 5


@dataclass(frozen=True)
class AdmittedRow:
    """Who a row is about. code: why the row is refused; None if its photos may be looked at."""

    person_id: uuid.UUID | None = None
    code: str | None = None


def admit_row(db: Session, *, admin_id: uuid.UUID, cme_number: str | None, photos: int, size: int) -> AdmittedRow:
    """Return whose photos a row holds and whether they may be looked at. It only reads.

    photos, size: how many photos, and their bytes together. A number out of the admin's reach is told as an unknown
    one.
    """
    if cme_number is None:
        return AdmittedRow(code=NAME_UNREADABLE)
    grants = _face_grants(db, admin_id)
    person_id = _find_within(db, grants, cme_number)
    if person_id is None:
        return AdmittedRow(code=UNKNOWN_NUMBER)
    if is_same_human(db, admin_id, person_id):
        return AdmittedRow(person_id, OwnFace.code)
    if find_higher(db, person_id=person_id, grants=grants) is not None:
        return AdmittedRow(person_id, RoleTooHigh.code)
    if photos > MOST_PHOTOS:
        return AdmittedRow(person_id, TOO_MANY_PHOTOS)
    if size > MOST_OF_ROW:
        return AdmittedRow(person_id, PHOTOS_TOO_LARGE)
    try:
        consent.check_given(db, person_id=person_id, version=current_version(db))
    except ConsentMissing:
        return AdmittedRow(person_id, ConsentMissing.code)
    return AdmittedRow(person_id)


def current_version(db: Session) -> str:
    """Return the version of the current consent text. Raises FaceNotOffered if there is none."""
    text = consent.find_current_text(db)
    if text is None:
        raise FaceNotOffered
    return text.version


def _face_grants(db: Session, admin_id: uuid.UUID) -> list[Grant]:
    """Return the roles that the admin holds now and by which they look after faces."""
    held = select(RoleGrant.role, RoleGrant.unit_id, Unit.path).join(Unit, Unit.id == RoleGrant.unit_id)
    mine = held.where(RoleGrant.person_id == admin_id, RoleGrant.role.in_(FACE_ADMINS))
    return [Grant(role, unit_id, path) for role, unit_id, path in db.execute(mine)]


def _find_within(db: Session, grants: Sequence[Grant], cme_number: str) -> uuid.UUID | None:
    """Return the person of this number, if one of `grants` reaches them."""
    found = db.execute(
        select(Person.id, Unit.path).join(Unit, Unit.id == Person.unit_id).where(Person.cme_number == cme_number)
    ).first()
    if found is None:
        return None
    return found.id if any(found.path.startswith(each.unit_path) for each in grants) else None
