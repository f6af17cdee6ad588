"""Faces enrolled by admins: of a person who is with them."""

import uuid
from typing import Any

from apiflask import APIBlueprint

from accounts.enrolment import face_cases
from accounts.enrolment.agreement import Agreement
from accounts.face_errors import ConsentRequired
from accounts.whom_to_ask import FACE_ADMINS
from models.consent import NEEDED_TO_ENROL
from service.api.me.me import ENROLMENT_CODES, enrolment_answer
from service.api.me.schemas.me import FaceEnrolled, FaceHeld, InPersonForm
from service.edge.access import signed_in
from service.edge.bodies import bytes_of
from service.edge.body_limits import PHOTOS
from service.edge.calls import Call
from service.edge.refusals import another_answer, refuses

api = APIBlueprint("face_enrolments", __name__, tag="Faces")


@api.post("/people/<uuid:person_id>/face")
@signed_in(roles=FACE_ADMINS, takes=PHOTOS)
@refuses("not_found", "own_face", "role_too_high", *ENROLMENT_CODES)
@api.input(InPersonForm, location="files", arg_name="form")
@api.output(FaceEnrolled, status_code=201)
@api.doc(responses=another_answer(202, "Held: an admin must look first", FaceHeld))
def enrol_in_person(call: Call, person_id: uuid.UUID, form: InPersonForm) -> Any:
    """Enrol the face of a person who is with me. My device shows them the text, and they tick both consents there.

    The consents are recorded with me as their witness. The photos are deleted after the comparison.
    """
    with call.reading():
        face_cases.check_witness(call.db, person_id=person_id, caller=call.caller)
    for purpose in NEEDED_TO_ENROL:
        if purpose not in form.purposes:
            raise ConsentRequired(field=purpose.value)
    enrolled = call.components.enrolment_desk.enrol(
        call.db,
        person_id=person_id,
        photos=bytes_of(form.photos),
        agreement=Agreement(form.consent_version or "", channel="in_person", witness_id=call.caller.person_id),
        now=call.now,
    )
    return enrolment_answer(enrolled)
