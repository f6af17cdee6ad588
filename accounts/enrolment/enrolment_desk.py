"""Enrols faces (人脸建档): once for each person, with consent, and not if the face is on another account."""

import threading
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from accounts import damaged_faces
from accounts.enrolment import consent, holds, kept_photos, look_limits
from accounts.enrolment.agreement import Agreement
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
from accounts.enrolment.own_face_cases import already_enrolled
from accounts.enrolment.photo_checks import PhotoChecks, check_each
from accounts.face_errors import EnrolmentInterrupted, FaceBelongsToAnotherAccount, TooFewPhotos
from accounts.notices import Notices
from accounts.sign_in.sms import NoticeKind
from faces.engine import FaceEngine, Look, Purpose
from faces.errors import FaceRefused, NotOnePerson, PhotoRefused
from faces.matching.copies import distinct_photos
from faces.matching.policy import PolicySet
from faces.matching.template import Template
from foundation import audit
from foundation.clock import day_at_home
from foundation.errors import NotFound
from foundation.transactions import read_only
from models.face_erasures import FaceErasureCause
from models.faces import FaceCase, FaceHold, FaceTemplate, TemplateStatus
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
class _Allowed:
    """Facts known before the photos are looked at.

    old: the person's template of an old model, if any. interruptions: of the person's hold, to be the same at the end.
    """

    old: Template | None
    policies: dict[str, PolicySet]
    interruptions: int


class EnrolmentDesk:
    """Enrols faces, and looks at photos before. galleries: the faces of all people, with policies and encryption keys.

    notices: tell the owner of each enrolment. photos_needed: how many different photos an enrolment needs.
    """

    def __init__(
        self, *, engine: FaceEngine, galleries: FaceGalleries, notices: Notices, photos_needed: int = 1
    ) -> None:
        self._engine = engine
        self._galleries = galleries
        self._notices = notices
        self.photos_needed = photos_needed
        self._one_at_a_time = threading.Lock()  # making a photo small takes much memory

    def enrol(
        self, db: Session, *, person_id: uuid.UUID, photos: Sequence[bytes], agreement: Agreement, now: datetime
    ) -> Enrolment:
        """Enrol a person's face from one to five photos; return the enrolment. The same picture again counts once.

        The photos are stored only with the consent to keep them. If the face is probably on another account, or the
        person withdrew their last face, it is held and a case is opened for an admin. A person with a template of an
        old model may enrol the same face again. Raises FaceBelongsToAnotherAccount, which keeps its case;
        FaceAlreadyEnrolled; EnrolmentHeld; EnrolmentInterrupted; TooFewPhotos; the refusals of
        `consent.check_may_enrol`; ConsentMissing; FaceError, of which NotOnePerson is counted; TooManyAttempts for a
        person whose own photos were refused too often.
        """
        allowed = self._check_may_enrol(db, person_id, agreement, now)
        try:
            looks, distinct, templates = self._look(photos, allowed)
        except (PhotoRefused, FaceRefused, TooFewPhotos) as refusal:
            if agreement.witness_id is not None:  # it is the admin's mistake
                raise
            look_limits.count_refused(db, person_id, refusal, now)
            raise refusal.keeping_writes() from None
        small = self._make_small_ones([photos[place] for place in distinct]) if agreement.keeps_photos else []

        hold = self._lock_hold(db, person_id, allowed, agreement)
        if agreement.is_on_record:  # locked before the counter, as a withdrawal locks them
            consent.check_given(db, person_id=person_id, version=agreement.version)
        position = next_position(db)
        question_at = self._check_still_free(db, person_id)
        case = self._find_duplicate(db, person_id, templates, allowed.policies, now)
        if hold.is_after_withdrawal and not agreement.is_seen:
            case = _with_withdrawal(db, case, hold, now)
        if allowed.old is not None:
            delete_face(db, person_id=person_id, cause=FaceErasureCause.RENEWED, now=now)
        status = TemplateStatus.HELD if case else TemplateStatus.ACTIVE
        template, ring = templates[self._galleries.current], self._galleries.ring
        row = store_template(db, person_id, position, template, status, now, ring)
        row.device, row.question_at = agreement.device, question_at
        if case is not None:
            case.template_id = row.id
        version = agreement.version
        row.channel, row.enrolled_by = agreement.channel, agreement.witness_id
        if not agreement.is_on_record:
            witness = agreement.witness_id
            consent.give(
                db, person_id=person_id, version=version, channel=agreement.channel, now=now, witness_id=witness
            )
        kept = kept_photos.keep(
            db,
            person_id=person_id,
            # a held face may be another person's, so its photos are not kept
            photos=[photo for photo in small if photo] if case is None else (),
            consent_version=version,
            channel=agreement.channel,
            now=now,
            ring=ring,
        )
        self._notices.write(db, NoticeKind.FACE_ENROLLED, person_id=person_id, now=now)
        if case is None and agreement.witness_id is not None and agreement.is_seen:
            holds.lift_all(db, hold, now, agreement.witness_id)
        _record(db, row, allowed.old, agreement, kept, now)
        unkept = tuple(place for place, photo in zip(distinct, small, strict=False) if photo is None)
        return Enrolment(row, case, tuple(look.quality.as_dict() for look in looks), kept, unkept)

    def _check_may_enrol(self, db: Session, person_id: uuid.UUID, agreement: Agreement, now: datetime) -> _Allowed:
        with read_only(db):
            if agreement.witness_id is None:
                look_limits.check(db, person_id, now)
            person = db.get(Person, person_id)
            if person is None:
                raise NotFound
            old = self._open_outdated(db, person_id)
            consent.check_may_enrol(db, version=agreement.version, birth_on=person.birth_on, today=day_at_home(now))
            if agreement.is_on_record:
                consent.check_given(db, person_id=person_id, version=agreement.version)
            return _Allowed(
                old, self._galleries.read_on(db), holds.check_may_look(db, person_id, is_seen=agreement.is_seen)
            )

    def check_photos(
        self, db: Session, *, person_id: uuid.UUID, photos: Sequence[bytes], agreement: Agreement, now: datetime
    ) -> PhotoChecks:
        """Look at one to five photos as an enrolment would, and keep nothing; return what each one is good for.

        What a person sends of themselves is counted; what an admin sends who is with them is not. Raises
        TooManyAttempts after too many own calls, FaceAlreadyEnrolled, the refusals of `consent.check_may_enrol` and
        EngineUnavailable. A photo that can't be used is no error.
        """
        allowed = self._check_may_enrol(db, person_id, agreement, now)
        checks = check_each(self._engine, photos, allowed.policies[self._galleries.current])
        if agreement.witness_id is not None:
            return checks
        if checks.is_one_person is False:
            holds.count_two_people(db, person_id=person_id, now=now)
        look_limits.count(db, person_id, now)
        return checks

    def _look(self, photos: Sequence[bytes], allowed: _Allowed) -> tuple[list[Look], list[int], dict[str, Template]]:
        """Return the looks by the current model, the places of distinct photos, and a template by each model.

        The models are those whose gallery is searched; the templates are of the distinct photos.
        """
        policies, current = allowed.policies, self._galleries.current
        looks = {model: look_at_each(self._engine, photos, Purpose.ENROL, model) for model in policies}
        distinct = distinct_photos(looks[current], policies[current])
        if len(distinct) < self.photos_needed:
            raise TooFewPhotos(field="photos", facts={"needed": self.photos_needed, "distinct": len(distinct)})
        chosen = {model: [looks[model][place] for place in distinct] for model in policies}
        try:
            templates = {model: template_of_looks(chosen[model], policies[model]) for model in policies}
        except NotOnePerson as error:
            raise (error if error.photo is None else error.at(distinct[error.photo])) from None
        old = allowed.old
        if old is not None and is_somebody_else(looks[old.engine], old, policies[old.engine]):
            raise NotOnePerson  # the photos show another person than the one who enrolled
        return looks[current], distinct, templates

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
            raise already_enrolled(db, row)
        return open_template(db, person_id=person_id, ring=self._galleries.ring)

    def _lock_hold(self, db: Session, person_id: uuid.UUID, allowed: _Allowed, agreement: Agreement) -> FaceHold:
        """Return the person's hold, locked; an admin who sees the person lifts it when the face is active.

        Raises EnrolmentHeld, EnrolmentInterrupted for what came meanwhile.
        """
        hold = holds.lock(db, person_id)
        if not agreement.is_seen:
            holds.check_open(db, hold)
        if hold.interruptions != allowed.interruptions:
            if agreement.is_on_record:  # a withdrawal is the better reason
                consent.check_given(db, person_id=person_id, version=agreement.version)
            raise EnrolmentInterrupted
        return hold

    def _check_still_free(self, db: Session, person_id: uuid.UUID) -> datetime | None:
        """Return since when the owner is asked about their outdated face, which the new one takes over.

        Raises FaceAlreadyEnrolled if the same person has enrolled meanwhile, on another phone.
        """
        row = find_template(db, person_id)
        if row is None:
            return None
        if not is_outdated(row, self._galleries):
            raise already_enrolled(db, row)
        return row.question_at

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
        damaged_faces.remember(db, self._galleries.damaged, now=now)
        if duplicate is None:
            return None
        case = open_case(db, person_id=person_id, duplicate=duplicate, now=now)
        if duplicate.is_certain:
            raise FaceBelongsToAnotherAccount().keeping_writes()
        return case


def _with_withdrawal(db: Session, case: FaceCase | None, hold: FaceHold, now: datetime) -> FaceCase:
    """Return the case of a face that is enrolled after a withdrawal; one of a likely duplicate is about both."""
    if case is None:
        return holds.open_after_withdrawal(db, hold, now)
    case.facts = holds.facts_of_withdrawal(db, hold)
    return case


def _record(
    db: Session, row: FaceTemplate, old: Template | None, agreement: Agreement, kept: int, now: datetime
) -> None:
    before = {"model": old.engine} if old is not None else None
    after = {
        "status": row.status.value,
        "photos": row.photos,
        "model": row.engine,
        "consent_version": agreement.version,
        "photos_kept": kept,
        "channel": agreement.channel,
    }
    action = "face.enrol" if old is None else "face.renew"
    actor = agreement.witness_id or row.person_id
    audit.record(db, actor, now, action, ("person", row.person_id), before=before, after=after)
