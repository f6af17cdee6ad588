"""Enrols faces (人脸建档): once for each person, with consent, and not if the face is on another account."""

import threading
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from accounts.enrolment import consent, kept_photos
from accounts.enrolment.duplicate_cases import open_case, people_decided_different
from accounts.enrolment.enrolment import (
    delete_face,
    find_template,
    is_outdated,
    is_somebody_else,
    look_at_each,
    next_position,
    open_template,
    store_template,
    template_of_looks,
)
from accounts.enrolment.gallery import FaceGalleries
from accounts.errors import FaceAlreadyEnrolled, FaceBelongsToAnotherAccount
from faces.engine import FaceEngine, Look, Purpose
from faces.errors import NotOnePerson
from faces.matching.policy import PolicySet
from faces.matching.template import Template
from foundation import audit
from foundation.callers import Caller
from foundation.errors import NotFound
from foundation.transactions import read_only
from models.faces import FaceCase, FaceTemplate, TemplateStatus
from models.people import Person


@dataclass(frozen=True)
class Enrolment:
    """An enrolled face. case: set if an admin must decide before the face can be used. quality: of each photo.

    photos_kept: the number of photos that were stored. unkept: the indexes of those that should be and can't be.
    """

    template: FaceTemplate
    case: FaceCase | None
    quality: tuple[dict[str, Any], ...]
    photos_kept: int = 0
    unkept: tuple[int, ...] = ()


@dataclass(frozen=True)
class Agreement:
    """A person's consent. version: of the text; channel: where they gave it; keeps_photos: whether photos are kept."""

    version: str | None
    channel: str
    keeps_photos: bool = False


@dataclass(frozen=True)
class _Allowed:
    """Facts known before the photos are looked at. old: the person's template of an old model, if any."""

    old: Template | None
    policies: dict[str, PolicySet]


class EnrolmentDesk:
    """Enrols faces. galleries: the faces of all people, with the policies and the encryption keys."""

    def __init__(self, *, engine: FaceEngine, galleries: FaceGalleries) -> None:
        self._engine = engine
        self._galleries = galleries
        self._one_at_a_time = threading.Lock()  # making a photo small takes much memory

    def enrol(
        self, db: Session, *, caller: Caller, photos: Sequence[bytes], agreement: Agreement, now: datetime
    ) -> Enrolment:
        """Enrol the caller's face from one to five photos; return the enrolment.

        The photos are stored only with the consent to keep them. If the face is probably on another account, it is held
        and a case is opened for an admin. A person with a template of an old model may enrol the same face again.
        Raises FaceBelongsToAnotherAccount, which keeps its case; FaceAlreadyEnrolled; the refusals of
        `consent.check_may_enrol`; FaceError.
        """
        allowed = self._check_may_enrol(db, caller.person_id, agreement, now)
        looks, templates = self._look(photos, allowed)
        small = self._make_small_ones(photos) if agreement.keeps_photos else []  # the last slow step

        position = next_position(db)
        self._check_still_free(db, caller.person_id)
        case = self._find_duplicate(db, caller.person_id, templates, allowed.policies, now)
        if allowed.old is not None:
            delete_face(db, person_id=caller.person_id)
        status = TemplateStatus.HELD if case else TemplateStatus.ACTIVE
        template, ring = templates[self._galleries.current], self._galleries.ring
        row = store_template(db, caller.person_id, position, template, status, now, ring)
        version = agreement.version or ""
        consent.give(db, person_id=caller.person_id, version=version, channel=agreement.channel, now=now)
        kept = kept_photos.keep(
            db,
            person_id=caller.person_id,
            # a held face may be another person's, so its photos are not kept
            photos=[photo for photo in small if photo and case is None],
            consent_version=version,
            channel=agreement.channel,
            now=now,
            ring=ring,
        )
        _record(db, row, allowed.old, version, kept, now)
        unkept = tuple(place for place, photo in enumerate(small) if photo is None)
        return Enrolment(row, case, tuple(look.quality.as_dict() for look in looks), kept, unkept)

    def _check_may_enrol(self, db: Session, person_id: uuid.UUID, agreement: Agreement, now: datetime) -> _Allowed:
        with read_only(db):
            person = db.get(Person, person_id)
            if person is None:
                raise NotFound
            old = self._open_outdated(db, person_id)
            consent.check_may_enrol(db, version=agreement.version, birth_on=person.birth_on, today=now.date())
            return _Allowed(old, self._galleries.read_on(db))

    def _look(self, photos: Sequence[bytes], allowed: _Allowed) -> tuple[list[Look], dict[str, Template]]:
        """Return the looks by the current model, and a template by each model whose gallery is searched."""
        policies = allowed.policies
        looks = {model: look_at_each(self._engine, photos, Purpose.ENROL, model) for model in policies}
        templates = {model: template_of_looks(looks[model], policies[model]) for model in policies}
        old = allowed.old
        if old is not None and is_somebody_else(looks[old.engine], old, policies[old.engine]):
            raise NotOnePerson  # the photos show another person than the one who enrolled
        return looks[self._galleries.current], templates

    def _make_small_ones(self, photos: Sequence[bytes]) -> list[bytes | None]:
        with self._one_at_a_time:
            return kept_photos.make_small_ones(photos)

    def _open_outdated(self, db: Session, person_id: uuid.UUID) -> Template | None:
        """Return the person's template of an old model that can still be compared; None if no face is enrolled.

        Raises FaceAlreadyEnrolled if there is a template that must stay.
        """
        row = find_template(db, person_id)
        if row is None:
            return None
        if not is_outdated(row, self._galleries) or row.engine not in self._galleries.policies.models:
            raise FaceAlreadyEnrolled
        return open_template(db, person_id=person_id, ring=self._galleries.ring)

    def _check_still_free(self, db: Session, person_id: uuid.UUID) -> None:
        """Raise FaceAlreadyEnrolled if the same person has enrolled meanwhile, on another phone."""
        row = find_template(db, person_id)
        if row is not None and not is_outdated(row, self._galleries):
            raise FaceAlreadyEnrolled

    def _find_duplicate(
        self,
        db: Session,
        person_id: uuid.UUID,
        templates: dict[str, Template],
        policies: dict[str, PolicySet],
        now: datetime,
    ) -> FaceCase | None:
        """Return the case of a face that is probably on another account; None if it is on none.

        Raises FaceBelongsToAnotherAccount if it is certainly on another account.
        """
        apart_from = people_decided_different(db, person_id) | {person_id}
        duplicate = self._galleries.find_duplicate(db, templates, policies, apart_from=apart_from)
        if duplicate is None:
            return None
        case = open_case(db, person_id=person_id, duplicate=duplicate, now=now)
        if duplicate.is_certain:
            raise FaceBelongsToAnotherAccount().keeping_writes()
        return case


def _record(db: Session, row: FaceTemplate, old: Template | None, version: str, kept: int, now: datetime) -> None:
    before = {"model": old.engine} if old is not None else None
    after = {
        "status": row.status.value,
        "photos": row.photos,
        "model": row.engine,
        "consent_version": version,
        "photos_kept": kept,
    }
    action = "face.enrol" if old is None else "face.renew"
    audit.record(db, row.person_id, now, action, ("person", row.person_id), before=before, after=after)
