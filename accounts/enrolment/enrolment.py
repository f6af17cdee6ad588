"""A person's enrolled face: stored once, opened for comparison, deleted with its key."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from accounts.damaged_faces import open_or_none
from accounts.enrolment import erasures, kept_photos, used_pictures
from accounts.enrolment.gallery import FaceGalleries
from accounts.face_errors import FaceNotEnrolled, FaceUnreadable
from faces.engine import FaceEngine, Look, Purpose
from faces.errors import FaceError
from faces.matching.policy import Band, PolicySet
from faces.matching.template import Template, make_template
from faces.matching.vault import KeyRing, WrappedKey, new_person_key, picture_key, seal
from faces.matching.verify import verify
from foundation.clock import day_at_home
from foundation.transactions import insert_new
from models.face_erasures import FaceErasureCause, FacePart
from models.faces import FaceCounter, FaceDeletion, FaceKey, FaceTemplate, TemplateStatus

# On the tables and not the mapped classes, because each check-in runs this statement.
_face, _key = FaceTemplate.__table__.c, FaceKey.__table__.c
_SEALED = (
    select(_face.id, _face.sealed, _face.status, _face.last_shown_on, _key.master_id, _key.wrapped)
    .join_from(FaceTemplate.__table__, FaceKey.__table__, _key.person_id == _face.person_id)
    .where(_face.person_id == bindparam("person_id"))
)


def template_of_looks(looks: Sequence[Look], policies: PolicySet) -> Template:
    """Return the template of some looks, by the policy that uses most of their networks. Raises NotOnePerson."""
    return make_template(looks, policies.choose([look.descriptors for look in looks]))


def is_somebody_else(looks: Sequence[Look], old: Template, policies: PolicySet) -> bool:
    """Return whether the looks show another person than the template `old`. looks: by the model of `old`."""
    policy = policies.choose([old.descriptors, *(look.descriptors for look in looks)])
    return verify(looks, old, policy).band is Band.REJECT


def is_outdated(row: FaceTemplate, galleries: FaceGalleries) -> bool:
    """Return whether a template is of an old model, so that its owner may enrol again. It works until then."""
    return row.engine != galleries.current and row.status is TemplateStatus.ACTIVE


def look_at_each(engine: FaceEngine, photos: Sequence[bytes], purpose: Purpose, model: str | None = None) -> list[Look]:
    """Return one look for each photo, in order. model: None for the engine's own.

    Raises FaceError that names the photo.
    """
    looks = []
    for place, photo in enumerate(photos):
        try:
            looks.append(engine.look(photo, purpose, model))
        except FaceError as error:
            raise error.at(place) from None
    return looks


def find_template(db: Session, person_id: uuid.UUID) -> FaceTemplate | None:
    """Return the person's template row, active or held; None if there is none."""
    return db.scalars(select(FaceTemplate).where(FaceTemplate.person_id == person_id)).first()


@dataclass(frozen=True)
class EnrolledFace:
    """A person's decrypted face. id: of its row, which changes with each new template.

    last_shown_on: the last day on which it was used. picture_key: the secret that keys the hashes of their used
    pictures.
    """

    id: uuid.UUID
    template: Template
    last_shown_on: date
    picture_key: bytes = field(repr=False)


def open_face(db: Session, *, person_id: uuid.UUID, ring: KeyRing) -> EnrolledFace:
    """Return the person's enrolled face.

    Raises FaceNotEnrolled if there is none, or it is held; FaceUnreadable for a damaged one.
    """
    row = db.execute(_SEALED, {"person_id": person_id}).first()
    if row is None or row.status is not TemplateStatus.ACTIVE:
        raise FaceNotEnrolled
    key = WrappedKey(row.master_id, row.wrapped)
    template = open_or_none(row.sealed, key, ring, person_id=person_id, template_id=row.id)
    if template is None:
        raise FaceUnreadable(row.id)
    return EnrolledFace(row.id, template, row.last_shown_on, picture_key(key, ring))


def open_template(db: Session, *, person_id: uuid.UUID, ring: KeyRing) -> Template:
    """Return the person's decrypted template. Raises as `open_face`."""
    return open_face(db, person_id=person_id, ring=ring).template


def delete_face(db: Session, *, person_id: uuid.UUID, cause: FaceErasureCause, now: datetime) -> bool:
    """Delete the person's face, kept photos, marks of used pictures, and the key; return whether there was a face.

    The deletion is recorded, so that its person gets a receipt.
    """
    template = find_template(db, person_id)
    if template is not None:
        db.add(FaceDeletion(position=next_position(db), template_id=template.id))
        db.flush()
    db.execute(delete(FaceTemplate).where(FaceTemplate.person_id == person_id))
    photos = kept_photos.delete_photos(db, person_id)
    marks = used_pictures.forget(db, person_id=person_id)
    keys = db.scalars(delete(FaceKey).where(FaceKey.person_id == person_id).returning(FaceKey.person_id)).all()
    deleted = {
        FacePart.TEMPLATE: template is not None,
        FacePart.PHOTOS: photos > 0,
        FacePart.USED_PICTURES: marks > 0,
        FacePart.KEY: bool(keys),
    }
    erasures.record(
        db, person_id, cause=cause, parts=[part for part, was in deleted.items() if was], photos=photos, now=now
    )
    return template is not None


def note_shown(db: Session, *, person_id: uuid.UUID, today: date) -> None:
    """Store that the person's face was used today."""
    db.execute(update(FaceTemplate).where(FaceTemplate.person_id == person_id).values(last_shown_on=today))


def next_position(db: Session) -> int:
    """Return the next number. Until this transaction ends no other face can be enrolled, so the search misses none."""
    insert_new(db, FaceCounter, id=1, last=0)
    return db.execute(
        update(FaceCounter).where(FaceCounter.id == 1).values(last=FaceCounter.last + 1).returning(FaceCounter.last)
    ).scalar_one()


def store_template(
    db: Session,
    person_id: uuid.UUID,
    position: int,
    template: Template,
    status: TemplateStatus,
    now: datetime,
    ring: KeyRing,
) -> FaceTemplate:
    """Store a template, encrypted by a new key for this person; return the row."""
    key = new_person_key(ring)
    db.add(FaceKey(person_id=person_id, master_id=key.master_id, wrapped=key.blob, created_at=now))
    row = FaceTemplate(
        person_id=person_id,
        position=position,
        status=status,
        sealed=seal(template, key, ring, person_id.bytes),
        enrolled_at=now,
        last_shown_on=day_at_home(now),
        channel="app",
        **_columns_of(template),
    )
    db.add(row)
    db.flush()
    return row


def replace_template(db: Session, *, template_id: uuid.UUID, template: Template, ring: KeyRing) -> FaceTemplate | None:
    """Replace an active template by a new template of the same photos. Key, photos, date and question stay.

    The owner's hold must be locked, so that a question to the owner is not lost. Returns None and changes nothing if
    that template or its owner's photos have been deleted.
    """
    position = next_position(db)  # until the commit no other transaction enrols or deletes a face
    old = db.execute(
        select(
            FaceTemplate.person_id,
            FaceTemplate.enrolled_at,
            FaceTemplate.device,
            FaceTemplate.question_at,
            FaceTemplate.last_shown_on,
            FaceTemplate.channel,
            FaceTemplate.enrolled_by,
            FaceKey.master_id,
            FaceKey.wrapped,
        )
        .join(FaceKey, FaceKey.person_id == FaceTemplate.person_id)
        .where(FaceTemplate.id == template_id, FaceTemplate.status == TemplateStatus.ACTIVE)
        .with_for_update(of=FaceTemplate)  # a check-in may store that it was used
    ).first()
    if old is None or not kept_photos.count(db, old.person_id):
        return None
    # This row makes other processes remove the old template from their memory and read the new one.
    db.add(FaceDeletion(position=position, template_id=template_id))
    db.execute(delete(FaceTemplate).where(FaceTemplate.id == template_id))
    row = FaceTemplate(
        person_id=old.person_id,
        position=next_position(db),
        status=TemplateStatus.ACTIVE,
        sealed=seal(template, WrappedKey(old.master_id, old.wrapped), ring, old.person_id.bytes),
        enrolled_at=old.enrolled_at,
        device=old.device,
        question_at=old.question_at,
        last_shown_on=old.last_shown_on,
        channel=old.channel,
        enrolled_by=old.enrolled_by,
        **_columns_of(template),
    )
    db.add(row)
    db.flush()
    return row


def _columns_of(template: Template) -> dict[str, Any]:
    return {
        "engine": template.engine,
        "networks": "+".join(template.descriptors),
        "photos": template.photos,
        "quality": [each.as_dict() for each in template.qualities],
    }
