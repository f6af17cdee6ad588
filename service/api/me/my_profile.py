"""My profile (个人资料, M-5), and my requests to correct it."""

import uuid

from apiflask import APIBlueprint
from apiflask.schemas import FileSchema
from flask import Response

from accounts.profiles.corrections import Asked
from accounts.profiles.fields import ProfileField
from accounts.profiles.photos import MOST_BYTES
from foundation.errors import NotFound
from models.people import Person
from service.api.me.schemas.my_profile import (
    MyProfileChange,
    OwnProfileCorrectionList,
    ProfileAsked,
    ProfileCorrectionNew,
    ProfileCorrectionOut,
    ProfileOut,
    ProfilePhotoForm,
    ProfilePhotoOut,
)
from service.edge.access import signed_in
from service.edge.answers.bodies import Empty, Page, bytes_of
from service.edge.answers.cursor_keys import by_id
from service.edge.answers.file_answers import UNREADABLE, private_file
from service.edge.answers.paging import paged
from service.edge.answers.refusals import refuses, tells
from service.edge.calls import Call
from service.edge.requests.body_limits import upload

api = APIBlueprint("my_profile", __name__, tag="Profile")


@api.get("/me/profile")
@signed_in()
@refuses()
@api.input(ProfileAsked, location="query", arg_name="query")
@api.output(ProfileOut)
def get_my_profile(call: Call, query: ProfileAsked) -> ProfileOut:
    """Show my profile: basic information, other information, and the changes of unit, title and status.

    Numbers and addresses are masked; `full=true` shows them whole.
    """
    return _profile(call, is_full=query.full)


@api.patch("/me/profile")
@signed_in()
@refuses("profile_field_read_only")
@api.input(MyProfileChange, arg_name="body")
@api.output(ProfileOut)
def edit_my_profile(call: Call, body: MyProfileChange) -> ProfileOut:
    """Change my contact phone, e-mail, old IC card number or ethnicity.

    The other fields are corrected by the admins of my unit, if I ask them. The phone to sign in with has a call of its
    own, `PUT /me/phone`.
    """
    call.components.profiles.edit_own(call.db, caller=call.caller, changes=body.changes(), now=call.now)
    return _profile(call, is_full=False)


@api.post("/me/profile/corrections")
@signed_in()
@refuses("not_found", "profile_value_invalid", "profile_unchanged", "profile_requests_full")
@api.input(ProfileCorrectionNew, arg_name="body")
@api.output(ProfileCorrectionOut, status_code=201)
def ask_for_profile_correction(call: Call, body: ProfileCorrectionNew) -> ProfileCorrectionOut:
    """Ask the admins of my unit to correct a field that I only read. I am told what they decide, and why.

    One request a field is open at a time: another one gives the open one back.
    """
    asked = Asked(ProfileField(body.field), body.wanted, body.reason, body.evidence)
    made = call.components.corrections.ask(call.db, asked=asked, caller=call.caller, now=call.now)
    return ProfileCorrectionOut.of_listed(made)


@api.get("/me/profile/corrections")
@signed_in()
@refuses()
@api.input(Page, location="query", arg_name="query")
@api.output(OwnProfileCorrectionList)
def list_my_profile_corrections(call: Call, query: Page) -> OwnProfileCorrectionList:
    """List my requests to correct my profile, newest first, with what came of them."""
    page = paged(
        query,
        by_id("request.id"),
        lambda after, limit: call.components.corrections.list_own(
            call.db, person_id=call.caller.person_id, after=after, limit=limit
        ),
    )
    return OwnProfileCorrectionList.of(page, ProfileCorrectionOut.of_listed)


@api.delete("/me/profile/corrections/<uuid:correction_id>")
@signed_in()
@refuses("not_found", "already_decided")
@api.output(Empty, status_code=204)
def withdraw_profile_correction(call: Call, correction_id: uuid.UUID) -> Response:
    """Withdraw an open request of mine."""
    call.components.corrections.withdraw(call.db, request_id=correction_id, caller=call.caller, now=call.now)
    return Response(status=204)


@api.get("/me/profile/photo")
@signed_in()
@refuses("not_found", *UNREADABLE)
@tells("Content-Disposition")
@api.output(FileSchema(type="string", format="binary"), content_type="image/jpeg")
def get_my_photo(call: Call) -> Response:
    """Show the photo of my profile, a JPEG."""
    return private_file(call.components.profile_photos.read(call.db, call.caller.person_id), "image/jpeg", "inline")


@api.put("/me/profile/photo")
@signed_in(takes=upload(MOST_BYTES))
@refuses(
    *("photo_too_large", "photo_too_many_pixels", "photo_unsupported", "photo_broken", "photo_animated"),
    *("too_many_attempts", "file_store_unavailable"),
)
@api.input(ProfilePhotoForm, location="files", arg_name="form")
@api.output(ProfilePhotoOut)
def put_my_photo(call: Call, form: ProfilePhotoForm) -> ProfilePhotoOut:
    """Set the photo of my profile: JPEG, PNG, WebP or HEIC, 5 MiB at most.

    It is kept without what the camera wrote beside the picture, and is never a face to check in by.
    """
    data = bytes_of([form.photo])[0]
    made = call.components.profile_photos.put(call.db, caller=call.caller, data=data, now=call.now)
    return ProfilePhotoOut(put_at=made.put_at)


@api.delete("/me/profile/photo")
@signed_in()
@refuses()
@api.output(Empty, status_code=204)
def delete_my_photo(call: Call) -> Response:
    """Delete the photo of my profile."""
    call.components.profile_photos.delete(call.db, caller=call.caller, now=call.now)
    return Response(status=204)


def _profile(call: Call, *, is_full: bool) -> ProfileOut:
    person = call.db.get(Person, call.caller.person_id)
    if person is None:
        raise NotFound
    return ProfileOut.of_view(call.components.profiles.show(call.db, person), is_full=is_full)
