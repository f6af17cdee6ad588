"""Profiles of people, and their requests for corrections, for the admins of their units."""

import uuid

from apiflask import APIBlueprint
from apiflask.schemas import FileSchema
from flask import Response

from accounts.people.people import PEOPLE_ADMINS
from models.attendance import ReviewDecision
from service.api.me.schemas.my_profile import (
    ProfileAsked,
    ProfileCorrectionDecision,
    ProfileCorrectionList,
    ProfileCorrectionOfPerson,
    ProfileCorrectionPage,
    ProfileOut,
)
from service.edge.access import signed_in
from service.edge.answers.briefs import with_names
from service.edge.answers.cursor_keys import by_id
from service.edge.answers.file_answers import UNREADABLE, private_file
from service.edge.answers.paging import paged
from service.edge.answers.refusals import refuses, tells
from service.edge.calls import Call

api = APIBlueprint("profiles", __name__, tag="People")


@api.get("/people/<uuid:person_id>/profile")
@signed_in(roles=PEOPLE_ADMINS, writes=True)  # each look is audited
@refuses("not_found")
@api.input(ProfileAsked, location="query", arg_name="query")
@api.output(ProfileOut)
def get_profile(call: Call, person_id: uuid.UUID, query: ProfileAsked) -> ProfileOut:
    """Show the profile of a person in my units, masked unless `full` is asked for. `PATCH /people/{id}` changes it."""
    view = call.components.profiles.look_at(
        call.db, person_id=person_id, is_full=query.full, caller=call.caller, now=call.now
    )
    return ProfileOut.of_view(view, is_full=query.full)


@api.get("/people/<uuid:person_id>/photo")
@signed_in(roles=PEOPLE_ADMINS, writes=True)  # each look is audited
@refuses("not_found", *UNREADABLE)
@tells("Content-Disposition")
@api.output(FileSchema(type="string", format="binary"), content_type="image/jpeg")
def get_photo_of(call: Call, person_id: uuid.UUID) -> Response:
    """Show the photo of the profile of a person in my units, a JPEG."""
    photos = call.components.profile_photos
    content = photos.look_at(call.db, person_id=person_id, caller=call.caller, now=call.now)
    return private_file(content, "image/jpeg", "inline")


@api.get("/profile-corrections")
@signed_in(roles=PEOPLE_ADMINS)
@refuses()
@api.input(ProfileCorrectionPage, location="query", arg_name="query")
@api.output(ProfileCorrectionList)
@with_names
def list_profile_corrections(call: Call, query: ProfileCorrectionPage) -> ProfileCorrectionList:
    """List the requests of people in my units to correct their profiles, oldest first."""
    page = paged(
        query,
        by_id("request.id"),
        lambda after, limit: call.components.corrections.list_for_admins(
            call.db, caller=call.caller, status=query.status, after=after, limit=limit
        ),
    )
    return ProfileCorrectionList.of(page, ProfileCorrectionOfPerson.of_listed)


@api.post("/profile-corrections/<uuid:correction_id>/decision")
@signed_in(roles=PEOPLE_ADMINS)
@refuses(
    *("not_found", "role_too_high", "own_details", "already_decided", "number_taken", "profile_value_invalid"),
)
@api.input(ProfileCorrectionDecision, arg_name="body")
@api.output(ProfileCorrectionOfPerson)
@with_names
def decide_profile_correction(
    call: Call, correction_id: uuid.UUID, body: ProfileCorrectionDecision
) -> ProfileCorrectionOfPerson:
    """Accept a request, which changes the profile and its history, or reject it. The person is told the reason."""
    decided = call.components.corrections.decide_request(
        call.db,
        request_id=correction_id,
        accepts=body.decision is ReviewDecision.ACCEPT,
        reason=body.reason,
        caller=call.caller,
        now=call.now,
    )
    return ProfileCorrectionOfPerson.of_listed(decided)
