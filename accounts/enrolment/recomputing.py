"""Makes new templates from kept photos, after a change of the recognition model or with one more network.

The photos must pass the checks of an enrolment. If the old model can still be compared, the old template must match
them too. There is no new search for duplicates: that was done at the enrolment.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from accounts.damaged_faces import open_or_none
from accounts.enrolment import holds, kept_photos
from accounts.enrolment.enrolment import is_somebody_else, look_at_each, replace_template, template_of_looks
from accounts.thresholds.policies import FacePolicies
from faces.engine import FaceEngine, Purpose
from faces.errors import EngineUnavailable, FaceRefused, PhotoRefused, UnknownModel
from faces.matching.policy import PolicySet
from faces.matching.template import Template
from faces.matching.vault import KeyRing, VaultError, WrappedKey
from foundation import audit
from foundation.transactions import read_only
from models.faces import FaceKey, FacePhoto, FaceTemplate, TemplateStatus


@dataclass(frozen=True)
class RecomputedBatch:
    """The result of one batch.

    done: the number of faces with a new template; left: of faces whose photos don't pass; is_last: whether to stop now,
    because all are done or the engine is busy.
    """

    done: int
    left: int
    is_last: bool


@dataclass(frozen=True)
class _Face:
    """A face with an old template, decrypted. template, photos: None and empty if decryption failed."""

    template_id: uuid.UUID
    person_id: uuid.UUID
    engine: str
    networks: str
    template: Template | None
    photos: Sequence[bytes]


def recompute_some(
    db: Session, *, engine: FaceEngine, policies: FacePolicies, ring: KeyRing, now: datetime, most: int
) -> RecomputedBatch:
    """Make new templates for up to `most` faces, by the current model and networks; return the result of the batch.

    The caller commits. No transaction is open while the engine works. A face that was changed meanwhile is left as it
    is, so two runs at the same time, or a killed run, do no harm.
    """
    wanted = "+".join(engine.networks)
    with read_only(db):
        faces = _next_faces(db, engine.networks, wanted, ring, most)
        in_force = policies.in_force(db)
    made: list[tuple[_Face, Template | None]] = []
    is_last = len(faces) < most
    for face in faces:
        try:
            made.append((face, _compute(face, engine, in_force)))
        except (EngineUnavailable, UnknownModel):  # not because of the photos: the next sweep continues here
            is_last = True
            break
    # All holds first and in one order: later ones would be locked after the counter of faces, and others do it before.
    for person_id in sorted(face.person_id for face, _ in made):
        holds.lock(db, person_id)
    done = left = 0
    for face, template in made:
        if template is None:
            _mark(db, face, wanted)
            left += 1
        else:
            done += _replace(db, face, template, ring, now)
    return RecomputedBatch(done, left, is_last)


def _next_faces(db: Session, networks: tuple[str, ...], wanted: str, ring: KeyRing, most: int) -> list[_Face]:
    behind = _behind(db, networks)
    if not behind:
        return []
    kept = select(FacePhoto.person_id).where(FacePhoto.failed_with != wanted)
    rows = db.execute(
        select(
            FaceTemplate.id,
            FaceTemplate.person_id,
            FaceTemplate.engine,
            FaceTemplate.networks,
            FaceTemplate.sealed,
            FaceKey.master_id,
            FaceKey.wrapped,
        )
        .join(FaceKey, FaceKey.person_id == FaceTemplate.person_id)
        .where(FaceTemplate.status == TemplateStatus.ACTIVE, or_(*behind), FaceTemplate.person_id.in_(kept))
        .order_by(FaceTemplate.position)
        .limit(most)
    ).all()
    faces = []
    for row in rows:
        key = WrappedKey(row.master_id, row.wrapped)
        try:
            template = open_or_none(row.sealed, key, ring, person_id=row.person_id, template_id=row.id)
            photos = kept_photos.open_photos(db, person_id=row.person_id, key=key, ring=ring)
        except VaultError:
            template, photos = None, []
        faces.append(_Face(row.id, row.person_id, row.engine, row.networks, template, photos))
    return faces


def _behind(db: Session, networks: tuple[str, ...]) -> list[ColumnElement[bool]]:
    """Return the conditions for templates of another model, or without the embedding of a further network."""
    kinds = select(FaceTemplate.engine, FaceTemplate.networks).where(
        FaceTemplate.person_id.in_(select(FacePhoto.person_id))
    )
    return [
        and_(FaceTemplate.engine == row.engine, FaceTemplate.networks == row.networks)
        for row in db.execute(kinds.distinct())
        if row.engine != networks[0] or not set(networks) <= {row.engine, *row.networks.split("+")}
    ]


def _compute(face: _Face, engine: FaceEngine, in_force: Mapping[str, PolicySet]) -> Template | None:
    """Return the new template; None if the photos don't pass the checks or don't match the old template.

    Raises EngineUnavailable; UnknownModel if the pool lacks one of the wanted networks.
    """
    old = face.template
    if old is None:
        return None
    try:
        looks = look_at_each(engine, face.photos, Purpose.ENROL, engine.name)
        template = template_of_looks(looks, in_force[engine.name])
        if old.engine in in_force:
            if old.engine != engine.name:
                looks = look_at_each(engine, face.photos, Purpose.ENROL, old.engine)
            if is_somebody_else(looks, old, in_force[old.engine]):
                return None
    except (PhotoRefused, FaceRefused):
        return None
    if not set(engine.networks) <= set(template.descriptors):
        raise UnknownModel  # otherwise the template would be incomplete, and computed again for ever
    return template


def _mark(db: Session, face: _Face, wanted: str) -> None:
    db.execute(update(FacePhoto).where(FacePhoto.person_id == face.person_id).values(failed_with=wanted))


def _replace(db: Session, face: _Face, template: Template, ring: KeyRing, now: datetime) -> bool:
    """Store the template and return True; False if the owner has enrolled again or deleted face or photos meanwhile."""
    row = replace_template(db, template_id=face.template_id, template=template, ring=ring)
    if row is None:
        return False
    before = {"model": face.engine, "networks": face.networks}
    after = {"model": row.engine, "networks": row.networks, "photos": row.photos}
    audit.record(db, None, now, "face.recompute", ("person", face.person_id), before=before, after=after)
    return True
