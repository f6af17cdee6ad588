"""Faces enrolled by admins: the people whom they look after, and the face of a person who is with them."""

import uuid
from typing import Any

from apiflask import APIBlueprint

from accounts import face_people
from accounts.enrolment.agreement import Agreement
from accounts.face_decisions import face_cases
from accounts.face_errors import ConsentRequired
from accounts.people.search import PeopleSort, PeopleSought
from accounts.whom_to_ask import FACE_ADMINS
from models.consent import NEEDED_TO_ENROL
from service.api.faces.schemas.face_people import FacePeopleAsked, FacePeopleList, FacePersonOut
from service.api.faces.schemas.photo_checks import PhotoChecksForm, PhotoChecksOut
from service.api.me.me import ENROLMENT_CODES, enrolment_answer
from service.api.me.schemas.me import FaceEnrolled, FaceHeld, InPersonForm
from service.edge.access import signed_in
from service.edge.answers.bodies import bytes_of
from service.edge.answers.briefs import with_names, without_names
from service.edge.answers.cursor_keys import by_text_and_id
from service.edge.answers.paging import counted, paged
from service.edge.answers.refusals import another_answer, refuses
from service.edge.calls import Call
from service.edge.looks import looks_at
from service.edge.requests.body_limits import PHOTOS

api = APIBlueprint("face_enrolments", __name__, tag="Faces")


@api.get("/face-people")
@signed_in(roles=FACE_ADMINS, writes=True)  # a look is audited
@refuses()
@api.input(FacePeopleAsked, location="query", arg_name="query")
@api.output(FacePeopleList)
@looks_at("people.look")
@with_names
def list_face_people(call: Call, query: FacePeopleAsked) -> FacePeopleList:
    """Find people whose faces I look after, by name, number or pinyin: whether a face is stored, and what I may do."""
    sought = PeopleSought(query.q, PeopleSort.NAME)
    page = paged(
        query,
        by_text_and_id("name"),
        lambda after, limit: face_people.list_people(
            call.db, caller=call.caller, sought=sought, after=after, limit=limit
        ),
    )
    total = counted(query, page, lambda: face_people.count_people(call.db, caller=call.caller, sought=sought))
    return FacePeopleList.of(page, lambda person: without_names(FacePersonOut, person), **total)


@api.post("/people/<uuid:person_id>/face/photo-checks")
@signed_in(roles=FACE_ADMINS, takes=PHOTOS)
@refuses(
    "not_found", "own_face", "role_too_high", "consent_required", "face_not_offered", "guardian_consent_required",
    "face_already_enrolled", "face_queue_full", "face_engine_down",
)  # fmt: skip
@api.input(PhotoChecksForm, location="files", arg_name="form")
@api.output(PhotoChecksOut)
def check_photos_in_person(call: Call, person_id: uuid.UUID, form: PhotoChecksForm) -> PhotoChecksOut:
    """Look at photos of a person who is with me before I enrol them, and keep nothing: which ones are usable, and why.

    The person has ticked both consents on my device before the first photo is taken.
    """
    with call.reading():
        face_cases.check_may_decide(call.db, person_id=person_id, caller=call.caller)
    checks = call.components.enrolment_desk.check_photos(
        call.db,
        person_id=person_id,
        photos=bytes_of(form.photos),
        agreement=Agreement(form.consent_version or "", channel="in_person", witness_id=call.caller.person_id),
        now=call.now,
    )
    return PhotoChecksOut.of(checks)


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
        face_cases.check_may_decide(call.db, person_id=person_id, caller=call.caller)
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
