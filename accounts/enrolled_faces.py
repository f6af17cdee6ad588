"""A person's enrolled face: enrolled once, opened for comparison, deleted with its key."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, exists, select, update
from sqlalchemy.orm import Session

from accounts import audit, consent
from accounts.errors import FaceAlreadyEnrolled, FaceNotEnrolled, NotFound
from accounts.face_book import Duplicate, FaceBooks
from faces.engine import FaceEngine, Look, Purpose
from faces.errors import FaceError, NotOnePerson
from faces.policy import Band
from faces.policy_set import PolicySet
from faces.template import Template, make_template
from faces.vault import KeyRing, WrappedKey, new_person_key, open_sealed, seal
from faces.verify import verify
from models.attendance import CheckInAttempt
from models.faces import (
    FaceCase,
    FaceCaseKind,
    FaceCaseStatus,
    FaceCounter,
    FaceDeletion,
    FaceKey,
    FaceTemplate,
    TemplateStatus,
)
from models.people import Person
from models.transactions import insert_new, read_only

# made once, and past the mapped classes: every check-in asks it
_face, _key = FaceTemplate.__table__.c, FaceKey.__table__.c
_SEALED = (
    select(_face.sealed, _face.status, _key.master_id, _key.wrapped)
    .join_from(FaceTemplate.__table__, FaceKey.__table__, _key.person_id == _face.person_id)
    .where(_face.person_id == bindparam("person_id"))
)
_KEPT_UNUSED = timedelta(days=365)  # PRIVACY L-6, our assumption


@dataclass(frozen=True)
class Enrolment:
    """What came of it. case: set where an admin must look; template: None where the face was refused."""

    template: FaceTemplate | None
    case: FaceCase | None
    quality: tuple[dict[str, Any], ...]


def enrol(
    db: Session,
    *,
    person_id: uuid.UUID,
    photos: Sequence[bytes],
    consent_version: str | None,
    channel: str,
    now: datetime,
    engine: FaceEngine,
    books: FaceBooks,
) -> Enrolment:
    """Enrol a face from one to five photos, which are dropped at once.

    A face that is certainly on another account is refused, a likely one held; either opens a case for an admin, which
    the caller must commit. A face enrolled with a model that is no longer the one in use may be enrolled once more, by
    the same face. Raises FaceAlreadyEnrolled, the refusals of `consent.check_may_enrol`, and FaceError.
    """
    with read_only(db):
        person = db.get(Person, person_id)
        if person is None:
            raise NotFound
        old = _open_outdated(db, person_id, books)
        consent.check_may_enrol(db, version=consent_version, birth_on=person.birth_on, today=now.date())
        policies = books.read_on(db)
    looks = {model: look_at_each(engine, photos, Purpose.ENROL, model) for model in policies}
    templates = {model: _make(looks[model], policies[model]) for model in policies}
    if old is not None and _is_somebody_else(looks[old.engine], old, policies[old.engine]):
        raise NotOnePerson  # whoever holds this phone is not who enrolled
    template, quality = templates[books.current], tuple(look.quality.as_dict() for look in looks[books.current])

    position = _next_position(db)
    _make_room(db, person_id, books)
    apart_from = _told_apart_from(db, person_id) | {person_id}
    duplicate = books.find_duplicate(db, templates, policies, apart_from=apart_from)
    case = _open_case(db, person_id, duplicate, now) if duplicate else None
    if duplicate is not None and duplicate.is_certain:
        return Enrolment(None, case, quality)
    if old is not None:
        delete_face(db, person_id=person_id)
    status = TemplateStatus.HELD if case else TemplateStatus.ACTIVE
    row = _store(db, person_id, position, template, quality, status, now, books.ring)
    consent.give(db, person_id=person_id, version=consent_version or "", channel=channel, now=now)
    audit.record(
        db,
        now=now,
        actor_id=person_id,
        action="face.enrol" if old is None else "face.renew",
        subject_kind="person",
        subject_id=person_id,
        before={"model": old.engine} if old is not None else None,
        after={
            "status": row.status.value,
            "photos": template.photos,
            "model": template.engine,
            "consent_version": consent_version,
        },
    )
    return Enrolment(row, case, quality)


def _make(looks: Sequence[Look], policies: PolicySet) -> Template:
    return make_template(looks, policies.choose([look.descriptors for look in looks]))


def _is_somebody_else(looks: Sequence[Look], old: Template, policies: PolicySet) -> bool:
    policy = policies.choose([old.descriptors, *(look.descriptors for look in looks)])
    return verify(looks, old, policy).band is Band.REJECT


def is_outdated(row: FaceTemplate, books: FaceBooks) -> bool:
    """Whether its owner may enrol anew: another model is in use by now. It goes on working until then."""
    return row.engine != books.current and row.status is TemplateStatus.ACTIVE


def _open_outdated(db: Session, person_id: uuid.UUID, books: FaceBooks) -> Template | None:
    """The person's template of a model that is no longer in use, if that model is still understood; None if there is no
    face on file. Raises FaceAlreadyEnrolled where there is one that must stay.
    """
    row = find_template(db, person_id)
    if row is None:
        return None
    if not is_outdated(row, books) or row.engine not in books.policies.models:
        raise FaceAlreadyEnrolled
    return open_template(db, person_id=person_id, ring=books.ring)


def _make_room(db: Session, person_id: uuid.UUID, books: FaceBooks) -> None:
    """Raise FaceAlreadyEnrolled if the same person enrolled meanwhile, on another phone."""
    row = find_template(db, person_id)
    if row is not None and not is_outdated(row, books):
        raise FaceAlreadyEnrolled


def look_at_each(engine: FaceEngine, photos: Sequence[bytes], purpose: Purpose, model: str | None = None) -> list[Look]:
    """One look a photo, in order, by the engine's own model or another. Raises FaceError that names the photo."""
    looks = []
    for place, photo in enumerate(photos):
        try:
            looks.append(engine.look(photo, purpose, model))
        except FaceError as error:
            raise error.at(place) from None
    return looks


def find_template(db: Session, person_id: uuid.UUID) -> FaceTemplate | None:
    """The person's template row, active or held."""
    return db.scalars(select(FaceTemplate).where(FaceTemplate.person_id == person_id)).first()


def open_template(db: Session, *, person_id: uuid.UUID, ring: KeyRing) -> Template:
    """The enrolled face, for a comparison. Raises FaceNotEnrolled if there is none, or it is held."""
    row = db.execute(_SEALED, {"person_id": person_id}).first()
    if row is None or row.status is not TemplateStatus.ACTIVE:
        raise FaceNotEnrolled
    return open_sealed(row.sealed, WrappedKey(row.master_id, row.wrapped), ring, person_id.bytes)


def delete_face(db: Session, *, person_id: uuid.UUID) -> bool:
    """Delete the person's face and the key that alone could open it; says whether there was one."""
    template = find_template(db, person_id)
    if template is not None:
        db.add(FaceDeletion(position=_next_position(db), template_id=template.id))
        db.flush()
    db.execute(delete(FaceTemplate).where(FaceTemplate.person_id == person_id))
    db.execute(delete(FaceKey).where(FaceKey.person_id == person_id))
    return template is not None


def withdraw_consent(db: Session, *, person_id: uuid.UUID, now: datetime) -> None:
    """Withdraw consent, which deletes the face at once (L-3, L-6). Doing it twice changes nothing more."""
    consent.withdraw(db, person_id=person_id, now=now)
    if delete_face(db, person_id=person_id):
        audit.record(
            db, now=now, actor_id=person_id, action="face.withdraw", subject_kind="person", subject_id=person_id
        )


def delete_unused(db: Session, *, now: datetime) -> int:
    """Delete the faces that nobody has shown for twelve months (PRIVACY L-6), and say how many that were.

    The consent stays as it is: its owner may enrol again. Each deletion leaves an audit row as its proof.
    """
    since = now - _KEPT_UNUSED
    shown = exists().where(
        CheckInAttempt.person_id == FaceTemplate.person_id,
        CheckInAttempt.attempted_at >= since,
        CheckInAttempt.distance.is_not(None),
    )
    unused = list(db.scalars(select(FaceTemplate.person_id).where(FaceTemplate.enrolled_at < since, ~shown)))
    for person_id in unused:
        delete_face(db, person_id=person_id)
        audit.record(db, now=now, actor_id=None, action="face.expire", subject_kind="person", subject_id=person_id)
    return len(unused)


def _next_position(db: Session) -> int:
    """Take the next number; until this transaction ends nobody else can enrol, and so nobody can slip by the search."""
    insert_new(db, FaceCounter, id=1, last=0)
    return db.execute(
        update(FaceCounter).where(FaceCounter.id == 1).values(last=FaceCounter.last + 1).returning(FaceCounter.last)
    ).scalar_one()


def _store(
    db: Session,
    person_id: uuid.UUID,
    position: int,
    template: Template,
    quality: Sequence[dict[str, Any]],
    status: TemplateStatus,
    now: datetime,
    ring: KeyRing,
) -> FaceTemplate:
    key = new_person_key(ring)
    row = FaceTemplate(
        person_id=person_id,
        position=position,
        status=status,
        sealed=seal(template, key, ring, person_id.bytes),
        engine=template.engine,
        networks="+".join(template.descriptors),
        photos=template.photos,
        quality=list(quality),
        enrolled_at=now,
    )
    db.add(FaceKey(person_id=person_id, master_id=key.master_id, wrapped=key.blob, created_at=now))
    db.add(row)
    db.flush()
    return row


def _open_case(db: Session, person_id: uuid.UUID, duplicate: Duplicate, now: datetime) -> FaceCase:
    finding, is_certain = duplicate.finding, duplicate.is_certain
    case = FaceCase(
        kind=FaceCaseKind.DUPLICATE_REFUSED if is_certain else FaceCaseKind.DUPLICATE_HELD,
        status=FaceCaseStatus.OPEN,
        person_id=person_id,
        other_person_id=duplicate.person_id,
        distance=finding.distance,
        threshold=finding.certain_at if is_certain else finding.held_to,
        opened_at=now,
    )
    db.add(case)
    db.flush()
    return case


def _told_apart_from(db: Session, person_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Those an admin has looked at and found to be other people."""
    found = db.execute(
        select(FaceCase.person_id, FaceCase.other_person_id).where(
            FaceCase.status == FaceCaseStatus.ACCEPTED,
            (FaceCase.person_id == person_id) | (FaceCase.other_person_id == person_id),
        )
    )
    return frozenset(one for pair in found for one in pair if one != person_id)
