"""My profile (个人资料, M-5), and my requests to correct it."""

import uuid

from apiflask import APIBlueprint
from flask import Response

from accounts.profiles.corrections import Asked
from accounts.profiles.fields import ProfileField
from foundation.errors import NotFound
from models.people import Person
from service.api.me.schemas.my_profile import (
    MyProfileChange,
    OwnProfileCorrectionList,
    ProfileAsked,
    ProfileCorrectionNew,
    ProfileCorrectionOut,
    ProfileOut,
)
from service.edge.access import signed_in
from service.edge.bodies import Empty, Page
from service.edge.calls import Call
from service.edge.cursor_keys import by_id
from service.edge.paging import paged
from service.edge.refusals import refuses

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


def _profile(call: Call, *, is_full: bool) -> ProfileOut:
    person = call.db.get(Person, call.caller.person_id)
    if person is None:
        raise NotFound
    return ProfileOut.of_view(call.components.profiles.show(call.db, person), is_full=is_full)
