"""The signed-in person: who they are, their face, their consent."""

import uuid
from typing import Any

from apiflask import APIBlueprint
from flask import Response, jsonify, request
from sqlalchemy.orm import joinedload

from accounts.enrolment import consent, enrolment, kept_photos, own_face_cases, withdrawals
from accounts.enrolment.agreement import Agreement
from accounts.enrolment.enrolment_desk import Enrolment
from accounts.face_batches import batches
from accounts.face_errors import ConsentRequired, FaceNotOffered
from accounts.whom_to_ask import find_whom_to_ask
from foundation.errors import NotFound
from models.consent import NEEDED_TO_ENROL, ConsentPurpose
from models.faces import TemplateStatus
from models.people import Person
from service.api.faces.schemas.face_facts import FaceQualityOut
from service.api.faces.schemas.photo_checks import PhotoChecksForm, PhotoChecksOut
from service.api.me.schemas.me import (
    AdminOut,
    ConsentForm,
    ConsentGiven,
    ConsentOut,
    ConsentsOut,
    FaceAnswer,
    FaceAnswered,
    FaceDecided,
    FaceEnrolled,
    FaceForm,
    FaceHeld,
    FaceOut,
    FaceQuestion,
    FaceWaiting,
    HeldRole,
    MeOut,
    Pose,
    UnkeptPhoto,
)
from service.edge.access import public, signed_in
from service.edge.answers.bodies import Empty, bytes_of
from service.edge.answers.briefs import UnitBrief, with_names, without_names
from service.edge.answers.problems import in_callers_language, speaks_english
from service.edge.answers.refusals import another_answer, refuses
from service.edge.callers.devices import device_in_words
from service.edge.calls import Call, PublicCall
from service.edge.requests.body_limits import PHOTOS
from service.wording.hints import PHOTO_NOT_KEPT

api = APIBlueprint("me", __name__, tag="Me")

ENROLMENT_CODES = (
    "consent_required", "face_not_offered", "guardian_consent_required", "face_already_enrolled",
    "enrolment_interrupted", "face_belongs_to_another_account", "face_unreadable",
    "photo_too_large", "photo_too_many_pixels", "photo_unsupported", "photo_broken", "photo_animated",
    "no_face", "multiple_faces", "face_covered", "low_quality", "not_one_person", "too_few_photos",
    "face_queue_full", "face_engine_down",
)  # fmt: skip
"""Why an enrolment is refused, whoever makes it."""


@api.get("/me")
@signed_in()
@refuses()
@api.output(MeOut)
@with_names
def get_me(call: Call) -> MeOut:
    """Show the signed-in person, with their unit and roles."""
    person = call.db.get(Person, call.caller.person_id, options=[joinedload(Person.unit)])
    if person is None:
        raise NotFound
    return MeOut(
        id=person.id,
        cme_number=person.cme_number,
        name=person.name,
        phone=_masked(call, person),
        unit=UnitBrief.model_validate(person.unit),
        roles=sorted({grant.role for grant in call.caller.grants}),
        held_roles=[without_names(HeldRole, grant) for grant in call.caller.grants],
        face_enrolled=_is_enrolled(call, person.id),
    )


@api.get("/face-consent")
@public
@refuses("face_not_offered")
@api.output(ConsentOut)
def get_face_consent(call: PublicCall) -> ConsentOut:
    """Show the consent text, which I must agree to before I enrol my face (PRIVACY L-2)."""
    text = consent.find_current_text(call.db)
    if text is None:
        raise FaceNotOffered
    return ConsentOut(
        version=text.version,
        text=text.text_en if speaks_english() else text.text_zh,
        purposes=[purpose.value for purpose in NEEDED_TO_ENROL],
        optional_purposes=[purpose.value for purpose in ConsentPurpose if purpose not in NEEDED_TO_ENROL],
        poses=list(Pose),
        photos_needed=call.components.enrolment_desk.photos_needed,
        published_at=text.published_at,
    )


@api.get("/me/face")
@signed_in()
@refuses()
@api.output(FaceOut)
def get_face(call: Call) -> FaceOut:
    """Show whether my face is enrolled."""
    person_id = call.caller.person_id
    row, consents = enrolment.find_template(call.db, person_id), _consents(call)
    case = own_face_cases.find_waiting(call.db, person_id)
    waiting = None if case is None else FaceWaiting.of(case, find_whom_to_ask(call.db, person_id))
    decided = own_face_cases.find_last_decision(call.db, person_id)
    last_decision = FaceDecided.model_validate(decided) if decided else None
    if row is None:
        return FaceOut(
            enrolled=False, enrolled_at=None, consents=consents, waiting=waiting, last_decision=last_decision
        )
    is_active = row.status is TemplateStatus.ACTIVE
    return FaceOut(
        enrolled=is_active,
        enrolled_at=row.enrolled_at if is_active else None,
        held=not is_active,
        is_outdated=enrolment.is_outdated(row, call.components.faces),
        photos_kept=kept_photos.count(call.db, person_id),
        question=FaceQuestion.of(row),
        channel=row.channel,
        enrolled_by=_admin(call, row.enrolled_by),
        consents=consents,
        waiting=waiting,
        last_decision=last_decision,
    )


@api.post("/me/face/answer")
@signed_in()
@refuses("no_open_question")
@api.input(FaceAnswer, arg_name="body")
@api.output(FaceAnswered)
def answer_face_question(call: Call, body: FaceAnswer) -> FaceAnswered:
    """Say whether the face on file is mine, when I am asked after a password reset.

    With false it is deleted at once, and an admin will look. The next face is then held.
    """
    person_id = call.caller.person_id
    case = withdrawals.answer(
        call.db, person_id=person_id, is_mine=body.mine, now=call.now, notices=call.components.notices
    )
    return FaceAnswered(enrolled=_is_enrolled(call, person_id), case=case.id if case is not None else None)


@api.post("/me/face")
@signed_in(takes=PHOTOS)
@refuses("enrolment_held", "too_many_attempts", *ENROLMENT_CODES)
@api.input(FaceForm, location="files", arg_name="form")
@api.output(FaceEnrolled, status_code=201)
@api.doc(responses=another_answer(202, "Held: an admin must look first", FaceHeld))
def enrol_face(call: Call, form: FaceForm) -> Any:
    """Enrol my face, once (人脸建档, M-9.4).

    The photos are deleted after the comparison, unless `keep_photos` gives the separate consent to keep them. Photos of
    a held or refused face are always deleted. The answer tells how many are kept, and which ones can't be.
    """
    device = device_in_words(request.headers.get("User-Agent", ""))
    agreement = Agreement(form.consent_version or "", channel="app", keeps_photos=form.keep_photos, device=device)
    photos = bytes_of(form.photos)
    enrolled = call.components.enrolment_desk.enrol(
        call.db, person_id=call.caller.person_id, photos=photos, agreement=agreement, now=call.now
    )
    return enrolment_answer(enrolled)


def enrolment_answer(enrolled: Enrolment) -> Any:
    """Return the answer to an enrolment: 201, or 202 for a face that is held."""
    if enrolled.case is not None:
        held = jsonify(FaceHeld.of(enrolled.case).model_dump(mode="json"))
        held.status_code = 202
        return held
    return FaceEnrolled(
        enrolled_at=enrolled.template.enrolled_at,
        photos=enrolled.template.photos,
        quality=[FaceQualityOut.model_validate(each) for each in enrolled.quality],
        photos_kept=enrolled.photos_kept,
        unkept=[UnkeptPhoto(photo=photo, text=in_callers_language(PHOTO_NOT_KEPT)) for photo in enrolled.unkept],
    )


@api.post("/me/face/photo-checks")
@signed_in(takes=PHOTOS)
@refuses(
    "consent_required", "face_not_offered", "guardian_consent_required", "face_already_enrolled", "enrolment_held",
    "too_many_attempts", "face_queue_full", "face_engine_down",
)  # fmt: skip
@api.input(PhotoChecksForm, location="files", arg_name="form")
@api.output(PhotoChecksOut)
def check_face_photos(call: Call, form: PhotoChecksForm) -> PhotoChecksOut:
    """Look at photos before I enrol, and keep nothing: which are usable, and what would make each one better.

    A picture that was only shown here can still be enrolled or checked in with.
    """
    agreement = Agreement(form.consent_version or "", channel="app")
    checks = call.components.enrolment_desk.check_photos(
        call.db, person_id=call.caller.person_id, photos=bytes_of(form.photos), agreement=agreement, now=call.now
    )
    return PhotoChecksOut.of(checks)


@api.delete("/me/face/photos")
@signed_in()
@refuses()
@api.output(Empty, status_code=204)
def forget_face_photos(call: Call) -> Response:
    """Withdraw the consent to keep my enrolment photos. They are deleted at once, and my face stays enrolled."""
    kept_photos.forget(call.db, person_id=call.caller.person_id, now=call.now)
    return Response(status=204)


@api.post("/me/face-consent")
@signed_in()
@refuses("consent_required", "face_not_offered", "guardian_consent_required")
@api.input(ConsentForm, arg_name="body")
@api.output(ConsentsOut)
def give_face_consent(call: Call, body: ConsentForm) -> ConsentsOut:
    """Give my consents before an admin enrols my face. Each purpose is given by itself, by `true`; none is implied.

    A consent that stands already stays as it is. Deleting withdraws all of them.
    """
    if not body.purposes:
        raise ConsentRequired(field=NEEDED_TO_ENROL[0].value)
    person = call.db.get_one(Person, call.caller.person_id)
    consent.give_ahead(call.db, person=person, version=body.consent_version, purposes=body.purposes, now=call.now)
    return ConsentsOut(items=_consents(call))


@api.delete("/me/face-consent")
@signed_in()
@refuses()
@api.output(Empty, status_code=204)
def withdraw_face_consent(call: Call) -> Response:
    """Withdraw consent. My face is deleted at once. Everything else works without it (PRIVACY L-3).

    An admin must look at the next face that I enrol.
    """
    person_id = call.caller.person_id
    withdrawals.withdraw_consent(call.db, person_id=person_id, now=call.now, notices=call.components.notices)
    batches.refuse_waiting(call.db, person_id=person_id, now=call.now)
    return Response(status=204)


def _consents(call: Call) -> list[ConsentGiven]:
    return [
        ConsentGiven(
            purpose=each.purpose,
            version=each.version,
            given_at=each.given_at,
            channel=each.channel,
            witness=_admin(call, each.witness_id),
        )
        for each in consent.list_standing(call.db, call.caller.person_id)
    ]


def _admin(call: Call, person_id: uuid.UUID | None) -> AdminOut | None:
    """Return who an admin is, for the person whose face they enrolled."""
    admin = call.db.get(Person, person_id, options=[joinedload(Person.unit)]) if person_id else None
    return AdminOut(name=admin.name, unit=admin.unit.name) if admin is not None else None


def _is_enrolled(call: Call, person_id: uuid.UUID) -> bool:
    row = enrolment.find_template(call.db, person_id)
    return row is not None and row.status is TemplateStatus.ACTIVE


def _masked(call: Call, person: Person) -> str | None:
    """Return the phone with only its last four digits, so that the owner recognizes it."""
    if person.phone_sealed is None:
        return None
    return "*" * 7 + call.components.seal.open("phone", person.phone_sealed)[-4:]
