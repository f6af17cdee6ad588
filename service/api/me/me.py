"""The signed-in person: who they are, their face, their consent."""

import uuid
from typing import Any

from apiflask import APIBlueprint
from flask import Response, jsonify
from sqlalchemy.orm import joinedload

from accounts.enrolment import consent, enrolment, kept_photos
from accounts.enrolment.enrolment_desk import Agreement
from accounts.errors import FaceNotOffered
from foundation.errors import NotFound
from models.consent import NEEDED_TO_ENROL, ConsentPurpose
from models.faces import TemplateStatus
from models.people import Person
from service.api.me.schemas.me import ConsentOut, FaceEnrolled, FaceForm, FaceHeld, FaceOut, MeOut, Pose, UnitOut
from service.edge.access import public, signed_in
from service.edge.bodies import Empty, bytes_of
from service.edge.body_limits import PHOTOS
from service.edge.calls import Call, PublicCall
from service.edge.problems import speaks_english
from service.edge.refusals import another_answer, refuses

api = APIBlueprint("me", __name__, tag="Me")


@api.get("/me")
@signed_in()
@refuses()
@api.output(MeOut)
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
        unit=UnitOut.model_validate(person.unit),
        roles=sorted({grant.role for grant in call.caller.grants}),
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
        published_at=text.published_at,
    )


@api.get("/me/face")
@signed_in()
@refuses()
@api.output(FaceOut)
def get_face(call: Call) -> FaceOut:
    """Show whether my face is enrolled."""
    row = enrolment.find_template(call.db, call.caller.person_id)
    if row is None:
        return FaceOut(enrolled=False, enrolled_at=None)
    is_active = row.status is TemplateStatus.ACTIVE
    return FaceOut(
        enrolled=is_active,
        enrolled_at=row.enrolled_at if is_active else None,
        held=not is_active,
        is_outdated=enrolment.is_outdated(row, call.components.faces),
        photos_kept=kept_photos.count(call.db, call.caller.person_id),
    )


@api.post("/me/face")
@signed_in(takes=PHOTOS)
@refuses(
    "consent_required", "face_not_offered", "guardian_consent_required", "face_already_enrolled",
    "face_belongs_to_another_account", "photo_too_large", "photo_too_many_pixels", "photo_unsupported",
    "photo_broken", "photo_animated", "no_face", "multiple_faces", "face_covered", "low_quality", "not_one_person",
    "face_queue_full", "face_engine_down",
)  # fmt: skip
@api.input(FaceForm, location="files", arg_name="form")
@api.output(FaceEnrolled, status_code=201)
@api.doc(responses=another_answer(202, "Held: an admin must look first", FaceHeld.model_json_schema()))
def enrol_face(call: Call, form: FaceForm) -> Any:
    """Enrol my face, once (人脸建档, M-9.4).

    The photos are deleted after the comparison, unless `keep_photos` gives the separate consent to keep them. Photos of
    a held or refused face are always deleted.
    """
    agreement = Agreement(form.consent_version, channel="app", keeps_photos=form.keep_photos)
    photos = bytes_of(form.photos)
    enrolled = call.components.enrolment_desk.enrol(
        call.db, caller=call.caller, photos=photos, agreement=agreement, now=call.now
    )
    if enrolled.case is not None:
        held = jsonify(FaceHeld(case=enrolled.case.id).model_dump(mode="json"))
        held.status_code = 202
        return held
    return FaceEnrolled(enrolled_at=enrolled.template.enrolled_at, quality=list(enrolled.quality))


@api.delete("/me/face/photos")
@signed_in()
@refuses()
@api.output(Empty, status_code=204)
def forget_face_photos(call: Call) -> Response:
    """Withdraw the consent to keep my enrolment photos. They are deleted at once, and my face stays enrolled."""
    kept_photos.forget(call.db, person_id=call.caller.person_id, now=call.now)
    return Response(status=204)


@api.delete("/me/face-consent")
@signed_in()
@refuses()
@api.output(Empty, status_code=204)
def withdraw_face_consent(call: Call) -> Response:
    """Withdraw consent. My face is deleted at once. Everything else works without it (PRIVACY L-3)."""
    enrolment.withdraw_consent(call.db, person_id=call.caller.person_id, now=call.now)
    return Response(status=204)


def _is_enrolled(call: Call, person_id: uuid.UUID) -> bool:
    row = enrolment.find_template(call.db, person_id)
    return row is not None and row.status is TemplateStatus.ACTIVE


def _masked(call: Call, person: Person) -> str | None:
    """Return the phone with only its last four digits, so that the owner recognizes it."""
    if person.phone_sealed is None:
        return None
    return "*" * 7 + call.components.seal.open("phone", person.phone_sealed)[-4:]
